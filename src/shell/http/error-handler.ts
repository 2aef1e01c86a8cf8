/** Every error of a request ends here, once: what the asker did wrong becomes a problem, what we did wrong is logged. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { isDatabaseAway, isRetryable } from '../database/errors.ts'
import { badField, type EdgeCode, type FieldError, ProblemError, toProblem } from './problem.ts'

const AWAY_RETRY_SECONDS = 2
const ERRORS_MAX = 20

export function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error)
  if (problem.status === 500) request.log.error({ err: error }, 'a request failed for a reason that is ours')
  else if (problem.code === 'unavailable') request.log.warn({ err: error }, 'a request failed because the database is away')
  return sendProblem(reply, problem)
}

export function sendProblem(reply: FastifyReply, problem: ProblemError): FastifyReply {
  if (problem.retryAfterSeconds !== null) reply.header('retry-after', String(problem.retryAfterSeconds))
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="tocsin"')
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(toProblem(problem))
}

function problemOf(error: FastifyError): ProblemError {
  if (error instanceof ProblemError) return error
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error)
  if (isDatabaseAway(error)) return new ProblemError('unavailable', { retryAfterSeconds: AWAY_RETRY_SECONDS })
  if (isRetryable(error)) return new ProblemError('lost-race', { retryAfterSeconds: 1 })
  if (isData(error)) return new ProblemError('invalid-request', { detail: 'A value cannot be what it is for.' })
  const code = FASTIFY_CODES[error.code] ?? STATUS_CODES[error.statusCode ?? 500]
  return new ProblemError(code ?? 'internal')
}

/**
 * SQLSTATE class 22, data exception: a value that the database cannot hold got past the schemas. The last net.
 * Source: https://www.postgresql.org/docs/18/errcodes-appendix.html (read 2026-11-24).
 */
function isData(error: FastifyError): boolean {
  return /^22[0-9A-Z]{3}$/.test(error.code ?? '')
}

/** Source: fastify 5.12.8, lib/errors.js. */
const FASTIFY_CODES: Readonly<Record<string, EdgeCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'content-type-unsupported',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid-json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid-json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-request',
  FST_ERR_BAD_URL: 'not-found',
  FST_ERR_MAX_PARAM_LENGTH: 'not-found',
  FST_ERR_ASYNC_CONSTRAINT: 'not-found',
}
const STATUS_CODES: Readonly<Record<number, EdgeCode>> = {
  400: 'invalid-request',
  404: 'not-found',
  408: 'request-timeout',
  413: 'body-too-large',
  414: 'uri-too-long',
  415: 'content-type-unsupported',
  429: 'too-many-requests',
  431: 'headers-too-large',
}

function invalid(error: { validation: readonly { instancePath: string; message?: string; params: unknown }[] }): ProblemError {
  const errors = error.validation.slice(0, ERRORS_MAX).flatMap((issue): FieldError[] => {
    const path = issue.instancePath.split('/').filter((part) => part !== '')
    const unknown = unknownKeys(issue.params)
    if (unknown.length > 0) return unknown.map((key) => ({ field: [...path, key].join('.'), message: 'is not a field here' }))
    return [{ field: path.join('.'), message: issue.message ?? 'is not understood' }]
  })
  const [first] = errors
  return first === undefined
    ? new ProblemError('invalid-request')
    : new ProblemError('invalid-request', { detail: badField(first.field || 'body', first.message).message, errors })
}

/** zod names fields that an object does not have beside its path. */
function unknownKeys(params: unknown): string[] {
  return typeof params === 'object' && params !== null && 'keys' in params && Array.isArray(params.keys) ? params.keys.map(String) : []
}
