/** Swaps, covers and absences: asked, answered and taken back. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { Absence, AbsenceBody, IdParams, listOf, MadeAbsence, SwapAnswerBody, SwapBody, SwapRequest, SwapsQuery } from '../../api/schema.ts'
import type { Viewer } from '../../core/access/can.ts'
import type { Tx } from '../database/database.ts'
import { act } from '../http/act.ts'
import { require } from '../http/authenticate.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import type { PersonRow } from '../person/person-store.ts'
import { createAbsence, endAbsence, openWithout } from './absence-act.ts'
import { type AbsenceRow, listAbsences } from './absence-store.ts'
import { type ActParts, actorOf, findSchedule, loadPerson, readSpan } from './act-parts.ts'
import { type Shown, showAbsence, showRequest } from './present.ts'
import { acceptRequest, askRequest, declineRequest, withdrawRequest } from './request-act.ts'
import { findRequest, listRequests, type RequestRow } from './request-store.ts'
import { readId, readShown, unknown } from './routes.ts'

const tags = ['on call']

type Answering = (tx: Tx, request: RequestRow, by: { readonly viewer: Viewer; readonly person: PersonRow }) => Promise<RequestRow>

export function oncallRequestRoutes(parts: ActParts): FastifyPluginAsyncZod {
  const { ports } = parts
  return async (app) => {
    app.get(
      '/swaps',
      {
        schema: {
          tags,
          operationId: 'listSwaps',
          summary: 'Swaps and covers that were asked for, whose shift is not over',
          querystring: SwapsQuery,
          response: answers({ 200: listOf(SwapRequest) }),
        },
      },
      async (request) => {
        const viewer = require(request, 'oncall.read')
        return ports.database.inTransaction('main', async (tx) => {
          const rows = await listRequests(tx, tx.now, request.query.limit)
          const shown = await readShown(parts, tx, viewer, tx.now)
          return { items: rows.map((row) => showRequest(shown, row)), next: null }
        })
      },
    )

    app.post(
      '/swaps',
      {
        schema: {
          tags,
          operationId: 'askForSwap',
          summary: 'Ask others to hold a shift, in return for one of theirs or for none',
          headers: IdempotencyHeaders,
          body: SwapBody,
          response: answers({ 201: SwapRequest }),
        },
      },
      async (request, reply) =>
        act(ports, request, reply, async (tx) => {
          const viewer = require(request, 'incident.respond')
          const { body } = request
          const schedule = findSchedule(parts, body.schedule)
          const person = await loadPerson(tx, viewer, body.person, 'person')
          const of: PersonRow[] = []
          for (const name of new Set(body.of)) of.push(await loadPerson(tx, viewer, name, 'of'))
          const back = body.in_return
          const inReturn =
            back === undefined
              ? null
              : {
                  schedule: back.schedule === undefined ? schedule : findSchedule(parts, back.schedule, 'in_return.schedule'),
                  ...readSpan(tx, { from: Date.parse(back.from), until: Date.parse(back.until) }),
                }
          const made = await askRequest(parts, tx, {
            schedule,
            person,
            ...readSpan(tx, { from: body.from === undefined ? tx.now : Date.parse(body.from), until: Date.parse(body.until) }),
            of,
            inReturn,
            note: body.note,
            expiresAt: body.expires_at === undefined ? null : Date.parse(body.expires_at),
            by: actorOf(viewer),
          })
          return { status: 201, body: showRequest(await readShown(parts, tx, viewer, tx.now), made) }
        }),
    )

    for (const [verb, operationId, summary, answer] of [
      ['accept', 'acceptSwap', 'Accept: the shifts change hands at once', (tx, row, by) => acceptRequest(parts, tx, row, by)],
      ['decline', 'declineSwap', 'Decline; others who were asked may still accept', (tx, row, by) => declineRequest(parts, tx, row, by)],
      ['withdraw', 'withdrawSwap', 'Take back what was asked', (tx, row, { viewer }) => withdrawRequest(parts, tx, row, viewer)],
    ] as const satisfies readonly (readonly [string, string, string, Answering])[]) {
      app.post(
        `/swaps/:id/${verb}`,
        {
          schema: {
            tags,
            operationId,
            summary,
            params: IdParams,
            headers: IdempotencyHeaders,
            body: SwapAnswerBody,
            response: answers({ 200: SwapRequest }),
          },
        },
        async (request, reply) =>
          act(ports, request, reply, async (tx) => {
            const viewer = require(request, 'incident.respond')
            const found = await findRequest(tx, readId(request.params.id, 'request'))
            if (found === undefined) throw unknown('request')
            const person = await loadPerson(tx, viewer, request.body.person, 'person')
            const row = await answer(tx, found, { viewer, person })
            return { status: 200, body: showRequest(await readShown(parts, tx, viewer, tx.now), row) }
          }),
      )
    }

    app.get(
      '/absences',
      {
        schema: {
          tags,
          operationId: 'listAbsences',
          summary: 'Who is away now or later, and which shifts nobody holds because of it',
          querystring: SwapsQuery,
          response: answers({ 200: listOf(Absence) }),
        },
      },
      async (request) => {
        const viewer = require(request, 'oncall.read')
        return ports.database.inTransaction('main', async (tx) => {
          const rows = await listAbsences(tx, tx.now, Number.MAX_SAFE_INTEGER / 1_000, request.query.limit)
          const shown = await readShown(parts, tx, viewer, tx.now)
          return { items: rows.map((row) => showAbsence(shown, row, gapsOf(shown, row))), next: null }
        })
      },
    )

    app.post(
      '/absences',
      {
        schema: {
          tags,
          operationId: 'createAbsence',
          summary: 'Be away: names the shifts that are left open, and asks others to stand in',
          headers: IdempotencyHeaders,
          body: AbsenceBody,
          response: answers({ 201: MadeAbsence }),
        },
      },
      async (request, reply) =>
        act(ports, request, reply, async (tx) => {
          const viewer = require(request, 'incident.respond')
          const { body } = request
          const person = await loadPerson(tx, viewer, body.person, 'person')
          const span = readSpan(tx, { from: body.from === undefined ? tx.now : Date.parse(body.from), until: Date.parse(body.until) })
          const asked = { person, ...span, reason: body.reason, askForCover: body.ask_for_cover, by: actorOf(viewer) }
          const { absence, gaps, requests } = await createAbsence(parts, tx, asked)
          const shown = await readShown(parts, tx, viewer, tx.now)
          return { status: 201, body: { ...showAbsence(shown, absence, gaps), requests: requests.map((row) => showRequest(shown, row)) } }
        }),
    )

    app.delete(
      '/absences/:id',
      {
        schema: {
          tags,
          operationId: 'endAbsence',
          summary: 'Be back now, or not go at all',
          params: IdParams,
          response: answers({ 200: Absence }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const viewer = require(request, 'incident.respond')
          const row = await endAbsence(parts, tx, readId(request.params.id, 'absence'), actorOf(viewer))
          if (row === undefined) throw unknown('absence')
          return showAbsence(await readShown(parts, tx, viewer, tx.now), row, [])
        }),
    )
  }
}

function gapsOf(shown: Shown, row: AbsenceRow) {
  const email = shown.byId.get(row.personId)?.email ?? ''
  return openWithout(shown, shown.schedules, { email, from: Math.max(row.startsAt, shown.now), until: row.endsAt })
}
