import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait.ts'
import type { Roster } from '../../core/oncall/roster.ts'
import { freshId } from '../fresh-id.ts'
import { createPerson, ensureOwner, findPersonByEmail } from '../person/person-store.ts'
import { openPlaybooks, type PlaybookService } from '../playbook/playbooks.ts'
import { followPeople } from './follow.ts'
import { openRosters, PEOPLE_TTL_MS, type RosterService } from './rosters.ts'

const MONDAY = Date.parse('2026-01-05T08:00:00Z') // 09:00 in Berlin
const DAY = 86_400_000
const log = pino({ level: 'silent' })

const ONCALL = `
people:
  - { name: Ann, email: Ann@Example.com, zone: Europe/Berlin, channels: ['webhook:ops', email] }
  - { name: Ben, email: ben@example.com }
schedules:
  - role: DevSecOps
    zone: Europe/Berlin
    layers: [{ members: [ann@example.com, ben@example.com], turn: 1 day, start: '2026-01-05' }]
  - { role: CTO, on_call: [ben@example.com, owner] }
  - { role: Product, on_call: cyd@example.com }
`
const CONNECTIONS = `connections: [{ name: ops, kind: webhook, url: 'https://x.example', secret_env: X }]`

let db: TestDatabase
let folder: string
let playbooks: PlaybookService
let nowMs: number

beforeAll(async () => {
  db = await openTestDatabase()
})
afterAll(() => db.close())

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-roster-'))
  writeFileSync(join(folder, 'playbook.yaml'), readFileSync('playbook/playbook.yaml'))
  writeFileSync(join(folder, 'oncall.yaml'), ONCALL)
  writeFileSync(join(folder, 'connections.yaml'), CONNECTIONS)
  playbooks = await openPlaybooks(db.database, folder, log, { pollMs: 3_600_000 })
  nowMs = 0
  await db.database.query('delete from contact')
  await db.database.query(
    `update person set disabled_at = null, role = case when email = 'boss@example.com' then 'owner' else 'responder' end`,
  )
  await db.database.inTransaction('main', (tx) => ensureOwner(tx, 'boss@example.com'))
})
afterEach(() => {
  playbooks.stop()
  rmSync(folder, { recursive: true, force: true })
})

function open(mail = true): RosterService {
  return openRosters({
    folder: playbooks,
    mail,
    connections: () => playbooks.connections().map(({ name }) => name),
    freshId,
    monotonicMs: () => nowMs,
  })
}

async function synced(mail = true): Promise<RosterService> {
  const rosters = open(mail)
  await db.database.inTransaction('main', rosters.syncPeople)
  return rosters
}

const at = (rosters: RosterService, instant: number): Promise<Roster> => db.database.inTransaction('main', (tx) => rosters.at(tx, instant))

/** By name, so that a test reads like the schedule. */
function names(roster: Roster, ids: readonly string[] | undefined): (string | undefined)[] {
  const people: Readonly<Record<string, { readonly name: string }>> = roster.people
  return (ids ?? []).map((id) => people[id]?.name)
}

test('a device that takes push messages is a way of its person, beside what the file says, and needs nothing configured', async () => {
  const rosters = await synced(false)
  await db.database.query(
    `insert into contact (person_id, place, channel, address, origin)
     select id, 9, 'push:pixel-9-0000ab12', 'a device', 'person' from person where email = 'ann@example.com'`,
  )
  rosters.forget()
  const roster = await db.database.inTransaction('main', (tx) => rosters.at(tx, MONDAY))
  const ann = Object.values(roster.people).find(({ channels }) => channels.length > 2)
  expect(ann?.channels).toEqual(['webhook:ops', 'push:pixel-9-0000ab12', 'console'])
})

describe('a roster', () => {
  test('names who holds each role at the instant, and who is next', async () => {
    const roster = await at(await synced(), MONDAY + DAY)
    expect(names(roster, roster.roles['DevSecOps']?.current)).toEqual(['Ben'])
    expect(names(roster, roster.roles['DevSecOps']?.next)).toEqual(['Ann'])
    expect(names(roster, roster.roles['CTO']?.current)).toEqual(['Ben', 'Boss'])
    expect(roster.at).toBe(MONDAY + DAY)
  })

  test('gives a role without a schedule to the owners', async () => {
    const roster = await at(await synced(), MONDAY)
    expect(names(roster, roster.roles['Security Officer']?.current)).toEqual(['Boss'])
    expect(names(roster, roster.owners)).toEqual(['Boss'])
  })

  test('leaves a role empty whose holder does not exist: its pages fall to the owners, and say so', async () => {
    const rosters = await synced()
    expect((await at(rosters, MONDAY)).roles['Product']).toEqual({ current: [], next: [] })
    await db.database.inTransaction('main', (tx) => createPerson(tx, { email: 'cyd@example.com', name: 'Cyd' }))
    nowMs += PEOPLE_TTL_MS
    const roster = await at(rosters, MONDAY)
    expect(names(roster, roster.roles['Product']?.current)).toEqual(['Cyd'])
  })

  test('has nobody who is disabled, no later than a second after', async () => {
    const rosters = await synced()
    await at(rosters, MONDAY)
    await db.database.query(`update person set disabled_at = now() where email = 'ann@example.com'`)
    nowMs += PEOPLE_TTL_MS
    const roster = await at(rosters, MONDAY)
    expect(roster.roles['DevSecOps']).toMatchObject({ current: [] })
    expect(Object.values(roster.people).map(({ name }) => name)).not.toContain('Ann')
  })

  test('reads people and what they changed at most once a second', async () => {
    const rosters = await synced()
    let queries = 0
    await db.database.inTransaction('main', async (tx) => {
      const counted = { ...tx, query: ((...given: Parameters<typeof tx.query>) => ((queries += 1), tx.query(...given))) as typeof tx.query }
      for (let count = 0; count < 50; count += 1) await rosters.at(counted, Date.now() + count * 60_000)
    })
    // People, overrides, absences.
    expect(queries).toBe(3)
  })
})

