import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { testPlaybook, testRoster } from '../../../test/support/playbook.ts'
import { testPorts } from '../../../test/support/ports.ts'
import { sleep, waitFor } from '../../../test/support/wait.ts'
import { readConfig } from '../../config.ts'
import { toSignal } from '../../core/alert/build.ts'
import { asId, type SourceId } from '../../core/id.ts'
import type { DetectionRule, IncidentType, Playbook } from '../../core/playbook/playbook.ts'
import type { Database } from '../database/database.ts'
import { claimDue } from '../outbox/outbox-store.ts'
import { markOfThisProcess } from '../server/process-mark.ts'
import { freshId } from '../fresh-id.ts'
import { listSources, revokeSource } from '../source/source-store.ts'
import { findLatest, lockFiring } from './alert-store.ts'
import { submitSignal } from './intake.ts'
import { decodeOutcomes } from './outcome.ts'
import { insertReceipts, toStored } from './receipt-store.ts'

let base: TestDatabase
const running: TestIntake[] = []

beforeEach(async () => {
  base = await openTestDatabase()
  await seedSource(base.database)
})

afterEach(async () => {
  for (const intake of running.splice(0)) await intake.close()
  await base.close()
})

async function start(options: Parameters<typeof startTestIntake>[1] = {}, database: Database = base.database): Promise<TestIntake> {
  const intake = await startTestIntake(database, options)
  running.push(intake)
  return intake
}

/** For what the app's role may not do. */
async function asOwner(statement: string): Promise<void> {
  const client = new Client({ connectionString: base.url })
  await client.connect()
  await client.query(statement)
  await client.end()
}

/** As with an outside database that several servers share. */
function sharedPorts(deadAfterMs: number) {
  const env = { NODE_ENV: 'test', DATABASE_URL: 'postgres://localhost/x', TOCSIN_TEST_TIMING: `deadAfterMs=${deadAfterMs},beatMs=200` }
  return { config: readConfig(env), serverId: freshId() }
}

function type(id: string, alarm: string, over: Partial<IncidentType> = {}, rule: Partial<DetectionRule> = {}): IncidentType {
  return {
    id,
    title: id,
    detection: [{ alarm, sources: [], threshold: null, when: null, ...rule }],
    severity: 'red',
    measures: null,
    team: null,
    groupBy: [],
    windowMs: null,
    firstStep: '',
    mitigation: [],
    followUp: [],
    ...over,
  }
}

const withTypes = (...incidentTypes: IncidentType[]): Playbook => testPlaybook({ incidentTypes })
const json = `/hooks/json/${KEY}`
const PROMETHEUS = { authorization: `Bearer ${KEY}` }
const alertOf = (labels: Record<string, string>, over: Record<string, unknown> = {}) => ({
  labels,
  annotations: {},
  startsAt: '2026-11-24T00:00:00Z',
  endsAt: '2030-01-01T00:00:00Z',
  ...over,
})

async function outcomes(it: TestIntake): Promise<{ kind: string; why: string }[]> {
  await it.settled()
  const rows = await it.rows<{ encoding: string; outcomes: Buffer }>(
    'select encoding, outcomes from applied_batch order by first_receipt_id',
  )
  return rows.flatMap((row) => [...decodeOutcomes(row.encoding, row.outcomes).values()].flat())
}

