/** Who asks: an ingest key, which shows and touches the alerts of its own source alone. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { keyOfAuthorization } from '../../integration-door.ts'
import { type Intake, findIntake } from '../alert/intake.ts'
import type { Ports } from '../ports.ts'
import type { OpenSource } from '../source/source-store.ts'
import { OpsgenieRefusal } from './answer.ts'

const KIND = 'opsgenie'

export function intakeOf(ports: Ports): Intake {
  const intake = findIntake(ports)
  if (intake === undefined) throw new OpsgenieRefusal(503, 'Service is unavailable, please try again')
  return intake
}

/** @throws {OpsgenieRefusal} 401 for an unknown key, 403 for one of another kind of source, 503 while the database is away */
export async function admit(ports: Ports, request: FastifyRequest): Promise<OpenSource> {
  const { sources, useKey } = intakeOf(ports)
  const { authorization } = request.headers
  const key = authorization === undefined ? null : keyOfAuthorization({ headers: { authorization } })
  const source = key === null ? undefined : (sources.find(key) ?? (await sources.findFresh(key)))
  if (source === undefined) throw new OpsgenieRefusal(401, 'Could not authenticate')
  // Opsgenie says so of a key that is not one of an API integration.
  if (source.kind !== null && source.kind !== KIND) {
    throw new OpsgenieRefusal(403, 'To perform this action, use an API key from an API integration.', { code: 40_301 })
  }
  useKey(source.keyId)
  return source
}

const SETTLE_MS_MAX = 500
const SETTLE_STEP_MS = 20

/** Waits a little for what was accepted just now to be applied, so that whoever creates and then reads mostly finds it. */
export async function settled(ports: Ports): Promise<void> {
  const intake = intakeOf(ports)
  for (let waitedMs = 0; intake.backlog() > 0 && waitedMs < SETTLE_MS_MAX; waitedMs += SETTLE_STEP_MS) await sleep(SETTLE_STEP_MS)
}
