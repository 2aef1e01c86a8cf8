/**
 * Alertmanager's API v2, so that `amtool` and what else speaks it works with another address: alerts, groups, silences,
 * receivers, status. Posting alerts is a door (see the Prometheus integration).
 * Sources: specs/alertmanager/openapi.v2.yaml of Alertmanager (read 2026-11-24); 0.25.0 and its amtool tried on loopback.
 */
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { matchesAll } from '../../core/silence/matcher.ts'
import { type Silence, stateOf } from '../../core/silence/silence.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { muteBookOf } from '../silence/mute-book.ts'
import { changeSilence, createSilence, expireSilence, type SilenceAct } from '../silence/silence-act.ts'
import { findSilence, listSilences } from '../silence/silence-store.ts'
import { listFiring } from './alert-store.ts'
import { type GettableAlert, groupAlerts, isAsked, readFilter, readFlag, readQuery, showAlert } from './alerts.ts'
import { AlertmanagerRefusal, answerError, sendJson } from './answer.ts'
import { receiversOf, toAlertmanagerConfig } from './config.ts'
import { actorOf, allow, bringsKey, type Caller, openGate, settled } from './gate.ts'
import { type PostableSilence, readSilence, showSilence } from './silences.ts'

const PREFIXES = ['/alertmanager/api/v2', '/alertmanager/:key/api/v2']
const BODY_BYTES_MAX = 524_288
const SILENCES_LISTED_MAX = 5_000
const Uuid = z.uuid()
/** amtool compares it with its own and says where they differ. */
const VERSION = { version: '0.25.0', revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' }
const startedAt = new Date(performance.timeOrigin).toISOString()

type Request = FastifyRequest<{ Params: { key?: string; id?: string } }>

export function alertmanagerRoutes(ports: Ports): FastifyPluginAsync {
  const gate = openGate(ports)
  return async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX }, (_request, body, taken) => taken(null, body))
    app.setErrorHandler(answerError)
    for (const prefix of PREFIXES) {
      await app.register(
        async (inside: FastifyInstance) => {
          generalRoutes(inside, ports, gate)
          alertRoutes(inside, ports, gate)
          silenceRoutes(inside, ports, gate)
        },
        { prefix },
      )
    }
  }
}

type OpenedGate = ReturnType<typeof openGate>

function generalRoutes(app: FastifyInstance, ports: Ports, gate: OpenedGate): void {
  // Asked before a client has its key, too: then it says that it is here, and nothing more.
  app.get('/status', async (request: Request, reply) => {
    if (bringsKey(request)) allow(await gate(request), 'signal.read')
    const original = bringsKey(request) ? toAlertmanagerConfig(ports.playbooks.current()) : ''
    return sendJson(reply, { cluster: { status: 'disabled', peers: [] }, config: { original }, uptime: startedAt, versionInfo: VERSION })
  })
  app.get('/receivers', async (request: Request, reply) => {
    allow(await gate(request), 'signal.read')
    return sendJson(
      reply,
      receiversOf(ports.playbooks.current()).map((name) => ({ name, labels: {} })),
    )
  })
}

function alertRoutes(app: FastifyInstance, ports: Ports, gate: OpenedGate): void {
  const load = async (request: Request): Promise<GettableAlert[]> => {
    const caller = await gate(request)
    allow(caller, 'signal.read')
    const asked = readQuery(queryOf(request))
    await settled(ports)
    const playbook = ports.playbooks.current()
    return ports.database.inTransaction('main', async (tx) => {
      const alerts = await listFiring(tx, caller.kind === 'source' ? { sourceId: caller.id } : { viewer: caller.viewer.personId })
      const { silences } = await muteBookOf(ports.database).at(tx)
      return alerts.map((alert) => showAlert(alert, { playbook, silences, now: tx.now })).filter((alert) => isAsked(alert, asked))
    })
  }
  app.get('/alerts', async (request: Request, reply) => sendJson(reply, await load(request)))
  app.get('/alerts/groups', async (request: Request, reply) => {
    const groups = groupAlerts(ports.playbooks.current(), await load(request))
    const muted = readFlag(queryOf(request), 'muted')
    return sendJson(reply, muted ? groups : groups.filter((group) => group.alerts.some((alert) => alert.status.state === 'active')))
  })
}

