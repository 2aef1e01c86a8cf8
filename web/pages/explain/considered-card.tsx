/** Each type of the playbook that was asked, with what of its detection the signal had and what it lacked. */
import { Check, X } from 'lucide-react'
import type { Explanation } from '../../../src/api/schema.ts'
import { Card } from '../../parts/card.tsx'
import { Tag, type Tone } from '../../parts/tag.tsx'
import { counted } from '../incident/words.ts'
import { ClauseLink } from './clause-link.tsx'

type Considered = Explanation['considered'][number]

const VERDICTS: Readonly<Record<Considered['verdict'], readonly [tone: Tone, word: string]>> = {
  met: ['ok', 'matches'],
  later: ['plain', 'would match, stands later'],
  below: ['warn', 'below its threshold'],
  fault: ['late', 'its condition failed'],
  missed: ['plain', 'does not match'],
}

export function ConsideredCard({ explanation, digest }: { readonly explanation: Explanation; readonly digest: string }) {
  const { considered, considered_more: more } = explanation
  if (considered.length === 0) return null
  return (
    <Card
      title={explanation.verdict === 'type' ? 'Why this type' : 'Why no type'}
      aside={`${counted(considered.length, 'type')} looked at`}
      flush
    >
      <ul className="divide-y divide-line">
        {considered.map((type) => (
          <li key={type.type}>
            <details open={type.verdict === 'met' || explanation.verdict !== 'type'} className="group">
              <summary className="flex cursor-pointer list-none flex-wrap items-center gap-x-2 gap-y-0.5 px-3.5 py-2.5 hover:bg-accent-soft/40 focus-visible:-outline-offset-2 max-[760px]:min-h-11 [&::-webkit-details-marker]:hidden">
                <span className="font-[600]">{type.title}</span>
                <Tag tone={VERDICTS[type.verdict][0]}>{VERDICTS[type.verdict][1]}</Tag>
                <span className="w-full text-s text-muted group-open:hidden">{type.sentence}</span>
              </summary>
              <div className="space-y-2 px-3.5 pb-3">
                <p className="[overflow-wrap:anywhere]">{type.sentence}</p>
                {type.detections.map((detection) => (
                  <Checks key={detection.clause.path} detection={detection} digest={digest} />
                ))}
              </div>
            </details>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <p className="border-t border-line px-3.5 py-2 text-s text-muted">
          {counted(more, 'type')} more, which nothing in the signal comes near.
        </p>
      )}
    </Card>
  )
}

function Checks({ detection, digest }: { readonly detection: Considered['detections'][number]; readonly digest: string }) {
  return (
    <ul className="space-y-1 rounded-[6px] border border-line bg-bg px-2.5 py-2 text-s">
      {detection.checks.map((check) => (
        <li key={check.part} className="flex gap-2">
          {check.ok ? (
            <Check size={14} aria-label="has it:" className="mt-0.5 flex-none text-ok" />
          ) : (
            <X size={14} aria-label="lacks it:" className="mt-0.5 flex-none text-late" />
          )}
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {check.sentence} <ClauseLink clause={check.clause} digest={digest} />
          </span>
        </li>
      ))}
      {detection.checks.length === 0 && <li>It listens to everything.</li>}
    </ul>
  )
}
