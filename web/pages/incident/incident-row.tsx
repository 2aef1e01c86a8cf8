/** One incident in the list: how bad, what, who has it, which clock runs out next, how old. */
import { Link } from '@tanstack/react-router'
import { Lock } from 'lucide-react'
import { memo } from 'react'
import type { Incident } from '../../../src/api/schema.ts'
import { classNames } from '../../lib/class-names.ts'
import { readClock, type ClockReading } from '../../lib/clock-reading.ts'
import { fullMoment, toMs } from '../../lib/moment.ts'
import { useNow } from '../../lib/now.ts'
import { severityMark } from '../../lib/severity.ts'
import { Age } from '../../parts/moment.tsx'
import { SeverityWord } from '../../parts/severity.tsx'
import { clockName, counted, numberOf, PHASE_WORDS } from './words.ts'

export const IncidentRow = memo(function IncidentRow({ incident }: { readonly incident: Incident }) {
  const edge = incident.open ? severityMark(incident.severity_rank).colour : 'var(--line-strong)'
  return (
    <li
      className="relative border-t border-line first:border-t-0 focus-within:z-10 hover:bg-accent-soft/40"
      style={{ boxShadow: `inset 3px 0 0 ${edge}` }}
    >
      <Link
        to="/incidents/$ref"
        params={{ ref: String(incident.number) }}
        className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 px-3.5 py-2.5 focus-visible:-outline-offset-2 min-[761px]:grid-cols-[82px_minmax(0,1fr)_96px_200px_84px] min-[761px]:gap-x-3.5"
      >
        <SeverityWord rank={incident.severity_rank} name={incident.severity} over={!incident.open} />
        <span className="min-w-0 max-[760px]:col-span-2 max-[760px]:row-start-2">
          <span
            className="block text-left font-[590] [overflow-wrap:anywhere] min-[761px]:truncate max-[760px]:line-clamp-3"
            dir="auto"
            title={incident.title.length > 90 ? incident.title : undefined}
          >
            {incident.title}
          </span>
          <span className="block truncate text-s text-muted">
            {incident.private && <Lock size={11} aria-label="private" className="mr-1 inline align-[-1px]" />}
            {factsOf(incident).join(' · ')}
          </span>
        </span>
        <span className="max-[760px]:hidden">{PHASE_WORDS[incident.phase]}</span>
        <NextDue incident={incident} />
        <Age
          at={toMs(incident.opened_at)}
          className="text-right text-s whitespace-nowrap text-muted max-[760px]:col-start-2 max-[760px]:row-start-1"
        />
      </Link>
    </li>
  )
})

function factsOf(incident: Incident): readonly string[] {
  const lead = incident.roles.find((role) => role.person !== null)
  return [
    numberOf(incident),
    ...(lead?.person == null ? [] : [`${lead.title.toLowerCase()} ${lead.person.name}`]),
    ...(incident.type_title === null ? [] : [incident.type_title]),
    ...(incident.team === null ? [] : [incident.team]),
    ...(incident.alerts_firing > 0 ? [`${counted(incident.alerts_firing, 'alert')} firing`] : []),
    ...(incident.alerts_total > 0 && incident.alerts_firing === 0 && incident.open ? ['alerts clear'] : []),
  ]
}

function NextDue({ incident }: { readonly incident: Incident }) {
  const now = useNow()
  const clock = incident.next_clock
  const phone = 'text-s max-[760px]:col-span-2 max-[760px]:row-start-3'
  if (incident.paging_you)
    return (
      <span className={classNames(phone, 'font-[600] text-late')}>pages you{clock === null ? '' : `, ${dueText(clock, now).text}`}</span>
    )
  if (clock === null)
    return <span className={classNames(phone, 'text-muted max-[760px]:hidden')}>{incident.open ? 'nothing due' : ''}</span>
  const { text, reading, dueAt } = dueText(clock, now)
  return (
    <span
      title={dueAt === null ? undefined : `due ${fullMoment(dueAt)}`}
      className={classNames(phone, reading.tone === 'soon' && 'font-[600] text-warn', reading.tone === 'late' && 'font-[600] text-late')}
    >
      {text}
    </span>
  )
}

function dueText(
  clock: NonNullable<Incident['next_clock']>,
  now: number,
): { readonly text: string; readonly reading: ClockReading; readonly dueAt: number | null } {
  const dueAt = toMs(clock.due_at)
  const reading = readClock({ state: clock.state, startedAt: toMs(clock.started_at), dueAt, endedAt: toMs(clock.ended_at) }, now)
  const running = reading.tone === 'calm' || reading.tone === 'soon'
  return { text: `${clockName(clock)} ${running ? 'in ' : ''}${reading.text}`, reading, dueAt }
}
