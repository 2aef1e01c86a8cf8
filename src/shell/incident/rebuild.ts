/**
 * Makes the views of incidents anew out of their events, which are the truth: after a repair by hand, a restored backup
 * with a hole, or a release that folds differently. One short transaction an incident, under its lock, so that it can be
 * done while people work.
 */
import { nextDue } from '../../core/incident/clock.ts'
import type { IncidentEvent, PagedPerson } from '../../core/incident/event.ts'
import { evolve } from '../../core/incident/evolve.ts'
import { type Incident, noIncident } from '../../core/incident/incident.ts'
import { plan } from '../../core/incident/plan.ts'
import type { IncidentId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { insertPages, listPageStates, updatePages } from './page-store.ts'
import { dropOtherClocks, findIncident, listIncidentIds, loadEvents, updateIncident, writeClocks } from './store.ts'

export interface Rebuilt {
  /** Incidents looked at. */
  readonly incidents: number
  /** Those whose views said something else than their events, by number, and which part did. */
  readonly differing: readonly { readonly number: number; readonly parts: readonly ('incident' | 'pages')[] }[]
}

const IDS_A_LOOK = 500

/** @param write false: only compares */
export async function rebuildViews(ports: Ports, { write }: { readonly write: boolean }): Promise<Rebuilt> {
  const differing: { number: number; parts: ('incident' | 'pages')[] }[] = []
  let incidents = 0
  let ids = await list(ports, null)
  while (ids.length > 0) {
    for (const id of ids) {
      incidents += 1
      const found = await ports.database.inTransaction('main', (tx) => rebuildOne(ports, tx, id, write))
      if (found !== null) differing.push(found)
    }
    ids = await list(ports, ids.at(-1) ?? null)
  }
  return { incidents, differing }
}

function list(ports: Ports, after: IncidentId | null): Promise<IncidentId[]> {
  return ports.database.inTransaction('main', (tx) => listIncidentIds(tx, after, IDS_A_LOOK))
}

async function rebuildOne(ports: Ports, tx: Tx, id: IncidentId, write: boolean) {
  const loaded = await findIncident(tx, id, { lock: true })
  if (loaded === undefined) return null
  const events = (await loadEvents(tx, id)).map(({ event }) => event)
  const state = events.reduce(evolve, noIncident)
  const pages = pagesOf(events, state)
  const stored = new Map((await listPageStates(tx, id)).map((page) => [page.key, page.state]))
  const wrong = pages.filter((page) => stored.get(page.page) !== page.state)
  const parts: ('incident' | 'pages')[] = []
  if (loaded.version !== events.length || canonical(loaded.state) !== canonical(state)) parts.push('incident')
  if (wrong.length > 0) parts.push('pages')
  if (parts.length === 0) return null
  if (write) {
    const playbook = await ports.playbooks.load(tx, state.playbook ?? loaded.playbook)
    const { clocks, steps, wakeAt } = plan(state, playbook, await ports.rosters.at(tx, tx.now, state.team), tx.now)
    await updateIncident(tx, {
      id,
      version: events.length,
      state,
      severityRank: playbook.severities.find((row) => row.id === state.severity)?.rank ?? playbook.severities.length,
      nextDueAt: nextDue(clocks),
      // What the plan asks now is done by whoever wakes it.
      wakeAt: steps.length > 0 ? tx.now : wakeAt,
      alertsTotal: loaded.alertsTotal,
      alertsFiring: loaded.alertsFiring,
    })
    await writeClocks(tx, id, clocks)
    await dropOtherClocks(tx, id, clocks)
    await insertPages(
      tx,
      id,
      wrong.filter((page) => !stored.has(page.page)).map((page) => ({ ...page, id: ports.freshId() })),
    )
    await updatePages(
      tx,
      wrong.map((page) => ({ key: page.page, state: page.state, acknowledgedAt: page.acknowledgedAt })),
    )
    tx.afterCommit(() => ports.nudges.send('wake'))
  }
  return { number: loaded.number, parts }
}

type FoldedPage = PagedPerson & {
  readonly at: Instant
  readonly state: Incident['pages'][number]['state']
  readonly acknowledgedAt: Instant | null
}

function pagesOf(events: readonly IncidentEvent[], state: Incident): FoldedPage[] {
  const states = new Map(state.pages.map((page) => [page.key, page.state]))
  const acknowledged = new Map(
    events.flatMap((event) => (event.type === 'incident.acknowledged' ? event.pages.map((key) => [key, event.at] as const) : [])),
  )
  return events.flatMap((event) =>
    event.type === 'incident.paged'
      ? event.pages.map((page) => ({
          ...page,
          at: event.at,
          state: states.get(page.page) ?? 'ended',
          acknowledgedAt: acknowledged.get(page.page) ?? null,
        }))
      : [],
  )
}

/** Postgres gives the keys of jsonb in an order of its own. */
function canonical(state: Incident): string {
  return JSON.stringify(state, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  )
}
