/** One incident: the next duty first, then what is known, what was done, who does what, who was reached. */
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { Incident } from '../../../src/api/schema.ts'
import { clocksQuery, incidentAlertsQuery, incidentQuery, meQuery, pagesQuery, timelineQuery } from '../../api/queries.ts'
import { usePolling } from '../../app/live.tsx'
import { useTitle } from '../../lib/title.ts'
import { Failed, Skeleton } from '../../parts/states.tsx'
import { AlertsCard } from './alerts-card.tsx'
import { BetweenCard } from './between-card.tsx'
import { ClocksOwed } from './clocks-owed.tsx'
import { IncidentActions } from './incident-actions.tsx'
import { IncidentHead } from './incident-head.tsx'
import { KnownCard } from './known-card.tsx'
import { LedgerCard } from './ledger-card.tsx'
import { MitigationCard } from './mitigation-card.tsx'
import { OwedCard } from './owed-card.tsx'
import { PhaseBar } from './phase-bar.tsx'
import { RolesCard } from './roles-card.tsx'
import { StateBanners } from './state-banners.tsx'
import { TimelineCard } from './timeline-card.tsx'

/** Deliveries move without an event of their own (a console tells that it was looked at). */
const LEDGER_REFETCH_MS = 4_000

export function IncidentPage() {
  const { ref } = useParams({ from: '/shell/incidents/$ref' })
  const refetchInterval = usePolling()
  const incident = useQuery({ ...incidentQuery(ref), refetchInterval })
  useTitle(incident.data === undefined ? `INC-${ref}` : `INC-${incident.data.number} ${incident.data.title}`)
  if (incident.data !== undefined) return <Loaded reference={ref} incident={incident.data} fetchedAt={incident.dataUpdatedAt} />
  if (incident.isError) {
    return (
      <>
        <h1 className="sr-only">Incident</h1>
        <Failed what="incident" error={incident.error} retry={() => void incident.refetch()} />
      </>
    )
  }
  return <Waiting />
}

function Loaded({
  reference,
  incident,
  fetchedAt,
}: {
  readonly reference: string
  readonly incident: Incident
  readonly fetchedAt: number
}) {
  const refetchInterval = usePolling()
  const me = useQuery(meQuery).data
  const timeline = useQuery({ ...timelineQuery(reference), refetchInterval })
  const clocks = useQuery({ ...clocksQuery(reference), refetchInterval })
  const alerts = useQuery({ ...incidentAlertsQuery(reference), refetchInterval, enabled: incident.alerts_total > 0 })
  const pages = useQuery({
    ...pagesQuery(reference),
    refetchInterval: (query) => (query.state.data?.some((page) => page.state === 'paging') === true ? LEDGER_REFETCH_MS : refetchInterval),
  })
  const mayRespond = me?.can.includes('incident.respond') === true
  const paging = pages.data?.some((page) => page.state === 'paging') === true
  return (
    <article className="max-[760px]:pb-20">
      <IncidentHead incident={incident} fetchedAt={fetchedAt}>
        <IncidentActions reference={reference} incident={incident} mayRespond={mayRespond} paging={paging} />
      </IncidentHead>
      <StateBanners reference={reference} incident={incident} mayRespond={mayRespond} />
      <PhaseBar incident={incident} timeline={timeline.data ?? []} />
      <ClocksOwed clocks={clocks.data} failed={clocks.isError} timeline={timeline.data ?? []} pages={pages.data ?? []} />
      <div className="grid gap-4 min-[1000px]:grid-cols-[minmax(0,1fr)_332px]">
        <div className="min-w-0 space-y-4">
          <KnownCard incident={incident} alerts={alerts.data?.items ?? []} />
          <OwedCard incident={incident} mayRespond={mayRespond} />
          <MitigationCard reference={reference} incident={incident} />
          <TimelineCard query={timeline} />
        </div>
        <div className="min-w-0 space-y-4">
          <RolesCard reference={reference} incident={incident} mayRespond={mayRespond} />
          <LedgerCard query={pages} meId={me?.id} next={incident.next_page} />
          <AlertsCard reference={reference} incident={incident} query={alerts} />
          <BetweenCard reference={reference} incident={incident} mayRespond={mayRespond} />
        </div>
      </div>
    </article>
  )
}

function Waiting() {
  return (
    <div aria-busy="true">
      <span role="status" className="sr-only">
        Loading the incident
      </span>
      <div aria-hidden className="space-y-4">
        <Skeleton className="w-32" />
        <Skeleton className="h-7 w-3/5" />
        <Skeleton className="h-12 w-full" />
        <div className="grid gap-3 min-[761px]:grid-cols-3">
          <Skeleton className="h-18" />
          <Skeleton className="h-18 max-[760px]:hidden" />
          <Skeleton className="h-18 max-[760px]:hidden" />
        </div>
        <Skeleton className="h-48 w-full" />
      </div>
    </div>
  )
}
