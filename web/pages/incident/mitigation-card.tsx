/** The steps that the playbook offers for this type. Tocsin runs none of them yet: they are for people. */
import { useQuery } from '@tanstack/react-query'
import type { Incident } from '../../../src/api/schema.ts'
import { mitigationsQuery } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { Tag } from '../../parts/tag.tsx'

export function MitigationCard({ reference, incident }: { readonly reference: string; readonly incident: Incident }) {
  const offered = useQuery({ ...mitigationsQuery(reference), enabled: incident.type !== null }).data ?? []
  return offered
    .filter((mitigation) => mitigation.steps.length > 0)
    .map((mitigation) => (
      <Card key={mitigation.id} title={`Mitigation: ${mitigation.title}`} aside="from the playbook, done by people">
        <ol>
          {mitigation.steps.map((step, place) => (
            <li key={step.id} className="flex items-start gap-2.5 border-t border-line py-2 first:border-t-0 first:pt-0 last:pb-0">
              <span
                aria-hidden
                className="grid size-5 flex-none place-items-center rounded-full border-[1.5px] border-line-strong text-xs text-muted"
              >
                {place + 1}
              </span>
              <span className="min-w-0 flex-1 [overflow-wrap:anywhere]" dir="auto">
                {step.title}
              </span>
              {step.state !== 'not_started' && (
                <Tag tone={step.state === 'done' ? 'ok' : step.state === 'failed' ? 'late' : 'plain'}>{step.state}</Tag>
              )}
            </li>
          ))}
        </ol>
      </Card>
    ))
}
