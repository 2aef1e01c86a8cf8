/** Headers that every answer carries, and the content policies of the three kinds of page. */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

const YEAR_SECONDS = 31_536_000

/** Answers to programs: nothing in them is ever a page. */
export const API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"

/** The console: scripts and styles come from files of the build alone; its components set styles through the DOM only. */
export const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "media-src 'self' data:",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A page rendered here: no script at all, this one style sheet, forms to ourselves. */
export function pagePolicy(style: string): string {
  const hash = createHash('sha256').update(style).digest('base64')
  return `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`
}

/** The playbook as a page: no script, this one style sheet with the fonts in it, to be framed by the console alone. */
export function documentPolicy(style: string): string {
  const hash = createHash('sha256').update(style).digest('base64')
  return `default-src 'none'; style-src 'sha256-${hash}'; font-src data:; base-uri 'none'; frame-ancestors 'self'`
}

/** An `onRequest` hook; a route that serves a page sets its own policy over this one. */
export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // Addresses hold single-use tokens: nobody else is told where a reader came from. Stricter than this, browsers would
    // post our own forms with the origin `null`, and old ones say nothing else about where a form comes from.
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), browsing-topics=()',
    'content-security-policy': API_POLICY,
    'cache-control': 'no-store',
    ...(request.protocol === 'https' ? { 'strict-transport-security': `max-age=${YEAR_SECONDS}` } : {}),
  })
}
