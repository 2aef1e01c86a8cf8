/** Alerts: what is firing and what cleared, whichever incident they belong to. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { BellOff, ChevronRight } from 'lucide-react'
import type { Alert } from '../../../src/api/schema.ts'
import { alertsQuery } from '../../api/queries.ts'
import { LiveMark } from '../../app/live-mark.tsx'
import { usePolling } from '../../app/live.tsx'
import { toMs } from '../../lib/moment.ts'
import { useTitle } from '../../lib/title.ts'
import { Button } from '../../parts/button.tsx'
import { Choices } from '../../parts/choices.tsx'
import { Age, Ago } from '../../parts/moment.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { AlertLinks } from '../incident/known-card.tsx'
import { Labels } from '../incident/labels.tsx'
import { counted } from '../incident/words.ts'

const STATES = [
  { value: '', label: 'All' },
  { value: 'firing', label: 'Firing' },
  { value: 'resolved', label: 'Clear' },
] as const

export function AlertsPage() {
  useTitle('Alerts')
  const { state } = useSearch({ from: '/shell/alerts' })
  const navigate = useNavigate({ from: '/alerts' })
  const alerts = useInfiniteQuery({ ...alertsQuery(state === undefined ? {} : { state }), refetchInterval: usePolling() })
  const items = alerts.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="mx-auto max-w-[1060px]">
      <PageHead title="Alerts" about="The state behind signals that mean the same thing. One line is one firing episode.">
        <LiveMark dataAt={alerts.dataUpdatedAt || undefined} />
      </PageHead>
      <div className="mb-3">
        <Choices
          legend="State"
          name="alert-state"
          value={state ?? ''}
          choices={STATES}
          onChange={(next) => void navigate({ search: next === '' ? {} : { state: next }, replace: true })}
        />
      </div>
      {alerts.data === undefined && alerts.isError && <Failed what="alerts" error={alerts.error} retry={() => void alerts.refetch()} />}
      {alerts.data === undefined && !alerts.isError && <SkeletonRows />}
      {alerts.data !== undefined && items.length === 0 && (
        <Empty icon={<BellOff size={22} />} title={state === 'firing' ? 'Nothing fires' : 'No alerts yet'}>
          An alert appears with the first signal of a source.
        </Empty>
      )}
      {items.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
          {items.map((alert) => (
            <Row key={alert.id} alert={alert} />
          ))}
        </ul>
      )}
      {alerts.hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button busy={alerts.isFetchingNextPage} onClick={() => void alerts.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </div>
  )
}

function Row({ alert }: { readonly alert: Alert }) {
  return (
    <li>
      <details className="group">
        <summary className="grid cursor-pointer list-none grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3.5 gap-y-0.5 px-3.5 py-2.5 hover:bg-accent-soft/40 focus-visible:-outline-offset-2 min-[761px]:grid-cols-[64px_minmax(0,1fr)_150px_110px_14px] [&::-webkit-details-marker]:hidden">
          <span>
            <Tag tone={alert.state === 'firing' ? 'late' : 'ok'}>{alert.state === 'firing' ? 'firing' : 'clear'}</Tag>
          </span>
          <span className="min-w-0 max-[760px]:col-span-2 max-[760px]:row-start-2">
            <span className="block truncate text-left font-[590]" dir="auto">
              {alert.title}
            </span>
            <span className="block truncate font-mono text-xs text-muted" dir="auto">
              {alert.alarm}
            </span>
          </span>
          <span className="min-w-0 truncate text-s text-muted max-[760px]:row-start-3">{alert.source}</span>
          <span className="text-right text-s text-muted max-[760px]:row-start-1">
            {alert.state === 'firing' ? <Age at={toMs(alert.first_at)} /> : <Ago at={toMs(alert.resolved_at ?? alert.last_at)} />}
          </span>
          <ChevronRight size={14} aria-hidden className="text-faint transition-transform group-open:rotate-90 max-[760px]:hidden" />
        </summary>
        <div className="border-t border-line bg-bg px-3.5 py-3">
          <p className="mb-2 text-s text-muted">
            {counted(alert.count, 'signal')}, first <Ago at={toMs(alert.first_at)} />, last <Ago at={toMs(alert.last_at)} />
            {alert.incident_id !== null && (
              <>
                {' · '}
                <Link to="/incidents/$ref" params={{ ref: alert.incident_id }} className="text-accent hover:underline">
                  its incident
                </Link>
              </>
            )}
          </p>
          <Labels labels={alert.labels} shown={40} />
          <AlertLinks alert={alert} />
        </div>
      </details>
    </li>
  )
}
