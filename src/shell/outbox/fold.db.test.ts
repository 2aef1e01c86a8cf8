/** A storm of incidents to one person: so many messages by themselves, the rest in one that says how many, all of it handed over. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Call, fakeChannels, notNow, openOutboxScene, type OutboxScene, soon, took } from '../../../test/support/outbox-scene.ts'
import { ann, bob, own, testPlaybook, testRoster } from '../../../test/support/playbook.ts'
import type { IncidentId } from '../../core/id.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { MINUTE_MS } from '../../core/time.ts'
import { changeIncident } from '../incident/change.ts'
import { listPages } from '../page/ledger-store.ts'
import { findAcknowledgeLink } from '../page/link-store.ts'
import type { Ports } from '../ports.ts'

const playbook = testPlaybook({ pagesPerPerson: { max: 6, withinMs: 10 * MINUTE_MS } })
let scene: OutboxScene
beforeAll(async () => {
  scene = await openOutboxScene()
})
afterEach(async () => {
  await scene.stopAll()
  await scene.rows(`update effect set state = 'cancelled' where state = 'pending'`)
  await scene.rows(`update effect set created_at = created_at - interval '1 day', due_at = due_at - interval '1 day'`)
  await scene.rows(`update incident set open = false, wake_at = null`)
})
afterAll(() => scene.close())

const server = (): Ports => ({ ...scene.makeServer(), playbooks: { current: () => playbook, load: async () => playbook } })
const openMany = async (ports: Ports, count: number, severity = 'amber'): Promise<IncidentId[]> => {
  const ids: IncidentId[] = []
  for (let index = 0; index < count; index += 1) ids.push(await scene.open(ports, { severity, title: `Storm ${index}` }))
  return ids
}
const mails = (calls: readonly Call[]) => calls.filter((call) => call.channel === 'email' && call.message.person.name === 'ann')
/** For how many others each message stands that does. */
const standing = (calls: readonly Call[]) => mails(calls).flatMap(({ message }) => (message.others?.length ?? 0) || [])
/** As if the time to gather had passed. */
const hurry = () => scene.rows(`update effect set due_at = clock_timestamp() where folded and state = 'pending'`)
const handedOver = async (ids: readonly IncidentId[]) =>
  (
    await scene.rows<{ id: string }>(
      `select distinct stream_id as id from event where type = 'incident.page-handed-over' and data ->> 'channel' = 'email' and stream_id = any($1::uuid[])`,
      [ids],
    )
  ).length
const folded = () =>
  scene.rows<{ key: string; state: string; carried_by: string | null; incident_id: string }>(
    `select key, state, carried_by, incident_id from effect where folded and channel = 'email' and state <> 'cancelled' and created_at > now() - interval '1 hour' order by created_at, key`,
  )

test('past the bound one message stands for the others, names them, and counts as the hand-over of each', async () => {
  const ports = server()
  const channels = fakeChannels()
  scene.start(ports, channels)
  const ids = await openMany(ports, 12)
  await soon('the single ones', async () => (await handedOver(ids)) === 5)
  expect(mails(channels.calls)).toHaveLength(5)
  expect((await folded()).map(({ carried_by }) => carried_by === null)).toEqual([true, false, false, false, false, false, false])
  await hurry()
  await soon('all handed over', async () => (await handedOver(ids)) === 12)
  expect(mails(channels.calls)).toHaveLength(6)
  const { message } = mails(channels.calls).at(-1) ?? {}
  expect(message?.others).toHaveLength(6)
  expect(message?.others?.[0]).toMatchObject({ severity: 'amber', title: 'Storm 6' })
  // Its link is for all that it tells of, those of the other messages for their own alone.
  const linkOf = (url = '') => ports.database.inTransaction('main', (tx) => findAcknowledgeLink(tx, url.split('/').at(-1) ?? ''))
  expect(await linkOf(message?.acknowledgeUrl)).toMatchObject({ incidentId: ids[5], others: ids.slice(6) })
  const alone = mails(channels.calls).find((call) => call.message.incident.id === ids[0])
  expect(await linkOf(alone?.message.acknowledgeUrl)).toMatchObject({ incidentId: ids[0], others: [] })
  expect((await folded()).every(({ state }) => state === 'delivered')).toBe(true)
  // None is dropped: each incident still has its page and waits for its own acknowledgement.
  expect(
    await scene.rows(`select 1 from page where state = 'paging' and person_id = $1 and incident_id = any($2::uuid[])`, [ann, ids]),
  ).toHaveLength(12)
})

