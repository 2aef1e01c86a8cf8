/** Devices from their subscription to their end, over the API, the outbox and the links of their messages. */
import { createECDH } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiScene, openApiScene, testParts } from '../../../test/support/api.ts'
import { CARRIED_AT, carriedMessage } from '../../../test/support/carrier-fake.ts'
import { ann, bob, own } from '../../../test/support/playbook.ts'
import { fakeBrowser, startPushService } from '../../../test/support/push-service.ts'
import { readConfig } from '../../config.ts'
import type { PushAct, PushDevice, PushState } from '../../api/schema.ts'
import { asId, type IncidentId, type PersonId } from '../../core/id.ts'
import { webPushChannel } from '../../integrations/web-push/channel.ts'
import type { Tx } from '../database/database.ts'
import { checkPush } from '../doctor/checks/push.ts'
import { listPageablePeople } from '../oncall/people-store.ts'
import { listPages } from '../page/ledger-store.ts'
import { createAcknowledgeLink } from '../page/link-store.ts'
import { freshToken } from '../person/token.ts'
import { openSealer } from '../source/seal.ts'
import { channelOf } from './push-channel.ts'
import { openPushDevices } from './push-devices.ts'
import { ensurePushKey } from './push-key.ts'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-push-'))
const config = { ...readConfig({ NODE_ENV: 'test' }), dataDir: folder }
const sealer = openSealer(config)
const log = pino({ level: 'silent' })
let scene: ApiScene
beforeAll(async () => {
  scene = await openApiScene({ ports: { config } })
  await ensurePushKey(scene.database.database, sealer, log)
})
afterAll(() => scene.close())

const inTx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => scene.database.database.inTransaction('main', work)

function point(): string {
  const curve = createECDH('prime256v1')
  return curve.generateKeys().toString('base64url')
}
const AUTH = Buffer.alloc(16, 7).toString('base64url')
const bodyOf = (over: object = {}) => ({
  name: 'Pixel 9',
  endpoint: 'https://push.example.net/send/one',
  keys: { p256dh: point(), auth: AUTH },
  ...over,
})
const subscribe = (who: PersonId, over: object = {}) => scene.ask(who, 'POST', '/me/push', bodyOf(over))
const stateOf = async (who: PersonId): Promise<PushState> => (await scene.ask(who, 'GET', '/me/push')).body as PushState
const channelsOf = async (who: PersonId): Promise<readonly string[]> =>
  (await inTx((tx) => listPageablePeople(tx))).find((person) => person.id === who)?.channels ?? []

