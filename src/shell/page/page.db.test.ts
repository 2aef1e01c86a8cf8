/** Links that act once and only by intent, and a ledger that claims no more than is known. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { fakeChannels, never, notNow, openOutboxScene, type OutboxScene, soon, took } from '../../../test/support/outbox-scene.ts'
import { ann, bob } from '../../../test/support/playbook.ts'
import type { IncidentId } from '../../core/id.ts'
import type { Tx } from '../database/database.ts'
import { freshToken } from '../person/token.ts'
import type { Ports } from '../ports.ts'
import { listAttempts, listPages, recordSeen, recordShown } from './ledger-store.ts'
import { ACKNOWLEDGE_LINK_MS, createAcknowledgeLink, findAcknowledgeLink, useAcknowledgeLink } from './link-store.ts'

let scene: OutboxScene
let ports: Ports
beforeAll(async () => {
  scene = await openOutboxScene()
  ports = scene.makeServer()
})
afterEach(() => scene.stopAll())
afterAll(() => scene.close())

const inTx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => ports.database.inTransaction('main', work)

describe('a link', () => {
  async function make(incidentId: IncidentId, lifeMs = ACKNOWLEDGE_LINK_MS, personId = ann): Promise<string> {
    const token = freshToken()
    await inTx((tx) => createAcknowledgeLink(tx, { personId, incidentId, token, expiresAt: tx.now + lifeMs }))
    return token
  }

  test('may be looked at as often as a scanner likes, and acts once', async () => {
    const id = await scene.open(ports)
    const token = await make(id)
    for (let looks = 0; looks < 3; looks += 1) {
      expect(await inTx((tx) => findAcknowledgeLink(tx, token))).toMatchObject({
        personId: ann,
        incidentId: id,
        usable: true,
        usedAt: null,
      })
    }
    expect(await inTx((tx) => useAcknowledgeLink(tx, token))).toMatchObject({ personId: ann, incidentId: id })
    expect(await inTx((tx) => useAcknowledgeLink(tx, token))).toBeUndefined()
    expect(await inTx((tx) => findAcknowledgeLink(tx, token))).toMatchObject({ usable: false })
  })

  test('acts once even when it is pressed by many at the same time', async () => {
    const token = await make(await scene.open(ports))
    const used = await Promise.all(Array.from({ length: 8 }, () => inTx((tx) => useAcknowledgeLink(tx, token))))
    expect(used.filter((link) => link !== undefined)).toHaveLength(1)
  })

  test('is spent only if the act that it allows commits', async () => {
    const token = await make(await scene.open(ports))
    const failing = inTx(async (tx) => {
      await useAcknowledgeLink(tx, token)
      throw new Error('the act failed')
    })
    await expect(failing).rejects.toThrow('the act failed')
    expect(await inTx((tx) => useAcknowledgeLink(tx, token))).toBeDefined()
  })

  test('expires, and does not act for a person who is disabled', async () => {
    const id = await scene.open(ports)
    const old = await make(id, -1)
    expect(await inTx((tx) => useAcknowledgeLink(tx, old))).toBeUndefined()
    expect(await inTx((tx) => findAcknowledgeLink(tx, old))).toMatchObject({ usable: false })
    const token = await make(id, ACKNOWLEDGE_LINK_MS, bob)
    await scene.rows('update person set disabled_at = now() where id = $1', [bob])
    expect(await inTx((tx) => useAcknowledgeLink(tx, token))).toBeUndefined()
    await scene.rows('update person set disabled_at = null where id = $1', [bob])
  })

  test('is stored only as its digest, and a token of another purpose opens nothing', async () => {
    const token = await make(await scene.open(ports))
    const stored = await scene.rows<{ hash: string }>(`select encode(token_hash, 'hex') as hash from link`)
    expect(stored.some(({ hash }) => hash.includes(Buffer.from(token).toString('hex')))).toBe(false)
    await scene.rows(`update link set purpose = 'sign-in'`)
    expect(await inTx((tx) => findAcknowledgeLink(tx, token))).toBeUndefined()
    expect(await inTx((tx) => useAcknowledgeLink(tx, token))).toBeUndefined()
    expect(await inTx((tx) => findAcknowledgeLink(tx, 'x'.repeat(10_000)))).toBeUndefined()
  })
})

describe('the ledger', () => {
  const deliveriesOf = async (id: IncidentId) => (await inTx((tx) => listPages(tx, id)))[0]?.deliveries

  test('says queued before anything is sent, the console last', async () => {
    const id = await scene.open(ports)
    const [page] = await inTx((tx) => listPages(tx, id))
    expect(page).toMatchObject({
      incident_id: id,
      person: { id: ann, name: 'ann', email: 'ann@example.com' },
      role: 'Ops',
      state: 'paging',
      acknowledged_at: null,
    })
    expect(page?.deliveries).toMatchObject([
      { channel: 'email', state: 'queued', sent_at: null, delivered_at: null, seen_at: null, attempts: 0 },
      { channel: 'console', state: 'queued', sent_at: null },
    ])
  })

  test('says sent and no more when a server took the mail', async () => {
    const id = await scene.open(ports)
    scene.start(
      ports,
      fakeChannels(() => took),
    )
    await scene.settled(id)
    const deliveries = await deliveriesOf(id)
    expect(deliveries).toMatchObject([
      { channel: 'email', state: 'sent', delivered_at: null, seen_at: null },
      { channel: 'console', state: 'sent', delivered_at: null, seen_at: null, evidence: 'Listed in the console; nobody has seen it yet.' },
    ])
    expect(deliveries?.every((delivery) => delivery.sent_at !== null && delivery.sent_at >= delivery.queued_at)).toBe(true)
  })

  test('says delivered when a browser of that person shows it, and seen when the person acts, each once', async () => {
    const id = await scene.open(ports)
    scene.start(ports, fakeChannels())
    await scene.settled(id)
    await inTx((tx) => recordShown(tx, { incidentId: id, personId: bob, channel: 'console' }))
    expect((await deliveriesOf(id))?.[1]).toMatchObject({ state: 'sent' })
    await inTx((tx) => recordShown(tx, { incidentId: id, personId: ann, channel: 'console' }))
    const shown = (await deliveriesOf(id))?.[1]
    expect(shown).toMatchObject({ state: 'delivered', seen_at: null })
    await inTx((tx) => recordSeen(tx, { incidentId: id, personId: ann, channel: 'console' }))
    const seen = (await deliveriesOf(id))?.[1]
    expect(seen).toMatchObject({ state: 'seen', delivered_at: shown?.delivered_at })
    await inTx((tx) => recordSeen(tx, { incidentId: id, personId: ann, channel: 'console' }))
    expect((await deliveriesOf(id))?.[1]).toEqual(seen)
    expect((await deliveriesOf(id))?.[0]).toMatchObject({ channel: 'email', state: 'sent' })
  })

  test('says that a mail was seen when somebody acts by its link, and not when it is looked at', async () => {
    const id = await scene.open(ports)
    const channels = fakeChannels()
    scene.start(ports, channels)
    await scene.settled(id)
    const url = channels.calls.find((call) => call.channel === 'email')?.message.acknowledgeUrl ?? ''
    const token = url.slice(url.lastIndexOf('/') + 1)
    await inTx((tx) => findAcknowledgeLink(tx, token))
    expect((await deliveriesOf(id))?.[0]).toMatchObject({ channel: 'email', state: 'sent' })
    await inTx((tx) => useAcknowledgeLink(tx, token))
    expect(await deliveriesOf(id)).toMatchObject([
      { channel: 'email', state: 'seen' },
      { channel: 'console', state: 'sent' },
    ])
  })

  test('says why a delivery failed or waits, and lists each attempt', async () => {
    const answers = [notNow, never]
    const id = await scene.open(ports)
    const outbox = scene.start(
      ports,
      fakeChannels(() => answers.shift() ?? never),
      { backoffMs: 400, backoffMaxMs: 400 },
    )
    await soon('the first failure', async () => (await deliveriesOf(id))?.[0]?.reason === 'not now')
    expect((await deliveriesOf(id))?.[0]).toMatchObject({ state: 'queued', attempts: 1, reason: 'not now' })
    await scene.settled(id, 'email')
    expect((await deliveriesOf(id))?.[0]).toMatchObject({ state: 'failed', attempts: 2, reason: 'never', sent_at: null })
    const [page] = await inTx((tx) => listPages(tx, id))
    const attempts = await inTx((tx) => listAttempts(tx, id, page?.id ?? ''))
    expect(attempts.filter((attempt) => attempt.channel === 'email')).toMatchObject([
      { number: 1, outcome: 'retry', repeat: false, reason: 'not now' },
      { number: 2, outcome: 'rejected', repeat: false, reason: 'never' },
    ])
    expect(outbox.healthy()).toBe(true)
  })

  test('says cancelled when the answer came first', async () => {
    const id = await scene.open(ports)
    await scene.acknowledge(ports, id)
    expect((await inTx((tx) => listPages(tx, id)))[0]).toMatchObject({
      state: 'acknowledged',
      deliveries: [{ state: 'cancelled' }, { state: 'cancelled' }],
    })
  })
})
