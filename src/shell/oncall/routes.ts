/** The calendar of schedules, and standing in: overrides and the pager taken at once. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  CALENDAR_DAYS_MAX,
  CalendarQuery,
  IdParams,
  listOf,
  OncallCalendar,
  Override,
  OverrideBody,
  OverridesQuery,
  TakeBody,
} from '../../api/schema.ts'
import type { Viewer } from '../../core/access/can.ts'
import { DAY_MS, type Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { act } from '../http/act.ts'
import { require } from '../http/authenticate.ts'
import { badField, ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import { type ActParts, actorOf, findSchedule, loadPerson, readSpan, readStanding } from './act-parts.ts'
import { readCalendar } from './calendar.ts'
import { createOverride, endOverride, takePager } from './override-act.ts'
import { listOverrides } from './override-store.ts'
import { listDirectory } from './people-store.ts'
import { directoryOf, type Shown, showOverride } from './present.ts'

const tags = ['on call']
const Uuid = z.uuid()
/** Overrides are listed so far ahead where nobody says. */
const LISTED_MS = 400 * DAY_MS

export function oncallRoutes(parts: ActParts): FastifyPluginAsyncZod {
  const { ports } = parts
  return async (app) => {
    app.get(
      '/oncall/calendar',
      {
        schema: {
          tags,
          operationId: 'getOncallCalendar',
          summary: 'Shifts between two instants: who is paged, layers, overrides, absences, gaps and clock changes',
          querystring: CalendarQuery,
          response: answers({ 200: OncallCalendar }),
        },
      },
      async (request) => {
        const viewer = require(request, 'oncall.read')
        const { schedule, layers } = request.query
        const [from, until] = [Date.parse(request.query.from), Date.parse(request.query.until)]
        if (until <= from) throw badField('until', 'must be after "from"')
        if (until - from > CALENDAR_DAYS_MAX * DAY_MS) throw badField('until', `is more than ${CALENDAR_DAYS_MAX} days after "from"`)
        const schedules = schedule === undefined ? parts.onCall().schedules : [findSchedule(parts, schedule)]
        return ports.database.inTransaction('main', async (tx) => {
          const shown = await readShown(parts, tx, viewer, from)
          const zone = shown.byId.get(viewer.personId)?.zone ?? null
          return readCalendar(tx, shown, { from, until, schedules, withLayers: layers === 'true', zone })
        })
      },
    )

    app.post(
      '/oncall/take',
      {
        schema: {
          tags,
          operationId: 'takePager',
          summary: 'Take the pager of a schedule now, to the end of the shift that runs',
          headers: IdempotencyHeaders,
          body: TakeBody,
          response: answers({ 201: Override }),
        },
      },
      async (request, reply) =>
        act(ports, request, reply, async (tx) => {
          const viewer = require(request, 'incident.respond')
          const { until: asked, reason } = request.body
          const schedule = findSchedule(parts, request.body.schedule)
          const person = await loadPerson(tx, viewer, 'me', 'person')
          const until = asked === undefined ? null : readSpan(tx, { from: tx.now, until: Date.parse(asked) }).until
          const made = await takePager(parts, tx, { schedule, person, until, viewer, reason })
          return { status: 201, body: showOverride(await readShown(parts, tx, viewer, tx.now), made) }
        }),
    )

    app.get(
      '/overrides',
      {
        schema: {
          tags,
          operationId: 'listOverrides',
          summary: 'Overrides that hold now or later, or between two instants; as they were made, those that were ended too',
          querystring: OverridesQuery,
          response: answers({ 200: listOf(Override) }),
        },
      },
      async (request) => {
        const viewer = require(request, 'oncall.read')
        const { schedule, limit, ...span } = request.query
        return ports.database.inTransaction('main', async (tx) => {
          const from = span.from === undefined ? tx.now : Date.parse(span.from)
          const until = span.until === undefined ? from + LISTED_MS : Date.parse(span.until)
          const id = schedule === undefined ? null : findSchedule(parts, schedule).id
          const rows = await listOverrides(tx, { from, until, schedule: id, limit })
          const shown = await readShown(parts, tx, viewer, from)
          return { items: rows.map((row) => showOverride(shown, row)), next: null }
        })
      },
    )

    app.post(
      '/overrides',
      {
        schema: {
          tags,
          operationId: 'createOverride',
          summary: 'Let somebody stand in on a schedule until a time',
          headers: IdempotencyHeaders,
          body: OverrideBody,
          response: answers({ 201: Override }),
        },
      },
      async (request, reply) =>
        act(ports, request, reply, async (tx) => {
          const viewer = require(request, 'incident.respond')
          const { body } = request
          const schedule = findSchedule(parts, body.schedule)
          const person = await loadPerson(tx, viewer, body.person, 'person')
          const insteadOf = body.instead_of === undefined ? null : await loadPerson(tx, viewer, body.instead_of, 'instead_of')
          const span = readSpan(tx, { from: body.from === undefined ? tx.now : Date.parse(body.from), until: Date.parse(body.until) })
          const asked = { schedule, person, insteadOf, ...span, kind: 'override', reason: body.reason, by: actorOf(viewer) } as const
          const made = await createOverride(parts, tx, asked)
          return { status: 201, body: showOverride(await readShown(parts, tx, viewer, tx.now), made) }
        }),
    )

    app.delete(
      '/overrides/:id',
      {
        schema: {
          tags,
          operationId: 'endOverride',
          summary: 'End an override now, or before it begins; the schedule is at once as it was',
          params: IdParams,
          response: answers({ 200: Override }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const viewer = require(request, 'incident.respond')
          const ended = await endOverride(parts, tx, readId(request.params.id, 'override'), actorOf(viewer))
          if (ended === undefined) throw unknown('override')
          return showOverride(await readShown(parts, tx, viewer, tx.now), ended)
        }),
    )
  }
}

/** What showing anything takes, as the transaction sees it. */
export async function readShown(parts: ActParts, tx: Tx, viewer: Viewer, since: Instant): Promise<Shown> {
  const { changes } = await readStanding(tx, parts, Math.min(since, tx.now))
  return { now: tx.now, viewer, schedules: parts.onCall().schedules, changes, ...directoryOf(await listDirectory(tx)) }
}

export function readId(id: string, what: string): string {
  if (!Uuid.safeParse(id).success) throw unknown(what)
  return id
}

export function unknown(what: string): ProblemError {
  return new ProblemError('not-found', { detail: `There is no such ${what}.` })
}
