/** Steps of an answer in their order, each with the evidence that proves it: time, event, line of the playbook. */
import { Link } from '@tanstack/react-router'
import type { WhyStep } from '../../../src/api/schema.ts'
import { toMs } from '../../lib/moment.ts'
import { Moment } from '../../parts/moment.tsx'
import { ClauseLink } from '../explain/clause-link.tsx'

const WORDS: Readonly<Record<WhyStep['kind'], string>> = {
  received: 'Received',
  refused: 'Refused',
  waiting: 'Waits',
  rule: 'Rule',
  severity: 'Severity',
  team: 'Whose it is',
  below: 'Below threshold',
  unknown: 'No rule',
  alert: 'Alert',
  held: 'Held',
  fate: 'Fate',
  incident: 'Incident',
  paging: 'Paging',
  duty: 'Duty',
  page: 'Page',
  assumption: 'Note',
}

export function Chain({ steps, digest }: { readonly steps: readonly WhyStep[]; readonly digest: string }) {
  if (steps.length === 0) return <p className="text-muted">There is nothing more to tell.</p>
  return (
    <ol className="space-y-0">
      {steps.map((step, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- steps have no name and never move
        <li key={place} className="relative grid grid-cols-[12px_minmax(0,1fr)] gap-x-3 pb-3 last:pb-0">
          <span aria-hidden className="relative flex justify-center">
            <span className="mt-[7px] size-[7px] rounded-full bg-line-strong" />
            {place < steps.length - 1 && <span className="absolute top-4 bottom-[-10px] w-px bg-line" />}
          </span>
          <div className="min-w-0">
            <p className="flex flex-wrap items-baseline gap-x-2 text-s text-muted">
              <span className="font-[600]">{WORDS[step.kind]}</span>
              {step.at !== null && <Moment at={toMs(step.at)} />}
              {step.clause !== null && <ClauseLink clause={step.clause} digest={digest} />}
              {step.event !== null && (
                <Link
                  to="/incidents/$ref"
                  params={{ ref: step.event.incident_id }}
                  className="underline decoration-dotted underline-offset-2 hover:text-text"
                  title={step.event.type}
                >
                  event {step.event.version}
                </Link>
              )}
              <About about={step.about} />
            </p>
            <p className="[overflow-wrap:anywhere]" dir="auto">
              {step.sentence}
            </p>
          </div>
        </li>
      ))}
    </ol>
  )
}

const LINK = 'underline decoration-dotted underline-offset-2 hover:text-text'

function About({ about }: { readonly about: WhyStep['about'] }) {
  switch (about?.kind) {
    case 'signal':
      return (
        <Link to="/signals" search={{ signal: about.id }} className={LINK}>
          the message
        </Link>
      )
    case 'alert':
      return (
        <Link to="/alerts" search={{ state: 'all', alert: about.id }} className={LINK}>
          the alert
        </Link>
      )
    case 'silence':
      return (
        <Link to="/silences" hash={about.id} search={{}} className={LINK}>
          the silence
        </Link>
      )
    case 'maintenance':
      return (
        <Link to="/silences" hash={about.id} search={{ tab: 'maintenance' }} className={LINK}>
          the window
        </Link>
      )
    case 'source':
      return (
        <Link to="/sources/$id" params={{ id: about.id }} className={LINK}>
          the source
        </Link>
      )
    default:
      return null
  }
}
