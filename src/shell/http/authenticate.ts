/** Who asks: by API key, else by session cookie. What they may do is decided by `can`, never here. */
import type { FastifyRequest } from 'fastify'
import type { Action, Viewer } from '../../core/access/can.ts'
import { can, type Resource } from '../../core/access/can.ts'
import type { Actor } from '../../core/incident/event.ts'
import { MINUTE_MS } from '../../core/time.ts'
import { findApiKey } from '../person/api-key-store.ts'
import { findSession } from '../person/session-store.ts'
import type { Ports } from '../ports.ts'
import { refuseCrossSite } from './cross-site.ts'
import { createLimiter } from './limiter.ts'
import { ProblemError } from './problem.ts'
import { readSessionCookie } from './session-cookie.ts'

export interface Requester {
  readonly viewer: Viewer
  readonly by: 'session' | 'key'
  /** The session's public id; null for keys. */
  readonly sessionId: string | null
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `authenticate` for every route that is not open to all. */
    requester: Requester | null
  }
}

const KEY_GUESSES = { failuresMax: 30, windowMs: MINUTE_MS }
const KEY_CHARS_MAX = 512

/** Makes the hook that recognises whoever asks. @throws 401 for nobody, 429 for guessing, 403 for another site's request. */
export function authenticator(ports: Ports): (request: FastifyRequest) => Promise<void> {
  const guesses = createLimiter(KEY_GUESSES)
  return async (request) => {
    const { authorization } = request.headers
    if (authorization !== undefined) {
      request.requester = await byKey(ports, request, authorization, guesses)
      return
    }
    request.requester = await bySession(ports, request)
  }
}

async function byKey(ports: Ports, request: FastifyRequest, authorization: string, guesses: ReturnType<typeof createLimiter>) {
  const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  const wait = guesses.waitSeconds(request.ip)
  const found =
    key === undefined || key.length > KEY_CHARS_MAX ? undefined : await ports.database.inTransaction('main', (tx) => findApiKey(tx, key))
  if (found === undefined) {
    guesses.fail(request.ip)
    if (wait > 0) throw new ProblemError('too-many-requests', { retryAfterSeconds: wait })
    throw new ProblemError('key-unknown')
  }
  return { viewer: { personId: found.personId, name: found.name, role: found.role }, by: 'key', sessionId: null } as const
}

async function bySession(ports: Ports, request: FastifyRequest): Promise<Requester> {
  const token = readSessionCookie(request)
  if (token === undefined) throw new ProblemError('not-signed-in')
  const found = await ports.database.inTransaction('main', (tx) => findSession(tx, token))
  if (found === undefined) throw new ProblemError('not-signed-in')
  refuseCrossSite(request, ports.config.url, true)
  return { viewer: { personId: found.personId, name: found.name, role: found.role }, by: 'session', sessionId: found.sessionId }
}

/** @throws when the route forgot to authenticate: nobody is never somebody. */
export function requesterOf(request: FastifyRequest): Requester {
  if (request.requester === null) throw new ProblemError('not-signed-in')
  return request.requester
}

export function viewerOf(request: FastifyRequest): Viewer {
  return requesterOf(request).viewer
}

/** @throws 403 unless the asker may. @returns the asker. */
export function require(request: FastifyRequest, action: Action, resource: Resource = null): Viewer {
  const viewer = viewerOf(request)
  if (!can(viewer, action, resource)) throw new ProblemError('forbidden', { detail: `Your role, ${viewer.role}, does not allow this.` })
  return viewer
}

/** The asker as the record names them. */
export function actorFrom(viewer: Viewer): Actor {
  return { kind: 'person', id: viewer.personId, name: viewer.name }
}
