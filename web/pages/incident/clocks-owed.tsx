/** What is owed next: the clocks that run, soonest first, then what was met. Nothing else on the screen moves. */
import type { Clock, Page, TimelineEntry } from '../../../src/api/schema.ts'
import { classNames } from '../../lib/class-names.ts'
import { readClock, type ClockReading } from '../../lib/clock-reading.ts'
import { formatCountdown, formatLimit } from '../../lib/duration.ts'
import { toMs } from '../../lib/moment.ts'
import { useNow } from '../../lib/now.ts'
import { Moment } from '../../parts/moment.tsx'
import { sortClocks } from './sort-clocks.ts'
import { asTitle, clockName } from './words.ts'

interface ClocksProps {
  readonly clocks: readonly Clock[] | undefined
  readonly failed: boolean
  readonly timeline: readonly TimelineEntry[]
  readonly pages: readonly Page[]
}

export function ClocksOwed({ clocks, failed, timeline, pages }: ClocksProps) {
  if (clocks === undefined)
    return failed ? (
      <p className="mb-4 text-s text-late">The clocks could not be loaded. Due times still hold.</p>
    ) : (
      <div className="mb-4 h-18" />
    )
  const shown = sortClocks(clocks)
  if (shown.length === 0) return null
  return (
    <ul aria-label="What is owed" className="mb-4 grid grid-cols-1 gap-3 min-[761px]:grid-cols-3">
      {shown.map((clock) => (
        <ClockCard key={clock.id} clock={clock} who={whoOwes(clock, timeline, pages)} />
      ))}
    </ul>
  )
}

const TONES: Readonly<Record<ClockReading['tone'], { readonly box: string; readonly text: string; readonly bar: string }>> = {
  calm: { box: 'border-line bg-surface', text: 'text-text', bar: 'bg-accent' },
  soon: { box: 'border-warn/45 bg-warn-soft', text: 'text-warn', bar: 'bg-warn' },
  late: { box: 'border-late/45 bg-late-soft', text: 'text-late', bar: 'bg-late' },
  met: { box: 'border-line bg-surface', text: 'text-ok', bar: 'bg-ok' },
  waiting: { box: 'border-dashed border-line-strong bg-transparent', text: 'text-muted', bar: 'bg-line-strong' },
}

function ClockCard({ clock, who }: { readonly clock: Clock; readonly who: string }) {
  const now = useNow()
  const facts = { state: clock.state, startedAt: toMs(clock.started_at), dueAt: toMs(clock.due_at), endedAt: toMs(clock.ended_at) }
  const reading = readClock(facts, now)
  const tone = TONES[reading.tone]
  return (
    <li className={classNames('rounded-card border px-3 py-2.5', tone.box)} title={clock.clause === '' ? undefined : clock.clause}>
      <div className="flex items-baseline justify-between gap-2">
        <b className={classNames('text-[18px] leading-6 font-[620] tracking-[-.01em]', tone.text)}>{reading.text}</b>
        <span className="text-s text-muted">
          {reading.tone === 'met' &&
            facts.dueAt !== null &&
            facts.startedAt !== null &&
            `limit ${limitText(facts.dueAt - facts.startedAt)}`}
          {reading.tone !== 'met' && facts.dueAt !== null && (
            <>
              {reading.tone === 'late' ? 'was due ' : 'due '}
              <Moment at={facts.dueAt} />
            </>
          )}
        </span>
      </div>
      <p className="truncate text-s text-muted">
        {asTitle(clockName(clock))}
        {who !== '' && ` · ${who}`}
        {clock.reason !== null && clock.reason !== '' && ` · ${clock.reason}`}
      </p>
      <div aria-hidden className="mt-2 h-[3px] rounded-[2px] bg-line">
        {reading.used !== null && (
          <div className={classNames('h-[3px] rounded-[2px]', tone.bar)} style={{ width: `${Math.max(2, reading.used * 100)}%` }} />
        )}
      </div>
    </li>
  )
}

function limitText(ms: number): string {
  return ms < 60 * 60_000 ? formatCountdown(ms) : formatLimit(ms)
}

/** Who has to act, or who did. */
function whoOwes(clock: Clock, timeline: readonly TimelineEntry[], pages: readonly Page[]): string {
  if (clock.kind !== 'response') return ''
  if (clock.ended_at !== null) {
    const by = timeline.find((entry) => entry.type === 'incident.acknowledged')?.actor.name
    return by === undefined ? 'acknowledged' : `acknowledged by ${by}`
  }
  const names = [...new Set(pages.filter((page) => page.state === 'paging').map((page) => page.person.name))]
  return names.length === 0 ? 'nobody has answered' : `paging ${names.join(', ')}`
}
