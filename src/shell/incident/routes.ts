/** Routes that read incidents: the list, one of them, and what hangs on it. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { Alert, IdParams, Incident, IncidentQuery, listOf, ListQuery, Postmortem, TimelineEntry, TriageView } from '../../api/schema.ts'
import type { PersonId } from '../../core/id.ts'
import type { IncidentEvent } from '../../core/incident/event.ts'
import type { Roster } from '../../core/oncall/roster.ts'
import type { Tx } from '../database/database.ts'
import { listAlerts, showAlert } from '../http/alert-list-store.ts'
import { require } from '../http/authenticate.ts'
import { makeCursor, readCursor, toList } from '../http/cursor.ts'
import { answers } from '../http/route-kit.ts'
import { findNames } from '../person/person-store.ts'
import type { Ports } from '../ports.ts'
import { loadIncidentFor } from './find.ts'
import { type EventRow, type IncidentRow, listClocks, listEvents, listIncidents } from './list-store.ts'
import { namesFrom, peopleIn, showEntry, showIncident, showPostmortem } from './present.ts'
import { showTriage } from './triage-view.ts'

const tags = ['incidents']
/** More alerts than these are no evidence to read; their number is told. */
const EVIDENCE_ALERTS_MAX = 20

export function incidentRoutes(ports: Ports): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/incidents',
      {
        schema: {
          tags,
          operationId: 'listIncidents',
          summary: 'Incidents, newest first; open ones alone come most severe first',
          querystring: IncidentQuery,
          response: answers({ 200: listOf(Incident) }),
        },
      },
      async (request) => {
        const viewer = require(request, 'incident.read')
        const { open, severity, phase, type, service, team, version, q, cursor, limit } = request.query
        const after = readCursor(cursor, 'uuid')
        return ports.database.inTransaction('main', async (tx) => {
          const filter = {
            open: open === undefined ? null : open === 'true',
            severities: split(severity),
            phases: split(phase),
            types: split(type),
            services: split(service),
            teams: split(team),
            playbookVersion: version ?? null,
            search: q === undefined || q.trim() === '' ? null : q.trim(),
          }
          const rows = await listIncidents(tx, viewer.personId, filter, { limit: limit + 1, after })
          const show = await shower(ports, tx, rows)
          return toList(rows, limit, (row) => row.id, show)
        })
      },
    )

    app.get(
      '/incidents/:id',
      {
        schema: {
          tags,
          operationId: 'getIncident',
          summary: 'One incident, by id or number',
          params: IdParams,
          response: answers({ 200: Incident }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const row = await loadIncidentFor(tx, request, request.params.id, 'incident.read')
          return (await shower(ports, tx, [row]))(row)
        }),
    )

    app.get(
      '/incidents/:id/timeline',
      {
        schema: {
          tags,
          operationId: 'getTimeline',
          summary: 'What happened, newest first',
          params: IdParams,
          querystring: ListQuery,
          response: answers({ 200: listOf(TimelineEntry) }),
        },
      },
      async (request) => {
        const { cursor, limit } = request.query
        const before = readCursor(cursor, 'number')
        return ports.database.inTransaction('main', async (tx) => {
          const row = await loadIncidentFor(tx, request, request.params.id, 'incident.read')
          const rows = await listEvents(tx, row.id, {
            limit: limit + 1,
            before: before === null ? null : Math.min(Number(before), 2 ** 31 - 1),
          })
          const people = await findNames(tx, peopleInEvents(rows))
          const names = namesFrom(people, await ports.playbooks.load(tx, row.playbook_digest))
          return toList(
            rows,
            limit,
            (event) => String(event.version),
            (event) => showEntry(row.id, event, names),
          )
        })
      },
    )

    app.get(
      '/incidents/:id/alerts',
      {
        schema: {
          tags,
          operationId: 'listIncidentAlerts',
          summary: 'Alerts of this incident, newest first',
          params: IdParams,
          querystring: ListQuery,
          response: answers({ 200: listOf(Alert) }),
        },
      },
      async (request) => {
        const { cursor, limit } = request.query
        const after = readCursor(cursor, 'uuid')
        return ports.database.inTransaction('main', async (tx) => {
          const row = await loadIncidentFor(tx, request, request.params.id, 'incident.read')
          const viewer = require(request, 'incident.read').personId
          const { rows, next } = await listAlerts(tx, viewer, { incidentId: row.id, state: null }, { limit, after })
          return { items: rows.map(showAlert), next: makeCursor(next) }
        })
      },
    )

    app.get(
      '/incidents/:id/triage',
      {
        schema: {
          tags,
          operationId: 'getTriage',
          summary: 'The severity matrix with what is known beside each row',
          params: IdParams,
          response: answers({ 200: TriageView }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const row = await loadIncidentFor(tx, request, request.params.id, 'incident.read')
          const viewer = require(request, 'incident.read').personId
          const page = { limit: EVIDENCE_ALERTS_MAX, after: null }
          const firing = await listAlerts(tx, viewer, { incidentId: row.id, state: 'firing' }, page)
          return showTriage(row, await ports.playbooks.load(tx, row.playbook_digest), firing.rows, tx.now)
        }),
    )

    app.get(
      '/incidents/:id/postmortem',
      {
        schema: {
          tags,
          operationId: 'getPostmortem',
          summary: 'The post-mortem this incident owes',
          params: IdParams,
          response: answers({ 200: Postmortem }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const row = await loadIncidentFor(tx, request, request.params.id, 'incident.read')
          return showPostmortem(row.state, await ports.playbooks.load(tx, row.playbook_digest), await listClocks(tx, row.id))
        }),
    )
  }
}

/** Loads what many incidents need at once, and answers how to show one. */
export async function shower(ports: Ports, tx: Tx, rows: readonly IncidentRow[]): Promise<(row: IncidentRow) => Incident> {
  const people = await findNames(tx, [...new Set(rows.flatMap((row) => peopleIn(row.state)))])
  const digests = [...new Set(rows.map((row) => row.playbook_digest))]
  const playbooks = new Map<string, Awaited<ReturnType<Ports['playbooks']['load']>>>()
  for (const digest of digests) playbooks.set(digest, await ports.playbooks.load(tx, digest))
  const rosters = new Map<string | null, Roster>()
  for (const team of new Set(rows.map((row) => row.state.team))) rosters.set(team, await ports.rosters.at(tx, tx.now, team))
  return (row) => {
    const playbook = playbooks.get(row.playbook_digest)
    const roster = rosters.get(row.state.team)
    if (playbook === undefined || roster === undefined) throw new Error(`no playbook ${row.playbook_digest}, or no roster`)
    return showIncident(row, { playbook, people, roster }, tx.now)
  }
}

function peopleInEvents(rows: readonly EventRow[]): PersonId[] {
  const ids = rows.flatMap((row): string[] => {
    const event = row.data as IncidentEvent
    switch (event.type) {
      case 'incident.page-handed-over':
      case 'incident.page-failed':
        return event.pages.map((page) => page.slice(page.lastIndexOf('/') + 1))
      case 'incident.notified':
        return [...event.people]
      default:
        return []
    }
  })
  return [...new Set(ids)] as PersonId[]
}

function split(list: string | undefined): string[] | null {
  return list === undefined ? null : list.split(',').map((part) => part.trim())
}
