/**
 * The ping itself, `GET|POST|HEAD /hooks/heartbeat/<integration key>/<name>`: for a line at the end of a cron job, so it asks
 * for nothing but the address, and answers only when the ping is on disk.
 */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { cleanText } from '../../api/common.ts'
import { findIntake } from '../alert/intake.ts'
import type { Ports } from '../ports.ts'
import type { OpenSource } from '../source/source-store.ts'
import { pingHeartbeat } from './heartbeat-store.ts'
import { stateOf } from '../../core/heartbeat/heartbeat.ts'

/** Keys bound to another kind of source open other doors. */
const HEARTBEAT_KIND = 'heartbeat'
const RETRY_AFTER_S = 5
/** What is sent along is thrown away; more than this is not even read. */
const BODY_BYTES_MAX = 16_384

type Asked = FastifyRequest<{ Params: { key: string; name: string } }>

export function heartbeatHookRoutes(ports: Ports): FastifyPluginAsync {
  const answer = async (request: Asked, reply: FastifyReply) => {
    const { key, name } = request.params
    const source = await findSource(ports, key)
    if (source === 'away') return unavailable(reply)
    if (source === undefined || (source.kind !== null && source.kind !== HEARTBEAT_KIND))
      return reply.code(401).send({ status: 'error', error: 'unknown integration key' })
    try {
      const pinged = await ports.database.inTransaction('ingest', async (tx) => {
        const row = await pingHeartbeat(tx, { name: cleanText(name) })
        return row === undefined ? null : stateOf(row, tx.now)
      })
      if (pinged === null) return await reply.code(404).send({ status: 'error', error: 'no heartbeat has this name: declare it first' })
      return await reply.code(200).send({ status: 'ok', heartbeat: name, state: pinged })
    } catch (error) {
      request.log.warn({ err: error }, 'a ping could not be written')
      return unavailable(reply)
    }
  }
  return async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { bodyLimit: BODY_BYTES_MAX, parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined))
    app.route({ method: ['GET', 'POST'], url: '/hooks/heartbeat/:key/:name', handler: answer })
  }
}

async function findSource(ports: Ports, key: string): Promise<OpenSource | undefined | 'away'> {
  const intake = findIntake(ports)
  if (intake === undefined) return 'away'
  try {
    return intake.sources.find(key) ?? (await intake.sources.findFresh(key))
  } catch {
    return 'away'
  }
}

function unavailable(reply: FastifyReply): FastifyReply {
  return reply.code(503).header('retry-after', String(RETRY_AFTER_S)).send({ status: 'error', error: 'not written: send it again' })
}
