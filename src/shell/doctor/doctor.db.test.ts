/** Every check of the doctor is seen to be well and seen to fail, each with a fault planted for it. */
import { createServer, type Server } from 'node:http'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { ann, bob, own, testPlaybook } from '../../../test/support/playbook.ts'
import { testPorts } from '../../../test/support/ports.ts'
import type { DoctorCheck, DoctorReport } from '../../api/doctor.ts'
import { readConfig } from '../../config.ts'
import type { PersonId } from '../../core/id.ts'
import type { Roster } from '../../core/oncall/roster.ts'
import type { Channel, ChannelBook, ChannelCheck } from '../../integration.ts'
import type { TlsStatus } from '../http/tls-source.ts'
import type { Ports } from '../ports.ts'
import type { DoctorParts } from './check.ts'
import { checkDurability, checkRole } from './checks/machine.ts'
import { examine } from './examine.ts'

const DAY_MS = 86_400_000
const INCIDENT = '00000000-0000-7000-8000-00000000cafe'
/** A review is not overdue before 2026-04-01 in the test playbook. */
const BEFORE_REVIEW = '2099-01-01'

let db: TestDatabase
let owner: Client
beforeAll(async () => {
  db = await openTestDatabase()
  owner = new Client({ connectionString: db.url })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await db.close()
})
beforeEach(async () => {
  await owner.query('truncate person, source, incident, effect, attempt, channel_proof, lease, playbook_version cascade')
  await addPerson(ann, 'ann@example.com', 'responder')
  await addPerson(bob, 'bob@example.com', 'responder')
  await addPerson(own, 'own@example.com', 'owner')
  await owner.query(`insert into source (id, name) values (gen_random_uuid(), 'prometheus')`)
  await owner.query(
    `insert into source_key (id, source_id, key_hash, prefix, origin) select gen_random_uuid(), id, sha256('k'), 'abc', 'made' from source`,
  )
  await owner.query(`insert into lease (name, holder, until) values ('auditor', gen_random_uuid(), clock_timestamp() + interval '1 min')`)
  await owner.query(`insert into playbook_version (digest, source) values ('d1', '')`)
  await owner.query(
    `insert into incident (id, version, state, title, summary, severity, severity_rank, phase, open, playbook_digest, opened_at)
     values ($1, 1, '{}', 'title', '', 'red', 0, 'detected', true, 'd1', now())`,
    [INCIDENT],
  )
  for (const channel of ['email', 'webhook:ops']) await prove(channel)
})

async function addPerson(id: PersonId, email: string, role: string): Promise<void> {
  await owner.query('insert into person (id, email, name, role) values ($1, $2, $2, $3)', [id, email, role])
  await owner.query(`insert into contact (person_id, place, channel, address) values ($1, 0, 'email', $2)`, [id, email])
}

async function prove(channel: string, ago = '1 hour'): Promise<void> {
  await owner.query(
    `insert into channel_proof (channel, taken_at, took_ms) values ($1, clock_timestamp() - $2::interval, 5)
     on conflict (channel) do update set taken_at = excluded.taken_at`,
    [channel, ago],
  )
}

const WELL: ChannelCheck = { ok: true, detail: 'It answers.' }

/** All three channels are there; what each answers can be changed. */
function book(answers: Partial<Record<string, ChannelCheck | 'absent' | 'hangs'>> = {}): ChannelBook {
  const ids = ['email', 'webhook:ops', 'console'].filter((id) => answers[id] !== 'absent')
  const channelOf = (id: string): Channel => ({
    kind: id.split(':')[0] ?? id,
    title: id,
    evidence: '',
    timeoutMs: 1_000,
    send: () => Promise.reject(new Error('the doctor sends nothing')),
    check: async () => {
      const answer = answers[id]
      return answer === undefined || typeof answer === 'string' ? WELL : answer
    },
  })
  return {
    find: (id, contact) =>
      ids.includes(id) && (id !== 'email' || contact !== null)
        ? { kind: 'found', channel: channelOf(id), address: { to: contact ?? '', secret: null } }
        : { kind: 'missing', reason: 'it is not configured' },
    list: () => ids.map((id) => ({ id, channel: channelOf(id), address: null })),
  }
}

