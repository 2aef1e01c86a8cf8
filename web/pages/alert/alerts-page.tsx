/** Alerts: the state behind signals that mean the same thing; what fires, what is held, what has cleared. */
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { BellOff, SearchX } from 'lucide-react'
import { lazy, Suspense } from 'react'
import type { Alert } from '../../../src/api/schema.ts'
import { sourceListQuery } from '../../api/detection.ts'
import { useLiveList } from '../../api/live-list.ts'
import { playbookQuery } from '../../api/queries.ts'
import { LiveMark } from '../../app/live-mark.tsx'
import { useTitle } from '../../lib/title.ts'
import { Button, buttonClass } from '../../parts/button.tsx'
import { Choices } from '../../parts/choices.tsx'
import { ChoiceFilter, FoldedFilters, TextFilter } from '../../parts/filter.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { VirtualList } from '../../parts/virtual-list.tsx'
import { AlertRow } from './alert-row.tsx'
import { ListFoot } from './list-foot.tsx'
import { changed, toAlertFilter, type AlertSearch } from './search.ts'

const AlertDrawer = lazy(() => import('./alert-drawer.tsx').then((module) => ({ default: module.AlertDrawer })))

const LOOK_MS = 10_000
const STATES = [
  { value: 'firing', label: 'Firing' },
  { value: 'held', label: 'Held' },
  { value: 'resolved', label: 'Clear' },
  { value: 'all', label: 'All' },
] as const

const EMPTY: Readonly<Record<(typeof STATES)[number]['value'], readonly [title: string, text: string]>> = {
  firing: ['Nothing fires', 'An alert appears here with the first signal that says so, and leaves when its source says that it has ended.'],
  held: [
    'Nothing is held',
    'Alerts that a silence, a maintenance window, a snooze or observe mode keeps from paging stand here while they fire.',
  ],
  resolved: ['Nothing has cleared yet', 'Alerts that ended stay here for the record.'],
  all: ['No alerts yet', 'An alert appears with the first signal of a source.'],
}

export function AlertsPage() {
  useTitle('Alerts')
  const search = useSearch({ from: '/shell/alerts' })
  const navigate = useNavigate({ from: '/alerts' })
  const list = useLiveList<Alert>('alerts', toAlertFilter(search), LOOK_MS)
  const set = (change: Parameters<typeof changed<AlertSearch>>[1]): void =>
    void navigate({ search: changed(search, change), replace: true, resetScroll: false })
  const state = search.state ?? 'firing'
  const narrowed = [search.q, search.source, search.type].some((value) => value !== undefined)
  return (
    <div className="mx-auto max-w-[1180px]">
      <PageHead title="Alerts" about="The state behind signals that mean the same thing. One line is one firing episode.">
        <LiveMark dataAt={list.dataAt} />
        <Link to="/silences/new" className={buttonClass()}>
          Silence
        </Link>
      </PageHead>
      <Filters search={search} set={set} narrowed={narrowed} />
      {!list.isLoaded && list.error !== null && <Failed what="alerts" error={list.error} retry={list.again} />}
      {!list.isLoaded && list.error === null && <SkeletonRows rows={8} />}
      {list.isLoaded && list.items.length === 0 && !list.hasMore && (
        <Empty icon={narrowed ? <SearchX size={22} /> : <BellOff size={22} />} title={narrowed ? 'No alert is like that' : EMPTY[state][0]}>
          {narrowed ? 'Look at all states, or with fewer words.' : EMPTY[state][1]}
        </Empty>
      )}
      {list.items.length > 0 && (
        <VirtualList label="Alerts" rowPx={58} items={list.items} hasMore={list.hasMore} isReading={list.isReading} more={list.more}>
          {(alert) => <AlertRow alert={alert} isOpen={alert.id === search.alert} onOpen={() => set({ alert: alert.id })} />}
        </VirtualList>
      )}
      {list.isLoaded && <ListFoot list={list} what="alerts" />}
      <Suspense fallback={null}>
        {search.alert !== undefined && <AlertDrawer id={search.alert} onClose={() => set({ alert: undefined })} />}
      </Suspense>
    </div>
  )
}

interface FilterProps {
  readonly search: AlertSearch
  readonly set: (change: Parameters<typeof changed<AlertSearch>>[1]) => void
  readonly narrowed: boolean
}

function Filters({ search, set, narrowed }: FilterProps) {
  const sources = useQuery(sourceListQuery).data ?? []
  const types = useQuery(playbookQuery).data?.incident_types ?? []
  return (
    <div role="search" aria-label="Filter alerts" className="mb-3 flex flex-wrap items-center gap-2">
      <div className="flex max-[760px]:basis-full">
        <Choices
          legend="State"
          name="alert-state"
          wide
          value={search.state ?? 'firing'}
          choices={STATES}
          onChange={(state) => set({ state: state === 'firing' ? undefined : state })}
        />
      </div>
      <TextFilter
        label="Title, alarm, label or key"
        placeholder="Title, alarm or label"
        value={search.q ?? ''}
        onChange={(q) => set({ q })}
      />
      <FoldedFilters used={[search.source, search.type].some((value) => value !== undefined)}>
        <ChoiceFilter
          label="Any source"
          value={search.source}
          options={sources.map((source) => [source.id, source.name])}
          onChange={(source) => set({ source })}
        />
        <ChoiceFilter
          label="Any type"
          value={search.type}
          options={types.map((type) => [type.id, type.title])}
          onChange={(type) => set({ type })}
        />
      </FoldedFilters>
      {narrowed && (
        <Button look="quiet" size="s" onClick={() => set({ q: undefined, source: undefined, type: undefined })}>
          Clear
        </Button>
      )}
    </div>
  )
}
