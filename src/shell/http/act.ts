/**
 * How every POST works: one transaction that does the work and keeps its answer under the Idempotency-Key, so that a
 * repeat after any crash or lost reply gets the same answer and does nothing twice.
 */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { requesterOf } from './authenticate.ts'
import { findAnswer, keepAnswer, lockIdempotencyKey } from './idempotency-store.ts'
import { badField, ProblemError } from './problem.ts'

export interface Answer<Body> {
  readonly status: number
  readonly body: Body
}

const KEY = /^[\x21-\x7e]{1,255}$/

/** Runs `work` once for each key; without a key, each time. What it throws undoes everything and keeps nothing. */
export async function act<Body>(ports: Ports, request: FastifyRequest, reply: FastifyReply, work: (tx: Tx) => Promise<Answer<Body>>) {
  return run(ports, request, reply, work, false)
}

/** As `act`, for answers that show a secret: it is not kept, so a repeat is told that it was shown before. */
export async function actWithSecret<Body>(
  ports: Ports,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (tx: Tx) => Promise<Answer<Body>>,
) {
  return run(ports, request, reply, work, true)
}

async function run<Body>(
  ports: Ports,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (tx: Tx) => Promise<Answer<Body>>,
  secret: boolean,
): Promise<Body> {
  const key = readKey(request)
  const owner = `person:${requesterOf(request).viewer.personId}`
  const answer = await ports.database.inTransaction('main', async (tx) => {
    if (key === null) return work(tx)
    const requestHash = hashOf(request)
    const kept = await findKept(tx, owner, key, requestHash)
    // It was made from the same schema, by the same route.
    if (kept !== undefined) return kept as Answer<Body>
    const fresh = await work(tx)
    await keepAnswer(tx, owner, key, { requestHash, status: fresh.status, body: secret ? null : fresh.body })
    return fresh
  })
  reply.code(answer.status)
  return answer.body
}

async function findKept(tx: Tx, owner: string, key: string, requestHash: Buffer): Promise<Answer<unknown> | undefined> {
  if (!(await lockIdempotencyKey(tx, owner, key))) throw new ProblemError('idempotency-key-in-use', { retryAfterSeconds: 1 })
  const kept = await findAnswer(tx, owner, key)
  if (kept === undefined) return undefined
  if (!kept.requestHash.equals(requestHash)) throw new ProblemError('idempotency-key-reused')
  if (kept.body === null) throw new ProblemError('idempotency-secret-shown')
  return kept
}

function readKey(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key']
  if (key === undefined) return null
  if (typeof key !== 'string' || !KEY.test(key)) throw badField('Idempotency-Key', 'is 1 to 255 printable ASCII characters')
  return key
}

/** The body as it was understood: spelling it with other spaces is still the same request. */
function hashOf(request: FastifyRequest): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([request.method, request.url, request.body ?? null]))
    .digest()
}
