/** All incidents in the order of what needs doing, live, filtered by the address. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { CircleCheck, SearchX } from 'lucide-react'
import { useMemo } from 'react'
import { meQuery, incidentsQuery, playbookQuery } from '../../api/queries.ts'
import { runCommand } from '../../app/commands.ts'
import { LiveMark } from '../../app/live-mark.tsx'
import { usePolling } from '../../app/live.tsx'
import { useNow } from '../../lib/now.ts'
import { useTitle } from '../../lib/title.ts'
import { Button, buttonClass } from '../../parts/button.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { groupIncidents, type IncidentGroup } from './grouping.ts'
import { IncidentRow } from './incident-row.tsx'
import { ListFilters } from './list-filters.tsx'
import { isFiltered, toIncidentFilter, type ListSearch } from './list-search.ts'
import { OncallStrip } from './oncall-strip.tsx'

export function IncidentListPage() {
  useTitle('Incidents')
  const search = useSearch({ from: '/shell/incidents' })
  const navigate = useNavigate({ from: '/incidents' })
  const mayDeclare = useQuery(meQuery).data?.can.includes('incident.declare') === true
  const list = useIncidentGroups(search)
  return (
    <div className="mx-auto max-w-[1060px]">
      <div className="mb-3.5 flex min-h-9 flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="text-xl font-[620] tracking-[-.015em]">Incidents</h1>
        <LiveMark dataAt={list.fetchedAt} />
        {mayDeclare && (
          <Button look="main" shortcut="C" className="ml-auto" onClick={() => runCommand('declare')}>
            Declare
          </Button>
        )}
      </div>
      <OncallStrip />
      <ListFilters search={search} onChange={(next) => void navigate({ search: next, replace: true })} />
      <ListBody list={list} search={search} onClear={() => void navigate({ search: {}, replace: true })} />
    </div>
  )
}

/** Open ones by pages; beside them, without a page of their own, those that are resolved but still owe something. */
function useIncidentGroups(search: ListSearch) {
  const refetchInterval = usePolling()
  const playbook = useQuery(playbookQuery).data
  const main = useInfiniteQuery({ ...incidentsQuery(toIncidentFilter(search)), refetchInterval })
  const withOwed = (search.state ?? 'open') === 'open' && search.phase === undefined
  const owed = useInfiniteQuery({
    ...incidentsQuery({ ...toIncidentFilter(search), open: 'false', phase: 'resolved,reviewed' }),
    enabled: withOwed,
    refetchInterval,
  })
  // Rows change their group on a change or once a minute, not under the reader's finger.
  const minute = Math.floor(useNow() / 60_000) * 60_000
  const groups = useMemo(() => {
    const paging = new Set(playbook?.severities.filter((row) => row.roles.length > 0).map((row) => row.id))
    const items = main.data?.pages.flatMap((page) => page.items) ?? []
    const owing = withOwed ? (owed.data?.pages.flatMap((page) => page.items) ?? []).filter((incident) => incident.next_due !== null) : []
    const known = new Set(items.map((incident) => incident.id))
    return groupIncidents([...items, ...owing.filter((incident) => !known.has(incident.id))], {
      now: minute,
      pages: (severity) => playbook === undefined || paging.has(severity),
    })
  }, [main.data, owed.data, playbook, minute, withOwed])
  return { groups, main, fetchedAt: main.dataUpdatedAt === 0 ? undefined : main.dataUpdatedAt }
}

interface BodyProps {
  readonly list: ReturnType<typeof useIncidentGroups>
  readonly search: ListSearch
  readonly onClear: () => void
}

function ListBody({ list: { groups, main }, search, onClear }: BodyProps) {
  if (main.data === undefined && main.isError)
    return (
      <div className="mt-4">
        <Failed what="list" error={main.error} retry={() => void main.refetch()} />
      </div>
    )
  if (main.data === undefined)
    return (
      <div className="mt-4">
        <SkeletonRows />
      </div>
    )
  if (groups.length === 0)
    return (
      <div className="mt-4">
        <Nothing filtered={isFiltered(search)} onClear={onClear} />
      </div>
    )
  return (
    <div aria-busy={main.isPlaceholderData || undefined}>
      {groups.map((group) => (
        <Group key={group.name} group={group} more={main.hasNextPage} />
      ))}
      {main.hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button busy={main.isFetchingNextPage} onClick={() => void main.fetchNextPage()}>
            {main.isFetchingNextPage ? 'Loading more' : 'Load more'}
          </Button>
        </div>
      )}
    </div>
  )
}

function Group({ group, more }: { readonly group: IncidentGroup; readonly more: boolean }) {
  return (
    <section aria-labelledby={`group-${group.name}`}>
      <h2 id={`group-${group.name}`} className="mt-4 mb-1.5 text-s font-[560] text-muted">
        {group.title}{' '}
        <span className="font-normal">
          {group.items.length}
          {more ? '+' : ''}
        </span>
      </h2>
      <ul className="overflow-hidden rounded-card border border-line bg-surface">
        {group.items.map((incident) => (
          <IncidentRow key={incident.id} incident={incident} />
        ))}
      </ul>
    </section>
  )
}

function Nothing({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) {
  const maySeeSources = useQuery(meQuery).data?.can.includes('source.read') === true
  if (filtered) {
    return (
      <Empty icon={<SearchX size={22} />} title="No incident matches" action={<Button onClick={onClear}>Clear the filter</Button>}>
        Others may exist: the filter is on.
      </Empty>
    )
  }
  return (
    <Empty
      icon={<CircleCheck size={22} />}
      title="Nothing is open"
      action={
        maySeeSources && (
          <Link to="/sources" className={buttonClass()}>
            Connect a source
          </Link>
        )
      }
    >
      When an alarm fires it appears here by itself, and whoever is on call is paged.
    </Empty>
  )
}
