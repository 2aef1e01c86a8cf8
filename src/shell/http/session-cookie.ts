/** The session's cookie: `__Host-` where the address is https, so that no other host or path can set or read it. */
import type { CookieSerializeOptions } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { SESSION_MS_MAX } from '../person/session-store.ts'

const SECURE_NAME = '__Host-tocsin'
const PLAIN_NAME = 'tocsin'

/** Reads the one that fits how the request came; the plain one is worth nothing over https. */
export function readSessionCookie(request: FastifyRequest): string | undefined {
  return request.cookies[isSecure(request) ? SECURE_NAME : PLAIN_NAME]
}

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  const secure = isSecure(request)
  reply.setCookie(secure ? SECURE_NAME : PLAIN_NAME, token, { ...attributes(secure), maxAge: SESSION_MS_MAX / 1_000 })
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  const secure = isSecure(request)
  reply.clearCookie(secure ? SECURE_NAME : PLAIN_NAME, attributes(secure))
}

function attributes(secure: boolean): CookieSerializeOptions {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure }
}

/** `protocol` believes `X-Forwarded-Proto` from trusted proxies only. */
function isSecure(request: FastifyRequest): boolean {
  return request.protocol === 'https'
}
