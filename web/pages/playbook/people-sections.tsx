/** Who hears, who does what in an incident, and who is paged for each duty role at this moment. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { OncallItem, PlaybookView } from '../../../src/api/schema.ts'
import { oncallQuery } from '../../api/queries.ts'
import { toMs } from '../../lib/moment.ts'
import { Avatar } from '../../parts/avatar.tsx'
import { Moment } from '../../parts/moment.tsx'
import { SeverityWord } from '../../parts/severity.tsx'
import { Skeleton } from '../../parts/states.tsx'
import { Section } from './section.tsx'
import { Table } from './table.tsx'
import { everyText, severitiesText } from './words.ts'

export function CommunicationSection({ playbook }: { readonly playbook: PlaybookView }) {
  return (
    <Section playbook={playbook} section="communication" flush>
      <Table
        caption="Communication plan"
        head={['Audience', 'Channels', 'How often', 'Severities', 'Content']}
        rows={playbook.communication.map((row, place) => ({
          key: `${place}`,
          id: `communication.${place}`,
          cells: [
            row.audience,
            row.channels.join(', '),
            everyText(row.every_seconds),
            severitiesText(row.severities, playbook.severities.length),
            row.content,
          ],
        }))}
      />
    </Section>
  )
}

export function RolesSection({ playbook }: { readonly playbook: PlaybookView }) {
  return (
    <Section playbook={playbook} section="roles" flush>
      <Table
        caption="Roles in an incident"
        head={['Role', 'Responsibility', 'May be taken by']}
        rows={playbook.roles.map((role, place) => ({
          key: role.id,
          id: `roles.${place}`,
          cells: [
            role.title,
            <div key="r">
              {role.responsibility}
              {role.checklist.length > 0 && (
                <ul className="mt-1 list-disc pl-5 text-s text-muted">
                  {role.checklist.map((item) => (
                    <li key={item}>{item}</li>
                  ))}
                </ul>
              )}
            </div>,
            role.held_by.join(', '),
          ],
        }))}
      />
    </Section>
  )
}

/** Only beside the version in force: an old one pages nobody. */
export function DutySection({ playbook }: { readonly playbook: PlaybookView }) {
  const oncall = useQuery(oncallQuery(null))
  const duty = oncall.data?.filter((item) => item.kind === 'duty')
  return (
    <Section
      playbook={playbook}
      section="duty_roles"
      flush
      aside={
        <Link to="/on-call" className="hover:underline">
          On call
        </Link>
      }
    >
      <Table
        caption="Who is paged now"
        head={['Duty role', 'Held now by', 'Paged at']}
        rows={playbook.duty_roles.map((role) => ({
          key: role,
          cells: [
            role,
            duty === undefined && !oncall.isError ? (
              <Skeleton key="h" className="w-32" />
            ) : (
              <Holders key="h" items={duty?.filter((item) => item.role === role)} />
            ),
            <PagedAt key="p" role={role} playbook={playbook} />,
          ],
        }))}
      />
    </Section>
  )
}

/** Null items: the list could not be read. */
function Holders({ items }: { readonly items: readonly OncallItem[] | undefined }) {
  if (items === undefined) return <span className="text-muted">could not be read</span>
  const held = items.filter((item) => item.person !== null)
  if (held.length === 0) return <span className="text-warn">nobody: the owners are paged</span>
  return (
    <ul className="space-y-1">
      {held.map((item) => (
        <li key={item.person?.id} className="flex flex-wrap items-center gap-x-2">
          <Avatar name={item.person?.name ?? null} />
          <span dir="auto">{item.person?.name}</span>
          {item.until !== null && (
            <span className="text-s text-muted">
              until <Moment at={toMs(item.until)} />
              {item.next !== null && `, then ${item.next.name}`}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

function PagedAt({ role, playbook }: { readonly role: string; readonly playbook: PlaybookView }) {
  const rows = playbook.severities.filter((row) => row.roles.includes(role))
  if (rows.length === 0) return <span className="text-muted">no severity by itself</span>
  return (
    <span className="flex flex-wrap gap-x-3">
      {rows.map((row) => (
        <SeverityWord key={row.id} rank={row.rank} name={row.id} />
      ))}
    </span>
  )
}
