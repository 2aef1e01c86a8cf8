/** What people see and change about themselves: profile, password, sessions, and whether a page reaches them. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { IdParams, listOf, Me, MePatch, PasswordBody, Session, TestPage } from '../../api/schema.ts'
import { MINUTE_MS } from '../../core/time.ts'
import { requesterOf, viewerOf } from '../http/authenticate.ts'
import { createLimiter } from '../http/limiter.ts'
import { ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders, Nothing } from '../http/route-kit.ts'
import type { Ports } from '../ports.ts'
import { loadMe } from './me.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { changePerson, findPasswordHash, setPasswordHash } from './person-store.ts'
import { showSession } from './present.ts'
import { recordAccess } from './record.ts'
import { endOtherSessions, endSession, listSessions } from './session-store.ts'
import { refuseUnknownZone } from './zone.ts'

const tags = ['me']
const PASSWORD_GUESSES = { failuresMax: 10, windowMs: 15 * MINUTE_MS }

/** Sends one test message on each channel of a person and says what came of it. */
export type SendTestPage = (personId: string) => Promise<TestPage>

export function meRoutes(ports: Ports, sendTestPage: SendTestPage): FastifyPluginAsyncZod {
  const guesses = createLimiter(PASSWORD_GUESSES)
  return async (app) => {
    app.get(
      '/me',
      { schema: { tags, operationId: 'getMe', summary: 'Who you are and what you may do', response: answers({ 200: Me }) } },
      (request) => ports.database.inTransaction('main', (tx) => loadMe(ports, tx, viewerOf(request).personId, requesterOf(request).by)),
    )

    app.patch(
      '/me',
      {
        schema: { tags, operationId: 'changeMe', summary: 'Change your name or time zone', body: MePatch, response: answers({ 200: Me }) },
      },
      async (request) => {
        const { viewer, by } = requesterOf(request)
        refuseUnknownZone(request.body.zone)
        return ports.database.inTransaction('main', async (tx) => {
          await changePerson(tx, viewer.personId, request.body)
          return loadMe(ports, tx, viewer.personId, by)
        })
      },
    )

    app.post(
      '/me/password',
      {
        schema: {
          tags,
          operationId: 'setPassword',
          summary: 'Set your password; ends your other sessions',
          headers: IdempotencyHeaders,
          body: PasswordBody,
          response: answers({ 204: Nothing }),
        },
      },
      async (request, reply) => {
        const { viewer, sessionId } = requesterOf(request)
        const wait = guesses.waitSeconds(viewer.personId)
        if (wait > 0) throw new ProblemError('too-many-requests', { retryAfterSeconds: wait })
        const hash = await ports.database.inTransaction('main', (tx) => findPasswordHash(tx, viewer.personId))
        if (hash !== null && !(await verifyPassword(request.body.current ?? '', hash))) {
          guesses.fail(viewer.personId)
          throw new ProblemError('password-wrong', { errors: [{ field: 'current', message: 'is not your password' }] })
        }
        const next = await hashPassword(request.body.password)
        await ports.database.inTransaction('main', async (tx) => {
          await setPasswordHash(tx, viewer.personId, next)
          await endOtherSessions(tx, viewer.personId, sessionId)
          await recordAccess(tx, viewer, { act: 'person.password-set', subject: `person:${viewer.personId}` })
        })
        return reply.code(204).send()
      },
    )

    app.get(
      '/me/sessions',
      { schema: { tags, operationId: 'listSessions', summary: 'Where you are signed in', response: answers({ 200: listOf(Session) }) } },
      async (request) => {
        const { viewer, sessionId } = requesterOf(request)
        const rows = await ports.database.inTransaction('main', (tx) => listSessions(tx, viewer.personId))
        return { items: rows.map((row) => showSession(row, sessionId)), next: null }
      },
    )

    app.delete(
      '/me/sessions/:id',
      {
        schema: {
          tags,
          operationId: 'endSession',
          summary: 'Sign out somewhere else',
          params: IdParams,
          response: answers({ 204: Nothing }),
        },
      },
      async (request, reply) => {
        // The public id of a session is a SHA-256 in hex.
        if (!/^[0-9a-f]{64}$/.test(request.params.id)) throw new ProblemError('not-found')
        const ended = await ports.database.inTransaction('main', (tx) => endSession(tx, viewerOf(request).personId, request.params.id))
        if (!ended) throw new ProblemError('not-found')
        return reply.code(204).send()
      },
    )

    app.post(
      '/me/page',
      {
        schema: {
          tags,
          operationId: 'pageMe',
          summary: 'Page me now: a test message on each of your channels',
          headers: IdempotencyHeaders,
          response: answers({ 200: TestPage }),
        },
      },
      async (request) => sendTestPage(viewerOf(request).personId),
    )
  }
}
