/** Vendors that carry pages, against a real Postgres: what they tell reaches the ledger once, and what people answer there counts. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { carrier, fakeVendor, type FakeVendor, type Told } from '../../../test/support/carrier-fake.ts'
import { openOutboxScene, type OutboxScene, soon } from '../../../test/support/outbox-scene.ts'
import { ann, testRoster } from '../../../test/support/playbook.ts'
import { findCarrier } from '../../core/oncall/carriers.ts'
import type { IncidentId } from '../../core/id.ts'
import type { CarrierConnection, ChannelBook } from '../../integration.ts'
import { openChannels } from '../../integrations/channels.ts'
import { listPages } from '../page/ledger-store.ts'
import type { Ports } from '../ports.ts'
import { followOnce } from './follow.ts'

let scene: OutboxScene
const vendors: FakeVendor[] = []
beforeAll(async () => {
  scene = await openOutboxScene()
})
afterEach(async () => {
  await scene.stopAll()
  for (const one of vendors.splice(0)) one.close()
  await scene.rows(`update incident set open = false, wake_at = null`)
})
afterAll(() => scene.close())

const URL_HERE = 'https://tocsin.test'

function bookOf(...connections: readonly CarrierConnection[]): ChannelBook {
  return openChannels({
    mailUrl: null,
    mailFrom: 'tocsin@example.com',
    connections: { find: () => undefined, ids: () => [] },
    carriers: {
      find: (channelId) => findCarrier(channelId, connections),
      named: (name) => connections.find((connection) => connection.name === name),
      list: () => connections,
    },
    publicUrl: URL_HERE,
    now: Date.now,
  })
}

/** Ann is reached on one channel, by a vendor that answers as told. */
async function reach(channel: string, address: string, connection: Partial<CarrierConnection> & Pick<CarrierConnection, 'kind'>) {
  await scene.rows(
    `insert into contact (person_id, place, channel, address) values ($1, 1, $2, $3)
     on conflict (person_id, channel) do update set address = excluded.address`,
    [ann, channel, address],
  )
  const roster = testRoster()
  const people = { ...roster.people, [ann]: { name: 'Ann', channels: [channel, 'console'] } }
  const ports = scene.makeServer({ direct: true, roster: { ...roster, people } })
  return { ports, book: (url: string) => bookOf(carrier({ ...connection, url })) }
}

async function vendor(answer: Parameters<typeof fakeVendor>[0]): Promise<FakeVendor> {
  const made = await fakeVendor(answer)
  vendors.push(made)
  return made
}

async function deliveryOf(ports: Ports, id: IncidentId, channel: string) {
  const pages = await ports.database.inTransaction('main', (tx) => listPages(tx, id))
  return pages.find(({ person }) => person.id === ann)?.deliveries.find((delivery) => delivery.channel === channel)
}

const acknowledgements = async (id: IncidentId) =>
  (
    await scene.rows<{ data: { via: string; personId: string } }>(
      `select data from event where stream_id = $1 and type = 'incident.acknowledged'`,
      [id],
    )
  ).map(({ data }) => `${data.via} ${data.personId === ann ? 'ann' : 'another'}`)

describe('Pushover', () => {
  const USER = 'u'.repeat(30)
  const RECEIPT = 'r'.repeat(30)

  async function paged(receipt: () => object) {
    const { ports, book } = await reach('pushover', USER, { kind: 'pushover', secret: 'a'.repeat(30) })
    const asked: string[] = []
    const { url } = await vendor(({ method, path }): Told => {
      asked.push(`${method} ${path.split('?', 1)[0]}`)
      if (path.startsWith('/1/messages')) return { status: 200, body: { status: 1, receipt: RECEIPT } }
      return { status: 200, body: { status: 1, acknowledged: 0, expired: 0, ...receipt() } }
    })
    const channels = book(url)
    scene.start(ports, channels)
    const id = await scene.open(ports)
    await scene.settled(id, 'pushover')
    const follow = () => followOnce(ports, channels, ['pushover'])
    return { ports, id, asked, follow }
  }

  test('an answer in its app is an acknowledgement here, once, and the ledger says that it was seen', async () => {
    let acknowledged = {}
    const { ports, id, follow } = await paged(() => acknowledged)
    await follow()
    expect(await acknowledgements(id)).toEqual([])
    acknowledged = { acknowledged: 1, acknowledged_by: USER }
    await follow()
    await follow()
    expect(await acknowledgements(id)).toEqual(['pushover ann'])
    expect(await deliveryOf(ports, id, 'pushover')).toMatchObject({ state: 'seen' })
  })

  test('what another user key acknowledged acknowledges nothing, and is asked about no more', async () => {
    const { ports, id, follow, asked } = await paged(() => ({ acknowledged: 1, acknowledged_by: 'z'.repeat(30) }))
    await follow()
    const before = asked.length
    await follow()
    expect([await acknowledgements(id), asked.length]).toEqual([[], before])
    expect(await deliveryOf(ports, id, 'pushover')).toMatchObject({ state: 'sent', reason: expect.stringContaining('another user key') })
  })

  test('what is answered elsewhere stops ringing, and is told so once', async () => {
    const { ports, id, follow, asked } = await paged(() => ({}))
    await scene.acknowledge(ports, id)
    await follow()
    await follow()
    expect(asked.filter((line) => line.endsWith('/cancel.json'))).toEqual([`POST /1/receipts/${RECEIPT}/cancel.json`])
    expect(await soon('a ledger', () => deliveryOf(ports, id, 'pushover'))).toMatchObject({ state: 'sent' })
  })
})
