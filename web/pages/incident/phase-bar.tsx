/** The phases in their order with when each began and by whom; on a phone only the present one. */
import { Check } from 'lucide-react'
import type { Incident, TimelineEntry } from '../../../src/api/schema.ts'
import { classNames } from '../../lib/class-names.ts'
import { toMs } from '../../lib/moment.ts'
import { ClockTime } from '../../parts/moment.tsx'
import { PHASES_SHOWN } from './phases.ts'
import { PHASE_WORDS } from './words.ts'

export function PhaseBar({ incident, timeline }: { readonly incident: Incident; readonly timeline: readonly TimelineEntry[] }) {
  const place = PHASES_SHOWN.indexOf(incident.phase)
  return (
    <ol aria-label="Phases" className="my-4 flex overflow-hidden rounded-card border border-line bg-surface">
      {PHASES_SHOWN.map((phase, index) => {
        const state = index < place ? 'done' : index === place ? 'now' : 'ahead'
        const began = beganOf(phase, incident, timeline)
        return (
          <li
            key={phase}
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
              <span className="truncate">{PHASE_WORDS[phase]}</span>
              {state === 'now' && (
                <span className="ml-auto text-xs font-normal text-muted min-[761px]:hidden">{`${index + 1} of ${PHASES_SHOWN.length}`}</span>
              )}
            </span>
            <small className="block min-h-[17px] truncate text-xs font-normal text-faint">
              {state !== 'ahead' && began.at !== null && (
                <>
                  {state === 'now' && 'since '}
                  <ClockTime at={began.at} />
                  {began.by !== null && ` · ${began.by}`}
                </>
              )}
              {state === 'done' && began.at === null && 'skipped'}
            </small>
          </li>
        )
      })}
    </ol>
  )
}

const BEGINS: Readonly<Record<(typeof PHASES_SHOWN)[number], string>> = {
  detected: 'incident.opened',
  triaged: 'incident.triaged',
  mitigating: 'incident.mitigation-started',
  resolved: 'incident.resolved',
  reviewed: 'incident.reviewed',
  closed: 'incident.closed',
}

function beganOf(
  phase: (typeof PHASES_SHOWN)[number],
  incident: Incident,
  timeline: readonly TimelineEntry[],
): { readonly at: number | null; readonly by: string | null } {
  const entry =
    timeline.findLast((candidate) => candidate.type === BEGINS[phase]) ??
    (phase === 'triaged' ? timeline.find((candidate) => candidate.type === 'incident.acknowledged') : undefined)
  const known = {
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