describe('a device', () => {
  test('is subscribed, is a channel of its person, and its address stands nowhere in clear', async () => {
    const made = await subscribe(ann)
    expect(made.status).toBe(201)
    const device = made.body as PushDevice
    expect(device).toMatchObject({ name: 'Pixel 9', service: 'push.example.net', last_success_at: null, revoked_at: null })
    expect(device.channel).toMatch(/^push:pixel-9-[0-9a-f]{8}$/u)
    expect(await channelsOf(ann)).toContain(device.channel)
    expect((await stateOf(ann)).public_key).toMatch(/^B[\w-]{86}$/u)
    const { rows } = await scene.database.database.query<{ all: string }>('select push_device::text as all from push_device')
    expect(rows[0]?.all).not.toContain(Buffer.from('send/one').toString('hex'))
  })

  test('that subscribes again is the same one; in other hands it is another person’s, and no longer the first’s', async () => {
    const [before] = (await stateOf(ann)).items
    const again = (await subscribe(ann, { name: 'My phone' })).body as PushDevice
    expect([again.id, again.channel, again.name]).toEqual([before?.id, before?.channel, 'My phone'])
    const taken = (await subscribe(bob)).body as PushDevice
    expect((await stateOf(ann)).items).toEqual([])
    expect(await channelsOf(ann)).not.toContain(before?.channel)
    expect((await stateOf(bob)).items.map(({ id }) => id)).toEqual([taken.id])
    expect((await scene.ask(bob, 'DELETE', `/me/push/${taken.id}`)).status).toBe(204)
    expect(await channelsOf(bob)).not.toContain(taken.channel)
  })

  test('is its person’s alone', async () => {
    const device = (await subscribe(ann)).body as PushDevice
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/test'],
      ['POST', '/shown'],
    ] as const)
      expect((await scene.ask(bob, method, `/me/push/${device.id}${path}`)).status).toBe(404)
    expect((await scene.ask(ann, 'DELETE', '/me/push/none')).status).toBe(404)
  })

  test.each([
    { endpoint: 'http://push.example.net/x' },
    { endpoint: 'https://127.0.0.1/x' },
    { endpoint: 'https://metadata.internal/x' },
    { keys: { p256dh: `B${'A'.repeat(86)}`, auth: AUTH } },
    { keys: { p256dh: 'x', auth: AUTH } },
    { name: '' },
  ])('that names %j is refused', async (over) => {
    expect((await subscribe(ann, over)).status).toBe(400)
  })

  test('is one of twenty at the most', async () => {
    for (let count = 0; count < 20; count += 1) await subscribe(own, { endpoint: `https://push.example.net/own/${count}` })
    expect((await subscribe(own, { endpoint: 'https://push.example.net/own/21' })).status).toBe(400)
    for (const { id } of (await stateOf(own)).items) await scene.ask(own, 'DELETE', `/me/push/${id}`)
  })

  test('whatever it is called, has a channel that a ledger can show', () => {
    expect(channelOf('  Ada’s "Phone" <b>', '00000000-0000-7000-8000-00000000ab12')).toBe('push:ada-s-phone-b-0000ab12')
    expect(channelOf('電話', '00000000-0000-7000-8000-00000000ab12')).toBe('push:device-0000ab12')
  })
})

describe('a message', () => {
  test('reaches the browser with what it subscribed with; when that has ended, its person is told and others stay', async () => {
    const browser = await fakeBrowser()
    let status = 201
    const service = await startPushService(
      browser,
      () => ({ status }),
      () => CARRIED_AT,
    )
    const keys = { p256dh: browser.publicKey.toString('base64url'), auth: browser.authSecret.toString('base64url') }
    const device = (await subscribe(ann, { endpoint: 'https://push.example.net/send/two', keys })).body as PushDevice
    const real = openPushDevices(scene.database.database, sealer, log)
    const devices = {
      ...real,
      find: async (id: string) => {
        const found = await real.find(id)
        return found && { ...found, endpoint: service.url }
      },
    }
    const channel = webPushChannel({ devices, subject: 'https://tocsin.test', now: () => CARRIED_AT, anyAddress: true })
    const send = () => channel.send(carriedMessage(), { to: device.id, secret: null }, AbortSignal.timeout(5_000))
    expect((await send()).kind).toBe('delivered')
    expect([service.faults, service.asked[0]?.text]).toEqual([[], expect.stringContaining('API 5xx spike')])
    const found = async () => (await stateOf(ann)).items.find(({ id }) => id === device.id)
    // Noted beside the answer, which does not wait for it.
    await expect.poll(async () => (await found())?.last_success_at).not.toBeNull()
    status = 410
    expect((await send()).kind).toBe('rejected')
    await expect
      .poll(async () => (await found())?.revoked_reason)
      .toBe('the push service says that this device takes no more messages (410)')
    expect(await channelsOf(ann)).not.toContain(device.channel)
    const checks = await checkPush({ ports: scene.ports, parts: testParts().doctor, wallClock: Date.now })
    expect(checks).toMatchObject([
      {
        state: 'warn',
        found: expect.stringContaining('Pixel 9'),
      },
    ])
    expect((await send()).kind).toBe('rejected')
    // Subscribing again brings it back.
    await subscribe(ann, { endpoint: 'https://push.example.net/send/two', keys })
    expect(await found()).toMatchObject({ id: device.id, revoked_at: null })
    expect(await channelsOf(ann)).toContain(device.channel)
    service.close()
  })

  test('of a key that was sealed under another secret is sent by a new one, and the devices of before have to subscribe anew', async () => {
    const before = await stateOf(ann)
    const other = openSealer({ dataDir: mkdtempSync(join(tmpdir(), 'tocsin-push-')), secretFile: null })
    await ensurePushKey(scene.database.database, other, log)
    const after = await stateOf(ann)
    expect(after.public_key).not.toBe(before.public_key)
    expect(after.items.every(({ revoked_at: at }) => at !== null)).toBe(true)
    await ensurePushKey(scene.database.database, other, log)
    expect((await stateOf(ann)).public_key).toBe(after.public_key)
    await subscribe(ann)
    const checks = await checkPush({ ports: scene.ports, parts: testParts().doctor, wallClock: Date.now })
    expect(checks[0]).toMatchObject({ id: 'push-key', state: 'fail' })
  })
})

