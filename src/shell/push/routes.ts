/** What people do with their devices: subscribe one, see how it fares, try it, take it off the list. */
import { createECDH } from 'node:crypto'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { IdParams, PushBody, PushDevice, PushState, PushTested } from '../../api/schema.ts'
import type { PersonId } from '../../core/id.ts'
import { viewerOf } from '../http/authenticate.ts'
import { ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders, Nothing } from '../http/route-kit.ts'
import type { Tx } from '../database/database.ts'
import { recordAccess } from '../person/record.ts'
import type { Ports } from '../ports.ts'
import { openSealer } from '../source/seal.ts'
import { sealSubscription } from './push-devices.ts'
import { channelOf, isDeviceChannel } from './push-channel.ts'
import {
  type DeviceRow,
  findDevice,
  findDeviceByEndpoint,
  findKey,
  listDevices,
  recordDeviceShown,
  removeDevice,
  saveDevice,
} from './push-store.ts'

const tags = ['me']
const DEVICES_MAX = 20

export interface PushParts {
  /** Whether a browser may name that address as its push service. */
  readonly isEndpoint: (address: string) => boolean
  /** Sends a test message to one device and says what came of it. */
  readonly test: (personId: PersonId, channel: string) => Promise<PushTested>
}

export function pushRoutes(ports: Ports, parts: PushParts): FastifyPluginAsyncZod {
  const sealer = openSealer(ports.config)
  return async (app) => {
    app.get(
      '/me/push',
      { schema: { tags, operationId: 'getPush', summary: 'Your devices that take push messages', response: answers({ 200: PushState }) } },
      (request) =>
        ports.database.inTransaction('main', async (tx) => ({
          public_key: (await findKey(tx))?.publicKey ?? null,
          items: (await listDevices(tx, viewerOf(request).personId)).map(showDevice),
        })),
    )

    app.post(
      '/me/push',
      {
        schema: {
          tags,
          operationId: 'subscribePush',
          summary: 'Take push messages on this device: what its browser subscribed with',
          headers: IdempotencyHeaders,
          body: PushBody,
          response: answers({ 201: PushDevice }),
        },
      },
      async (request, reply) => {
        const viewer = viewerOf(request)
        const { name, endpoint, keys } = request.body
        if (!parts.isEndpoint(endpoint)) refuse('endpoint', 'is not the address of a push service on the public internet')
        if (!isPoint(keys.p256dh)) refuse('keys.p256dh', 'is no point of the curve P-256')
        const row = await ports.database.inTransaction('main', async (tx) => {
          const id = await placeOf(tx, viewer.personId, endpoint, ports.freshId)
          const before = await findDevice(tx, id)
          await saveDevice(tx, {
            id,
            personId: viewer.personId,
            name,
            channel: before?.channel ?? channelOf(name, id),
            service: new URL(endpoint).hostname.slice(0, 253),
            endpoint,
            sealed: sealSubscription(sealer, id, { endpoint, p256dh: keys.p256dh, auth: keys.auth }),
          })
          await recordAccess(tx, viewer, { act: 'push.subscribed', subject: `person:${viewer.personId}`, data: { device: id } })
          return findDevice(tx, id)
        })
        if (row === undefined) throw new Error('a device that was just kept is not there')
        return reply.code(201).send(showDevice(row))
      },
    )

    app.delete(
      '/me/push/:id',
      {
        schema: {
          tags,
          operationId: 'removePush',
          summary: 'Take a device off the list',
          params: IdParams,
          response: answers({ 204: Nothing }),
        },
      },
      async (request, reply) => {
        const viewer = viewerOf(request)
        const id = uuidOf(request.params.id)
        await ports.database.inTransaction('main', async (tx) => {
          if (!(await removeDevice(tx, viewer.personId, id))) throw new ProblemError('not-found')
          await recordAccess(tx, viewer, { act: 'push.removed', subject: `person:${viewer.personId}`, data: { device: id } })
        })
        return reply.code(204).send()
      },
    )

    app.post(
      '/me/push/:id/test',
      {
        schema: {
          tags,
          operationId: 'testPush',
          summary: 'Send a test message to one of your devices',
          params: IdParams,
          headers: IdempotencyHeaders,
          response: answers({ 200: PushTested }),
        },
      },
      async (request) => {
        const viewer = viewerOf(request)
        const row = await own(ports, viewer.personId, request.params.id)
        return parts.test(viewer.personId, row.channel)
      },
    )

    app.post(
      '/me/push/:id/shown',
      {
        schema: {
          tags,
          operationId: 'tellPushShown',
          summary: 'The device has shown a test message: it is proven to be reached',
          params: IdParams,
          headers: IdempotencyHeaders,
          response: answers({ 204: Nothing }),
        },
      },
      async (request, reply) => {
        const viewer = viewerOf(request)
        const row = await own(ports, viewer.personId, request.params.id)
        if (isDeviceChannel(row.channel))
          await ports.database.inTransaction('main', (tx) => recordDeviceShown(tx, viewer.personId, row.channel))
        return reply.code(204).send()
      },
    )
  }
}

/**
 * The id that the device has already, when its browser subscribes again. A browser that was another person's before is
 * taken over: whoever holds it now must not be shown that person's pages. @throws ProblemError when there are too many
 */
async function placeOf(tx: Tx, personId: PersonId, endpoint: string, freshId: () => string): Promise<string> {
  const found = await findDeviceByEndpoint(tx, endpoint)
  if (found?.personId === personId) return found.id
  if (found !== undefined) await removeDevice(tx, found.personId, found.id)
  const devices = await listDevices(tx, personId)
  if (devices.length >= DEVICES_MAX)
    throw new ProblemError('invalid-request', { detail: `You have ${DEVICES_MAX} devices: remove one first.` })
  return freshId()
}

async function own(ports: Ports, personId: PersonId, id: string): Promise<DeviceRow> {
  const row = await ports.database.inTransaction('main', (tx) => findDevice(tx, uuidOf(id)))
  if (row === undefined || row.personId !== personId) throw new ProblemError('not-found')
  return row
}

function uuidOf(id: string): string {
  if (!z.uuid().safeParse(id).success) throw new ProblemError('not-found')
  return id
}

function refuse(field: string, message: string): never {
  throw new ProblemError('invalid-request', { errors: [{ field, message }] })
}

function isPoint(encoded: string): boolean {
  try {
    const probe = createECDH('prime256v1')
    probe.generateKeys()
    probe.computeSecret(Buffer.from(encoded, 'base64url'))
    return true
  } catch {
    return false
  }
}

function showDevice(row: DeviceRow): PushDevice {
  return {
    id: row.id,
    name: row.name,
    channel: row.channel,
    service: row.service,
    created_at: row.createdAt.toISOString(),
    last_success_at: timeOf(row.lastSuccessAt),
    last_shown_at: timeOf(row.lastShownAt),
    revoked_at: timeOf(row.revokedAt),
    revoked_reason: row.revokedReason,
  }
}

function timeOf(at: Date | null): string | null {
  return at?.toISOString() ?? null
}
