/** Signals: each message as it came, live, and what became of it and why. */
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Inbox, SearchX } from 'lucide-react'
import { lazy, Suspense } from 'react'
import type { Signal } from '../../../src/api/schema.ts'
import { sourceListQuery } from '../../api/detection.ts'
import { useLiveList } from '../../api/live-list.ts'
import { LiveMark } from '../../app/live-mark.tsx'
import { serverNow } from '../../lib/now.ts'
import { toMs } from '../../lib/moment.ts'
import { useTitle } from '../../lib/title.ts'
import { Button, buttonClass } from '../../parts/button.tsx'
import { ChoiceFilter, FoldedFilters, TextFilter } from '../../parts/filter.tsx'
import { Ago } from '../../parts/moment.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { VirtualList } from '../../parts/virtual-list.tsx'
import { ListFoot } from './list-foot.tsx'
import { outcomeWord, OUTCOME_CHOICES } from './outcome.ts'
import { changed, toSignalFilter, type SignalSearch } from './search.ts'

const SignalDrawer = lazy(() => import('./signal-drawer.tsx').then((module) => ({ default: module.SignalDrawer })))

/** What is received while nothing opens or closes tells nobody by the live feed: it is asked for. */
const LOOK_MS = 4_000
const SPAN_CHOICES = [
  ['hour', 'Last hour'],
  ['day', 'Last 24 hours'],
  ['week', 'Last 7 days'],
] as const

export function SignalsPage() {
  useTitle('Signals')
  const search = useSearch({ from: '/shell/signals' })
  const navigate = useNavigate({ from: '/signals' })
  const list = useLiveList<Signal>('signals', toSignalFilter(search, serverNow()), LOOK_MS)
  const set = (change: Parameters<typeof changed<SignalSearch>>[1]): void =>
    void navigate({ search: changed(search, change), replace: true, resetScroll: false })
  const { signal: open, ...filters } = search
  const isFiltered = Object.keys(filters).length > 0
  return (
    <div className="mx-auto max-w-[1180px]">
      <PageHead
        title="Signals"
        about="Every message that monitoring sent, newest first, with what became of it. Nothing that was accepted is missing here."
      >
        <LiveMark dataAt={list.dataAt} />
      </PageHead>
      <Filters search={search} set={set} isFiltered={isFiltered} clear={() => void navigate({ search: {}, replace: true })} />
      {!list.isLoaded && list.error !== null && <Failed what="signals" error={list.error} retry={list.again} />}
      {!list.isLoaded && list.error === null && <SkeletonRows rows={8} />}
      {list.isLoaded && list.items.length === 0 && !list.hasMore && <Nothing filtered={isFiltered} />}
      {list.items.length > 0 && (
        <VirtualList label="Signals" rowPx={58} items={list.items} hasMore={list.hasMore} isReading={list.isReading} more={list.more}>
          {(signal) => <Row signal={signal} isOpen={signal.id === open} onOpen={() => set({ signal: signal.id })} />}
        </VirtualList>
      )}
      {list.isLoaded && <ListFoot list={list} what="signals" />}
      <Suspense fallback={null}>{open !== undefined && <SignalDrawer id={open} onClose={() => set({ signal: undefined })} />}</Suspense>
    </div>
  )
}

interface FilterProps {
  readonly search: SignalSearch
  readonly set: (change: Parameters<typeof changed<SignalSearch>>[1]) => void
  readonly isFiltered: boolean
  readonly clear: () => void
}

function Filters({ search, set, isFiltered, clear }: FilterProps) {
  const sources = useQuery(sourceListQuery).data ?? []
  return (
    <div role="search" aria-label="Filter signals" className="mb-3 flex flex-wrap items-center gap-2">
      <TextFilter
        label="Title, alarm, label or key"
        placeholder="Title, alarm or label"
        value={search.q ?? ''}
        onChange={(q) => set({ q })}
      />
      <FoldedFilters used={[search.outcome, search.source, search.span].some((value) => value !== undefined)}>
        <ChoiceFilter label="Any fate" value={search.outcome} options={OUTCOME_CHOICES} onChange={(outcome) => set({ outcome })} />
        <ChoiceFilter
          label="Any source"
          value={search.source}
          options={sources.map((source) => [source.id, source.name])}
          onChange={(source) => set({ source })}
        />
        <ChoiceFilter
          label="Any time"
          value={search.span}
          options={SPAN_CHOICES}
          onChange={(span) => set({ span: span as SignalSearch['span'], from: undefined, until: undefined })}
        />
      </FoldedFilters>
      {isFiltered && (
        <Button look="quiet" size="s" onClick={clear}>
          Clear
        </Button>
      )}
    </div>
  )
}

function Nothing({ filtered }: { readonly filtered: boolean }) {
  if (filtered) {
    return (
      <Empty icon={<SearchX size={22} />} title="No signal is like that">
        Raw messages are kept for a while, then dropped; alerts and incidents stay. A wider filter may find it.
      </Empty>
    )
  }
  return (
    <Empty
      icon={<Inbox size={22} />}
      title="No signal has come yet"
      action={
        <Link to="/sources/connect" className={buttonClass('main')}>
          Connect a source
        </Link>
      }
    >
      Point what you have at Tocsin: Prometheus, CloudWatch, Sentry, Datadog, Grafana, or anything that speaks PagerDuty’s or Opsgenie’s
      API.
    </Empty>
  )
}

function Row({ signal, isOpen, onOpen }: { readonly signal: Signal; readonly isOpen: boolean; readonly onOpen: () => void }) {
  const word = outcomeWord(signal.outcome_kind)
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      data-pointed={isOpen || undefined}
      onClick={onOpen}
      className="grid w-full grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3.5 gap-y-0.5 px-3.5 py-2 text-left hover:bg-accent-soft/40 focus-visible:-outline-offset-2 min-[761px]:grid-cols-[92px_minmax(0,1fr)_150px_96px]"
    >
      <span className="truncate max-[760px]:col-start-1 max-[760px]:row-start-1">
        <Tag tone={word.tone}>{word.label}</Tag>
      </span>
      <span className="min-w-0 max-[760px]:col-span-3 max-[760px]:row-start-2">
        <span className="block truncate font-[590]" dir="auto">
          {signal.title}
        </span>
        <span className="block truncate text-s text-muted" dir="auto">
          {signal.outcome}
        </span>
      </span>
      <span className="min-w-0 truncate text-s text-muted max-[760px]:col-start-2 max-[760px]:row-start-1" dir="auto">
        {signal.source}
      </span>
      <span className="text-right text-s text-muted max-[760px]:col-start-3 max-[760px]:row-start-1">
        <Ago at={toMs(signal.received_at)} />
      </span>
    </button>
  )
}
