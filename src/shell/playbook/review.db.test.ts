/** The quarterly review under a clock that the test moves: a reminder once, then a task in the queue, gone when the dates move on. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { type Call, type FakeChannels, fakeChannels, never, notNow, silence, soon, took } from '../../../test/support/outbox-scene.ts'
import { own, testPlaybook } from '../../../test/support/playbook.ts'
import type { Signal } from '../../core/alert/signal.ts'
import type { IncidentId } from '../../core/id.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { HOUR_MS } from '../../core/time.ts'
import { changeIncident } from '../incident/change.ts'
import { createPerson } from '../person/person-store.ts'
import type { Ports } from '../ports.ts'
import { takeLease } from '../server/lease-store.ts'
import { type ReviewClock, startReview } from './review.ts'

const clockFile = join(mkdtempSync(join(tmpdir(), 'tocsin-review-')), 'offset')
let base: TestDatabase
let it: TestIntake
let playbook: Playbook
let channels: FakeChannels
let clocks: ReviewClock[] = []
const listeners = new Set<() => void>()

beforeAll(async () => {
  base = await openTestDatabase({ testClockFile: clockFile })
  await seedSource(base.database)
  it = await startTestIntake(base.database, {
    ports: { playbooks: { current: () => playbook, load: async () => playbook } },
  })
})
afterAll(async () => {
  await it.close()
  await base.close()
})
beforeEach(async () => {
  channels = fakeChannels()
  playbook = due('2026-04-01')
})
afterEach(async () => {
  await Promise.all(clocks.map((clock) => clock.stop()))
  clocks = []
  await base.database.query(`update lease set until = clock_timestamp() where name = 'playbook-review'`)
})

function due(nextReviewDue: string, email = 'm@example.com'): Playbook {
  const plain = testPlaybook()
  return { ...plain, metadata: { ...plain.metadata, maintainer: { name: 'Mai', email }, nextReviewDue } }
}

/** Sets the domain's clock; real time goes on beneath it. */
function goTo(time: string): void {
  writeFileSync(clockFile, String(Date.parse(time) - Date.now()))
}

function start(
  over: Partial<Ports> = {},
  raise: (signal: Signal) => Promise<unknown> = (signal) => it.intake.submit(signal, 'Tocsin'),
  graceMs = 0,
): ReviewClock {
  const onChange = (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const clock = startReview({ ...it.ports, ...over }, { channels, raise, onChange }, { everyMs: 25, graceMs })
  clocks.push(clock)
  return clock
}

const mails = (): Call[] => channels.calls
type Row = {
  id: IncidentId
  title: string
  severity: string
  open: boolean
  group_key: string
  state: { duties: unknown[]; chore: boolean }
}
const tasks = () =>
  it.rows<Row>(`select id, title, severity, open, group_key, state from incident where group_key like 'chore:%' order by number`)
const reminder = async (key: string) =>
  (
    await it.rows<{ attempts: number; outcome: string | null; done: boolean }>(
      `select attempts, outcome, done_at is not null as done from reminder where key = $1`,
      [key],
    )
  )[0]
/** As if the dates had moved on, seen by nobody. */
const forget = async () => {
  await base.database.query('update alert set resolved_at = now() where resolved_at is null')
  await base.database.query(`update incident set open = false, state = jsonb_set(state, '{phase}', '"closed"') where open`)
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 200))

test('nothing happens while it is not due', async () => {
  goTo('2026-03-01T12:00:00Z')
  start()
  await settle()
  expect([mails(), await tasks()]).toEqual([[], []])
})

test('two weeks before, whoever maintains it is reminded by mail, once, whichever server runs and however often', async () => {
  goTo('2026-03-18T00:00:01Z')
  start()
  await soon('the reminder', () => mails().length > 0)
  goTo('2026-03-25T00:00:01Z')
  start({ serverId: it.ports.freshId() })
  await settle()
  expect(mails()).toHaveLength(1)
  const [mail] = mails()
  expect(mail).toMatchObject({
    channel: 'email',
    to: 'm@example.com',
    message: {
      purpose: 'notice',
      repeat: false,
      acknowledgeUrl: '',
      incident: { id: '', title: 'The review of the playbook IRP-1 is due on 2026-04-01', severity: '' },
      notice: expect.stringContaining('It is due in 14 days. Once it is held, set last_review and next_review_due.'),
    },
  })
  expect(await reminder('playbook-review/2026-04-01')).toEqual({ attempts: 1, outcome: 'delivered', done: true })
  const leaves = await it.rows<{ leaf: Buffer }>('select leaf from audit_leaf')
  expect(leaves.filter(({ leaf }) => leaf.toString().includes('playbook.review-reminded'))).toHaveLength(1)
  expect(await tasks()).toEqual([])
})

test('a maintainer who is a person here is reached at their own address', async () => {
  const person = await base.database.inTransaction('main', (tx) => createPerson(tx, { email: 'mai@example.com', name: 'Mai Sato' }))
  await base.database.query(
    `insert into contact (person_id, place, channel, address, origin) values ($1, 0, 'email', 'mai@home.example', 'person')
     on conflict (person_id, channel) do update set address = excluded.address`,
    [person.id],
  )
  playbook = due('2026-05-01', 'mai@example.com')
  goTo('2026-04-20T00:00:00Z')
  start()
  await soon('the reminder', () => mails().length > 0)
  expect(mails()[0]).toMatchObject({ to: 'mai@home.example', message: { person: { name: 'Mai Sato' } } })
})

