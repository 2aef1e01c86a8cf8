/** Silences: made, looked at before they are made, changed and ended by people. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { IdParams, MutePreview, MuteQuery, Silence, SilenceBody, SilencePatch, SilencePreviewBody } from '../../api/schema.ts'
import { compileMatchers } from '../../core/silence/matcher.ts'
import type { Silence as CoreSilence } from '../../core/silence/silence.ts'
import type { Tx } from '../database/database.ts'
import { act } from '../http/act.ts'
import { actorFrom, require } from '../http/authenticate.ts'
import { badField, ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import type { Ports } from '../ports.ts'
import { countHolding } from './hold-store.ts'
import { readEnd, readMatchers, showSilence } from './present.ts'
import { previewMute } from './preview.ts'
import { changeSilence, createSilence, expireSilence, type SilenceAct } from './silence-act.ts'
import { findSilence, listSilences } from './silence-store.ts'

const tags = ['silences']
const Uuid = z.uuid()
const EVERYTHING = { services: [], types: [], sources: [] }

export function silenceRoutes(ports: Ports): FastifyPluginAsyncZod {
  const show = async (tx: Tx, silences: readonly CoreSilence[]) => {
    const holding = await countHolding(
      tx,
      'silence',
      silences.map(({ id }) => id),
    )
    const playbook = ports.playbooks.current()
    return silences.map((silence) => showSilence(silence, { playbook, now: tx.now, holding: holding.get(silence.id) ?? 0 }))
  }
  const showOne = async (tx: Tx, silence: CoreSilence): Promise<Silence> => {
    const [shown] = await show(tx, [silence])
    if (shown === undefined) throw new Error('one silence is shown as one')
    return shown
  }
  return async (app) => {
    app.get(
      '/silences',
      {
        schema: {
          tags,
          operationId: 'listSilences',
          summary: 'Silences, those that hold or will hold before those that are over',
          querystring: MuteQuery,
          response: answers({ 200: z.object({ items: z.array(Silence), next: z.null() }) }),
        },
      },
      async (request) => {
        require(request, 'signal.read')
        const { state, limit } = request.query
        return ports.database.inTransaction('main', async (tx) => ({
          items: await show(tx, await listSilences(tx, { state: state ?? null, limit })),
          next: null,
        }))
      },
    )

    app.post(
      '/silences',
      {
        schema: {
          tags,
          operationId: 'createSilence',
          summary: 'Silence alerts by matchers, for a while',
          headers: IdempotencyHeaders,
          body: SilenceBody,
          response: answers({ 201: Silence }),
        },
      },
      async (request, reply) =>
        act(ports, request, reply, async (tx) => {
          const viewer = require(request, 'incident.respond')
          const { body } = request
          const startsAt = body.starts_at === undefined ? tx.now : Math.max(Date.parse(body.starts_at), tx.now)
          const endsAt = readEnd(body, startsAt)
          const made = await createSilence(ports, tx, {
            matchers: readMatchers(body.matchers, body.match),
            startsAt,
            endsAt,
            reason: body.reason,
            author: actorFrom(viewer),
          })
          return { status: 201, body: await showOne(tx, done(made)) }
        }),
    )

    app.post(
      '/silences/preview',
      {
        schema: {
          tags,
          operationId: 'previewSilence',
          summary: 'Which alerts of now and of the last week a silence would hold',
          headers: IdempotencyHeaders,
          body: SilencePreviewBody,
          response: answers({ 200: MutePreview }),
        },
      },
      async (request) => {
        const viewer = require(request, 'signal.read')
        const compiled = compileMatchers(readMatchers(request.body.matchers, request.body.match))
        if (compiled.kind === 'fault') throw badField('matchers', compiled.message)
        if (compiled.matchers.length === 0) throw badField('matchers', 'at least one is needed')
        const asked = { scope: EVERYTHING, matchers: compiled.matchers, reason: request.body.reason }
        return ports.database.inTransaction('main', (tx) => previewMute(ports.playbooks.current(), tx, viewer.personId, asked))
      },
    )

    app.get(
      '/silences/:id',
      {
        schema: { tags, operationId: 'getSilence', summary: 'One silence', params: IdParams, response: answers({ 200: Silence }) },
      },
      async (request) => {
        require(request, 'signal.read')
        const id = readId(request.params.id)
        return ports.database.inTransaction('main', async (tx) => {
          const silence = await findSilence(tx, id)
          if (silence === undefined) throw unknown()
          return showOne(tx, silence)
        })
      },
    )

    app.patch(
      '/silences/:id',
      {
        schema: {
          tags,
          operationId: 'changeSilence',
          summary: 'Give a silence another end, start or reason',
          params: IdParams,
          body: SilencePatch,
          response: answers({ 200: Silence }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const viewer = require(request, 'incident.respond')
          const { starts_at: startsAt, ends_at: endsAt, reason } = request.body
          const changed = await changeSilence(ports, tx, readId(request.params.id), {
            by: actorFrom(viewer),
            ...(startsAt === undefined ? {} : { startsAt: Date.parse(startsAt) }),
            ...(endsAt === undefined ? {} : { endsAt: Date.parse(endsAt) }),
            ...(reason === undefined ? {} : { reason }),
          })
          return showOne(tx, done(changed))
        }),
    )

    app.delete(
      '/silences/:id',
      {
        schema: {
          tags,
          operationId: 'expireSilence',
          summary: 'End a silence now: what it holds and fires still is paged',
          params: IdParams,
          response: answers({ 200: Silence }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const viewer = require(request, 'incident.respond')
          return showOne(tx, done(await expireSilence(ports, tx, readId(request.params.id), actorFrom(viewer))))
        }),
    )
  }
}

function done(result: SilenceAct): CoreSilence {
  if (result.kind === 'unknown') throw unknown()
  if (result.kind === 'done') return result.silence
  throw refused(result)
}

function readId(id: string): string {
  if (!Uuid.safeParse(id).success) throw unknown()
  return id
}

function unknown(): ProblemError {
  return new ProblemError('not-found', { detail: 'There is no such silence.' })
}

const FIELDS = {
  'matchers-missing': 'matchers',
  'matchers-wrong': 'matchers',
  'matchers-empty': 'matchers',
  'ends-before-start': 'ends_at',
  'ends-in-past': 'ends_at',
  'too-long': 'ends_at',
  'reason-required': 'reason',
} as const

function refused({ code, message }: Extract<SilenceAct, { kind: 'refused' }>): ProblemError {
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
  if (code === 'expired') return new ProblemError('silence-over', { detail: sentence })
  if (code === 'too-many') return new ProblemError('too-many-silences', { detail: sentence })
  const field = FIELDS[code]
  return code === 'reason-required'
    ? new ProblemError('reason-required', { detail: sentence, errors: [{ field, message }] })
    : badField(field, message)
}
