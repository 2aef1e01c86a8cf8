/** The phone's home: am I on call, what must I do, what is open. One thumb, one button where there is something to answer. */
import { useInfiniteQuery, type UseInfiniteQueryResult, useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Incident, Me, OncallItem } from '../../../src/api/schema.ts'
import { explainReading } from '../../api/problem.ts'
import { incidentQuery, incidentsQuery, meQuery, oncallQuery } from '../../api/queries.ts'
import { pagingNow, usePagedFacts } from '../../app/paged-store.ts'
import { toMs } from '../../lib/moment.ts'
import { holdsRole, shiftsOf } from './held.ts'
import { useTitle } from '../../lib/title.ts'
import { buttonClass } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { PushCard } from '../account/push-card.tsx'
import { IncidentRow } from '../incident/incident-row.tsx'
import { InstallHint } from './install-hint.tsx'
import { PocketCard } from './pocket-card.tsx'

const SHOWN_MAX = 8

export function HomePage() {
  useTitle('Home')
  const me = useQuery(meQuery)
  if (me.data === undefined)
    return me.isError ? <Failed what="page" error={me.error} retry={() => void me.refetch()} /> : <SkeletonRows rows={3} />
  return (
    <div className="mx-auto max-w-[760px] space-y-4">
      <Standing me={me.data} />
      <Incidents me={me.data} fetchedAt={me.dataUpdatedAt} />
      <InstallHint />
      <PushCard />
      <PocketCard />
    </div>
  )
}

/** The first line answers the first question. */
function Standing({ me }: { readonly me: Me }) {
  const oncall = useQuery(oncallQuery(null))
  const mine = (oncall.data ?? []).filter((item) => item.kind === 'duty' && item.people.some(({ id }) => id === me.id))
  const next = (oncall.data ?? []).filter((item) => item.kind === 'duty' && item.next?.id === me.id && !mine.includes(item))
  return (
    <section aria-label="Your duty">
      <h1 className="text-xl font-[620] tracking-[-.015em]">{mine.length > 0 ? 'You are on call' : 'You are not on call'}</h1>
      {oncall.data === undefined && !oncall.isError && <p className="text-muted">Looking who is.</p>}
      {oncall.isError && oncall.data === undefined && <p role="alert">{explainReading(oncall.error)}</p>}
      <ul className="mt-0.5 text-muted">
        {shiftsOf(mine).map(({ names, item }) => (
          <li key={names}>
            <span className="font-[590] text-text">{names}</span>
            <Until item={item} />
          </li>
        ))}
        {mine.length === 0 && next.length === 0 && oncall.data !== undefined && <li>And nobody’s next shift here is yours.</li>}
        {next.map((item) => (
          <li key={keyOf(item)}>
            Next for <span className="font-[590] text-text">{item.role}</span>
            {item.until !== null && (
              <>
                , from <Moment at={toMs(item.until)} />
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function keyOf({ team, role }: OncallItem): string {
  return `${team ?? ''} ${role}`
}

function Until({ item }: { readonly item: OncallItem }) {
  if (item.until === null) return <> until further notice</>
  return (
    <>
      {' until '}
      <Moment at={toMs(item.until)} />
      {item.next !== null && `, then ${item.next.name}`}
    </>
  )
}

/** What waits for this person: pages first, then what they hold a role of; what else is open stands below. */
function Incidents({ me, fetchedAt }: { readonly me: Me; readonly fetchedAt: number }) {
  const ids = pagingNow({ paging: me.paging, fetchedAt }, usePagedFacts())
  const found = useQueries({ queries: ids.slice(0, SHOWN_MAX).map((id) => incidentQuery(id)) })
  const open = useInfiniteQuery(incidentsQuery({ open: 'true' }))
  const listed = open.data?.pages.flatMap((page) => page.items) ?? []
  const paging = found.flatMap(({ data }) => (data === undefined ? [] : [data]))
  const held = listed.filter((incident) => !ids.includes(incident.id) && holdsRole(incident, me.id))
  const mine = [...paging, ...held]
  return (
    <>
      <Card title="What you must do" aside={mine.length === 0 ? undefined : `${ids.length + held.length}`} flush={mine.length > 0}>
        {mine.length === 0 && <p className="text-muted">{ids.length === 0 ? 'Nothing waits for you.' : 'Looking what pages you.'}</p>}
        <ul>
          {mine.map((incident) => (
            <IncidentRow key={incident.id} incident={incident} />
          ))}
        </ul>
      </Card>
      <Open open={open} items={listed.filter(({ id }) => !mine.some((one) => one.id === id))} />
    </>
  )
}

interface OpenProps {
  readonly open: Pick<UseInfiniteQueryResult, 'data' | 'isError' | 'error' | 'hasNextPage'>
  /** Without what is this person's to do. */
  readonly items: readonly Incident[]
}

function Open({ open, items }: OpenProps) {
  return (
    <Card
      title="What else is open"
      flush={items.length > 0}
      aside={
        <Link to="/incidents" className="inline-flex min-h-8 items-center underline max-[760px]:min-h-11">
          All incidents
        </Link>
      }
    >
      {open.data === undefined && !open.isError && <SkeletonRows rows={2} />}
      {open.isError && open.data === undefined && <p role="alert">{explainReading(open.error)}</p>}
      {open.data !== undefined && items.length === 0 && (
        <p>
          <Tag tone="ok">quiet</Tag> Nothing else is open.
        </p>
      )}
      <ul>
        {items.slice(0, SHOWN_MAX).map((incident) => (
          <IncidentRow key={incident.id} incident={incident} />
        ))}
      </ul>
      {items.length > SHOWN_MAX && (
        <Link to="/incidents" className={`${buttonClass('quiet')} w-full`}>
          {open.hasNextPage ? 'Many more' : `${items.length - SHOWN_MAX} more`}
        </Link>
      )}
    </Card>
  )
}