describe('which incident an alert joins', () => {
  test('alerts of one type and group share an incident; another group has its own', async () => {
    const it = await start({ playbook: withTypes(type('spike', 'Spike', { groupBy: ['service'] })) })
    for (const [instance, service] of [
      ['a', 'api'],
      ['b', 'api'],
      ['c', 'web'],
    ] as const) {
      await it.post('/alertmanager/api/v2/alerts', [alertOf({ alertname: 'Spike', instance, service })], PROMETHEUS)
    }
    await it.settled()
    expect(await it.rows('select group_key, alerts_total, alerts_firing from incident order by group_key')).toEqual([
      { group_key: 'type:spike:["api"]', alerts_total: 2, alerts_firing: 2 },
      { group_key: 'type:spike:["web"]', alerts_total: 1, alerts_firing: 1 },
    ])
  })

  test('past the bound of new incidents a minute one storm takes the rest, as severe as the worst of it', async () => {
    const types = [
      type('minor', 'Minor', { severity: 'blue', groupBy: ['n'] }),
      type('major', 'Major', { severity: 'red', groupBy: ['n'] }),
    ]
    const it = await start({ playbook: { ...withTypes(...types), newIncidentsPerMinuteMax: 3 } })
    const send = (alertname: string, from: number, to: number) =>
      it.post(
        '/alertmanager/api/v2/alerts',
        Array.from({ length: to - from }, (_, index) => alertOf({ alertname, n: String(from + index) })),
        PROMETHEUS,
      )
    await send('Minor', 0, 10)
    await it.settled()
    const storm = () =>
      it.rows<{ severity: string; alerts_total: number }>("select severity, alerts_total from incident where group_key like 'storm:%'")
    expect(await it.rows("select count(*) from incident where incident_type = 'minor'")).toEqual([{ count: 3 }])
    expect(await storm()).toEqual([{ severity: 'blue', alerts_total: 7 }])
    await send('Major', 10, 12)
    await it.settled()
    expect(await storm()).toEqual([{ severity: 'red', alerts_total: 9 }])
  })

  test('a value short of the threshold opens nothing until it rises', async () => {
    const it = await start({ playbook: withTypes(type('drift', 'Drift', {}, { threshold: { comparison: '>', bound: 0.2 } })) })
    const send = (value: number) =>
      it.post('/alertmanager/api/v2/alerts', [alertOf({ alertname: 'Drift' }, { annotations: { value: String(value) } })], PROMETHEUS)
    await send(0.1)
    await send(0.15)
    await it.settled()
    expect(await it.rows('select count(*) from incident')).toEqual([{ count: 0 }])
    await send(0.3)
    await it.settled()
    expect(await it.rows('select incident_type, alerts_total, alerts_firing from incident')).toEqual([
      { incident_type: 'drift', alerts_total: 1, alerts_firing: 1 },
    ])
    expect((await outcomes(it)).map((outcome) => outcome.kind)).toEqual(['below', 'below', 'opened'])
    expect(await it.rows('select count, value from alert')).toEqual([{ count: 3, value: 0.3 }])
  })

  test('a condition that cannot be decided goes to triage and says why', async () => {
    const it = await start({ playbook: withTypes(type('odd', 'Odd', {}, { when: "signal.labels['absent'] == 'x'" })) })
    await it.post(json, { title: 'odd', alarm: 'Odd' })
    const [outcome] = await outcomes(it)
    expect(outcome).toMatchObject({ kind: 'opened', why: expect.stringContaining('could not be decided') })
    expect(await it.rows("select severity from incident where group_key like 'triage:%'")).toEqual([{ severity: 'amber' }])
  })

  test('fired, ended and fired again: the record says so, and late messages reopen nothing', async () => {
    const it = await start({ playbook: withTypes(type('spike', 'Spike')) })
    const at = (startsAt: string, endsAt = '2030-01-01T00:00:00Z') =>
      it.post('/alertmanager/api/v2/alerts', [alertOf({ alertname: 'Spike' }, { startsAt, endsAt })], PROMETHEUS)
    await at('2026-11-20T00:00:00Z')
    await at('2026-11-20T00:00:00Z', '2026-11-20T01:00:00Z')
    await at('2026-11-20T00:00:00Z')
    await at('2026-11-20T02:00:00Z')
    expect((await outcomes(it)).map((outcome) => outcome.kind)).toEqual(['opened', 'resolved', 'late', 'joined'])
    expect(await it.rows('select alerts_total, alerts_firing from incident')).toEqual([{ alerts_total: 2, alerts_firing: 1 }])
  })

  test('an alert that came and went within one batch still opens its incident', async () => {
    const it = await start({ playbook: withTypes(type('spike', 'Spike')) })
    const alerts = [alertOf({ alertname: 'Spike' }), alertOf({ alertname: 'Spike' }, { endsAt: '2026-11-24T00:00:01Z' })]
    await it.post('/alertmanager/api/v2/alerts', alerts, { ...PROMETHEUS })
    await it.settled()
    expect(await it.rows('select alerts_total, alerts_firing from incident')).toEqual([{ alerts_total: 1, alerts_firing: 0 }])
  })

  test('a change is kept, and pages nobody', async () => {
    const it = await start()
    const body = { routing_key: KEY, payload: { summary: 'Deployed 42', source: 'ci', custom_details: { build: 42 } } }
    expect((await it.post('/v2/change/enqueue', body)).status).toBe(202)
    expect(await outcomes(it)).toMatchObject([{ kind: 'change' }])
    expect(await it.rows('select title, origin, details from change_report')).toEqual([
      { title: 'Deployed 42', origin: 'ci', details: { build: '42' } },
    ])
    expect(await it.rows('select count(*) from incident')).toEqual([{ count: 0 }])
  })
})

