/**
 * Against requests that another site makes a browser send with the reader's cookie: the cookie is SameSite=Lax, bodies
 * are JSON only, and every unsafe request must say that it comes from this site. Browsers send `Sec-Fetch-Site` since
 * 2023 and `Origin` on every POST; a request with a cookie and neither of them is refused.
 */
import type { FastifyRequest } from 'fastify'
import { ProblemError } from './problem.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** @param withCookie the request acts by a cookie; without one, only what a browser says against it counts. */
export function refuseCrossSite(request: FastifyRequest, publicUrl: string, withCookie: boolean): void {
  if (SAFE.has(request.method)) return
  const site = request.headers['sec-fetch-site']
  const { origin } = request.headers
  if (site !== undefined && site !== 'same-origin') throw new ProblemError('cross-site')
  // A page with the policy `no-referrer` posts with the origin `null`; its browser then says by the other header whose it is.
  const hidden = origin === 'null' && site === 'same-origin'
  if (origin !== undefined && !hidden && !isOwn(origin, request, publicUrl)) throw new ProblemError('cross-site')
  if (withCookie && site === undefined && origin === undefined) {
    throw new ProblemError('cross-site', { detail: 'A request with a session cookie must carry Origin or Sec-Fetch-Site.' })
  }
}

/** Ours is the public address, or the host that was asked for (the console may be reached by several names). */
function isOwn(origin: string, request: FastifyRequest, publicUrl: string): boolean {
  if (!URL.canParse(origin)) return false
  return new URL(origin).host === request.host || new URL(origin).origin === new URL(publicUrl).origin
}
