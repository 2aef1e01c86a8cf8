/** Messages that were distrusted, not understood or not processed, each with its raw bytes a press away. */
import { Link } from '@tanstack/react-router'
import type { SourceDetail } from '../../../src/api/schema.ts'
import { toMs } from '../../lib/moment.ts'
import { Card } from '../../parts/card.tsx'
import { Ago } from '../../parts/moment.tsx'
import { Tag } from '../../parts/tag.tsx'

const WORDS = { distrusted: 'distrusted', refused: 'refused', rule: 'rule failed', processing: 'not processed' } as const

export function FaultsCard({ source }: { readonly source: SourceDetail }) {
  if (source.faults.length === 0 && source.distrusted.length === 0) return null
  return (
    <Card title="Faults" aside={`${source.faults.length} lately`} flush>
      {source.distrusted.length > 0 && (
        <ul className="border-b border-line px-3.5 py-2 text-s text-late">
          {source.distrusted.map(({ reason, count }) => (
            <li key={reason} className="[overflow-wrap:anywhere]">
              {count} × {reason}
            </li>
          ))}
        </ul>
      )}
      <ul aria-label="Faults" className="divide-y divide-line">
        {source.faults.map((fault) => (
          <li key={fault.signal_id}>
            <Link
              to="/signals"
              search={{ signal: fault.signal_id }}
              className="flex flex-wrap items-baseline gap-x-2 px-3.5 py-2 hover:bg-accent-soft/40 focus-visible:-outline-offset-2"
            >
              <Tag tone="late">{WORDS[fault.kind]}</Tag>
              <span className="min-w-0 flex-1 basis-60 [overflow-wrap:anywhere]" dir="auto">
                {fault.reason}
              </span>
              <span className="text-s text-muted">
                <Ago at={toMs(fault.at)} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  )
}