describe('poison', () => {
  /** Its severity is in no row: opening such an incident throws. */
  const poison = () => withTypes(type('spike', 'Spike'), type('poison', 'Poison', { severity: 'purple' }))

  test('what throws is singled out, kept and told plainly; its neighbours in the same message are applied', async () => {
    const it = await start({ playbook: poison() })
    const names = ['Spike', 'Other', 'Poison', 'Third', 'Fourth']
    const answer = await it.post(
      '/alertmanager/api/v2/alerts',
      names.map((alertname) => alertOf({ alertname })),
      PROMETHEUS,
    )
    expect(answer.status).toBe(200)
    expect((await outcomes(it)).map((outcome) => outcome.kind)).toEqual(['opened', 'opened', 'poisoned', 'joined', 'joined'])
    expect(await it.rows('select alarm from alert order by alarm')).toEqual(
      ['Fourth', 'Other', 'Spike', 'Third', 'TocsinMessageNotUnderstood'].map((alarm) => ({ alarm })),
    )
    const [told] = await it.rows<{ title: string; open: boolean }>(
      "select a.title, i.open from alert a join incident i on i.id = a.incident_id where a.alarm = 'TocsinMessageNotUnderstood'",
    )
    expect(told).toMatchObject({ title: expect.stringContaining('could not be processed: Poison'), open: true })
  })

  test('the queue moves on', async () => {
    const it = await start({ playbook: poison() })
    await it.post(json, { title: 'p', alarm: 'Poison' })
    await it.post(json, { title: 's', alarm: 'Spike' })
    await it.settled()
    expect(await it.rows("select count(*) from incident where incident_type = 'spike'")).toEqual([{ count: 1 }])
  })
})