describe('a button of a notification', () => {
  const CHANNEL = 'push:pixel-9-0000ab12'
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
  const act = async (token: string, wish = 'acknowledge') => {
    const answer = await scene.inject({ method: 'POST', url: `/a/${token}/act`, payload: `do=${wish}`, headers: FORM })
    return { status: answer.statusCode, body: answer.json<PushAct>() }
  }
  const sent = async (personId: PersonId = ann) => {
    const incident = (await scene.ask(own, 'POST', '/incidents', { title: 'API', summary: '', severity: 'red', type: 'spike' })).body as {
      id: string
      number: number
    }
    const token = freshToken()
    const incidentId = asId<IncidentId>(incident.id)
    await inTx((tx) => createAcknowledgeLink(tx, { personId, incidentId, expiresAt: Date.now() + 60_000, token, channel: CHANNEL }))
    return { incident, incidentId, token }
  }

  test('acknowledges once, says who else has, and pressing again says the same', async () => {
    const { incident, token } = await sent()
    expect((await scene.inject({ method: 'GET', url: `/a/${token}/act` })).statusCode).toBe(404)
    const first = await act(token)
    expect(first).toEqual({ status: 200, body: { state: 'acknowledged', number: incident.number, others: [] } })
    expect(await act(token)).toEqual(first)
  })

  test('of a link that is unknown or expired says so', async () => {
    expect(await act(freshToken())).toEqual({ status: 410, body: { state: 'gone', number: null, others: [] } })
  })

  test('of an incident that is over says that', async () => {
    const { incident, token } = await sent()
    await scene.ask(own, 'POST', `/incidents/${incident.id}/resolve`, { reason: 'over' })
    expect((await act(token)).body.state).toBe('over')
  })

  test('that the device showed it makes the delivery “delivered”, and needs no more than the link', async () => {
    const { incidentId, token } = await sent()
    await scene.database.database.query(
      `update effect set channel = $2, state = 'delivered', sent_at = now(), attempts = 1 where key = (select key from effect where incident_id = $1 and person_id = $3 and kind = 'page' limit 1)`,
      [incidentId, CHANNEL, ann],
    )
    const shown = await scene.inject({ method: 'POST', url: `/a/${token}/shown`, payload: '', headers: FORM })
    expect(shown.statusCode).toBe(204)
    const deliveries = (await inTx((tx) => listPages(tx, incidentId))).flatMap((page) => page.deliveries)
    expect(deliveries.find(({ channel }) => channel === CHANNEL)).toMatchObject({
      state: 'delivered',
      evidence: 'The device says that it showed it.',
    })
    expect((await scene.inject({ method: 'POST', url: `/a/${freshToken()}/shown`, payload: '', headers: FORM })).statusCode).toBe(204)
  })
})
