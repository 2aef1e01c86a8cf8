/** What Alertmanager's API v2 answers where it refuses: a JSON string, or code and message. Source: Alertmanager 0.25.0 tried on loopback. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isDatabaseAway, isRetryable } from '../database/errors.ts'

/** Ends a request as Alertmanager would. */
export class AlertmanagerRefusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'AlertmanagerRefusal'
    this.status = status
  }
}

const RETRY_AFTER_S = 2

export function answerError(error: Error & { readonly statusCode?: number }, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof AlertmanagerRefusal) return refuse(reply, error)
  if (isDatabaseAway(error) || isRetryable(error)) {
    return refuse(reply.header('retry-after', String(RETRY_AFTER_S)), new AlertmanagerRefusal(503, 'the database is away for a moment'))
  }
  const status = error.statusCode ?? 500
  if (status < 500) return refuse(reply, new AlertmanagerRefusal(status, error.message))
  request.log.error({ err: error }, 'a request in the way of Alertmanager failed for a reason that is ours')
  return refuse(reply, new AlertmanagerRefusal(500, 'something is wrong in Tocsin'))
}

function refuse(reply: FastifyReply, { status, message }: AlertmanagerRefusal): FastifyReply {
  // Bodies of 400, 404 and 500 are strings in its description; what its server says itself has a code.
  const body = status === 400 || status === 404 || status >= 500 ? JSON.stringify(message) : JSON.stringify({ code: status, message })
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(status).header('cache-control', 'no-store').type('application/json; charset=utf-8').send(Buffer.from(body))
}

export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply
    .code(200)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(Buffer.from(JSON.stringify(value)))
}
