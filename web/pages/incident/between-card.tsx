/** Other incidents that this one goes on for, or belongs together with; both can be undone. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Incident } from '../../../src/api/schema.ts'
import { useIncidentAction } from '../../api/incident-actions.ts'
import { explainError } from '../../api/problem.ts'
import { tell, tellError } from '../../app/toast-store.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'

interface BetweenProps {
  readonly reference: string
  readonly incident: Incident
  readonly mayRespond: boolean
}

type Ref = Incident['links'][number]

export function BetweenCard({ reference, incident, mayRespond }: BetweenProps) {
  if (incident.merged.length + incident.links.length === 0) return null
  return (
    <Card title="Other incidents" flush>
      <ul className="divide-y divide-line">
        {incident.merged.map((other) => (
          <MergedItem key={other.id} other={other} reference={reference} mayRespond={mayRespond} />
        ))}
        {incident.links.map((other) => (
          <LinkItem key={other.id} other={other} reference={reference} mayRespond={mayRespond} />
        ))}
      </ul>
    </Card>
  )
}

interface ItemProps {
  readonly other: Ref
  readonly reference: string
  readonly mayRespond: boolean
}

/** The merge is undone at the one that was merged away. */
function MergedItem({ other, mayRespond }: ItemProps) {
  const action = useIncidentAction(String(other.number))
  const undo = (): void =>
    action.mutate(
      { type: 'unmerge', reason: '' },
      { onSuccess: () => tell(`INC-${other.number} goes on by itself`), onError: (error) => tellError('Not undone', explainError(error)) },
    )
  return (
    <Item other={other} words="merged into this">
      {mayRespond && (
        <Button size="s" busy={action.isPending} onClick={undo} aria-label={`Undo the merge of incident ${other.number}`}>
          Undo
        </Button>
      )}
    </Item>
  )
}

function LinkItem({ other, reference, mayRespond }: ItemProps) {
  const action = useIncidentAction(reference)
  const undo = (): void =>
    action.mutate({ type: 'unlink', to: other.id, reason: '' }, { onError: (error) => tellError('Not undone', explainError(error)) })
  return (
    <Item other={other} words="belongs together">
      {mayRespond && (
        <Button size="s" busy={action.isPending} onClick={undo} aria-label={`Undo the link to incident ${other.number}`}>
          Undo
        </Button>
      )}
    </Item>
  )
}

function Item({ other, words, children }: { readonly other: Ref; readonly words: string; readonly children: ReactNode }) {
  return (
    <li className="flex items-center gap-3 px-3.5 py-2">
      <span className="min-w-0 flex-1">
        <Link to="/incidents/$ref" params={{ ref: String(other.number) }} className="text-accent hover:underline">
          INC-{other.number}
        </Link>{' '}
        <span className="text-s text-muted">{words}</span>
      </span>
      {children}
    </li>
  )
}
