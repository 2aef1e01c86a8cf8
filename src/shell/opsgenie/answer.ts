/**
 * What Opsgenie's API answers: every body has `took` (seconds) and `requestId`.
 * Sources: https://docs.opsgenie.com/docs/response (read 2026-11-24); answers of the live API, see the integration's reply.ts.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isDatabaseAway, isRetryable } from '../database/errors.ts'

/** Ends a request with one of Opsgenie's refusals. */
export class OpsgenieRefusal extends Error {
  readonly status: number
  readonly code: number | null
  /** By field. */
  readonly errors: Readonly<Record<string, string>> | null

  constructor(status: number, message: string, more: { code?: number; errors?: Readonly<Record<string, string>> } = {}) {
    super(message)
    this.name = 'OpsgenieRefusal'
    this.status = status
    this.code = more.code ?? null
    this.errors = more.errors ?? null
  }
}

export const noAlert = (value: string) => new OpsgenieRefusal(404, `Alert with id [${value}] does not exist.`)
export const unprocessable = (errors: Readonly<Record<string, string>>) =>
  new OpsgenieRefusal(422, 'Request body is not processable. Please check the errors.', { errors })

const RETRY_AFTER_S = 2
const startedAt = new WeakMap<FastifyRequest, { readonly atMs: number; readonly requestId: string }>()

/** For the first hook of every request. */
export function begin(request: FastifyRequest, requestId: string): void {
  startedAt.set(request, { atMs: performance.now(), requestId })
}

export function requestIdOf(request: FastifyRequest): string {
  return startedAt.get(request)?.requestId ?? ''
}

export function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  body: Readonly<Record<string, unknown>>,
): FastifyReply {
  const begun = startedAt.get(request)
  const took = begun === undefined ? 0 : Math.round(performance.now() - begun.atMs) / 1_000
  const requestId = begun?.requestId ?? ''
  return reply
    .code(status)
    .header('x-request-id', requestId)
    .header('x-response-time', String(took))
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .serializer((value: unknown) => JSON.stringify(value))
    .send({ ...body, took, requestId })
}

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof OpsgenieRefusal) {
    if (error.status === 429 || error.status === 503) void reply.header('retry-after', String(RETRY_AFTER_S))
    if (error.status === 429) void reply.headers(THROTTLED_HEADERS)
    const code = error.code === null ? {} : { code: error.code }
    const errors = error.errors === null ? {} : { errors: error.errors }
    return answer(request, reply, error.status, { message: error.message, ...code, ...errors })
  }
  if (isDatabaseAway(error) || isRetryable(error)) {
    request.log.warn({ err: error }, 'a request failed because the database is away')
    return answer(request, reply.header('retry-after', String(RETRY_AFTER_S)), 503, { message: 'Service is unavailable, please try again' })
  }
  const status = statusOf(error)
  if (status !== null) return answer(request, reply, status, { message: MESSAGES[status] ?? 'Request could not be understood' })
  request.log.error({ err: error }, 'a request failed for a reason that is ours')
  return answer(request, reply, 500, { message: 'Internal server error' })
}

/** As the doors say it, so that the SDKs of Opsgenie wait. */
const THROTTLED_HEADERS = { 'x-ratelimit-state': 'THROTTLED', 'x-ratelimit-reason': 'ACCOUNT', 'x-ratelimit-period-in-sec': '60' }
const MESSAGES: Readonly<Record<number, string>> = { 413: 'Request body is too large', 408: 'Request took too long to arrive' }

function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return null
  const { statusCode } = error
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : null
}
