/**
 * `/callbacks/<connection>/…`: what vendors that carry pages tell of their own accord. Open to everybody, so nothing is done before
 * the vendor's signature is good; the same told twice is done once.
 */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { withinCeiling } from '../../core/page/ceiling.ts'
import type { AnswerView, Carriers, Heard, Reply } from '../../integration.ts'
import { HEARD } from '../../integrations/channels.ts'
import type { Tx } from '../database/database.ts'
import { isDatabaseAway } from '../database/errors.ts'
import { press } from '../http/pages/acknowledge-act.ts'
import type { Ports } from '../ports.ts'
import { type CarriedMessage, findByToken, wasMachine } from './report-store.ts'
import { takeReport } from './report.ts'
import { findStanding } from './standing-store.ts'
import { answerWritten } from './written.ts'

interface CallbackRoute {
  Params: { connection: string; what: string; token?: string }
  Body: URLSearchParams | undefined
}

/** Twilio sends a few dozen short fields. */
const FORM_BYTES_MAX = 32_768
const AWAY: Reply = { status: 503, headers: { 'retry-after': '2' }, body: '' }

export function callbackRoutes(ports: Ports, carriers: Carriers): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    app.removeAllContentTypeParsers()
    const options = { parseAs: 'string', bodyLimit: FORM_BYTES_MAX } as const
    app.addContentTypeParser('application/x-www-form-urlencoded', options, (_request, body: string, done) =>
      done(null, new URLSearchParams(body)),
    )
    const warn = warner(ports)
    const receive = async (request: FastifyRequest<CallbackRoute>, reply: FastifyReply): Promise<FastifyReply> =>
      answer(reply, await hear({ ports, carriers, warn }, request))
    app.post<CallbackRoute>('/callbacks/:connection/:what', { schema: { hide: true } }, receive)
    app.post<CallbackRoute>('/callbacks/:connection/:what/:token', { schema: { hide: true } }, receive)
  }
}

interface Hearing {
  readonly ports: Ports
  readonly carriers: Carriers
  readonly warn: (connection: string, reason: string) => void
}

const WARNED_EVERY_MS = 60_000

/** A wrong TOCSIN_URL looks the same as a forgery: whoever set it up must see it, and no forger can fill the log. */
function warner({ log }: Ports): Hearing['warn'] {
  const warnedAt = new Map<string, number>()
  return (connection, reason) => {
    const nowMs = performance.now()
    if (nowMs - (warnedAt.get(connection) ?? Number.NEGATIVE_INFINITY) < WARNED_EVERY_MS) return
    warnedAt.set(connection, nowMs)
    log.warn({ connection, reason }, 'a callback of a vendor was not believed')
  }
}

function answer(reply: FastifyReply, { status, headers, body }: Reply): FastifyReply {
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', ...headers })
    .send(body)
}

async function hear({ ports, carriers, warn }: Hearing, request: FastifyRequest<CallbackRoute>): Promise<Reply> {
  const { connection: name, what, token } = request.params
  const connection = carriers.named(name)
  const read = connection === undefined ? undefined : HEARD.get(connection.kind)
  if (connection === undefined || read === undefined) return { status: 404, body: '' }
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  )
  const url = `${ports.config.url}${request.raw.url ?? ''}`
  const heard = read({ what, token: token ?? null, url, headers, form: request.body ?? new URLSearchParams() }, connection)
  if (heard.kind === 'distrusted') {
    warn(name, heard.reason)
    return heard.reply
  }
  try {
    return await ports.database.inTransaction('main', (tx) => take(ports, tx, name, token ?? null, heard))
  } catch (error) {
    if (!isDatabaseAway(error)) throw error
    return AWAY
  }
}

async function take(
  ports: Ports,
  tx: Tx,
  connection: string,
  token: string | null,
  heard: Exclude<Heard, { kind: 'distrusted' }>,
): Promise<Reply> {
  if (heard.kind === 'written') return heard.reply(await answerWritten(ports, tx, connection, heard))
  const message = token === null ? undefined : await findByToken(tx, token)
  if (message === undefined || token === null) return heard.reply(null)
  const { report } = heard
  if (report !== null) await takeReport(ports, tx, message, report)
  const barred = report !== null && (await wasMachine(tx, message.effectKey, report.externalId))
  if (heard.press === null || barred) return heard.reply(await viewOf(ports, tx, message, null))
  const { wish, via } = heard.press
  const pressed = await press(ports, tx, token, { wish, only: null }, via)
  return heard.reply(
    await viewOf(ports, tx, message, pressed.kind === 'done' ? (pressed.done?.wish ?? null) : null, pressed.link?.others.length),
  )
}

async function viewOf(
  ports: Ports,
  tx: Tx,
  message: CarriedMessage,
  done: AnswerView['done'],
  othersCount = 0,
): Promise<AnswerView | null> {
  const standing = await findStanding(tx, message.personId, message.incidentId)
  if (standing === undefined) return null
  // An answer says no more than the message did.
  const { incident } = withinCeiling({ incident: { ...standing.incident, summary: '' } }, ports.ceilingOf(message.channel))
  return { ...standing, incident, done, othersCount }
}
