/** Who was paged, on which channel, with the times of queued, sent, delivered and seen. */
import type { UseQueryResult } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import type { Delivery, Incident, Page } from '../../../src/api/schema.ts'
import { explainReading } from '../../api/problem.ts'
import { toMs } from '../../lib/moment.ts'
import { useNow } from '../../lib/now.ts'
import { Card } from '../../parts/card.tsx'
import { ClockTime } from '../../parts/moment.tsx'
import { Skeleton } from '../../parts/states.tsx'
import { Tag, type Tone } from '../../parts/tag.tsx'
import { ledgerOf, type PersonLedger } from './ledger.ts'

const STATE_TONES: Readonly<Record<Page['state'], Tone>> = { acknowledged: 'ok', paging: 'warn', declined: 'late', ended: 'plain' }

interface LedgerProps {
  readonly query: UseQueryResult<readonly Page[]>
  readonly meId: string | undefined
  readonly next: Incident['next_page']
}

export function LedgerCard({ query, meId, next }: LedgerProps) {
  const now = useNow()
  const people = ledgerOf(query.data ?? [], now)
  const answered = people.filter((person) => person.state === 'acknowledged').length
  return (
    <Card
      title="Pages"
      aside={people.length === 0 ? undefined : `${people.length} ${people.length === 1 ? 'person' : 'people'}, ${answered} acknowledged`}
    >
      {query.data === undefined && !query.isError && <Skeleton className="h-16" />}
      {query.data === undefined && query.isError && <p role="alert">{explainReading(query.error)} Paging itself goes on.</p>}
      {query.data !== undefined && people.length === 0 && (
        <p className="text-muted">Nobody is paged at this severity: it waits in the queue.</p>
      )}
      <ul className="divide-y divide-line">
        {people.map((person) => (
          <Person key={person.personId} person={person} isMe={person.personId === meId} />
        ))}
      </ul>
      {next !== null && (
        <p className="mt-2 border-t border-line pt-2 text-s text-muted">
          If nobody answers: <span dir="auto">{next.people.join(', ')}</span> for {next.role} at <ClockTime at={toMs(next.at)} />
        </p>
      )}
    </Card>
  )
}

function Person({ person, isMe }: { readonly person: PersonLedger; readonly isMe: boolean }) {
  return (
    <li className="py-2 first:pt-0 last:pb-0">
      <details className="group">
        <summary className="cursor-pointer list-none rounded-chip [&::-webkit-details-marker]:hidden">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
            <strong className="min-w-0 font-[600] [overflow-wrap:anywhere]" dir="auto">
              {person.name}
              {isMe && ' (you)'}
            </strong>
            <Tag tone={STATE_TONES[person.state]}>{person.stateText}</Tag>
            <ChevronRight size={14} aria-hidden className="ml-auto text-faint transition-transform group-open:rotate-90" />
          </span>
          <span className="block text-s text-muted">
            {person.roles.join(', ')}
            {person.because.length > 0 && `: ${person.because.join('; ')}`}
          </span>
          <span className="mt-1 flex flex-wrap gap-1">
            {person.channels.map((news) => (
              <Tag key={news.channel} tone={news.tone} title={[news.delivery.reason, news.delivery.evidence].filter(Boolean).join('. ')}>
                {news.text}
              </Tag>
            ))}
            {person.channels.length === 0 && <Tag tone="late">no channel</Tag>}
          </span>
        </summary>
        <div className="mt-2 space-y-2">
          {person.channels.map((news) => (
            <DeliveryTimes key={news.channel} delivery={news.delivery} />
          ))}
        </div>
      </details>
    </li>
  )
}

function DeliveryTimes({ delivery }: { readonly delivery: Delivery }) {
  const steps = [
    ['queued', delivery.queued_at],
    ['sent', delivery.sent_at],
    ['delivered', delivery.delivered_at],
    ['seen', delivery.seen_at],
  ] as const
  return (
    <div className="rounded-[6px] bg-bg px-2.5 py-2 text-s">
      <p className="font-[560]">
        {delivery.channel}
        <span className="font-normal text-muted">{delivery.attempts > 1 ? ` · ${delivery.attempts} tries` : ''}</span>
      </p>
      <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3">
        {delivery.due_at !== null && (
          <div className="contents">
            <dt className="text-muted">goes out</dt>
            <dd className="font-mono text-xs leading-[1.7]">
              <ClockTime at={toMs(delivery.due_at)} />, unless acknowledged
            </dd>
          </div>
        )}
        {steps.map(([name, at]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="font-mono text-xs leading-[1.7]">{at === null ? 'not known' : <ClockTime at={toMs(at)} />}</dd>
          </div>
        ))}
      </dl>
      {delivery.reason !== null && delivery.reason !== '' && delivery.seen_at === null && (
        <p className={`mt-1 [overflow-wrap:anywhere] ${delivery.state === 'failed' ? 'text-late' : 'text-muted'}`}>{delivery.reason}</p>
      )}
      {delivery.evidence !== '' && <p className="mt-1 text-muted">{delivery.evidence}</p>}
    </div>
  )
}