test('the first page of a graver severity goes out at once, however many went before', async () => {
  const ports = server()
  const channels = fakeChannels()
  scene.start(ports, channels)
  await openMany(ports, 8, 'amber')
  await soon('the single ones', () => mails(channels.calls).length === 5)
  const [red] = await openMany(ports, 1, 'red')
  await soon('the red one', () => mails(channels.calls).some((call) => call.message.incident.id === red))
  expect(mails(channels.calls)).toHaveLength(6)
})

test('who acknowledges before it goes out is not told of it; where the carrying one is acknowledged another carries', async () => {
  const ports = server()
  const channels = fakeChannels()
  scene.start(ports, channels)
  const ids = await openMany(ports, 9)
  await soon('the single ones', () => mails(channels.calls).length === 5)
  const [carrier, second] = await folded()
  const acknowledge = (id: string | undefined) =>
    changeIncident(ports, id as IncidentId, {
      type: 'acknowledge',
      by: { kind: 'person', id: ann, name: 'Ann' },
      personId: ann,
      via: 'api',
    })
  await acknowledge(second?.incident_id)
  await acknowledge(carrier?.incident_id)
  await soon('the two that are left', async () => (await handedOver(ids)) === 7)
  expect(mails(channels.calls)).toHaveLength(6)
  expect(standing(channels.calls)).toEqual([1])
})

test('what a channel refuses for now is tried again with all that it stands for', async () => {
  const ports = server()
  let failures = 2
  const channels = fakeChannels(({ message }) => ((message.others?.length ?? 0) > 0 && failures-- > 0 ? notNow : took))
  scene.start(ports, channels)
  const ids = await openMany(ports, 8)
  await soon('the single ones', async () => (await handedOver(ids)) === 5)
  await hurry()
  await soon('all handed over', async () => (await handedOver(ids)) === 8)
  expect(mails(channels.calls).filter((call) => (call.message.others?.length ?? 0) === 2)).toHaveLength(3)
})

test('what a dead server left between the message and its records goes out again with another', async () => {
  const ports = server()
  const channels = fakeChannels()
  const ids = await openMany(ports, 8)
  const [carrier] = await folded()
  await scene.rows(`update effect set state = 'delivered' where key = $1`, [carrier?.key])
  scene.start(ports, channels)
  await soon('all but the one that the dead server had sent', async () => (await handedOver(ids)) === 7)
  expect(standing(channels.calls)).toEqual([1])
})

/** Ann has SMS a moment after e-mail, and sleeps where `quietMs` is given. */
const delayed = (now: number, quietMs?: number) => {
  const roster = testRoster()
  const ways = [{ channel: 'sms', afterMs: 1_500, urgency: null }]
  const quiet = quietMs === undefined ? {} : { quietUntil: now + quietMs }
  const who = { name: 'ann', channels: ['email', 'sms', 'console'], ways, ...quiet }
  return { ...roster, people: { ...roster.people, [ann]: who } }
}
const waits = (ids: readonly IncidentId[]) =>
  scene.rows<{ channel: string; state: string; in_s: number; carried: boolean }>(
    `select channel, state, round(extract(epoch from due_at - created_at))::int as in_s, carried_by is not null as carried
     from effect where incident_id = any($1::uuid[]) and person_id = $2 order by incident_id, channel`,
    [ids, ann],
  )

