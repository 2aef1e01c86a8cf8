/** Signing in by password and out again; links are pages of their own, see `http/sign-in-page-routes.ts`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { Me, SignInBody } from '../../api/schema.ts'
import type { PersonId } from '../../core/id.ts'
import { MINUTE_MS } from '../../core/time.ts'
import { refuseCrossSite } from '../http/cross-site.ts'
import { createLimiter } from '../http/limiter.ts'
import { ProblemError } from '../http/problem.ts'
import { answers, Nothing } from '../http/route-kit.ts'
import { clearSessionCookie, readSessionCookie, setSessionCookie } from '../http/session-cookie.ts'
import type { Ports } from '../ports.ts'
import { loadMe } from './me.ts'
import { verifyPassword } from './password.ts'
import { findPasswordHash, findPersonByEmail } from './person-store.ts'
import { createSession, endSession, findSession } from './session-store.ts'

const PER_ACCOUNT = { failuresMax: 10, windowMs: 15 * MINUTE_MS }
const PER_ADDRESS = { failuresMax: 60, windowMs: 15 * MINUTE_MS }
const tags = ['access']

export function signInRoutes(ports: Ports): FastifyPluginAsyncZod {
  const accounts = createLimiter(PER_ACCOUNT)
  const addresses = createLimiter(PER_ADDRESS)
  return async (app) => {
    app.post(
      '/sign-in',
      {
        schema: {
          tags,
          security: [],
          operationId: 'signIn',
          summary: 'Sign in by password; sets the session cookie',
          body: SignInBody,
          response: answers({ 200: Me }),
        },
      },
      async (request, reply) => {
        refuseCrossSite(request, ports.config.url, false)
        const { email, password } = request.body
        const account = `${email.toLowerCase()} ${request.ip}`
        const wait = Math.max(accounts.waitSeconds(account), addresses.waitSeconds(request.ip))
        if (wait > 0) throw new ProblemError('too-many-requests', { retryAfterSeconds: wait })
        const personId = await findByPassword(ports, email, password)
        if (personId === null) {
          accounts.fail(account)
          addresses.fail(request.ip)
          throw new ProblemError('sign-in-failed')
        }
        accounts.forgive(account)
        return ports.database.inTransaction('main', async (tx) => {
          setSessionCookie(request, reply, await createSession(tx, personId))
          return loadMe(ports, tx, personId, 'session')
        })
      },
    )

    app.post(
      '/sign-out',
      {
        schema: {
          tags,
          security: [],
          operationId: 'signOut',
          summary: 'End this session; without one, nothing happens',
          response: answers({ 204: Nothing }),
        },
      },
      async (request, reply) => {
        refuseCrossSite(request, ports.config.url, true)
        const token = readSessionCookie(request)
        if (token !== undefined) {
          await ports.database.inTransaction('main', async (tx) => {
            const found = await findSession(tx, token)
            if (found !== undefined) await endSession(tx, found.personId, found.sessionId)
          })
        }
        clearSessionCookie(request, reply)
        return reply.code(204).send()
      },
    )
  }
}

/** Null for a wrong password as for no such account, after the same time. No transaction is held while hashing. */
async function findByPassword(ports: Ports, email: string, password: string): Promise<PersonId | null> {
  const { person, hash } = await ports.database.inTransaction('main', async (tx) => {
    const found = await findPersonByEmail(tx, email.replaceAll('\u0000', ''))
    return { person: found, hash: found === undefined ? null : await findPasswordHash(tx, found.id) }
  })
  const fits = await verifyPassword(password, hash)
  return fits && person !== undefined && person.disabledAt === null ? person.id : null
}
