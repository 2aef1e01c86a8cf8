/** The outbox against a real Postgres: one attempt at a time, nothing after an acknowledgement, unknown is repeated and says so. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  type Call,
  fakeChannels,
  never,
  notNow,
  openOutboxScene,
  type OutboxScene,
  silence,
  soon,
  took,
} from '../../../test/support/outbox-scene.ts'
import { ann, testRoster } from '../../../test/support/playbook.ts'
import type { Delivery } from '../../integration.ts'
import type { Ports } from '../ports.ts'
import { changeIncident } from '../incident/change.ts'
import { findAcknowledgeLink } from '../page/link-store.ts'
import { pause } from './retry.ts'

let scene: OutboxScene
beforeAll(async () => {
  scene = await openOutboxScene()
})
afterEach(() => scene.stopAll())
afterAll(() => scene.close())

const emails = (calls: readonly Call[]): Call[] => calls.filter((call) => call.channel === 'email')

async function eventTypes(id: string): Promise<string[]> {
  const rows = await scene.rows<{ type: string }>('select type from event where stream_id = $1 order by version', [id])
  return rows.map((row) => row.type)
}

describe('a page', () => {
  test.each([
    ['claimed in the transaction that made it', true],
    ['found by the poll', false],
  ])('%s is sent once, its outcome and event are written together', async (_how, direct) => {
    const ports = scene.makeServer({ direct })
    const channels = fakeChannels()
    scene.start(ports, channels)
    const id = await scene.open(ports)
    const effects = await scene.settled(id)
    expect(
      effects.map(({ channel, state, attempts, fence, unsure, sent, leased }) => ({
        channel,
        state,
        attempts,
        fence,
        unsure,
        sent,
        leased,
      })),
    ).toEqual([
      { channel: 'console', state: 'delivered', attempts: 1, fence: 1, unsure: false, sent: true, leased: false },
      { channel: 'email', state: 'delivered', attempts: 1, fence: 1, unsure: false, sent: true, leased: false },
    ])
    expect(
      await scene.rows(
        'select distinct outcome, finished_at is not null as finished from attempt join effect on key = effect_key where incident_id = $1',
        [id],
      ),
    ).toEqual([{ outcome: 'delivered', finished: true }])
    expect((await eventTypes(id)).filter((type) => type === 'incident.page-handed-over').length).toBeGreaterThan(0)
    expect(emails(channels.calls)).toHaveLength(1)
  })

  test('needs no poll when it is claimed in the transaction that made it', async () => {
    const ports = scene.makeServer({ direct: true })
    const channels = fakeChannels()
    scene.start(ports, channels, { pollMs: 60_000 })
    await pause(100) // the first poll is over
    const id = await scene.open(ports)
    expect((await scene.settled(id)).every((effect) => effect.state === 'delivered')).toBe(true)
  })

  test('is rendered at the moment it is sent, with a link that opens for its person alone', async () => {
    const ports = scene.makeServer()
    const channels = fakeChannels()
    const id = await scene.open(ports)
    await changeIncident(ports, id, { type: 'record-fact', by: { kind: 'system', name: 'x' }, fact: 'aware_at', factAt: 1, reason: 'x' })
    await scene.rows(`update incident set title = 'Now it is the database' where id = $1`, [id])
    scene.start(ports, channels)
    await scene.settled(id)
    const [call] = emails(channels.calls)
    expect(call?.message).toMatchObject({
      repeat: false,
      purpose: 'page',
      roles: ['Ops'],
      person: { name: 'ann', zone: 'Europe/Berlin' },
      incident: { title: 'Now it is the database', severity: 'amber', firstStep: 'Go back one version.' },
    })
    expect(call?.to).toBe('ann@example.com')
    const token = /\/a\/([\w-]+)$/u.exec(call?.message.acknowledgeUrl ?? '')?.[1] ?? ''
    const link = await ports.database.inTransaction('main', (tx) => findAcknowledgeLink(tx, token))
    expect(link).toMatchObject({ personId: ann, incidentId: id, usable: true })
  })

  test('of a private incident goes out under its number', async () => {
    const ports = scene.makeServer()
    const channels = fakeChannels()
    const id = await scene.open(ports, { private: true, title: 'Somebody stole the keys', summary: 'all of them' })
    scene.start(ports, channels)
    await scene.settled(id)
    expect(emails(channels.calls)).toHaveLength(1)
    expect(JSON.stringify(channels.calls)).not.toMatch(/stole|all of them|Go back/u)
    expect(emails(channels.calls)[0]?.message.incident.title).toMatch(/^Private incident #\d+$/u)
  })

  test('on a channel that does not exist is given up, and the incident is told', async () => {
    const ports = scene.makeServer()
    const channels = { ...fakeChannels(), find: () => ({ kind: 'missing' as const, reason: 'no mail server is configured' }) }
    const id = await scene.open(ports)
    scene.start(ports, channels)
    const effects = await scene.settled(id, 'email')
    expect(effects[0]).toMatchObject({ state: 'rejected', reason: 'no mail server is configured', sent: false })
    const failed = await scene.rows(
      `select data->>'final' as final, data->>'reason' as reason from event where stream_id = $1 and type = 'incident.page-failed' and data->>'channel' = 'email'`,
      [id],
    )
    expect(failed[0]).toEqual({ final: 'true', reason: 'no mail server is configured' })
  })
})

describe('many workers', () => {
  test('on two servers send each effect once, never two attempts at a time', async () => {
    const inFlight = new Map<string, number>()
    let overlaps = 0
    const channels = fakeChannels(async (call) => {
      const running = (inFlight.get(call.message.reference) ?? 0) + 1
      inFlight.set(call.message.reference, running)
      if (running > 1) overlaps += 1
      await pause(5 + Math.random() * 20)
      inFlight.set(call.message.reference, running - 1)
      return Math.random() < 0.3 ? notNow : took
    })
    const servers = [scene.makeServer({ direct: true }), scene.makeServer({ direct: true }), scene.makeServer(), scene.makeServer()]
    for (const ports of servers) scene.start(ports, channels, { breakerFailuresMax: 1_000, channelSendsMax: 4 })
    const ids = await Promise.all(Array.from({ length: 24 }, (_, at) => scene.open(servers[at % 4] ?? scene.makeServer())))
    const ends = await Promise.all(ids.map((id) => scene.settled(id)))
    expect(ends.flat().every((effect) => effect.state === 'delivered')).toBe(true)
    expect(overlaps).toBe(0)
    const perEffect = ends.flat().filter((effect) => effect.channel === 'email')
    const sent = emails(channels.calls).filter((call) => ids.some((id) => id === call.message.incident.id)).length
    expect(sent).toBe(perEffect.reduce((sum, effect) => sum + effect.attempts, 0))
    expect(await scene.rows('select effect_key from attempt where finished_at is null')).toEqual([])
  })
})

describe('an acknowledgement', () => {
  test('that commits while a page waits: it is never sent', async () => {
    const ports = scene.makeServer()
    const channels = fakeChannels()
    const id = await scene.open(ports)
    await scene.acknowledge(ports, id)
    expect(await scene.effects(id, 'email')).toMatchObject([{ state: 'cancelled', attempts: 0 }])
    scene.start(ports, channels)
    await pause(150)
    expect(emails(channels.calls)).toHaveLength(0)
    expect(await scene.effects(id, 'email')).toMatchObject([{ state: 'cancelled', attempts: 0 }])
  })

  test('that commits between the claim and the send: nothing is sent, the attempt is withdrawn', async () => {
    const ports = scene.makeServer({ direct: true })
    const channels = fakeChannels()
    const held: Parameters<NonNullable<typeof ports.handoff>['start']>[0][] = []
    const stop = ports.handoff?.listen({ reserve: () => ({ release: () => undefined }), start: (claimed) => void held.push(claimed) })
    const id = await scene.open(ports)
    stop?.()
    await scene.acknowledge(ports, id)
    expect(await scene.effects(id, 'email')).toMatchObject([{ state: 'pending', leased: true, attempts: 1 }])
    scene.start(ports, channels)
    for (const claimed of held) ports.handoff?.start(claimed)
    expect(await scene.settled(id, 'email')).toMatchObject([{ state: 'cancelled' }])
    expect(emails(channels.calls)).toHaveLength(0)
    expect(
      await scene.rows(`select outcome from attempt join effect on key = effect_key where incident_id = $1 and channel = 'email'`, [id]),
    ).toEqual([{ outcome: 'withdrawn' }])
  })

  test('that commits while a failed page waits to be tried again: it is not', async () => {
    const ports = scene.makeServer()
    const channels = fakeChannels(() => notNow)
    scene.start(ports, channels, { backoffMs: 200, breakerFailuresMax: 1_000 })
    const id = await scene.open(ports)
    await soon('a first attempt', () => emails(channels.calls).length > 0)
    await scene.acknowledge(ports, id)
    const before = emails(channels.calls).length
    expect(await scene.settled(id, 'email')).toMatchObject([{ state: 'cancelled' }])
    await pause(400)
    expect(emails(channels.calls)).toHaveLength(before)
  })

  test('that commits while the page is being sent: what fails then is not tried again', async () => {
    const ports = scene.makeServer()
    const answered = Promise.withResolvers<Delivery>()
    const channels = fakeChannels(() => answered.promise)
    scene.start(ports, channels, { backoffMs: 60_000, backoffMaxMs: 60_000 })
    const id = await scene.open(ports)
    await soon('a first attempt', () => emails(channels.calls).length > 0)
    await scene.acknowledge(ports, id)
    expect(await scene.effects(id, 'email')).toMatchObject([{ state: 'pending', leased: true }])
    answered.resolve(notNow)
    expect(await scene.settled(id, 'email')).toMatchObject([{ state: 'cancelled', attempts: 1, reason: 'not now' }])
  })

  test('that races with claims: nothing that starts after its commit reaches the channel', async () => {
    const ports = scene.makeServer({ direct: true })
    const other = scene.makeServer()
    const channels = fakeChannels()
    scene.start(ports, channels, { pollMs: 2 })
    scene.start(other, channels, { pollMs: 2 })
    for (let round = 0; round < 20; round += 1) {
      const id = await scene.open(round % 2 === 0 ? ports : other)
      await pause(Math.random() * 8)
      await scene.acknowledge(ports, id)
      const committedMs = performance.now()
      await scene.settled(id, 'email')
      const late = emails(channels.calls).filter((call) => call.message.incident.id === id && call.atMs > committedMs + 25)
      expect(late).toEqual([])
    }
  })
})

describe('an unknown outcome', () => {
  test('is repeated with the same reference and says that it may be a repeat', async () => {
    const answers: Delivery[] = [silence, notNow, took]
    const ports = scene.makeServer()
    const channels = fakeChannels(() => answers.shift() ?? took)
    scene.start(ports, channels)
    const id = await scene.open(ports)
    expect(await scene.settled(id, 'email')).toMatchObject([{ state: 'delivered', attempts: 3, unsure: true }])
    const calls = emails(channels.calls)
    expect(new Set(calls.map((call) => call.message.reference)).size).toBe(1)
    expect(calls.map((call) => call.message.repeat)).toEqual([false, true, true])
    expect(
      await scene.rows(
        `select number, outcome, repeat from attempt join effect on key = effect_key where incident_id = $1 and channel = 'email' order by number`,
        [id],
      ),
    ).toEqual([
      { number: 1, outcome: 'unknown', repeat: false },
      { number: 2, outcome: 'retry', repeat: true },
      { number: 3, outcome: 'delivered', repeat: true },
    ])
    // The incident hears of trouble once, so that its escalation does not wait on a dead channel.
    expect((await eventTypes(id)).filter((type) => type === 'incident.page-failed')).toHaveLength(1)
  })

  test('is what a send has that never comes back', async () => {
    const ports = scene.makeServer()
    let first = true
    const channels = fakeChannels(() => {
      if (!first) return took
      first = false
      return new Promise<Delivery>(() => undefined)
    }, 50)
    scene.start(ports, channels)
    const id = await scene.open(ports)
    expect(await scene.settled(id, 'email')).toMatchObject([{ state: 'delivered', attempts: 2, unsure: true }])
  })

  test('is what a channel that throws leaves behind', async () => {
    const ports = scene.makeServer()
    let first = true
    const channels = fakeChannels(() => {
      if (!first) return took
      first = false
      throw new TypeError('a defect with a secret in it')
    })
    scene.start(ports, channels)
    const id = await scene.open(ports)
    await scene.settled(id, 'email')
    const reasons = await scene.rows(
      `select attempt.reason from attempt join effect on key = effect_key where incident_id = $1 and outcome = 'unknown'`,
      [id],
    )
    expect(reasons).toEqual([{ reason: 'the channel failed in an unexpected way (TypeError)' }])
  })
})

describe('a lease', () => {
  test('that ran out with its attempt unfinished: another server repeats, and the first one changes nothing when it wakes', async () => {
    const asleep = scene.makeServer({ direct: true })
    const awake = scene.makeServer()
    const woken = Promise.withResolvers<void>()
    const sleeping = fakeChannels(async () => {
      await woken.promise
      return took
    }, 60_000)
    // A frozen process renews nothing: its lease is as long as its sleep is short, and its timer never fires.
    scene.start(asleep, sleeping, { leaseMs: 60_000, pollMs: 60_000 })
    const id = await scene.open(asleep)
    await soon('the first server to send', () => emails(sleeping.calls).length === 1)
    await scene.rows(`update effect set lease_until = clock_timestamp() - interval '1 ms' where incident_id = $1 and channel = 'email'`, [
      id,
    ])
    const channels = fakeChannels()
    scene.start(awake, channels)
    expect(await scene.settled(id, 'email')).toMatchObject([{ state: 'delivered', attempts: 2, fence: 2, unsure: true }])
    expect(emails(channels.calls)[0]?.message.repeat).toBe(true)
    const before = await scene.rows('select * from effect where incident_id = $1 order by key', [id])
    woken.resolve()
    await pause(150)
    expect(await scene.rows('select * from effect where incident_id = $1 order by key', [id])).toEqual(before)
    expect(
      await scene.rows(
        `select number, outcome from attempt join effect on key = effect_key where incident_id = $1 and channel = 'email' order by number`,
        [id],
      ),
    ).toEqual([
      { number: 1, outcome: 'unknown' },
      { number: 2, outcome: 'delivered' },
    ])
  })

  test('that another server holds by now is not written over by the one that lost it', async () => {
    const asleep = scene.makeServer({ direct: true })
    const woken = Promise.withResolvers<Delivery>()
    const sleeping = fakeChannels(() => woken.promise, 60_000)
    scene.start(asleep, sleeping, { leaseMs: 60_000, pollMs: 60_000 })
    const id = await scene.open(asleep)
    await soon('the first server to send', () => emails(sleeping.calls).length === 1)
    await scene.rows(`update effect set lease_until = clock_timestamp() - interval '1 ms' where incident_id = $1 and channel = 'email'`, [
      id,
    ])
    const answered = Promise.withResolvers<Delivery>()
    const channels = fakeChannels(() => answered.promise)
    scene.start(scene.makeServer(), channels)
    await soon('the second server to send', () => emails(channels.calls).length === 1)
    woken.resolve(never)
    await pause(150)
    expect(await scene.effects(id, 'email')).toMatchObject([{ state: 'pending', leased: true, fence: 2, reason: null }])
    answered.resolve(took)
    expect(await scene.settled(id, 'email')).toMatchObject([{ state: 'delivered', fence: 2 }])
  })

  test('is renewed while a slow vendor thinks', async () => {
    const ports = scene.makeServer()
    const channels = fakeChannels(async () => {
      await pause(900)
      return took
    })
    scene.start(ports, channels, { leaseMs: 300 })
    scene.start(scene.makeServer(), channels, { leaseMs: 300 })
    const id = await scene.open(ports)
    expect(await scene.settled(id, 'email')).toMatchObject([{ state: 'delivered', attempts: 1, unsure: false }])
  })
})

describe('a channel in trouble', () => {
  test('that names its own wait is not asked before', async () => {
    const answers: Delivery[] = [{ kind: 'retry', afterMs: 400, reason: 'the receiver answered 429' }]
    const ports = scene.makeServer()
    const channels = fakeChannels(() => answers.shift() ?? took)
    scene.start(ports, channels)
    const id = await scene.open(ports)
    await scene.settled(id, 'email')
    const [first, second] = emails(channels.calls)
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(400)
  })

  test('opens its breaker after some failures, then one attempt tries, and success closes it', async () => {
    let isDown = true
    const ports = scene.makeServer()
    const channels = fakeChannels(() => (isDown ? notNow : took))
    const outbox = scene.start(ports, channels, { breakerOpenMs: 400, backoffMs: 10, backoffMaxMs: 10 })
    const id = await scene.open(ports)
    const state = (): string | undefined => outbox.channels().find((channel) => channel.channel === 'email')?.breaker
    await soon('an open breaker', () => state() === 'open')
    const whenOpen = emails(channels.calls).length
    await pause(250)
    expect(emails(channels.calls)).toHaveLength(whenOpen)
    isDown = false
    await scene.settled(id, 'email')
    expect(emails(channels.calls)).toHaveLength(whenOpen + 1)
    expect(state()).toBe('closed')
  })

  test('takes no place from another, and no page waits for notices', async () => {
    const ports = scene.makeServer()
    const release = Promise.withResolvers<Delivery>()
    const channels = fakeChannels(() => release.promise)
    scene.start(ports, channels, { channelSendsMax: 2 })
    const ids = await Promise.all(Array.from({ length: 6 }, () => scene.open(ports)))
    for (const id of ids) expect(await scene.settled(id, 'console')).toMatchObject([{ state: 'delivered' }])
    expect(emails(channels.calls)).toHaveLength(2)
    release.resolve(took)
    for (const id of ids) await scene.settled(id, 'email')
  })

  test('that refuses for good is not asked again', async () => {
    const ports = scene.makeServer()
    const channels = fakeChannels(() => never)
    scene.start(ports, channels)
    const id = await scene.open(ports)
    expect(await scene.settled(id, 'email')).toMatchObject([{ state: 'rejected', attempts: 1, reason: 'never' }])
    await pause(100)
    expect(emails(channels.calls)).toHaveLength(1)
  })
})

test('after a stall the present state decides: pages of what was resolved meanwhile are not sent', async () => {
  const ports = scene.makeServer()
  const id = await scene.open(ports)
  const other = await scene.open(ports)
  // As an old server would have left it: the incident is over, its effect still pending.
  await scene.rows(`update incident set open = false, phase = 'resolved' where id = $1`, [id])
  const channels = fakeChannels()
  scene.start(ports, channels)
  await scene.settled(other)
  expect(await scene.settled(id)).toMatchObject([
    { state: 'cancelled', attempts: 0 },
    { state: 'cancelled', attempts: 0 },
  ])
  expect(channels.calls.some((call) => call.message.incident.id === id)).toBe(false)
})

test('a rule that throws on the outcome does not make a sent page look unsent', async () => {
  const ports = scene.makeServer()
  const id = await scene.open(ports)
  const channels = fakeChannels()
  let asked = 0
  const broken = {
    ...ports,
    rosters: {
      at: () => {
        asked += 1
        throw new Error('a broken rule')
      },
    },
  }
  scene.start(broken, channels)
  await scene.settled(id)
  expect(asked).toBeGreaterThan(0)
  await pause(100)
  expect(emails(channels.calls)).toHaveLength(1)
})

describe('while the database is away', () => {
  function unsteady(ports: Ports): { ports: Ports; setAway: (away: boolean) => void } {
    let isAway = false
    const inTransaction: Ports['database']['inTransaction'] = (pool, work) =>
      isAway ? Promise.reject(new Error('Connection terminated unexpectedly')) : ports.database.inTransaction(pool, work)
    return { ports: { ...ports, database: { ...ports.database, inTransaction } }, setAway: (away) => void (isAway = away) }
  }

  test('the outcome of what was sent is kept, and the page is not sent again when it is back', async () => {
    const { ports, setAway } = unsteady(scene.makeServer())
    const channels = fakeChannels(() => {
      setAway(true)
      setTimeout(() => setAway(false), 600)
      return took
    })
    // The lease runs out meanwhile: the same server still knows that the outcome is its own to write.
    scene.start(ports, channels, { leaseMs: 200 })
    const id = await scene.open(scene.makeServer())
    expect(await scene.settled(id, 'email')).toMatchObject([{ state: 'delivered', attempts: 1, unsure: false }])
    await pause(100)
    expect(emails(channels.calls)).toHaveLength(1)
  })

  test('nothing is lost, and pages go out when it is back', async () => {
    const { ports, setAway } = unsteady(scene.makeServer())
    const channels = fakeChannels()
    const outbox = scene.start(ports, channels)
    setAway(true)
    const id = await scene.open(scene.makeServer())
    await pause(300)
    expect(emails(channels.calls)).toHaveLength(0)
    setAway(false)
    expect(await scene.settled(id, 'email')).toMatchObject([{ state: 'delivered', attempts: 1 }])
    expect(outbox.healthy()).toBe(true)
  })
})

test('a stop waits for what is being sent, and claims nothing more', async () => {
  const ports = scene.makeServer({ direct: true })
  const answered = Promise.withResolvers<Delivery>()
  const channels = fakeChannels(() => answered.promise)
  const outbox = scene.start(ports, channels)
  const id = await scene.open(ports)
  await soon('a send', () => emails(channels.calls).length === 1)
  const stopped = outbox.stop()
  const later = await scene.open(ports)
  setTimeout(() => answered.resolve(took), 200)
  await stopped
  expect(await scene.effects(id, 'email')).toMatchObject([{ state: 'delivered' }])
  expect(await scene.effects(later, 'email')).toMatchObject([{ state: 'pending', attempts: 0, leased: false }])
})

const OUTSIDE = ['email', 'sms', 'voice:eu', 'push:1', 'ntfy', 'pushover', 'webhook:ops']

test.each(OUTSIDE)(
  'a message by %s says no more than the channel may carry, and of a private incident its number and severity alone',
  async (channel) => {
    const roster = testRoster({ people: { ...testRoster().people, [ann]: { name: 'Ann', channels: [channel, 'console'] } } })
    const limited = {
      ...scene.makeServer({ roster }),
      ceilingOf: (asked: string) => (asked === channel ? 'number-and-severity' : 'all'),
    } as const
    const secrets = { title: 'patient Doe', summary: 'of ward 7' }
    const told = async (ports: Ports, over: Parameters<OutboxScene['open']>[1]): Promise<string> => {
      const channels = fakeChannels()
      const outbox = scene.start(ports, channels)
      const id = await scene.open(ports, over)
      await soon('the message', () => channels.calls.some((call) => call.channel === channel && call.message.incident.id === id))
      await outbox.stop()
      return JSON.stringify(channels.calls.find((call) => call.message.incident.id === id && call.channel === channel)?.message)
    }
    const least = await told(limited, secrets)
    expect(least).not.toMatch(/patient|ward/)
    expect(least).toMatch(/"title":"Incident #\d+","severity":"amber"/)
    const hidden = await told(scene.makeServer({ roster }), { ...secrets, private: true })
    expect(hidden).not.toMatch(/patient|ward/)
    expect(hidden).toMatch(/"title":"Private incident #\d+","severity":"amber"/)
    expect(await told(scene.makeServer({ roster }), secrets)).toMatch(/patient Doe.*ward 7/)
  },
)