test('a channel that waits is sent after its wait, and not at all where somebody has acknowledged by then', async () => {
  const base = server()
  const ports: Ports = { ...base, rosters: { at: (_tx, at) => Promise.resolve(delayed(at)) } }
  const channels = fakeChannels()
  scene.start(ports, channels)
  const [waited, answered] = await openMany(ports, 2)
  const acknowledge = { type: 'acknowledge', by: { kind: 'person', id: ann, name: 'Ann' }, personId: ann, via: 'api' } as const
  await changeIncident(ports, answered as IncidentId, acknowledge)
  expect(channels.calls.filter((call) => call.channel === 'sms')).toHaveLength(0)
  const [page] = await ports.database.inTransaction('main', (tx) => listPages(tx, waited as IncidentId))
  const planned = page?.deliveries.find(({ channel }) => channel === 'sms')
  expect(Date.parse(planned?.due_at ?? '') - Date.parse(planned?.queued_at ?? '')).toBeGreaterThan(1_000)
  await soon('the SMS', () => channels.calls.some((call) => call.channel === 'sms'))
  const texts = channels.calls.filter((call) => call.channel === 'sms')
  expect(texts.map((call) => call.message.incident.id)).toEqual([waited])
  const sms = (await waits([answered as IncidentId])).find(({ channel }) => channel === 'sms')
  expect(sms?.state).toBe('cancelled')
})

test('what quiet hours hold is one message in the morning; what does not wait for them is not held by it', async () => {
  const base = server()
  const quiet: Playbook = {
    ...playbook,
    severities: playbook.severities.map((row) =>
      row.id === 'amber' ? { ...row, quietHours: 'respected' as const, responseMs: 24 * 60 * MINUTE_MS } : row,
    ),
  }
  const night = { at: 0 }
  const ports: Ports = {
    ...base,
    playbooks: { current: () => quiet, load: async () => quiet },
    rosters: {
      at: (_tx, at) => {
        night.at ||= at
        const roster = delayed(night.at, 3_600_000)
        const asleep = { name: 'x', channels: ['email', 'console'], quietUntil: night.at + 3_600_000 }
        const people = { ...roster.people, [bob]: asleep, [own]: asleep }
        return Promise.resolve({ ...roster, at, people })
      },
    },
  }
  const channels = fakeChannels()
  scene.start(ports, channels)
  const ids = await openMany(ports, 4)
  const held = await waits(ids)
  expect(held.filter(({ channel, carried }) => channel === 'email' && carried)).toHaveLength(3)
  expect(held.every(({ state, in_s }) => state === 'pending' && in_s > 3_500)).toBe(true)
  // Graver than what respects them.
  const [red] = await openMany(ports, 1, 'red')
  await soon('the red one', () => mails(channels.calls).some((call) => call.message.incident.id === red))
  expect(mails(channels.calls)).toHaveLength(1)
  // The one that carries the others is answered: another carries them, still in the morning.
  const [carrier] = await scene.rows<{ incident_id: IncidentId }>(
    `select incident_id from effect where folded and carried_by is null and channel = 'email' and person_id = $1 and state = 'pending'`,
    [ann],
  )
  await changeIncident(ports, carrier?.incident_id as IncidentId, {
    type: 'acknowledge',
    by: { kind: 'person', id: ann, name: 'Ann' },
    personId: ann,
    via: 'api',
  })
  const left = () =>
    scene.rows<{ in_s: number; carried: boolean }>(
      `select round(extract(epoch from due_at - clock_timestamp()))::int as in_s, carried_by is not null as carried
       from effect where folded and channel = 'email' and person_id = $1 and state = 'pending' order by carried_by nulls first`,
      [ann],
    )
  const another = async () => (await left()).filter(({ carried }) => carried).length === 2
  await soon('another carries', another)
  expect((await left()).every(({ in_s }) => in_s > 3_500)).toBe(true)
  await hurry()
  await soon('the morning', () => mails(channels.calls).length === 2)
  expect(standing(channels.calls)).toEqual([2])
})