describe('several servers on one database', () => {
  test('the same new alert at both makes one alert and one incident, and every message counts', async () => {
    const [one, two] = [await start({ ports: sharedPorts(60_000) }), await start({ ports: sharedPorts(60_000) })]
    const bodies = Array.from({ length: 5 }, (_, round) => ({ title: 't', alarm: 'Spike', dedup_key: `k${round}` }))
    for (const body of bodies) await Promise.all([one, two, one, two].map((server) => server.post(json, body)))
    await one.settled()
    await two.settled()
    expect(await one.rows('select dedup_key, count from alert order by dedup_key')).toEqual(
      bodies.map((body) => ({ dedup_key: body.dedup_key, count: 4 })),
    )
    expect(await one.rows('select alerts_total, alerts_firing from incident')).toEqual([{ alerts_total: 5, alerts_firing: 5 }])
  })

  test('what a dead server committed and did not apply is applied exactly once, and then it may commit no more', async () => {
    const dead = freshId()
    await base.database.query("insert into server (id, seen_at) values ($1, now() - interval '1 minute')", [dead])
    await leaveReceipt(dead, { title: 'left behind', alarm: 'Spike', dedup_key: 'left' })
    const both = await Promise.all([start({ ports: sharedPorts(1_000) }), start({ ports: sharedPorts(1_000) })])
    await waitFor('the leftovers to be applied', async () => (await both[0].rows('select from alert')).length > 0, { timeoutMs: 10_000 })
    await waitFor(
      'its row to be closed',
      async () => (await both[0].rows('select from server where id = $1 and stopped_at is not null', [dead])).length > 0,
      {
        timeoutMs: 10_000,
      },
    )
    expect(await both[0].rows('select dedup_key, count from alert')).toEqual([{ dedup_key: 'left', count: 1 }])
    expect(await both[0].rows('select count(*) from applied_batch where server_id = $1', [dead])).toEqual([{ count: 1 }])
    expect(await leaveReceipt(dead, { title: 'too late' })).toEqual([])
  })

  test('a server whose process has certainly ended is taken over at once, however lately it was seen', async () => {
    const gone = freshId()
    // The start time tells the dead process from a later one with its number.
    const mark = markOfThisProcess()?.replace(/\d+$/, '1') ?? null
    await base.database.query('insert into server (id, process) values ($1, $2)', [gone, mark])
    await leaveReceipt(gone, { title: 'left behind', alarm: 'Spike', dedup_key: 'left' })
    const it = await start({ ports: sharedPorts(60_000) })
    expect(await it.rows('select dedup_key from alert')).toEqual([{ dedup_key: 'left' }])
    expect(await it.rows('select id from server where stopped_at is not null')).toEqual([{ id: gone }])
  })

  test('what it was sending may be claimed at once, as a repeat, and what a living server sends may not', async () => {
    const it = await start({ ports: sharedPorts(60_000) })
    await it.post(json, { title: 'a', alarm: 'Spike', dedup_key: 'a' })
    await it.settled()
    const [gone, living] = [freshId(), it.ports.serverId]
    const mark = markOfThisProcess()?.replace(/\d+$/, '1') ?? null
    await base.database.query('insert into server (id, process) values ($1, $2)', [gone, mark])
    await base.database.query(
      `insert into effect (key, kind, incident_id, person_id, channel, page_keys, about, created_at, due_at, lease_until, fence, attempts)
       select 'of-' || server.id, effect.kind, incident_id, person_id, 'console', page_keys, effect.about, created_at, now(), now() + interval '1 hour', 1, 1
       from (select * from effect where kind = 'page' limit 1) as effect, server where server.id in ($1, $2)`,
      [gone, living],
    )
    await base.database.query(
      `insert into attempt (effect_key, number, server_id, fence, repeat)
       select 'of-' || id, 1, id, 1, false from server where id in ($1, $2)`,
      [gone, living],
    )
    const heir = await start({ ports: sharedPorts(60_000) })
    await waitFor(
      'its row to be closed',
      async () => (await heir.rows('select from server where id = $1 and stopped_at is not null', [gone])).length > 0,
      { timeoutMs: 10_000 },
    )
    const asked = { kind: 'page', channel: 'console', room: 10, running: [], serverId: heir.ports.serverId, leaseMs: 15_000 } as const
    const claimed = await base.database.inTransaction('main', (tx) => claimDue(tx, asked))
    expect(claimed.filter(({ key }) => key.startsWith('of-'))).toMatchObject([{ key: `of-${gone}`, attempt: 2, repeat: true }])
    expect(await it.rows('select effect_key, outcome from attempt where finished_at is not null')).toEqual([
      { effect_key: `of-${gone}`, outcome: 'unknown' },
    ])
  })

  test('a server that was taken for dead opens its row again and goes on', async () => {
    const it = await start({ ports: sharedPorts(60_000) })
    await it.post(json, { title: 'a', dedup_key: 'a' })
    await it.settled()
    await base.database.query('update server set stopped_at = now() where id = $1', [it.ports.serverId])
    expect((await it.post(json, { title: 'b', dedup_key: 'b' })).status).toBe(202)
    await it.settled()
    expect(await it.rows('select dedup_key from alert order by dedup_key')).toEqual([{ dedup_key: 'a' }, { dedup_key: 'b' }])
  })

  test('when another has moved the watermark nothing is applied twice', async () => {
    const it = await start({ ports: sharedPorts(60_000) })
    await it.post(json, { title: 'a', dedup_key: 'a' })
    await it.settled()
    // As if another server had taken over and applied what this one will send next.
    await base.database.query('update server set applied_receipt_id = applied_receipt_id + 1 where id = $1', [it.ports.serverId])
    await it.post(json, { title: 'taken', dedup_key: 'taken' })
    await it.post(json, { title: 'own', dedup_key: 'own' })
    await it.settled()
    expect(await it.rows('select dedup_key from alert order by dedup_key')).toEqual([{ dedup_key: 'a' }, { dedup_key: 'own' }])
  })

  test('batches that a crash of Postgres undid are applied again from their receipts', async () => {
    const it = await start({ ports: sharedPorts(60_000) })
    await it.post(json, { title: 'a', dedup_key: 'a' })
    await it.settled()
    await it.post(json, { title: 'a', dedup_key: 'a' })
    await it.settled()
    // Repeats commit without waiting for the disk: this is what is left when Postgres dies just then.
    await base.database.query('update alert set count = 1')
    await base.database.query('update server set applied_receipt_id = applied_receipt_id - 1 where id = $1', [it.ports.serverId])
    await asOwner('delete from applied_batch where first_receipt_id = (select max(first_receipt_id) from applied_batch)')
    await it.post(json, { title: 'a', dedup_key: 'a' })
    await it.settled()
    expect(await it.rows('select count from alert')).toEqual([{ count: 3 }])
  })

  async function leaveReceipt(serverId: string, body: unknown): Promise<number[]> {
    return base.database.inTransaction('ingest', async (tx) => {
      const [source] = await listSources(tx)
      if (source === undefined) throw new Error('no source')
      const bytes = Buffer.from(JSON.stringify(body))
      const receipt = {
        receivedAt: tx.now,
        sourceId: source.id,
        door: 'json',
        path: '/hooks/json/:key',
        headers: '{}',
        body: bytes,
        refused: null,
      }
      return insertReceipts(base.database, { id: serverId, shared: true }, [receipt], [toStored(bytes)])
    })
  }
})

