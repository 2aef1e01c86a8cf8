/** What would be owed until when: clocks, and what each audience is to hear. */
import type { Explanation } from '../../../src/api/schema.ts'
import { Card } from '../../parts/card.tsx'
import { Tag } from '../../parts/tag.tsx'
import { everyText } from '../playbook/words.ts'
import { ClauseLink } from './clause-link.tsx'
import { afterText, wallClock } from './schedule.ts'

interface OwedProps {
  readonly explanation: Explanation
  readonly digest: string
  readonly base: string
  readonly zone: string
}

export function OwedCard({ explanation, digest, base, zone }: OwedProps) {
  // Updates have a list of their own, with channels and content.
  const clocks = explanation.clocks.filter((clock) => clock.kind !== 'update' || explanation.updates.length === 0)
  if (clocks.length === 0 && explanation.updates.length === 0) return null
  return (
    <Card title="What is owed" flush>
      <ul className="divide-y divide-line">
        {clocks.map((clock) => (
          <li key={`${clock.kind} ${clock.sentence}`} className="grid gap-x-4 px-3.5 py-2 min-[561px]:grid-cols-[minmax(0,1fr)_150px]">
            <p className="[overflow-wrap:anywhere]">
              {clock.sentence} <ClauseLink clause={clock.clause} digest={digest} />
            </p>
            <p className="text-s text-muted min-[561px]:text-right">
              {clock.due_at === null ? 'not started yet' : `due ${wallClock(clock.due_at, { zone, base })}`}
              {clock.due_after_seconds !== null && <span className="block">{afterText(clock.due_after_seconds)}</span>}
            </p>
          </li>
        ))}
        {explanation.updates.map((update) => (
          <li
            key={`${update.audience} ${update.sentence}`}
            className="grid gap-x-4 px-3.5 py-2 min-[561px]:grid-cols-[minmax(0,1fr)_150px]"
          >
            <div className="min-w-0">
              <p className="[overflow-wrap:anywhere]">
                <strong className="font-[600]">{update.audience}</strong> {everyText(update.every_seconds)}: {update.content}{' '}
                <ClauseLink clause={update.clause} digest={digest} />
              </p>
              <p className="mt-0.5 flex flex-wrap gap-1">
                {update.channels.map((channel) => (
                  <Tag key={channel}>{channel}</Tag>
                ))}
              </p>
            </div>
            <p className="text-s text-muted min-[561px]:text-right">first due {wallClock(update.first_due_at, { zone, base })}</p>
          </li>
        ))}
      </ul>
    </Card>
  )
}