function silenceRoutes(app: FastifyInstance, ports: Ports, gate: OpenedGate): void {
  app.get('/silences', async (request: Request, reply) => {
    const caller = await gate(request)
    allow(caller, 'signal.read')
    const query = queryOf(request)
    const matchers = readFilter(query)
    const wanted = { active: readFlag(query, 'active'), pending: readFlag(query, 'pending'), expired: readFlag(query, 'expired') }
    const { silences, now } = await ports.database.inTransaction('main', async (tx) => ({
      silences: await listSilences(tx, { state: null, limit: SILENCES_LISTED_MAX }),
      now: tx.now,
    }))
    const shown = silences.filter((silence) => mayTouch(caller, silence) && wanted[stateOf(silence, now)] && isFiltered(silence, matchers))
    return sendJson(
      reply,
      shown.map((silence) => showSilence(silence, now)),
    )
  })

  app.post('/silences', async (request: Request, reply) => {
    const caller = await gate(request)
    allow(caller, 'incident.respond')
    requireJson(request)
    const asked = readSilence(request.body)
    const id = await ports.database.inTransaction('main', (tx) => post(ports, tx, caller, asked))
    return sendJson(reply, { silenceID: id })
  })

  app.get('/silence/:id', async (request: Request, reply) => {
    const caller = await gate(request)
    allow(caller, 'signal.read')
    const { silence, now } = await ports.database.inTransaction('main', async (tx) => ({
      silence: await findOwn(tx, caller, request.params.id ?? ''),
      now: tx.now,
    }))
    if (silence === undefined) throw noSilence(request.params.id ?? '')
    return sendJson(reply, showSilence(silence, now))
  })

  app.delete('/silence/:id', async (request: Request, reply) => {
    const caller = await gate(request)
    allow(caller, 'incident.respond')
    await ports.database.inTransaction('main', async (tx) => {
      const silence = await findOwn(tx, caller, request.params.id ?? '')
      if (silence === undefined) throw noSilence(request.params.id ?? '')
      done(await expireSilence(ports, tx, silence.id, actorOf(caller)))
    })
    return reply.code(200).send()
  })
}

/** As Alertmanager: the same matchers keep the id, others make a new one and end the old. */
async function post(ports: Ports, tx: Tx, caller: Caller, asked: PostableSilence): Promise<string> {
  const { id, matchers, startsAt, endsAt, createdBy, comment } = asked
  const by = actorOf(caller)
  if (endsAt <= tx.now) throw new AlertmanagerRefusal(400, 'End time cannot be in the past')
  if (startsAt >= endsAt) throw new AlertmanagerRefusal(400, 'Failed to create silence: start time must be before end time')
  const before = id === null || id === undefined || id === '' ? null : await findOwn(tx, caller, id)
  if (before === undefined) throw noSilence(id ?? '')
  if (before !== null && before.endsAt > tx.now) {
    const same = JSON.stringify(before.matchers.map(canonical)) === JSON.stringify(matchers.map(canonical))
    const keepsStart = before.startsAt > tx.now || Math.abs(before.startsAt - startsAt) < 1_000
    if (same && keepsStart) return done(await changeSilence(ports, tx, before.id, { startsAt, endsAt, reason: comment, by }))
    done(await expireSilence(ports, tx, before.id, by))
  }
  return done(await createSilence(ports, tx, { matchers, startsAt, endsAt, reason: comment, author: by, createdBy }))
}

function canonical({ name, value, isRegex, isEqual }: PostableSilence['matchers'][number]): readonly unknown[] {
  return [name, value, isRegex, isEqual]
}

function done(result: SilenceAct): string {
  if (result.kind === 'done') return result.silence.id
  if (result.kind === 'unknown') throw noSilence('')
  throw new AlertmanagerRefusal(400, `Failed to create silence: ${result.message}`)
}

/** A source's key sees and ends the silences that it made, a person's all. */
function mayTouch(caller: Caller, { author }: Silence): boolean {
  return caller.kind === 'person' || (author.kind === 'source' && author.id === caller.id)
}

async function findOwn(tx: Tx, caller: Caller, id: string): Promise<Silence | undefined> {
  const silence = Uuid.safeParse(id).success ? await findSilence(tx, id) : undefined
  return silence === undefined || !mayTouch(caller, silence) ? undefined : silence
}

function noSilence(id: string): AlertmanagerRefusal {
  return new AlertmanagerRefusal(404, `silence ${id.slice(0, 100)} not found`)
}

/** As Alertmanager: a filter is met by a silence one of whose matchers is of that name and has a value that fits. */
function isFiltered(silence: Silence, filter: ReturnType<typeof readFilter>): boolean {
  const values = new Map(silence.matchers.map((matcher) => [matcher.name, matcher.value]))
  return matchesAll(filter, (name) => values.get(name) ?? '')
}

function requireJson(request: FastifyRequest): void {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type !== 'application/json') {
    throw new AlertmanagerRefusal(415, `unsupported media type ${JSON.stringify(type)}, only [application/json] are allowed`)
  }
}

function queryOf(request: FastifyRequest): URLSearchParams {
  const mark = request.url.indexOf('?')
  return new URLSearchParams(mark < 0 ? '' : request.url.slice(mark + 1))
}
