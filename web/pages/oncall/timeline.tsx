/** Schedules as lines over the days of a week or a month: the final line, and beneath it layers and overrides. */
import type { CalendarShift, ScheduleCalendar } from '../../../src/api/schema.ts'
import { classNames } from '../../lib/class-names.ts'
import { placeOf, type Range } from './range.ts'
import { namesOf, spanOf } from './words.ts'

interface TimelineProps {
  readonly range: Range
  readonly items: readonly ScheduleCalendar[]
  readonly meId: string | undefined
  readonly now: number
  readonly withLayers: boolean
  readonly onShift: (item: ScheduleCalendar, shift: CalendarShift) => void
}

const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric' })
const NUMBER = new Intl.DateTimeFormat('en-GB', { day: 'numeric' })

export function Timeline({ range, items, meId, now, withLayers, onShift }: TimelineProps) {
  return (
    <div className="overflow-hidden">
      <div className="grid grid-cols-[150px_minmax(0,1fr)] border-b border-line text-xs text-muted">
        <span />
        <div className="relative h-6">
          {range.days.map((day, place) => (
            <span
              key={day}
              className={classNames(
                'absolute top-1 truncate pl-1',
                day <= now && now < (range.days[place + 1] ?? range.until) && 'font-[650] text-text',
              )}
              style={{ left: `${shareOf(range, day)}%` }}
            >
              {range.days.length > 7 ? NUMBER.format(day) : DAY.format(day)}
            </span>
          ))}
        </div>
      </div>
      {items.map((item) => (
        <section key={item.schedule.id} aria-label={item.schedule.name} className="border-b border-line py-1.5 last:border-b-0">
          <Line label={item.schedule.name} range={range} now={now} strong>
            {item.final.map((shift) => (
              <Bar key={shift.from ?? 'always'} range={range} shift={shift} meId={meId} onPress={() => onShift(item, shift)} />
            ))}
          </Line>
          {withLayers && (
            <>
              {item.overrides.length > 0 && (
                <Line label="Overrides" range={range} now={now}>
                  {item.overrides.map((override) => (
                    <Plain key={override.id} range={range} shift={override} name={override.person.name} />
                  ))}
                </Line>
              )}
              {item.layers.map((layer, place) => (
                <Line
                  key={`${layer.name} ${place}`}
                  label={`${layer.name}${layer.shadow ? ' (shadow)' : layer.replacement ? ' (instead)' : ''}`}
                  range={range}
                  now={now}
                >
                  {layer.shifts.map((shift) => (
                    <Plain key={shift.from ?? 'always'} range={range} shift={shift} name={namesOf(shift.people)} />
                  ))}
                </Line>
              ))}
            </>
          )}
        </section>
      ))}
    </div>
  )
}

function shareOf({ from, until }: Range, ms: number): number {
  return ((ms - from) / (until - from)) * 100
}

interface LineProps {
  readonly label: string
  readonly range: Range
  readonly now: number
  readonly strong?: boolean
  readonly children: React.ReactNode
}

function Line({ label, range, now, strong, children }: LineProps) {
  return (
    <div className="grid grid-cols-[150px_minmax(0,1fr)] items-center">
      <span className={classNames('truncate px-3.5', strong === true ? 'font-[590]' : 'text-xs text-muted')} dir="auto" title={label}>
        {label}
      </span>
      <div className={classNames('relative', strong === true ? 'h-9' : 'h-6')}>
        {range.days.map((day) => (
          <span key={day} aria-hidden className="absolute inset-y-0 border-l border-line" style={{ left: `${shareOf(range, day)}%` }} />
        ))}
        {children}
        {range.from <= now && now < range.until && (
          <span aria-hidden className="absolute inset-y-0 z-10 border-l-2 border-accent" style={{ left: `${shareOf(range, now)}%` }} />
        )}
      </div>
    </div>
  )
}

interface BarProps {
  readonly range: Range
  readonly shift: CalendarShift
  readonly meId: string | undefined
  readonly onPress: () => void
}

function Bar({ range, shift, meId, onPress }: BarProps) {
  const placed = placeOf(range, shift)
  if (placed === null) return null
  const nobody = shift.people.length === 0
  const mine = shift.people.some(({ id }) => id === meId)
  const names = namesOf(shift.people)
  return (
    <button
      type="button"
      onClick={onPress}
      title={`${names} · ${spanOf(shift)}`}
      aria-label={`${names}, ${spanOf(shift)}${shift.cause === 'override' ? ', stands in' : ''}`}
      className={classNames(
        'absolute inset-y-[3px] overflow-hidden border px-1.5 text-left text-s whitespace-nowrap hover:border-faint focus-visible:z-20',
        placed.cutLeft ? 'border-l-0' : 'rounded-l-[5px]',
        placed.cutRight ? 'border-r-0' : 'rounded-r-[5px]',
        nobody
          ? 'border-late bg-late-soft font-[590] text-late'
          : mine
            ? 'border-accent bg-accent-soft font-[590]'
            : 'border-line-strong bg-raised',
        shift.cause === 'override' && 'border-dashed',
      )}
      style={{ left: `${placed.left}%`, width: `${placed.width}%` }}
    >
      {names}
      {shift.cause === 'override' && <span className="font-normal text-muted"> · stands in</span>}
    </button>
  )
}

interface PlainProps {
  readonly range: Range
  readonly shift: { readonly from: string | null; readonly until: string | null }
  readonly name: string
}

function Plain({ range, shift, name }: PlainProps) {
  const placed = placeOf(range, shift)
  if (placed === null) return null
  return (
    <span
      title={`${name} · ${spanOf(shift)}`}
      className="absolute inset-y-[3px] overflow-hidden rounded-[4px] border border-line bg-bg px-1 text-xs leading-4 whitespace-nowrap text-muted"
      style={{ left: `${placed.left}%`, width: `${placed.width}%` }}
    >
      {name}
    </span>
  )
}
