/** What the incident would say to do: first, at once, and afterwards. */
import type { Explanation } from '../../../src/api/schema.ts'
import { Card } from '../../parts/card.tsx'
import { ClauseLink } from './clause-link.tsx'

export function OfferedCard({ explanation, digest }: { readonly explanation: Explanation; readonly digest: string }) {
  const { first_step: firstStep, mitigation, follow_ups: followUps } = explanation
  if (firstStep === null && mitigation.length === 0 && followUps.length === 0) return null
  return (
    <Card title="What is offered">
      <div className="space-y-3">
        {firstStep !== null && (
          <p className="rounded-[6px] bg-accent-soft px-2.5 py-2 font-[550] [overflow-wrap:anywhere]">
            First step: {firstStep.text} <ClauseLink clause={firstStep.clause} digest={digest} />
          </p>
        )}
        <Steps title="Mitigation" steps={mitigation} digest={digest} />
        <Steps title="Afterwards" steps={followUps.map((step) => ({ ...step, action: null }))} digest={digest} />
      </div>
    </Card>
  )
}

interface StepsProps {
  readonly title: string
  readonly steps: Explanation['mitigation']
  readonly digest: string
}

function Steps({ title, steps, digest }: StepsProps) {
  if (steps.length === 0) return null
  return (
    <div>
      <h3 className="mb-1 text-s font-[600] text-muted">{title}</h3>
      <ol className="space-y-1">
        {steps.map((step, place) => (
          <li key={`${step.title} ${step.clause.path}`} className="flex gap-2.5">
            <span
              aria-hidden
              className="grid size-5 flex-none place-items-center rounded-full border-[1.5px] border-line-strong text-xs text-muted"
            >
              {place + 1}
            </span>
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {step.title} {step.action !== null && <code className="text-xs">{step.action}</code>}{' '}
              <ClauseLink clause={step.clause} digest={digest} />
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}