const everybody: Roster = {
  at: 0,
  roles: { Ops: { current: [ann], next: [bob] }, Boss: { current: [bob], next: [] } },
  owners: [own],
  people: Object.fromEntries([ann, bob, own].map((id) => [id, { name: id, channels: ['email', 'console'] }])),
}

interface Situation {
  readonly environment?: Record<string, string>
  readonly roster?: Roster
  readonly parts?: Partial<DoctorParts>
  readonly wallClock?: () => number
  readonly ports?: Partial<Ports>
}

async function look(situation: Situation = {}): Promise<DoctorReport> {
  const base = testPlaybook()
  const playbook = { ...base, metadata: { ...base.metadata, nextReviewDue: BEFORE_REVIEW } }
  const ports = testPorts(db.database, {
    config: readConfig({
      NODE_ENV: 'test',
      TOCSIN_URL: site.url,
      TOCSIN_DATA: '/tmp',
      TOCSIN_MAIL_URL: 'smtp://user:hunter2@mail.invalid',
      ...situation.environment,
    }),
    playbooks: { current: () => playbook, load: async () => playbook },
    rosters: { at: async () => situation.roster ?? everybody },
    ...situation.ports,
  })
  const parts: DoctorParts = { channels: book(), breakers: () => [], playbookFault: () => null, tls: () => null, ...situation.parts }
  return examine({ ports, parts, wallClock: situation.wallClock ?? Date.now })
}

/** @throws when there is no such check: a check that is not made finds nothing. */
async function find(id: string, situation?: Situation): Promise<DoctorCheck> {
  const report = await look(situation)
  const check = report.checks.find((candidate) => candidate.id === id)
  if (check === undefined) throw new Error(`no check ${id} among ${report.checks.map((made) => made.id).join(', ')}`)
  return check
}

const stateOf = async (id: string, situation?: Situation) => (await find(id, situation)).state

