/**
 * Who asks in the way of Alertmanager: a source by its ingest key, which sees and silences its own alerts alone; or a
 * person by an API key, who may do what they may do elsewhere. The key stands in the path or in the Authorization header.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { type Action, can, type Viewer } from '../../core/access/can.ts'
import type { SourceId } from '../../core/id.ts'
import type { Actor } from '../../core/incident/event.ts'
import { MINUTE_MS } from '../../core/time.ts'
import { keyOfAuthorization } from '../../integration-door.ts'
import { findIntake } from '../alert/intake.ts'
import { createLimiter } from '../http/limiter.ts'
import { findApiKey } from '../person/api-key-store.ts'
import type { Ports } from '../ports.ts'
import { AlertmanagerRefusal } from './answer.ts'

export type Caller =
  | { readonly kind: 'source'; readonly id: SourceId; readonly name: string }
  | { readonly kind: 'person'; readonly viewer: Viewer }

/** Sources that are bound to one of these may use it, and those that are bound to none. */
const KINDS: readonly (string | null)[] = [null, 'prometheus', 'alertmanager']
const KEY_CHARS_MAX = 512
const KEY_GUESSES = { failuresMax: 30, windowMs: MINUTE_MS }

export type Gate = (request: FastifyRequest<{ Params: { key?: string } }>) => Promise<Caller>

/** @throws {AlertmanagerRefusal} 401 for nobody, 429 for guessing */
export function openGate(ports: Ports): Gate {
  const guesses = createLimiter(KEY_GUESSES)
  return async (request) => {
    const key = keyOf(request)
    const caller = key === null ? undefined : await findCaller(ports, key)
    if (caller !== undefined) return caller
    const waitSeconds = guesses.waitSeconds(request.ip)
    guesses.fail(request.ip)
    if (waitSeconds > 0) throw new AlertmanagerRefusal(429, 'too many attempts')
    throw new AlertmanagerRefusal(401, 'unknown integration key')
  }
}

/** True when the request brings a key, whatever it opens. */
export function bringsKey(request: FastifyRequest<{ Params: { key?: string } }>): boolean {
  return keyOf(request) !== null
}

function keyOf(request: FastifyRequest<{ Params: { key?: string } }>): string | null {
  const { authorization } = request.headers
  const key = request.params.key ?? (authorization === undefined ? null : keyOfAuthorization({ headers: { authorization } }))
  return key === null || key === '' || key.length > KEY_CHARS_MAX ? null : key
}

async function findCaller(ports: Ports, key: string): Promise<Caller | undefined> {
  const sources = findIntake(ports)?.sources
  const source = sources === undefined ? undefined : (sources.find(key) ?? (await sources.findFresh(key)))
  if (source !== undefined) return KINDS.includes(source.kind) ? { kind: 'source', id: source.id, name: source.name } : undefined
  const found = await ports.database.inTransaction('main', (tx) => findApiKey(tx, key))
  return found === undefined ? undefined : { kind: 'person', viewer: { personId: found.personId, name: found.name, role: found.role } }
}

/** A source may do all that is done here, to what is its own. @throws {AlertmanagerRefusal} 403 */
export function allow(caller: Caller, action: Action): void {
  if (caller.kind === 'person' && !can(caller.viewer, action)) {
    throw new AlertmanagerRefusal(403, `the role ${caller.viewer.role} does not allow this`)
  }
}

export function actorOf(caller: Caller): Actor {
  return caller.kind === 'source'
    ? { kind: 'source', id: caller.id, name: caller.name }
    : { kind: 'person', id: caller.viewer.personId, name: caller.viewer.name }
}

const SETTLE_MS_MAX = 500
const SETTLE_STEP_MS = 20

/** Waits a little for what was accepted just now to be applied, so that whoever posts and then reads mostly finds it. */
export async function settled(ports: Ports): Promise<void> {
  for (let waitedMs = 0; (findIntake(ports)?.backlog() ?? 0) > 0 && waitedMs < SETTLE_MS_MAX; waitedMs += SETTLE_STEP_MS) {
    await sleep(SETTLE_STEP_MS)
  }
}