test('a mail that was not taken is tried again after hours; one that may have arrived is marked as a repeat; a refused one is let be', async () => {
  playbook = due('2026-06-01')
  const answers = [notNow, silence, took]
  channels.answer = () => answers.shift() ?? took
  goTo('2026-05-20T00:00:00Z')
  start()
  await soon('the first', () => mails().length === 1)
  await settle()
  expect(mails()).toHaveLength(1)
  goTo('2026-05-20T06:10:00Z')
  await soon('the second', () => mails().length === 2)
  goTo('2026-05-20T12:30:00Z')
  await soon('the third', () => mails().length === 3)
  goTo('2026-05-21T12:30:00Z')
  await settle()
  expect(mails().map((mail) => mail.message.repeat)).toEqual([false, false, true])
  expect(new Set(mails().map((mail) => mail.message.reference)).size).toBe(1)
  playbook = due('2026-06-02')
  channels.answer = () => never
  await soon('the refusal', () => mails().length === 4)
  goTo('2026-05-25T12:30:00Z')
  await settle()
  expect(mails()).toHaveLength(4)
  expect(await reminder('playbook-review/2026-06-02')).toMatchObject({ outcome: 'rejected', done: true })
})

test('once overdue a task stands in the queue at the least severe row: it pages nobody, and the maintainer hears no more', async () => {
  goTo('2026-04-02T00:00:01Z')
  start()
  await soon('the task', async () => (await tasks()).length > 0)
  await settle()
  const [task, ...others] = await tasks()
  expect(others).toEqual([])
  expect(task).toMatchObject({
    title: 'The review of the playbook IRP-1 is overdue',
    severity: 'blue',
    open: true,
    state: { duties: [], chore: true },
  })
  expect(await it.rows('select key from page where incident_id = $1', [task?.id])).toEqual([])
  expect(mails()).toEqual([])
  // When nobody has taken it within the row's time, somebody is told, and not paged.
  goTo('2026-04-02T02:00:00Z')
  await changeIncident(it.ports, task?.id as IncidentId, { type: 'wake' })
  const effects = await it.rows<{ kind: string; about: string }>('select distinct kind, about from effect where incident_id = $1', [
    task?.id,
  ])
  expect(effects).toEqual([{ kind: 'notice', about: 'queue-overdue' }])
})

test('it is resolved by itself as soon as the dates have moved on', async () => {
  goTo('2026-04-03T00:00:00Z')
  start()
  playbook = due('2026-07-01')
  for (const listener of listeners) listener()
  await soon('the end', async () => (await tasks()).every((task) => !task.open))
  const [event] = await it.rows<{ data: { reason: string } }>(
    `select data from event where type = 'incident.resolved' order by position desc limit 1`,
  )
  expect(event?.data.reason).toBe('What it was about is done.')
})

test('a person who closes it is not told again until the next one is due', async () => {
  goTo('2026-07-02T00:00:00Z')
  playbook = due('2026-07-01')
  start()
  const open = () => tasks().then((all) => all.find((task) => task.open))
  const task = await soon('the task', open)
  // Nobody outside is written to about what is past.
  expect(mails()).toEqual([])
  await changeIncident(it.ports, task.id, { type: 'resolve', by: { kind: 'person', id: own, name: 'Owner' }, reason: 'later' })
  goTo('2026-07-20T00:00:00Z')
  await settle()
  expect(await open()).toBeUndefined()
  playbook = due('2026-10-01')
  await settle()
  goTo('2026-10-02T00:00:00Z')
  await soon('the next task', open)
})

test('one server at a time looks after it', async () => {
  await forget()
  const other = { ...it.ports, serverId: it.ports.freshId() }
  expect(await takeLease(other, 'playbook-review', 60_000)).not.toBeNull()
  const raised: Signal[] = []
  playbook = due('2026-12-01')
  goTo('2026-12-02T00:00:00Z')
  start({}, (signal) => Promise.resolve(void raised.push(signal)))
  await settle()
  expect(raised).toEqual([])
  await base.database.query(`update lease set until = clock_timestamp() where name = 'playbook-review'`)
  await soon('the other to take over', () => raised.length > 0)
})

test('whoever has just installed Tocsin is let be for a while, by the domain’s clock', async () => {
  await forget()
  const raised: Signal[] = []
  playbook = due('2027-01-01')
  goTo('2027-02-01T00:00:00Z')
  start({}, (signal) => Promise.resolve(void raised.push(signal)), HOUR_MS)
  await settle()
  expect(raised).toEqual([])
  goTo('2027-02-01T01:01:00Z')
  await soon('the signal', () => raised.length > 0)
})

test('a stranger’s alarm of that name is an alarm like any other, and hides nothing', async () => {
  await forget()
  goTo('2027-03-01T00:00:00Z')
  playbook = due('2028-01-01')
  const body = {
    routing_key: KEY,
    event_action: 'trigger',
    dedup_key: 'playbook-review-overdue',
    payload: { summary: 'x', source: 'h', severity: 'critical', custom_details: { alertname: 'TocsinPlaybookReview' } },
  }
  await it.post('/v2/enqueue', body)
  await it.settled()
  const [triage] = await it.rows<{ group_key: string; severity: string }>(
    `select group_key, severity from incident where open and group_key like 'triage:%'`,
  )
  expect(triage).toMatchObject({ severity: 'amber' })
  // Not its own: neither taken for it, nor cleared by it.
  playbook = due('2027-02-01')
  start()
  await soon('the task of its own', async () => (await tasks()).some((task) => task.open))
  playbook = due('2028-01-01')
  await soon('its end', async () => (await tasks()).every((task) => !task.open))
  expect(await it.rows(`select id from alert where dedup_key = 'playbook-review-overdue' and resolved_at is null`)).toHaveLength(1)
})