/** Stands for the public address; answers what the test says. */
const site = { url: '', status: 200, body: '{"ok":true}', location: '' }
let server: Server
beforeAll(async () => {
  server = createServer((_request, response) => {
    response.writeHead(site.status, site.location === '' ? {} : { location: site.location }).end(site.body)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  site.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
})
afterEach(() => Object.assign(site, { status: 200, body: '{"ok":true}', location: '' }))
afterAll(() => server.close())

describe('the report as a whole', () => {
  test('failures come first, then warnings, and the worst is its state', async () => {
    const report = await look()
    const states = report.checks.map((check) => check.state)
    expect(states).toEqual([...states].sort((a, b) => ['fail', 'warn', 'ok'].indexOf(a) - ['fail', 'warn', 'ok'].indexOf(b)))
    // On the test's database and address: not durable, and loopback. Everything else is well.
    expect(
      report.checks
        .filter((check) => check.state !== 'ok')
        .map((check) => check.id)
        .sort(),
    ).toEqual(['durability', 'links'])
    expect(report.state).toBe('fail')
  })

  test('whatever is not well says what it means and what to do', async () => {
    const nothing: Roster = { ...everybody, roles: {}, people: {} }
    const report = await look({ roster: nothing, parts: { channels: book({ email: 'absent', 'webhook:ops': 'absent' }) } })
    const silent = report.checks.filter((check) => check.state !== 'ok' && (check.meaning === '' || check.remedy === ''))
    expect(silent).toEqual([])
  })

  test('no secret is in it', async () => {
    const report = await look({ environment: { DATABASE_URL: 'postgresql://u:hunter3@db.invalid/x', TOCSIN_API_KEY: 'hunter4-key' } })
    expect(JSON.stringify(report)).not.toMatch(/hunter[0-9]/)
  })

  test('a check that throws is a finding, and the others are still told', async () => {
    const roster = { at: () => Promise.reject(new Error('no roster today')) }
    const report = await look({ ports: { rosters: roster } })
    const broken = report.checks.find((check) => check.id === 'check:people')
    expect([broken?.state, broken?.found]).toEqual(['fail', 'could not be made: no roster today'])
    expect(report.checks.some((check) => check.id === 'outbox')).toBe(true)
  })
})

describe('people and roles', () => {
  test('a person of a role without a way beside the console fails loudly', async () => {
    expect(await stateOf('person:ann@example.com')).toBe('ok')
    const roster = { ...everybody, people: { ...everybody.people, [ann]: { name: 'Ann', channels: ['console'] } } }
    const check = await find('person:ann@example.com', { roster })
    expect(check.state).toBe('fail')
    expect(check.found).toContain('NO WAY BESIDES THE CONSOLE for Ops')
  })

  test('who holds a role next counts, and so do owners', async () => {
    const people = { ...everybody.people, [bob]: { name: 'Bob', channels: ['console'] }, [own]: { name: 'Own', channels: ['console'] } }
    const roster: Roster = { ...everybody, roles: { Ops: { current: [ann], next: [bob] } }, people }
    expect((await find('person:bob@example.com', { roster })).found).toContain('for Ops (next)')
    expect(await stateOf('person:own@example.com', { roster })).toBe('fail')
  })

  test('a channel that is named and not configured is told', async () => {
    const roster = { ...everybody, people: { ...everybody.people, [ann]: { name: 'Ann', channels: ['email', 'webhook:gone', 'console'] } } }
    expect(await stateOf('person:ann@example.com', { roster })).toBe('warn')
  })

  test('a role that nobody holds is told by name', async () => {
    expect(await stateOf('roles')).toBe('ok')
    expect(await stateOf('role:Boss', { roster: { ...everybody, roles: { Ops: { current: [ann], next: [] } } } })).toBe('warn')
  })

  test('an installation whose only owner is nobody fails', async () => {
    expect(await stateOf('owner')).toBe('ok')
    await owner.query(`update person set email = 'owner@localhost' where id = $1`, [own])
    expect(await stateOf('owner')).toBe('fail')
  })
})

describe('channels', () => {
  test('no mail and no webhook is a failure; webhooks alone are a warning', async () => {
    expect(await stateOf('mail')).toBe('ok')
    const environment = { TOCSIN_MAIL_URL: '' }
    expect(await stateOf('mail', { environment, parts: { channels: book({ email: 'absent' }) } })).toBe('warn')
    expect(await stateOf('mail', { environment, parts: { channels: book({ email: 'absent', 'webhook:ops': 'absent' }) } })).toBe('fail')
  })

  test('a channel that cannot be used fails with its own words', async () => {
    expect(await stateOf('channel:email')).toBe('ok')
    const refused = { ok: false, detail: 'The mail server cannot be used: the mail server refused the session (535).' }
    const check = await find('channel:email', { parts: { channels: book({ email: refused }) } })
    expect([check.state, check.found]).toEqual(['fail', refused.detail])
    expect(await stateOf('channel:webhook:ops', { parts: { channels: book({ 'webhook:ops': { ok: false, detail: 'no' } }) } })).toBe('fail')
  })
})

describe('links', () => {
  test('loopback fails, http fails, https is well', async () => {
    expect((await find('links')).found).toContain('every phone takes for itself')
    expect((await find('links', { environment: { TOCSIN_URL: '' } })).found).toContain('TOCSIN_URL is not set')
    expect((await find('links', { environment: { TOCSIN_URL: 'http://tocsin.invalid' } })).found).toContain('without encryption')
    expect(await stateOf('links', { environment: { TOCSIN_URL: 'https://tocsin.invalid' } })).toBe('ok')
  })

  test('an address that does not answer, redirects, fails or belongs to something else is told', async () => {
    expect(await stateOf('url')).toBe('ok')
    expect((await find('url', { environment: { TOCSIN_URL: 'http://127.0.0.1:1' } })).found).toMatch(/cannot be reached from here/)
    Object.assign(site, { status: 302, location: 'https://login.example/?secret=1' })
    expect((await find('url')).found).toMatch(/redirects to https:\/\/login\.example$/)
    Object.assign(site, { status: 502, location: '' })
    expect((await find('url')).found).toMatch(/answers 502$/)
    Object.assign(site, { status: 200, body: '<h1>It works!</h1>' })
    expect((await find('url')).found).toContain('something that is not Tocsin')
  })

  test('a certificate is told when it is missing, at its end, ended, failing, or for another name', async () => {
    const status = (days: number, fault: string | null = null, covers = true): TlsStatus => ({
      origin: 'files',
      certificate: { notBefore: 0, notAfter: Date.now() + days * DAY_MS, names: ['tocsin.example.com'], covers: () => covers },
      fault,
    })
    const state = (tls: TlsStatus) => stateOf('certificate', { parts: { tls: () => tls } })
    expect(await state(status(60))).toBe('ok')
    expect(await state(status(3))).toBe('warn')
    expect(await state(status(60, 'the new file is broken'))).toBe('warn')
    expect(await state(status(-1))).toBe('fail')
    expect(await state(status(60, null, false))).toBe('fail')
    expect(await state({ origin: 'acme', certificate: null, fault: 'no answer' })).toBe('fail')
  })
})

describe('pages', () => {
  const addEffect = async (key: string, options: { due?: string; state?: string; outcomes?: string[]; waited?: string } = {}) => {
    await owner.query(
      `insert into effect (key, kind, incident_id, person_id, channel, state, created_at, due_at, sent_at)
       values ($1, 'page', $5, $2, 'email', $3, clock_timestamp(), clock_timestamp() - $4::interval,
         case when $3 = 'delivered' then clock_timestamp() end)`,
      [key, ann, options.state ?? 'pending', options.due ?? '0 s', INCIDENT],
    )
    for (const [index, outcome] of (options.outcomes ?? []).entries()) {
      await owner.query(
        `insert into attempt (effect_key, number, server_id, fence, repeat, started_at, finished_at, outcome)
         select $1, $2, gen_random_uuid(), 1, false, created_at + $4::interval, clock_timestamp(), $3 from effect where key = $1`,
        [key, index + 1, outcome, options.waited ?? '20 ms'],
      )
    }
  }

  test('what waits too long is told, and fails after a minute', async () => {
    expect(await stateOf('outbox')).toBe('ok')
    await addEffect('young')
    expect(await stateOf('outbox')).toBe('ok')
    await addEffect('old', { due: '30 s' })
    expect(await stateOf('outbox')).toBe('warn')
    await addEffect('older', { due: '5 min' })
    expect((await find('outbox')).state).toBe('fail')
  })

  test('an open breaker fails', async () => {
    const breakers = () => [{ channel: 'email', breaker: 'open' as const, failures: 5, running: 0 }]
    expect(await stateOf('breaker:email', { parts: { breakers } })).toBe('fail')
  })

  test('a channel that never took a page, or long ago, is told; one that keeps failing fails', async () => {
    expect(await stateOf('proof:email')).toBe('ok')
    await prove('email', '60 days')
    expect(await stateOf('proof:email')).toBe('warn')
    await owner.query('delete from channel_proof')
    expect((await find('proof:email')).found).toBe('none yet')
    await addEffect('failing', { outcomes: ['retry', 'unknown', 'retry', 'retry', 'retry'] })
    const check = await find('proof:email')
    expect([check.state, check.found]).toEqual(['fail', 'the last 5 attempts failed (retry, unknown)'])
    await addEffect('good', { state: 'delivered', outcomes: ['delivered'] })
    expect(await stateOf('proof:email')).toBe('ok')
  })

  test('hand-over is told as p50 and p99, and a slow one is a warning', async () => {
    await addEffect('quick', { state: 'delivered', outcomes: ['delivered'] })
    const quick = await find('speed:email')
    expect([quick.state, quick.found]).toEqual(['ok', 'p50 20 ms, p99 20 ms, over the last 1 pages'])
    await addEffect('slow', { state: 'delivered', outcomes: ['delivered'], waited: '9 s' })
    expect(await stateOf('speed:email')).toBe('warn')
  })
})

describe('the machine', () => {
  test('a database that may lose commits fails', async () => {
    // The tests' own Postgres runs without fsync, which is the planted fault.
    expect((await find('durability')).found).toContain('fsync')
    const facts = { fsync: 'on', synchronousCommit: 'on', fullPageWrites: 'on', role: 'tocsin_app', superuser: false, owned: 0 }
    expect(checkDurability(facts).state).toBe('ok')
    expect(checkDurability({ ...facts, synchronousCommit: 'off' }).state).toBe('fail')
    expect(checkDurability({ ...facts, synchronousCommit: 'remote_apply' }).state).toBe('ok')
    expect(checkRole({ ...facts, superuser: true }).state).toBe('warn')
  })

  test('a role that owns a table is told', async () => {
    expect(await stateOf('database-role')).toBe('ok')
    await owner.query('create table mistake (); alter table mistake owner to tocsin_app')
    expect(await stateOf('database-role')).toBe('warn')
    await owner.query('drop table mistake')
  })

  test('clocks that differ by more than a second fail', async () => {
    expect(await stateOf('clock')).toBe('ok')
    expect(await stateOf('clock', { wallClock: () => Date.now() - 5_000 })).toBe('fail')
    expect(await stateOf('clock', { wallClock: () => Date.now() + 5_000 })).toBe('fail')
  })

  test('an auditor that is silent fails', async () => {
    expect(await stateOf('auditor')).toBe('ok')
    await owner.query(`update lease set until = clock_timestamp() - interval '10 min' where name = 'auditor'`)
    expect((await find('auditor')).found).toBe('it has not run for 10 min')
    await owner.query('delete from lease')
    expect(await stateOf('auditor')).toBe('fail')
  })

  test('the disk is looked at, and one that is not there is a finding', async () => {
    expect((await find('disk')).found).toMatch(/GiB free at \/tmp$/)
    expect(await stateOf('check:disk', { environment: { TOCSIN_DATA: '/nowhere/at/all' } })).toBe('fail')
  })

  test('a setting that nobody reads is told', async () => {
    expect((await find('setting:1', { environment: { TOCSIN_PROT: '4601' } })).found).toContain('TOCSIN_PROT')
  })
})

describe('playbook and sources', () => {
  test('files that do not load fail, a review that is overdue is told', async () => {
    expect(await stateOf('playbook')).toBe('ok')
    expect((await find('playbook', { parts: { playbookFault: () => 'playbook.yaml:3:1 bad-yaml' } })).state).toBe('fail')
    expect(await stateOf('review')).toBe('ok')
    expect(await stateOf('review', { wallClock: () => Date.parse('2099-01-01T23:59:59Z') })).toBe('ok')
    expect(await stateOf('review', { wallClock: () => Date.parse('2099-01-02T00:00:01Z') })).toBe('warn')
  })

  test('without an integration key nobody can raise an alarm', async () => {
    expect(await stateOf('sources')).toBe('ok')
    await owner.query('update source set revoked_at = now()')
    expect(await stateOf('sources')).toBe('fail')
  })

  test('a source is told when it was never heard, when its keys are gone, and when its messages are not believed', async () => {
    const notices = async () => {
      const report = await look({})
      return report.checks.filter(({ id }) => id.startsWith('source:')).map(({ id, state, found }) => [id, state, found.split('\n').length])
    }
    expect(await notices()).toEqual([])
    await owner.query(`update source set created_at = now() - interval '1 hour'`)
    expect(await notices()).toEqual([['source:prometheus', 'warn', 1]])
    await owner.query(
      `insert into source_tally (source_id, hour, messages, distrusted, last_at) select id, date_trunc('hour', now()), 30, 30, now() from source`,
    )
    expect(await notices()).toEqual([['source:prometheus', 'fail', 1]])
    await owner.query('update source_key set revoked_at = now()')
    expect(await notices()).toEqual([['source:prometheus', 'fail', 2]])
  })
})
