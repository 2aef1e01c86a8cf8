/** The calendar: a week or a month of all schedules, with gaps in red, and what a clock change does. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { CalendarShift, OncallCalendar, ScheduleCalendar } from '../../../src/api/schema.ts'
import { calendarQuery, schedulesQuery } from '../../api/oncall.ts'
import { meQuery } from '../../api/queries.ts'
import { formatDuration } from '../../lib/duration.ts'
import { dayName } from '../../lib/moment.ts'
import { ownZone } from '../../lib/wall-time.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Choices } from '../../parts/choices.tsx'
import { Failed, SkeletonRows } from '../../parts/states.tsx'
import { Agenda } from './agenda.tsx'
import { OverrideDialog } from './override-dialog.tsx'
import { dayOf, isDay, moved, rangeOf, type View } from './range.ts'
import { ShiftDialog } from './shift-dialog.tsx'
import { Timeline } from './timeline.tsx'
import { dayAndTime, dayAndTimeIn } from './words.ts'

const VIEWS = [
  { value: 'week', label: 'Week' },
  { value: 'month', label: 'Month' },
] as const
const HALF_DAY_MS = 43_200_000
const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' })

export function CalendarCard({ mayAct }: { readonly mayAct: boolean }) {
  const { view = 'week', day } = useSearch({ from: '/shell/on-call' })
  const navigate = useNavigate({ from: '/on-call' })
  const now = Date.now()
  const shownDay = day !== undefined && isDay(day) ? day : dayOf(now)
  const range = rangeOf(view, shownDay)
  const [withLayers, setWithLayers] = useState(false)
  const [chosen, setChosen] = useState<{ item: ScheduleCalendar; shift: CalendarShift } | null>(null)
  const [standing, setStanding] = useState(false)
  const calendar = useQuery(calendarQuery({ from: range.from, until: range.until, layers: withLayers }))
  const meId = useQuery(meQuery).data?.id
  const show = (next: { view?: View; day?: string }): void => {
    const search = { view: next.view ?? view, day: next.day ?? shownDay }
    void navigate({ search: (before) => ({ ...before, ...search }), replace: true })
  }
  const onShift = (item: ScheduleCalendar, shift: CalendarShift): void => setChosen({ item, shift })
  return (
    <Card
      title="Calendar"
      flush
      aside={
        mayAct && (
          <Button size="s" onClick={() => setStanding(true)}>
            Stand in
          </Button>
        )
      }
    >
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-3.5 py-2.5">
        <Button aria-label={`Previous ${view}`} onClick={() => show({ day: moved(view, shownDay, -1) })}>
          <ChevronLeft size={16} aria-hidden />
        </Button>
        <Button onClick={() => show({ day: dayOf(now) })}>Today</Button>
        <Button aria-label={`Next ${view}`} onClick={() => show({ day: moved(view, shownDay, 1) })}>
          <ChevronRight size={16} aria-hidden />
        </Button>
        <strong className="px-1 font-[590]" aria-live="polite">
          {view === 'week' ? `${dayName(range.from)} to ${dayName(range.until - 1)}` : MONTH.format(range.from)}
        </strong>
        <span className="ml-auto flex flex-wrap items-center gap-3 max-[760px]:w-full">
          <label className="flex cursor-pointer items-center gap-2 text-s text-muted max-[760px]:hidden">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={withLayers}
              onChange={(event) => setWithLayers(event.target.checked)}
            />
            Layers and overrides
          </label>
          <Choices
            legend="How much to show"
            name="oncall-view"
            wide
            value={view}
            choices={VIEWS}
            onChange={(next) => show({ view: next })}
          />
        </span>
      </div>
      {calendar.data === undefined && calendar.isError && (
        <Failed what="calendar" error={calendar.error} retry={() => void calendar.refetch()} />
      )}
      {calendar.data === undefined && !calendar.isError && <SkeletonRows rows={3} />}
      {calendar.data !== undefined && (
        <>
          {calendar.data.items.length === 0 && (
            <p className="px-3.5 py-4 text-muted">oncall.yaml has no schedule yet: the owners hold every role.</p>
          )}
          <div className="max-[760px]:hidden">
            <Timeline range={range} items={calendar.data.items} meId={meId} now={now} withLayers={withLayers} onShift={onShift} />
          </div>
          <div className="min-[761px]:hidden">
            <Agenda items={calendar.data.items} meId={meId} now={now} onShift={onShift} />
          </div>
          {withLayers && <Prose />}
          <Notes calendar={calendar.data} />
        </>
      )}
      {chosen !== null && <ShiftDialog {...chosen} mayAct={mayAct} onClose={() => setChosen(null)} />}
      {standing && <OverrideDialog schedule={null} from={now} until={now + HALF_DAY_MS} onClose={() => setStanding(false)} />}
    </Card>
  )
}

/** What oncall.yaml says of each schedule, in sentences. */
function Prose() {
  const schedules = useQuery(schedulesQuery).data ?? []
  return (
    <dl className="space-y-1.5 border-t border-line px-3.5 py-2.5 text-s max-[760px]:hidden">
      {schedules.map(({ id, name, prose }) => (
        <div key={id}>
          <dt className="font-[590]">{name}</dt>
          {prose.map((sentence) => (
            <dd key={sentence} className="text-muted" dir="auto">
              {sentence}
            </dd>
          ))}
        </div>
      ))}
    </dl>
  )
}

/** Whose time this is, where nobody is on call, and when a clock is moved. */
function Notes({ calendar }: { readonly calendar: OncallCalendar }) {
  // What is over cannot be mended.
  const now = Date.now()
  const gaps = calendar.items
    .flatMap(({ schedule, gaps: found }) =>
      found.map((gap) => ({ from: Math.max(Date.parse(gap.from), now), until: Date.parse(gap.until), role: schedule.role })),
    )
    .filter((gap) => gap.until > now)
    .sort((one, other) => one.from - other.from)
  const openMs = gaps.reduce((sum, gap) => sum + gap.until - gap.from, 0)
  return (
    <div className="space-y-1 border-t border-line px-3.5 py-2.5 text-s text-muted">
      {gaps[0] !== undefined && (
        <p className="text-late">
          Nobody is on call for {formatDuration(openMs)} to come, first for {gaps[0].role} from{' '}
          {dayAndTime(new Date(gaps[0].from).toISOString())}: the owners are paged then.
        </p>
      )}
      {calendar.clock_changes.map(({ zone, at, by_seconds: by }) => (
        <p key={`${zone} ${at}`}>
          The clocks of {zone} go {by > 0 ? 'forward' : 'back'} by {formatDuration(Math.abs(by) * 1_000)} on {dayAndTimeIn(at, zone)} there.
          Hand-overs stay at their hour, so shifts over it are that much {by > 0 ? 'shorter' : 'longer'}.
        </p>
      ))}
      {calendar.items.some(({ cut }) => cut) && <p>There are more shifts than can be shown: look at a week.</p>}
      <p>All times are in your zone, {ownZone()}.</p>
    </div>
  )
}
