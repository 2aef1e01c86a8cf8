/** The answer about each signal of a message: what it would be, who is paged, what is owed and offered, and why. */
import { useEffect, useState } from 'react'
import type { Explained } from '../../../src/api/schema.ts'
import { Card } from '../../parts/card.tsx'
import { Empty } from '../../parts/states.tsx'
import { ConsideredCard } from './considered-card.tsx'
import { OfferedCard } from './offered-card.tsx'
import { OwedCard } from './owed-card.tsx'
import { wallMoment } from './schedule.ts'
import { ScheduleCard } from './schedule-card.tsx'
import { VerdictCard } from './verdict-card.tsx'

export function Answered({ explained, zone }: { readonly explained: Explained; readonly zone: string }) {
  const [place, setPlace] = useState(0)
  useEffect(() => setPlace(0), [explained])
  const explanation = explained.items[place]
  const { digest, version } = explained.playbook
  return (
    <div className="space-y-4">
      <p className="text-s text-muted">
        At {wallMoment(explained.at, zone)}, by playbook {version === null ? digest.slice(0, 8) : `v${version}`}.
      </p>
      {explained.refused !== null && (
        <p role="alert" className="rounded-card bg-warn-soft px-3.5 py-2.5 text-warn [overflow-wrap:anywhere]">
          The door would refuse this message: {explained.refused.reason}
          {explained.refused.people_are_told ? ' It is kept, and people are told.' : ''}
        </p>
      )}
      {explained.items.length === 0 && explained.refused === null && (
        <Empty title="No signal is in it">The message was understood and holds no alert.</Empty>
      )}
      {explained.items.length > 1 && (
        <label className="flex flex-wrap items-center gap-2 text-s text-muted">
          Of {explained.items.length + explained.items_more} signals in it
          <select
            value={place}
            onChange={(event) => setPlace(Number(event.target.value))}
            className="max-w-full rounded-[6px] border border-line-strong bg-surface px-2 py-1 text-text max-[760px]:min-h-11"
          >
            {explained.items.map((item, at) => (
              // oxlint-disable-next-line react/no-array-index-key -- two signals of a message may be alike
              <option key={at} value={at}>
                {at + 1}. {item.signal.title === '' ? item.signal.alarm : item.signal.title}
              </option>
            ))}
          </select>
        </label>
      )}
      {explanation !== undefined && (
        <>
          <VerdictCard explanation={explanation} digest={digest} />
          <ScheduleCard explanation={explanation} digest={digest} base={explained.at} zone={zone} />
          <OwedCard explanation={explanation} digest={digest} base={explained.at} zone={zone} />
          <OfferedCard explanation={explanation} digest={digest} />
          <ConsideredCard explanation={explanation} digest={digest} />
        </>
      )}
      {explained.assumptions.length > 0 && (
        <Card title="Taken as given">
          <ul className="list-disc space-y-1 pl-5 text-s text-muted">
            {explained.assumptions.map((assumption) => (
              <li key={assumption}>{assumption}</li>
            ))}
          </ul>
        </Card>
      )}
    </div>
  )
}