describe('after a restart', () => {
  test('a key that was given to a trigger without one is the same when its receipt is read again', async () => {
    const first = await start()
    const answer = await first.post('/v2/enqueue', {
      routing_key: KEY,
      event_action: 'trigger',
      payload: { summary: 's', source: 'h', severity: 'error' },
    })
    await first.settled()
    const given = JSON.parse(answer.text).dedup_key as string
    await first.close()
    running.splice(0)
    // As if it had died between the receipt's commit and apply.
    await asOwner('delete from alert; delete from applied_batch')
    await base.database.query("update server set applied_receipt_id = 0, stopped_at = null, seen_at = now() - interval '1 minute'")
    const second = await start()
    await waitFor('the receipt to be applied again', async () => (await second.rows('select from alert')).length > 0, { timeoutMs: 10_000 })
    expect(await second.rows('select dedup_key from alert')).toEqual([{ dedup_key: given }])
  })
})

describe('keys', () => {
  test('a revoked key opens nothing within a second; a fresh one opens at once', async () => {
    const it = await start()
    await seedSource(base.database, { name: 'late', key: 'a-key-of-any-form' })
    expect((await it.post('/hooks/json/a-key-of-any-form', { title: 't' })).status).toBe(202)
    const id = await base.database.inTransaction('main', async (tx) => (await listSources(tx)).find((source) => source.name === 'late')?.id)
    await base.database.inTransaction('main', (tx) => revokeSource(tx, id ?? asId<SourceId>('')))
    await sleep(1_000)
    expect((await it.post('/hooks/json/a-key-of-any-form', { title: 't' })).status).toBe(401)
  })

  test('a key that is bound to one integration opens no other door', async () => {
    const it = await start()
    await seedSource(base.database, { name: 'bound', key: 'bound-key', kind: 'json' })
    expect((await it.post('/hooks/json/bound-key', { title: 't' })).status).toBe(202)
    expect((await it.post('/hooks/alertmanager/bound-key', { alerts: [] })).status).toBe(401)
  })

  test('a flood of wrong keys costs the database next to nothing', async () => {
    let queries = 0
    const counted: Database = {
      ...base.database,
      inTransaction: (pool, work) => {
        queries += 1
        return base.database.inTransaction(pool, work)
      },
    }
    const it = await start({}, counted)
    const before = queries
    await Promise.all(Array.from({ length: 200 }, (_, index) => it.post(`/hooks/json/wrong-${index}`, { title: 't' })))
    expect(queries - before).toBeLessThan(20)
  })
})

