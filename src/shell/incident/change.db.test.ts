/** Changes of incidents against a real Postgres: all of it in one transaction, and the views are what the events say. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { ann, bob, cyd, own, testPlaybook, testRoster } from '../../../test/support/playbook.ts'
import { testPorts } from '../../../test/support/ports.ts'
import { asId, type IncidentId } from '../../core/id.ts'
import type { Actor } from '../../core/incident/event.ts'
import { evolve } from '../../core/incident/evolve.ts'
import { noIncident } from '../../core/incident/incident.ts'
import type { Ports } from '../ports.ts'
import { changeIncident, changeInTransaction, openIncident, type Opening } from './change.ts'
import { findIncident, findIncidentId, loadEvents, lockIncidents } from './store.ts'

const byAnn: Actor = { kind: 'person', id: ann, name: 'Ann' }
let opened: TestDatabase
let ports: Ports

beforeAll(async () => {
  opened = await openTestDatabase()
  await opened.database.query(`insert into playbook_version (digest, source) values ('d1', '')`)
  for (const [id, name] of [
    [ann, 'ann'],
    [bob, 'bob'],
    [cyd, 'cyd'],
    [own, 'own'],
  ]) {
    await opened.database.query('insert into person (id, email, name) values ($1, $2, $3)', [id, `${name}@example.com`, name])
  }
})
afterAll(async () => opened.close())
beforeEach(() => {
  const playbook = testPlaybook()
  ports = testPorts(opened.database, {
    playbooks: { current: () => playbook, load: () => Promise.resolve(playbook) },
    rosters: { at: (_tx, at) => Promise.resolve(testRoster({ at })) },
  })
})

function opening(over: Partial<Opening> = {}): Opening {
  return {
    by: { kind: 'source', id: null, name: 'prometheus' },
    title: 'API 5xx',
    summary: '',
    incidentType: 'spike',
    severity: null,
    severityReason: 'because',
    private: false,
    sourceId: null,
    groupKey: null,
    ...over,
  }
}

async function open(over: Partial<Opening> = {}): Promise<IncidentId> {
  return (await ports.database.inTransaction('main', (tx) => openIncident(ports, tx, opening(over)))).id
}

async function one<Row = Record<string, unknown>>(text: string, values: readonly unknown[]): Promise<Row[]> {
  return (await ports.database.query<Row>(text, values)).rows
}

test('opening writes events, view, clocks, pages, effects and leaves together', async () => {
  const id = await open()
  expect(await one('select severity, phase, open, version, wake_at is not null as wakes from incident where id = $1', [id])).toEqual([
    { severity: 'red', phase: 'detected', open: true, version: 2, wakes: true },
  ])
  expect(await one('select role, state from page where incident_id = $1 order by role', [id])).toEqual([
    { role: 'Boss', state: 'paging' },
    { role: 'Ops', state: 'paging' },
  ])
  expect(await one('select person_id, channel, state from effect where incident_id = $1 order by person_id, channel', [id])).toEqual([
    { person_id: ann, channel: 'console', state: 'pending' },
    { person_id: ann, channel: 'email', state: 'pending' },
    { person_id: cyd, channel: 'console', state: 'pending' },
    { person_id: cyd, channel: 'email', state: 'pending' },
  ])
  expect(await one('select kind, state from clock where incident_id = $1 order by kind', [id])).toEqual([
    { kind: 'post-mortem', state: 'not_started' },
    { kind: 'response', state: 'running' },
  ])
  const leaves = await one<{ leaf: Buffer }>(
    `select leaf from audit_leaf where convert_from(leaf, 'UTF8') like '%' || $1 || '%' order by id`,
    [id],
  )
  expect(leaves.map(({ leaf }) => (JSON.parse(leaf.toString()) as { act: string }).act)).toEqual(['incident.opened', 'incident.paged'])
})

test('what throws after the change leaves nothing of it behind', async () => {
  let id: IncidentId | undefined
  const failing = ports.database.inTransaction('main', async (tx) => {
    id = (await openIncident(ports, tx, opening())).id
    throw new Error('planted')
  })
  await expect(failing).rejects.toThrow('planted')
  for (const table of [
    'incident where id',
    'event where stream_id',
    'effect where incident_id',
    'page where incident_id',
    'clock where incident_id',
  ]) {
    expect(await one(`select 1 from ${table} = $1`, [id])).toEqual([])
  }
})

test('an acknowledgement ends the person’s pages and cancels what has not been sent', async () => {
  const id = await open()
  const result = await changeIncident(ports, id, { type: 'acknowledge', by: byAnn, personId: ann, via: 'api' })
  expect(result.kind).toBe('accepted')
  expect(await one('select state, acknowledged_at is not null as at from page where incident_id = $1 order by role', [id])).toEqual([
    { state: 'paging', at: false },
    { state: 'acknowledged', at: true },
  ])
  expect(await one('select distinct person_id, state from effect where incident_id = $1 order by state', [id])).toEqual([
    { person_id: ann, state: 'cancelled' },
    { person_id: cyd, state: 'pending' },
  ])
})

test('one message that serves two pages is cancelled only when both have ended', async () => {
  ports = {
    ...ports,
    rosters: {
      at: (_tx, at) =>
        Promise.resolve(testRoster({ at, roles: { Ops: { current: [ann], next: [] }, Boss: { current: [ann], next: [] } } })),
    },
  }
  const id = await open()
  const states = () => one('select distinct state from effect where incident_id = $1', [id])
  await changeIncident(ports, id, { type: 'release', by: byAnn, role: 'Boss', reason: '' })
  expect(await states()).toEqual([{ state: 'pending' }])
  await changeIncident(ports, id, { type: 'release', by: byAnn, role: 'Ops', reason: '' })
  expect(await states()).toEqual([{ state: 'cancelled' }])
})

test('the view is what the events say, through every kind of change', async () => {
  const id = await open({ severity: 'amber', incidentType: null, alerts: { opened: 1, firing: 1, total: 1, sample: ['A'] } })
  const by = byAnn
  const commands = [
    { type: 'note', by, text: 'NUL \u0000 and half \ud800 a pair' },
    { type: 'acknowledge', by, personId: ann, via: 'console' },
    { type: 'triage', by, incidentType: 'spike', severity: 'red', reason: 'seen' },
    { type: 'assign-role', by, role: 'scribe', personId: bob, personName: 'Bob' },
    { type: 'mitigate', by },
    { type: 'record-fact', by, fact: 'aware_at', factAt: 1_000, reason: 'told' },
    { type: 'attach-alerts', opened: 0, resolved: 1, firing: 0, total: 1, sample: [] },
    { type: 'resolve', by, reason: 'done' },
    { type: 'reopen', by, reason: 'again' },
    { type: 'resolve', by, reason: 'done' },
    { type: 'close', by, reason: '' },
  ] as const
  for (const command of commands) expect((await changeIncident(ports, id, command)).kind).toBe('accepted')
  await ports.database.inTransaction('main', async (tx) => {
    const loaded = await findIncident(tx, id, { lock: false })
    const events = await loadEvents(tx, id)
    expect(events.map((entry) => entry.version)).toEqual(events.map((_, index) => index + 1))
    expect(loaded?.version).toBe(events.length)
    expect(loaded?.state).toEqual(JSON.parse(JSON.stringify(events.map((entry) => entry.event).reduce(evolve, noIncident))))
  })
  const rows = await one<{ key: string; state: string }>('select key, state from page where incident_id = $1 order by key', [id])
  const state = (await ports.database.inTransaction('main', (tx) => findIncident(tx, id, { lock: false })))?.state
  expect(rows).toEqual(state?.pages.map(({ key, state: phase }) => ({ key, state: phase })).toSorted((a, b) => (a.key < b.key ? -1 : 1)))
})

test('two people who act at once are put in an order, and both are recorded', async () => {
  const id = await open()
  const results = await Promise.all([
    changeIncident(ports, id, { type: 'acknowledge', by: byAnn, personId: ann, via: 'api' }),
    changeIncident(ports, id, { type: 'acknowledge', by: { kind: 'person', id: cyd, name: 'Cyd' }, personId: cyd, via: 'link' }),
    changeIncident(ports, id, { type: 'change-severity', by: byAnn, severity: 'amber', reason: 'less' }),
  ])
  expect(results.map((result) => result.kind)).toEqual(['accepted', 'accepted', 'accepted'])
  const versions = await one<{ version: number }>('select version from event where stream_id = $1 order by version', [id])
  expect(versions.map((row) => row.version)).toEqual(versions.map((_, index) => index + 1))
})

test('only one open incident can hold a group key; after it is resolved another may', async () => {
  const id = await open({ groupKey: 'type:spike' })
  await expect(open({ groupKey: 'type:spike' })).rejects.toMatchObject({ code: '23505' })
  await changeIncident(ports, id, { type: 'resolve', by: byAnn, reason: 'done' })
  expect(await open({ groupKey: 'type:spike' })).not.toBe(id)
})

test('counts that change without a new event are kept, and refusals write nothing', async () => {
  const id = await open({ alerts: { opened: 1, firing: 1, total: 1, sample: [] } })
  for (let total = 2; total <= 80; total += 1) {
    await changeIncident(ports, id, { type: 'attach-alerts', opened: 1, resolved: 0, firing: total, total, sample: [] })
  }
  expect(await one('select alerts_total::int, alerts_firing::int from incident where id = $1', [id])).toEqual([
    { alerts_total: 80, alerts_firing: 80 },
  ])
  const events = await one<{ count: string }>('select count(*) from event where stream_id = $1', [id])
  expect(Number(events[0]?.count)).toBeLessThan(60)
  expect(await changeIncident(ports, id, { type: 'reopen', by: byAnn, reason: 'x' })).toEqual({
    kind: 'refused',
    code: 'incident-not-resolved',
  })
  expect(await one('select count(*) from event where stream_id = $1', [id])).toEqual(events)
})

test('an incident goes by id, by number and by what people write', async () => {
  const id = await open()
  const number = (await one<{ number: string }>('select number from incident where id = $1', [id]))[0]?.number
  await ports.database.inTransaction('main', async (tx) => {
    for (const name of [id, id.toUpperCase(), `${number}`, `INC-${number}`, `#${number}`]) expect(await findIncidentId(tx, name)).toBe(id)
    for (const name of ['', 'x', '-1', '1.5', `${number}; drop table incident`, '9'.repeat(30)])
      expect(await findIncidentId(tx, name)).toBeUndefined()
    expect((await lockIncidents(tx, [id])).map((row) => row.id)).toEqual([id])
    expect(await changeInTransaction(ports, tx, asId<IncidentId>(ports.freshId()), { type: 'wake' })).toEqual({ kind: 'absent' })
  })
})

test('whoever is paged for a private incident becomes a member of it', async () => {
  const id = await open({ private: true, by: { kind: 'person', id: bob, name: 'Bob' } })
  const members = await one<{ person_id: string }>('select person_id from incident_member where incident_id = $1', [id])
  expect(members.map((row) => row.person_id).toSorted()).toEqual([ann, bob, cyd].toSorted())
})

test('the app’s role can neither change nor delete an event or a leaf', async () => {
  await open()
  for (const statement of [
    "update event set type = 'x'",
    'delete from event',
    'delete from audit_leaf',
    "update audit_leaf set leaf = ''",
  ]) {
    await expect(ports.database.query(statement)).rejects.toMatchObject({ code: '42501' })
  }
})
