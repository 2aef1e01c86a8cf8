/** The phases in their order with when each began and by whom; on a phone only the present one. */
import { useQuery } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Incident, PlaybookView, TimelineEntry } from '../../../src/api/schema.ts'
import { playbookQuery } from '../../api/queries.ts'
import { classNames } from '../../lib/class-names.ts'
import { formatLimit } from '../../lib/duration.ts'
import { toMs } from '../../lib/moment.ts'
import { ClockTime } from '../../parts/moment.tsx'
import { PHASES_SHOWN } from './phases.ts'
import { PHASE_WORDS } from './words.ts'

type ShownPhase = (typeof PHASES_SHOWN)[number]

export function PhaseBar({ incident, timeline }: { readonly incident: Incident; readonly timeline: readonly TimelineEntry[] }) {
  const playbook = useQuery(playbookQuery).data
  const place = PHASES_SHOWN.indexOf(incident.phase)
  return (
    <ol aria-label="Phases" className="my-4 flex overflow-hidden rounded-card border border-line bg-surface">
      {PHASES_SHOWN.map((phase, index) => (
        <Step
          key={phase}
          state={index < place ? 'done' : index === place ? 'now' : 'ahead'}
          name={PHASE_WORDS[phase]}
          count={`${index + 1} of ${PHASES_SHOWN.length}`}
          began={beganOf(phase, incident, timeline)}
          expected={phase === 'reviewed' ? reviewDue(incident, playbook) : ''}
        />
      ))}
    </ol>
  )
}

interface StepProps {
  readonly state: 'done' | 'now' | 'ahead'
  readonly name: string
  readonly count: string
  readonly began: { readonly at: number | null; readonly by: string | null }
  /** What is promised about a phase ahead. */
  readonly expected: string
}

function Step({ state, name, count, began, expected }: StepProps) {
  return (
    <li
      aria-current={state === 'now' ? 'step' : undefined}
      className={classNames(
        'min-w-0 flex-1 border-r border-line px-3 py-2 text-s last:border-r-0',
        state === 'now' && 'bg-accent-soft font-[600]',
        state === 'done' && 'text-muted max-[760px]:hidden',
        state === 'ahead' && 'text-faint max-[760px]:hidden',
      )}
    >
      <span className="flex items-center gap-1">
        {state === 'done' && began.at !== null && <Check size={12} aria-label="done:" className="flex-none" />}
        <span className="truncate">{name}</span>
        {state === 'now' && <span className="ml-auto text-xs font-normal text-muted min-[761px]:hidden">{count}</span>}
      </span>
      <small className={classNames('block min-h-[17px] truncate text-xs font-normal', state === 'now' ? 'text-muted' : 'text-faint')}>
        {subText(state, began, expected)}
      </small>
    </li>
  )
}

function subText(state: StepProps['state'], began: StepProps['began'], expected: string): ReactNode {
  if (state === 'ahead') return expected
  if (began.at === null) return state === 'done' ? 'skipped' : ''
  return (
    <>
      {state === 'now' && 'since '}
      <ClockTime at={began.at} />
      {began.by !== null && ` · ${began.by}`}
    </>
  )
}

function reviewDue(incident: Incident, playbook: PlaybookView | undefined): string {
  if (playbook === undefined || !playbook.post_mortem.severities.includes(incident.severity)) return ''
  return `within ${formatLimit(playbook.post_mortem.within_seconds * 1_000)}`
}

const BEGINS: Readonly<Record<ShownPhase, string>> = {
  detected: 'incident.opened',
  triaged: 'incident.triaged',
  mitigating: 'incident.mitigation-started',
  resolved: 'incident.resolved',
  reviewed: 'incident.reviewed',
  closed: 'incident.closed',
}

/** An acknowledgement may have brought it to triaged without a triage of its own. */
function beganOf(phase: ShownPhase, incident: Incident, timeline: readonly TimelineEntry[]): StepProps['began'] {
  const own = timeline.findLast((candidate) => candidate.type === BEGINS[phase])
  const entry = own ?? (phase === 'triaged' ? timeline.find((candidate) => candidate.type === 'incident.acknowledged') : undefined)
  const known: Readonly<Record<ShownPhase, string | null>> = {
    detected: incident.opened_at,
    triaged: null,
    mitigating: incident.mitigating_at,
    resolved: incident.resolved_at,
    reviewed: null,
    closed: incident.closed_at,
  }
  const by = entry?.actor.kind === 'person' ? (entry.actor.name.split(' ')[0] ?? null) : null
  return { at: toMs(known[phase] ?? entry?.at ?? null), by }
}
