/** Who does what in this incident; an empty role can be taken with one press. */
import { useQuery } from '@tanstack/react-query'
import type { Incident, RoleItem } from '../../../src/api/schema.ts'
import { useIncidentAction } from '../../api/incident-actions.ts'
import { explainError } from '../../api/problem.ts'
import { meQuery } from '../../api/queries.ts'
import { runCommand } from '../../app/commands.ts'
import { tellError } from '../../app/toast-store.ts'
import { toMs } from '../../lib/moment.ts'
import { Avatar } from '../../parts/avatar.tsx'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Ago } from '../../parts/moment.tsx'

interface RolesProps {
  readonly reference: string
  readonly incident: Incident
  readonly mayRespond: boolean
}

export function RolesCard({ reference, incident, mayRespond }: RolesProps) {
  return (
    <Card
      title="Roles"
      aside={
        mayRespond &&
        incident.phase !== 'closed' && (
          <button type="button" className="underline hover:text-text max-[760px]:min-h-11" onClick={() => runCommand('roles')}>
            give to others
          </button>
        )
      }
    >
      <ul className="divide-y divide-line">
        {incident.roles.map((role) => (
          <Role key={role.role} role={role} reference={reference} mayTake={mayRespond && incident.phase !== 'closed'} />
        ))}
      </ul>
      {incident.roles.length === 0 && <p className="text-muted">The playbook names no incident roles.</p>}
    </Card>
  )
}

function Role({ role, reference, mayTake }: { readonly role: RoleItem; readonly reference: string; readonly mayTake: boolean }) {
  const me = useQuery(meQuery).data
  const action = useIncidentAction(reference)
  const take = (): void =>
    action.mutate(
      { type: 'assign', role: role.role, personId: null },
      { onError: (error) => tellError(`You did not get the role ${role.title}`, explainError(error)) },
    )
  return (
    <li className="flex items-center gap-2.5 py-[7px] first:pt-0 last:pb-0">
      <Avatar name={role.person?.name ?? null} />
      <div className="min-w-0 flex-1">
        <span className="block truncate text-left" dir="auto" title={role.responsibility === '' ? undefined : role.responsibility}>
          {role.person?.name ?? role.title}
        </span>
        <small className="block truncate text-s text-muted">
          {role.person === null ? 'nobody yet' : role.title}
          {role.person !== null && role.since !== null && (
            <>
              {' · '}
              <Ago at={toMs(role.since)} />
            </>
          )}
        </small>
      </div>
      {mayTake && role.person === null && me !== undefined && (
        <Button size="s" onClick={take} busy={action.isPending} aria-label={`Take ${role.title}`}>
          Take
        </Button>
      )}
    </li>
  )
}