describe('when it cannot take more', () => {
  test('with the database away senders are told to come again, and nothing is said to be accepted', async () => {
    let away = false
    const refused = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const flaky: Database = {
      ...base.database,
      inTransaction: async (pool, work) => {
        if (away) throw refused()
        return base.database.inTransaction(pool, work)
      },
      query: async (asked, values, pool) => {
        if (away) throw refused()
        return base.database.query(asked, values, pool)
      },
    }
    const it = await start({}, flaky)
    away = true
    const answer = await it.post(json, { title: 't', dedup_key: 'away' })
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2'])
    away = false
    expect((await it.post(json, { title: 't', dedup_key: 'back' })).status).toBe(202)
    await it.settled()
    expect(await it.rows('select dedup_key from alert')).toEqual([{ dedup_key: 'back' }])
  })

  test('while it drains it takes nothing new, and what it took is applied', async () => {
    const it = await start()
    await Promise.all(Array.from({ length: 20 }, (_, index) => it.post(json, { title: 't', dedup_key: `d${index}` })))
    await it.intake.drain()
    expect(it.intake.backlog()).toBe(0)
    expect(await it.rows('select count(*) from alert')).toEqual([{ count: 20 }])
    expect((await it.post(json, { title: 't' })).status).toBe(503)
  })
})

test('a signal of Tocsin’s own goes the same way, from a source that no key opens', async () => {
  const it = await start({ playbook: withTypes(type('own', 'TocsinStuck')) })
  await submitSignal(it.ports, toSignal({ alarm: 'TocsinStuck', status: 'firing', title: 'An incident has no next step' }), 'tocsin')
  await it.settled()
  expect(await it.rows('select incident_type, title from incident')).toEqual([
    { incident_type: 'own', title: 'own: An incident has no next step' },
  ])
  expect(await it.rows('select s.name, s.kind from alert a join source s on s.id = a.source_id')).toEqual([
    { name: 'tocsin', kind: 'tocsin' },
  ])
})

test('without an intake a signal of one’s own is not lost silently', async () => {
  const playbook = testPlaybook()
  const ports = testPorts(base.database, {
    playbooks: { current: () => playbook, load: async () => playbook },
    rosters: { at: async () => testRoster() },
  })
  await expect(submitSignal(ports, toSignal({ alarm: 'A', status: 'firing', title: 't' }), 'tocsin')).rejects.toThrow('no intake')
})

test('an alert is found by its own episodes, not among all that fire, also where nothing fired when the plan was made', async () => {
  const STORM = 3_000
  const insert = (resolved: string, name: string, count: number) =>
    asOwner(`insert into alert (id, source_id, fingerprint, alarm, title, labels, first_at, last_at, resolved_at)
             select gen_random_uuid(), (select id from source limit 1), md5('${name}' || n)::uuid, 'A', 'A', '{}', now(), now(), ${resolved}
             from generate_series(1, ${count}) as n`)
  await insert('now()', 'past', STORM)
  await asOwner('analyze alert')
  await insert('null', 'storm', STORM)
  await base.database.inTransaction('main', async (tx) => {
    await tx.query("set local plan_cache_mode = 'force_generic_plan'")
    const { rows } = await tx.query<{ fingerprint: string }>('select fingerprint from alert where resolved_at is null limit 3')
    const asked = rows.map(({ fingerprint }) => fingerprint)
    const fetched = async () => {
      const [row] = (
        await tx.query<{ fetched: number }>(
          "select (idx_tup_fetch + seq_tup_read)::float8 as fetched from pg_stat_xact_user_tables where relname = 'alert'",
        )
      ).rows
      return row?.fetched ?? Number.NaN
    }
    const before = await fetched()
    expect(await lockFiring(tx, asked)).toHaveLength(3)
    expect(await findLatest(tx, asked)).toHaveLength(3)
    expect((await fetched()) - before).toBeLessThan(30)
  })
})
