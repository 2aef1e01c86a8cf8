/** The same shifts as a list, for phones and for whoever reads by ear. */
import type { CalendarShift, ScheduleCalendar } from '../../../src/api/schema.ts'
import { Avatar } from '../../parts/avatar.tsx'
import { Tag } from '../../parts/tag.tsx'
import { namesOf, spanOf } from './words.ts'

interface AgendaProps {
  readonly items: readonly ScheduleCalendar[]
  readonly meId: string | undefined
  readonly now: number
  readonly onShift: (item: ScheduleCalendar, shift: CalendarShift) => void
}

export function Agenda({ items, meId, now, onShift }: AgendaProps) {
  return (
    <div className="divide-y divide-line">
      {items.map((item) => (
        <section key={item.schedule.id} aria-label={item.schedule.name} className="py-2">
          <h3 className="px-3.5 py-1 text-s font-[620]">{item.schedule.name}</h3>
          <ul>
            {item.final.map((shift) => (
              <li key={shift.from ?? 'always'}>
                <button
                  type="button"
                  onClick={() => onShift(item, shift)}
                  className="flex min-h-11 w-full items-center gap-2.5 px-3.5 py-1.5 text-left hover:bg-accent-soft"
                >
                  <Avatar name={shift.people[0]?.name ?? null} />
                  <span className="min-w-0 flex-1">
                    <span className="flex flex-wrap items-center gap-x-2" dir="auto">
                      {shift.people.length === 0 ? (
                        <strong className="font-[590] text-late">Nobody: the owners are paged</strong>
                      ) : (
                        namesOf(shift.people)
                      )}
                      {shift.people.some(({ id }) => id === meId) && <Tag>you</Tag>}
                      {shift.cause === 'override' && <Tag>stands in</Tag>}
                      {holdsNow(shift, now) && <Tag tone="ok">now</Tag>}
                    </span>
                    <span className="block text-s text-muted">{spanOf(shift)}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

function holdsNow({ from, until }: CalendarShift, now: number): boolean {
  return (from === null || Date.parse(from) <= now) && (until === null || now < Date.parse(until))
}
