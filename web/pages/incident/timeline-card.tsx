/** What happened, to the second, newest first. */
import type { UseQueryResult } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { TimelineEntry } from '../../../src/api/schema.ts'
import { explainReading } from '../../api/problem.ts'
import { classNames } from '../../lib/class-names.ts'
import { dayName, sameDay, toMs } from '../../lib/moment.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { ClockTime } from '../../parts/moment.tsx'
import { Skeleton } from '../../parts/states.tsx'
import { foldTimeline, newestOf, type TimelineLine } from './timeline-fold.ts'
import { isShown, markOf, noteOf, TIMELINE_FILTERS, type Mark, type TimelineFilter } from './timeline-kinds.ts'

/** Entries drawn at first; a long incident has hundreds. */
const SHOWN_FIRST = 60

export function TimelineCard({ query }: { readonly query: UseQueryResult<readonly TimelineEntry[]> }) {
  const [filter, setFilter] = useState<TimelineFilter>('all')
  const [all, setAll] = useState(false)
  const entries = (query.data ?? []).filter((entry) => isShown(entry, filter)).toSorted((a, b) => b.version - a.version)
  // Who asks for pages wants each of them.
  const lines = filter === 'pages' ? entries.map((entry): TimelineLine => ({ kind: 'entry', entry })) : foldTimeline(entries)
  const shown = all ? lines : lines.slice(0, SHOWN_FIRST)
  return (
    <Card title="Timeline" aside={<Filters value={filter} onChange={setFilter} />}>
      {query.data === undefined && !query.isError && <Skeleton className="h-24" />}
      {query.data === undefined && query.isError && (
        <p role="alert">
          {explainReading(query.error)}{' '}
          <Button size="s" onClick={() => void query.refetch()}>
            Try again
          </Button>
        </p>
      )}
      {query.data !== undefined && entries.length === 0 && <p className="text-muted">Nothing of that kind yet.</p>}
      <ol>
        {shown.map((line, place) => {
          const previous = shown[place - 1]
          const after = previous === undefined ? null : newestOf(previous)
          return line.kind === 'entry' ? (
            <Entry key={line.entry.id} entry={line.entry} after={after} />
          ) : (
            <HandOvers key={line.newest.id} newest={line.newest} entries={line.entries} after={after} />
          )
        })}
      </ol>
      {lines.length > shown.length && (
        <Button size="s" className="mt-2" onClick={() => setAll(true)}>
          Show {lines.length - shown.length} earlier
        </Button>
      )}
    </Card>
  )
}

const MARKS: Readonly<Record<Mark, string>> = { late: 'bg-late', ok: 'bg-ok', accent: 'bg-accent', plain: 'bg-line-strong' }

interface LineProps {
  readonly at: number
  readonly mark: Mark
  /** The line above, a newer one. */
  readonly after: TimelineEntry | null
  readonly children: ReactNode
}

function Line({ at, mark, after, children }: LineProps) {
  const newDay = !sameDay(at, after === null ? Date.now() : toMs(after.at))
  return (
    <>
      {newDay && <li className="py-1.5 text-s font-[560] text-muted">{dayName(at)}</li>}
      <li className="grid grid-cols-[60px_14px_minmax(0,1fr)] gap-2.5 py-1.5">
        <ClockTime at={at} className="text-right font-mono text-xs leading-[1.8] text-faint" />
        <span aria-hidden className={classNames('mx-[3px] mt-1.5 size-2 rounded-full', MARKS[mark])} />
        <div className="min-w-0 [overflow-wrap:anywhere]">{children}</div>
      </li>
    </>
  )
}

function Entry({ entry, after }: { readonly entry: TimelineEntry; readonly after: TimelineEntry | null }) {
  const note = noteOf(entry)
  return (
    <Line at={toMs(entry.at)} mark={markOf(entry)} after={after}>
      {note === null ? (
        <p dir="auto">{entry.text}</p>
      ) : (
        <>
          <p>
            <strong className="font-[600]" dir="auto">
              {entry.actor.name}
            </strong>{' '}
            noted
          </p>
          <p dir="auto" className="mt-0.5 border-l-2 border-line-strong pl-2.5 whitespace-pre-wrap text-muted">
            {note}
          </p>
        </>
      )}
    </Line>
  )
}

interface HandOversProps {
  readonly newest: TimelineEntry
  readonly entries: readonly TimelineEntry[]
  readonly after: TimelineEntry | null
}

function HandOvers({ newest, entries, after }: HandOversProps) {
  return (
    <Line at={toMs(newest.at)} mark="accent" after={after}>
      <details className="group">
        <summary className="cursor-pointer list-none rounded-chip [&::-webkit-details-marker]:hidden">
          {entries.length} pages handed over
          <ChevronRight size={13} aria-hidden className="ml-1 inline align-[-2px] text-faint transition-transform group-open:rotate-90" />
        </summary>
        <ul className="mt-1 space-y-0.5 text-s text-muted">
          {entries.map((entry) => (
            <li key={entry.id} dir="auto">
              <ClockTime at={toMs(entry.at)} className="font-mono text-xs" /> {entry.text}
            </li>
          ))}
        </ul>
      </details>
    </Line>
  )
}

function Filters({ value, onChange }: { readonly value: TimelineFilter; readonly onChange: (filter: TimelineFilter) => void }) {
  return (
    <fieldset className="flex">
      <legend className="sr-only">Show of the timeline</legend>
      {TIMELINE_FILTERS.map((filter) => (
        <label
          key={filter}
          className="cursor-pointer rounded-chip px-1.5 text-muted has-checked:bg-accent-soft has-checked:font-[560] has-checked:text-text has-focus-visible:outline-2 has-focus-visible:outline-accent max-[760px]:px-3 max-[760px]:py-2.5"
        >
          <input type="radio" name="timeline" className="sr-only" checked={value === filter} onChange={() => onChange(filter)} />
          {filter}
        </label>
      ))}
    </fieldset>
  )
}
