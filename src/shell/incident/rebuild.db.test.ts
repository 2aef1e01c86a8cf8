/** Views spoilt by hand are found, and made anew from the events alone. */
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { ann, bob, cyd, own, testPlaybook, testRoster } from '../../../test/support/playbook.ts'
import { testPorts } from '../../../test/support/ports.ts'
import type { Ports } from '../ports.ts'
import { changeIncident, openIncident } from './change.ts'
import { rebuildViews } from './rebuild.ts'

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
  const playbook = testPlaybook()
  ports = testPorts(opened.database, {
    playbooks: { current: () => playbook, load: () => Promise.resolve(playbook) },
    rosters: { at: (_tx, at) => Promise.resolve(testRoster({ at })) },
  })
})

afterAll(() => opened.close())

const by = { kind: 'person', id: ann, name: 'Ann' } as const

async function open() {
  const opening = { summary: '', incidentType: null, severity: 'red', severityReason: 'x', private: false, sourceId: null, groupKey: null }
  return ports.database.inTransaction('main', (tx) => openIncident(ports, tx, { ...opening, by, title: 'Down' }))
}

async function views(): Promise<unknown> {
  const query = async (text: string) => (await opened.database.query(text)).rows
  return {
    incidents: await query(
      'select id, number, version, state, severity, severity_rank, phase, open, acknowledged_at, wake_at is not null as wakes from incident order by id',
    ),
    pages: await query('select key, person_id, role, state, round, step, because, created_at, acknowledged_at from page order by key'),
    clocks: await query('select id, kind, started_at, due_at, state, ended_at from clock order by id'),
  }
}

test('spoilt views are found and made anew, and nothing else is touched', async () => {
  const spoilt = await open()
  const sound = await open()
  for (const { id } of [spoilt, sound]) {
    await changeIncident(ports, id, { type: 'acknowledge', by, personId: ann, via: 'console' })
    await changeIncident(ports, id, { type: 'summon', by, wanted: { kind: 'person', personId: bob, personName: 'Bob' }, reason: '' })
  }
  expect(await rebuildViews(ports, { write: true })).toEqual({ incidents: 2, differing: [] })
  const before = await views()

  const owner = new Client({ connectionString: opened.url })
  await owner.connect()
  const spoil = async (text: string) => owner.query(text, [spoilt.id])
  await spoil(
    `update incident set state = state || '{"severity": "blue"}', severity = 'blue', phase = 'closed', open = false where id = $1`,
  )
  await spoil(`update page set state = 'ended', acknowledged_at = null where incident_id = $1 and person_id = '${ann}'`)
  await spoil(`delete from page where incident_id = $1 and person_id = '${bob}'`)
  await spoil('delete from clock where incident_id = $1')
  await owner.end()

  const found = { incidents: 2, differing: [{ number: spoilt.number, parts: ['incident', 'pages'] }] }
  expect(await rebuildViews(ports, { write: false })).toEqual(found)
  expect(await views()).not.toEqual(before)
  expect(await rebuildViews(ports, { write: true })).toEqual(found)
  expect(await views()).toEqual(before)
})