describe('channels', () => {
  const channelsOf = (roster: Roster, name: string): readonly string[] | undefined =>
    Object.values(roster.people).find((person) => person.name === name)?.channels

  test('stand in the order of the file, the console last for everybody; e-mail is the default', async () => {
    const roster = await at(await synced(), MONDAY)
    expect(channelsOf(roster, 'Ann')).toEqual(['webhook:ops', 'email', 'console'])
    expect(channelsOf(roster, 'Ben')).toEqual(['email', 'console'])
  })

  test('that cannot be used here are left out', async () => {
    writeFileSync(join(folder, 'connections.yaml'), 'connections: []')
    await playbooks.reload()
    expect(channelsOf(await at(await synced(false), MONDAY), 'Ann')).toEqual(['console'])
  })

  test("a person's own come after those of the file, which stay in step with it", async () => {
    const rosters = await synced()
    const ann = await db.database.inTransaction('main', (tx) => findPersonByEmail(tx, 'ann@example.com'))
    await db.database.query(`delete from contact where person_id = $1 and channel = 'email'`, [ann?.id])
    await db.database.query(
      `insert into contact (person_id, place, channel, address, origin) values ($1, 0, 'email', 'own@example.org', 'person')`,
      [ann?.id],
    )
    writeFileSync(join(folder, 'oncall.yaml'), ONCALL.replace(', email] }', '] }'))
    await playbooks.reload()
    await db.database.inTransaction('main', rosters.syncPeople)
    expect(channelsOf(await at(rosters, MONDAY), 'Ann')).toEqual(['webhook:ops', 'email', 'console'])
    writeFileSync(join(folder, 'oncall.yaml'), '')
    await playbooks.reload()
    await db.database.inTransaction('main', rosters.syncPeople)
    expect(channelsOf(await at(rosters, MONDAY), 'Ann')).toEqual(['email', 'console'])
  })
})

describe('the people of oncall.yaml', () => {
  test('become people once, however many servers do it at once, and follow a new name', async () => {
    await Promise.all([open(), open(), open()].map((rosters) => db.database.inTransaction('main', rosters.syncPeople)))
    writeFileSync(join(folder, 'oncall.yaml'), ONCALL.replace('name: Ann', 'name: Anna'))
    await playbooks.reload()
    await synced()
    const { rows } = await db.database.query(`select name, zone, role from person where email = 'ann@example.com'`)
    expect(rows).toEqual([{ name: 'Anna', zone: 'Europe/Berlin', role: 'responder' }])
  })

  test('keep their contacts while the file is refused', async () => {
    const rosters = await synced()
    writeFileSync(join(folder, 'oncall.yaml'), 'people: 1')
    await playbooks.reload()
    await db.database.inTransaction('main', rosters.syncPeople)
    expect((await db.database.query(`select 1 from contact where origin = 'file'`)).rowCount).toBe(3)
  })

  test('are brought into step after the folder changed, without being told', async () => {
    const rosters = open()
    const stop = await followPeople(db.database, playbooks, rosters, log)
    writeFileSync(
      join(folder, 'oncall.yaml'),
      `${ONCALL.trim()}\nroles: { Security Officer: dee@example.com }\n`.replace(
        'people:',
        'people:\n  - { name: Dee, email: dee@example.com }',
      ),
    )
    await playbooks.reload()
    const isHeld = async (): Promise<boolean> => {
      const roster = await at(rosters, MONDAY)
      return names(roster, roster.roles['Security Officer']?.current).includes('Dee')
    }
    await waitFor('Dee to hold the role', isHeld, { timeoutMs: 10_000 })
    stop()
  })
})

test('who is on call is listed for each duty role and each incident role', async () => {
  const rosters = await synced()
  const items = await db.database.inTransaction('main', (tx) => rosters.onCallItems(tx, MONDAY + 3_600_000))
  expect(items.map(({ kind, role }) => `${kind} ${role}`)).toEqual([
    ...['DevSecOps', 'CTO', 'Security Officer', 'Product'].map((role) => `duty ${role}`),
    ...['incident-commander', 'communications-lead', 'operations-lead', 'security-lead', 'scribe'].map((role) => `incident ${role}`),
  ])
  expect(items[0]).toMatchObject({
    person: { name: 'Ann' },
    next: { name: 'Ben' },
    schedule: 'devsecops',
    from: MONDAY,
    until: MONDAY + DAY,
  })
  expect(items.find(({ role }) => role === 'security-lead')).toMatchObject({ kind: 'incident', person: { name: 'Boss' } })
})

test('a role may be called like something that every object has', async () => {
  writeFileSync(join(folder, 'oncall.yaml'), `${ONCALL}roles: { constructor: owner }\n`)
  await playbooks.reload()
  const roster = await at(await synced(), MONDAY)
  expect(names(roster, roster.roles['constructor']?.current)).toEqual(['Boss'])
  expect(roster.roles['toString']).toBeUndefined()
})
