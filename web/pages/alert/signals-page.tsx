/** Signals: each message as it came, and what became of it and why. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight, Inbox } from 'lucide-react'
import { useState } from 'react'
import type { Signal } from '../../../src/api/schema.ts'
import { explainReading } from '../../api/problem.ts'
import { signalRawQuery, signalsQuery } from '../../api/queries.ts'
import { LiveMark } from '../../app/live-mark.tsx'
import { usePolling } from '../../app/live.tsx'
import { toMs } from '../../lib/moment.ts'
import { useTitle } from '../../lib/title.ts'
import { Button, buttonClass } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Ago } from '../../parts/moment.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Empty, Failed, Skeleton, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { prettyBody } from './pretty-body.ts'

export function SignalsPage() {
  useTitle('Signals')
  const signals = useInfiniteQuery({ ...signalsQuery({}), refetchInterval: usePolling() })
  const items = signals.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="mx-auto max-w-[1060px]">
      <PageHead
        title="Signals"
        about="Every message that monitoring sent, newest first, with what became of it. Nothing that was accepted is missing here."
      >
        <LiveMark dataAt={signals.dataUpdatedAt || undefined} />
        {signals.data !== undefined && (
          <Button busy={signals.isRefetching} onClick={() => void signals.refetch()}>
            Look again
          </Button>
        )}
      </PageHead>
      {signals.data === undefined && signals.isError && (
        <Failed what="signals" error={signals.error} retry={() => void signals.refetch()} />
      )}
      {signals.data === undefined && !signals.isError && <SkeletonRows />}
      {signals.data !== undefined && items.length === 0 && (
        <Empty
          icon={<Inbox size={22} />}
          title="No signal has come yet"
          action={
            <Link to="/sources" className={buttonClass('main')}>
              Connect a source
            </Link>
          }
        >
          Point a Prometheus, an Alertmanager or anything that speaks PagerDuty’s events at Tocsin.
        </Empty>
      )}
      {items.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
          {items.map((signal) => (
            <Row key={signal.id} signal={signal} />
          ))}
        </ul>
      )}
      {signals.hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button busy={signals.isFetchingNextPage} onClick={() => void signals.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </div>
  )
}

function Row({ signal }: { readonly signal: Signal }) {
  const [open, setOpen] = useState(false)
  return (
    <li>
      <details className="group" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="grid cursor-pointer list-none grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3.5 gap-y-0.5 px-3.5 py-2.5 hover:bg-accent-soft/40 focus-visible:-outline-offset-2 min-[761px]:grid-cols-[minmax(0,1fr)_140px_110px_14px] [&::-webkit-details-marker]:hidden">
          <span className="min-w-0 max-[760px]:col-span-2">
            <span className="block truncate text-left font-[590]" dir="auto">
              {signal.title}
            </span>
            <span className="flex min-w-0 items-center gap-2 text-s text-muted">
              <Tag tone={toneOf(signal.outcome_kind)}>{signal.outcome_kind.replaceAll(/[_-]/g, ' ')}</Tag>
              <span className="truncate" dir="auto">
                {signal.outcome}
              </span>
            </span>
          </span>
          <span className="min-w-0 truncate text-s text-muted">{signal.source}</span>
          <span className="text-right text-s text-muted">
            <Ago at={toMs(signal.received_at)} />
          </span>
          <ChevronRight size={14} aria-hidden className="text-faint transition-transform group-open:rotate-90 max-[760px]:hidden" />
        </summary>
        <div className="space-y-2 border-t border-line bg-bg px-3.5 py-3">
          <p className="[overflow-wrap:anywhere]" dir="auto">
            {signal.outcome}{' '}
            {signal.incident_id !== null && (
              <Link to="/incidents/$ref" params={{ ref: signal.incident_id }} className="text-accent hover:underline">
                Open the incident
              </Link>
            )}{' '}
            <Link to="/playbook/try" search={{ by: 'signal', signal: signal.id }} className="text-accent hover:underline">
              What would this do now?
            </Link>
          </p>
          {open && <Raw id={signal.id} />}
        </div>
      </details>
    </li>
  )
}

function Raw({ id }: { readonly id: string }) {
  const raw = useQuery(signalRawQuery(id))
  if (raw.isError)
    return (
      <p className="text-s text-late">
        {raw.error instanceof Error && 'status' in raw.error && raw.error.status === 404
          ? 'The raw message is no longer kept.'
          : explainReading(raw.error)}
      </p>
    )
  if (raw.data === undefined) return <Skeleton className="h-24" />
  const headers = Object.entries(raw.data.headers)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join('\n')
  return (
    <>
      <p className="text-s text-muted [overflow-wrap:anywhere]">
        By the door <code className="text-xs">{raw.data.door}</code>, <code className="text-xs">{raw.data.path}</code>
        {raw.data.refused !== null && `. Refused: ${raw.data.refused}`}
      </p>
      <CodeBlock
        name="Body as received, its key shortened"
        code={raw.data.body === null ? `(not text; base64)\n${raw.data.body_base64}` : prettyBody(raw.data.body)}
      />
      {headers !== '' && <CodeBlock name="Headers, without keys and cookies" code={headers} />}
    </>
  )
}

function toneOf(kind: string): 'plain' | 'warn' | 'late' {
  if (kind === 'refused' || kind === 'failed' || kind === 'poison' || kind === 'fault') return 'late'
  return kind === 'waiting' ? 'warn' : 'plain'
}
