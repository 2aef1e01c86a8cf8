/** Held alerts: nothing pages while something holds, and whatever fires still pages when it ends; on one server, on two, across a restart. */
import { setTimeout } from 'node:timers/promises'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { testPlaybook } from '../../../test/support/playbook.ts'
import { waitFor } from '../../../test/support/wait.ts'
import type { Actor } from '../../core/incident/event.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import type { Matcher } from '../../core/silence/matcher.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts'
import type { Database } from '../database/database.ts'
import { openDatabase } from '../database/open-database.ts'
import { APP_ROLE } from '../database/role-store.ts'
import { decodeOutcomes } from '../alert/outcome.ts'
import { readDatabaseNumbers } from '../metrics/metrics-store.ts'
import { pagesWithheldTotal } from '../metrics/metrics.ts'
import { findForgotten } from './forgotten.ts'
import { countForgotten } from './hold-store.ts'
import { createMaintenance } from './maintenance-act.ts'
import { releaseDue, startReleaser } from './release.ts'
import { changeSilence, createSilence, expireSilence, type NewSilence } from './silence-act.ts'

const ann: Actor = { kind: 'system', name: 'Ann' }
const equals = (name: string, value: string): Matcher => ({ name, value, isRegex: false, isEqual: true })

let base: TestDatabase
const running: { close: () => Promise<void> }[] = []

beforeEach(async () => {
  base = await openTestDatabase()
  await seedSource(base.database)
})
afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.close()
  await base.close()
})

async function start(playbook: Playbook = testPlaybook(), database: Database = base.database): Promise<TestIntake> {
  const it = await startTestIntake(database, { playbook })
  running.push(it)
  return it
}

/** As another server sees it. */
function openOther(): Database {
  const other = openDatabase({ url: base.url, role: APP_ROLE, log: pino({ level: 'silent' }), sizes: { main: 2, pages: 1, ingest: 1 } })
  running.push({ close: other.close })
  return other
}

const now = async (it: TestIntake): Promise<number> => it.ports.database.inTransaction('main', async (tx) => tx.now)

async function silence(it: TestIntake, over: Partial<NewSilence> = {}): Promise<string> {
  const at = await now(it)
  const made = await it.ports.database.inTransaction('main', (tx) =>
    createSilence(it.ports, tx, {
      matchers: [equals('alertname', 'Spike')],
      startsAt: at,
      endsAt: at + HOUR_MS,
      reason: 'deploy',
      author: ann,
      ...over,
    }),
  )
  if (made.kind !== 'done') throw new Error(JSON.stringify(made))
  return made.silence.id
}

const expire = (it: TestIntake, id: string) => it.ports.database.inTransaction('main', (tx) => expireSilence(it.ports, tx, id, ann))

async function send(it: TestIntake, labels: Record<string, string>, ended = false): Promise<void> {
  const alert = {
    labels,
    annotations: { summary: `${labels['alertname'] ?? ''} ${labels['instance'] ?? ''}`.trim() },
    startsAt: '2026-11-24T00:00:00Z',
    endsAt: ended ? '2026-11-24T00:01:00Z' : '2030-01-01T00:00:00Z',
  }
  await it.post('/alertmanager/api/v2/alerts', [alert], { authorization: `Bearer ${KEY}` })
  await it.settled()
}

const minuteOf = (at: number) => new Date(at).toISOString().slice(0, 16)
const incidents = (it: TestIntake) =>
  it.rows<{ number: number; alerts_total: number; reason: string }>(
    `select number, alerts_total, state ->> 'severityReason' as reason from incident order by number`,
  )
const holds = (it: TestIntake) =>
  it.rows<{ by_kind: string; ref_id: string; ended: boolean; due: boolean }>(
    'select by_kind, ref_id, ended_at is not null as ended, due_at is not null as due from alert_hold order by held_at',
  )
const lastOutcome = async (it: TestIntake) => {
  const [row] = await it.rows<{ encoding: string; outcomes: Buffer }>(
    'select encoding, outcomes from applied_batch order by first_receipt_id desc limit 1',
  )
  return row === undefined ? undefined : [...decodeOutcomes(row.encoding, row.outcomes).values()].flat().at(-1)
}

describe('a silence', () => {
  test('holds what it fits, says so, and lets everything else page', async () => {
    const it = await start()
    const id = await silence(it)
    await send(it, { alertname: 'Spike', instance: 'a' })
    expect(await incidents(it)).toEqual([])
    expect(await lastOutcome(it)).toMatchObject({
      kind: 'held',
      why: expect.stringMatching(/^A silence of Ann holds it until .*: deploy$/),
    })
    expect(await holds(it)).toEqual([{ by_kind: 'silence', ref_id: id, ended: false, due: true }])
    await send(it, { alertname: 'Other' })
    expect(await incidents(it)).toHaveLength(1)
  })

  test('that is expired lets go of what fires still, once, and says that it was held', async () => {
    const it = await start()
    const id = await silence(it)
    await send(it, { alertname: 'Spike', instance: 'a' })
    await send(it, { alertname: 'Spike', instance: 'b' })
    await expire(it, id)
    await releaseDue(it.ports)
    await releaseDue(it.ports)
    expect(await incidents(it)).toEqual([
      { number: 1, alerts_total: 2, reason: expect.stringContaining('It was held before (A silence of Ann') },
    ])
    expect((await holds(it)).every((hold) => hold.ended)).toBe(true)
    expect(await it.rows(`select count(*)::int as pages from effect where kind = 'page'`)).not.toEqual([{ pages: 0 }])
    expect(await it.rows('select count(*)::int as left from alert where incident_id is null')).toEqual([{ left: 0 }])
  })

  test('lets nothing go that has ended meanwhile', async () => {
    const it = await start()
    const id = await silence(it)
    await send(it, { alertname: 'Spike', instance: 'a' })
    await send(it, { alertname: 'Spike', instance: 'a' }, true)
    await expire(it, id)
    await releaseDue(it.ports)
    expect(await incidents(it)).toEqual([])
    expect((await holds(it)).every((hold) => hold.ended)).toBe(true)
  })

  test('that ends by itself is noticed by the job, at its end', async () => {
    const it = await start()
    const at = await now(it)
    await silence(it, { endsAt: at + 1_500 })
    await send(it, { alertname: 'Spike' })
    expect(await incidents(it)).toEqual([])
    const releaser = startReleaser(it.ports)
    running.push({ close: releaser.stop })
    await waitFor('the alert to page', async () => (await incidents(it)).length === 1, { timeoutMs: 10_000 })
    const [opened] = await it.rows<{ late: number }>(
      `select (extract(epoch from opened_at) * 1000 - ${at + 1_500})::float8 as late from incident`,
    )
    expect(opened?.late).toBeGreaterThanOrEqual(0)
  })

  test('whose end another one covers hands its alerts on', async () => {
    const it = await start()
    const first = await silence(it)
    await send(it, { alertname: 'Spike' })
    const second = await silence(it, { matchers: [equals('alertname', 'Spike')] })
    await expire(it, first)
    await releaseDue(it.ports)
    expect(await incidents(it)).toEqual([])
    expect(await holds(it)).toEqual([{ by_kind: 'silence', ref_id: second, ended: false, due: true }])
  })

  test('that is made longer holds on', async () => {
    const it = await start()
    const at = await now(it)
    const id = await silence(it, { endsAt: at + 5 * MINUTE_MS })
    await send(it, { alertname: 'Spike' })
    await it.ports.database.inTransaction('main', (tx) => changeSilence(it.ports, tx, id, { endsAt: at + HOUR_MS, by: ann }))
    await releaseDue(it.ports)
    expect(await incidents(it)).toEqual([])
    const [row] = await it.rows<{ due: number }>(
      'select (extract(epoch from due_at) * 1000)::float8 as due from alert_hold where ended_at is null',
    )
    expect(row?.due).toBe(at + HOUR_MS)
  })

  test('does not touch an incident that is open', async () => {
    const it = await start()
    await send(it, { alertname: 'Spike', instance: 'a' })
    await silence(it)
    await send(it, { alertname: 'Spike', instance: 'a' })
    expect(await it.rows('select open from incident')).toEqual([{ open: true }])
    await send(it, { alertname: 'Spike', instance: 'b' })
    expect(await incidents(it)).toMatchObject([{ alerts_total: 1 }])
  })

  test('without a reason holds nothing of a severity that wants one, and could not be made for it', async () => {
    const it = await start(testPlaybook({ muting: { reasonRequired: ['red'], maxMs: null, never: [], noticeBeforeMs: MINUTE_MS } }))
    const at = await now(it)
    const refused = await it.ports.database.inTransaction('main', (tx) =>
      createSilence(it.ports, tx, {
        matchers: [equals('alertname', 'Spike')],
        startsAt: at,
        endsAt: at + HOUR_MS,
        reason: ' ',
        author: ann,
      }),
    )
    expect(refused).toMatchObject({ kind: 'refused', code: 'reason-required' })
    const id = await silence(it)
    await it.rows(`update silence set reason = '' where id = '${id}'`)
    await it.rows('update mute_version set version = version + 1')
    await send(it, { alertname: 'Spike' })
    expect(await incidents(it)).toMatchObject([{ reason: expect.stringContaining('mutes nothing at red without a reason') }])
  })

  test('of a severity that has a longest time holds so long, and no longer', async () => {
    const it = await start(testPlaybook({ muting: { reasonRequired: ['red'], maxMs: 1_200, never: [], noticeBeforeMs: MINUTE_MS } }))
    await silence(it)
    await send(it, { alertname: 'Spike' })
    expect(await incidents(it)).toEqual([])
    await waitFor('the longest time to pass', async () => (await releaseDue(it.ports)) > 0, { timeoutMs: 10_000 })
    expect(await incidents(it)).toHaveLength(1)
  })
})

describe('several servers', () => {
  test('what another server ended holds nothing, though this one has not heard of it', async () => {
    const other = openOther()
    const it = await start()
    const id = await silence(it)
    await send(it, { alertname: 'Spike', instance: 'a' })
    await other.inTransaction('main', (tx) => expireSilence({ ...it.ports, database: other }, tx, id, ann))
    await send(it, { alertname: 'Spike', instance: 'b' })
    expect(await incidents(it)).toMatchObject([{ alerts_total: 1 }])
    await releaseDue(it.ports)
    expect(await incidents(it)).toMatchObject([{ alerts_total: 2 }])
  })

  test('what one makes holds the next alert that another applies, and is counted; the end made there lets it go', async () => {
    const it = await start()
    const other = { ...it.ports, database: openOther() }
    // It has looked, and found nothing that mutes.
    await send(it, { alertname: 'Other' })
    const withheld = async () => Object.fromEntries((await pagesWithheldTotal.get()).values.map(({ labels, value }) => [labels.by, value]))
    const before = await withheld()
    const at = await now(it)
    const made = await other.database.inTransaction('main', (tx) =>
      createSilence(other, tx, {
        matchers: [equals('alertname', 'Spike')],
        startsAt: at,
        endsAt: at + HOUR_MS,
        reason: 'deploy',
        author: ann,
      }),
    )
    const window = await other.database.inTransaction('main', (tx) =>
      createMaintenance(
        other,
        tx,
        {
          title: 'Night',
          reason: 'patches',
          zone: 'UTC',
          schedule: { kind: 'once', from: minuteOf(at - HOUR_MS), to: minuteOf(at + HOUR_MS) },
          matchers: [equals('alertname', 'Patched')],
          services: [],
          types: [],
          sources: [],
        },
        ann,
      ),
    )
    if (made.kind !== 'done' || window.kind !== 'done') throw new Error(JSON.stringify([made, window]))
    await setTimeout(600) // within half a second every server has heard of it
    await send(it, { alertname: 'Spike', instance: 'a' })
    await send(it, { alertname: 'Spike', instance: 'a' })
    await send(it, { alertname: 'Patched' })
    expect(await incidents(it)).toHaveLength(1)
    expect(await holds(it)).toMatchObject([
      { by_kind: 'silence', ref_id: made.silence.id, ended: false },
      { by_kind: 'maintenance', ref_id: window.window.id, ended: false },
    ])
    const numbers = await it.ports.database.inTransaction('main', readDatabaseNumbers)
    expect(numbers.held).toEqual({ silence: 1, maintenance: 1 })
    const after = await withheld()
    for (const by of ['silence', 'maintenance']) expect((after[by] ?? 0) - (before[by] ?? 0)).toBe(1)
    await other.database.inTransaction('main', (tx) => expireSilence(other, tx, made.silence.id, ann))
    await releaseDue(other)
    expect(await incidents(it)).toMatchObject([
      {},
      { alerts_total: 1, reason: expect.stringContaining('It was held before (A silence of Ann') },
    ])
  })

  test('two that let go at once page once', async () => {
    const other = openOther()
    const it = await start()
    const id = await silence(it)
    for (const instance of 'abcdefghij') await send(it, { alertname: 'Spike', instance })
    await expire(it, id)
    await Promise.all([releaseDue(it.ports), releaseDue({ ...it.ports, database: other })])
    await releaseDue(it.ports)
    expect(await incidents(it)).toMatchObject([{ alerts_total: 10 }])
    expect(await it.rows('select count(*)::int as left from alert where incident_id is null')).toEqual([{ left: 0 }])
  })

  test('after a restart what was due meanwhile is let go', async () => {
    const before = await start()
    const at = await now(before)
    await silence(before, { endsAt: at + 800 })
    await send(before, { alertname: 'Spike' })
    for (const one of running.splice(0)) await one.close()
    const again = await start()
    await waitFor('the end', async () => (await releaseDue(again.ports)) > 0, { timeoutMs: 10_000 })
    expect(await incidents(again)).toHaveLength(1)
  })
})

describe('the auditor', () => {
  const count = (it: TestIntake) => it.ports.database.inTransaction('main', (tx) => countForgotten(tx, 30_000))

  test('finds an alert that is held by what is over, whatever its row says', async () => {
    const it = await start()
    const id = await silence(it)
    await send(it, { alertname: 'Spike' })
    await it.rows(`update alert_hold set held_at = now() - interval '1 hour'`)
    expect(await count(it)).toBe(0)
    await it.rows(`update silence set starts_at = now() - interval '2 hours', ends_at = now() - interval '31 s' where id = '${id}'`)
    expect(await count(it)).toBe(1)
    await it.rows(`update silence set ends_at = now() + interval '1 hour' where id = '${id}'`)
    await it.rows(`update alert_hold set due_at = now() - interval '31 s'`)
    expect(await findForgotten(it.ports, 1)).toMatchObject([{ kind: 'hold-over', detail: '1 firing alert(s) are held by what is over' }])
    expect(await count(it)).toBe(0)
  })
})

describe('inhibition', () => {
  const inhibition = [
    { name: 'cluster', source: [equals('alertname', 'ClusterDown')], target: [equals('tier', 'low')], equal: ['cluster'] },
  ]
  const playbook = testPlaybook({ inhibition })

  test('holds what the source covers, and lets it go when the source has ended', async () => {
    const it = await start(playbook)
    await send(it, { alertname: 'ClusterDown', cluster: 'x' })
    await send(it, { alertname: 'Spike', tier: 'low', cluster: 'x' })
    await send(it, { alertname: 'Spike', tier: 'low', cluster: 'y' })
    expect(await holds(it)).toEqual([{ by_kind: 'inhibition', ref_id: 'cluster', ended: false, due: false }])
    expect(await lastOutcome(it)).toMatchObject({ kind: 'opened' })
    await releaseDue(it.ports)
    expect((await holds(it)).every((hold) => hold.ended)).toBe(false)
    await send(it, { alertname: 'ClusterDown', cluster: 'x' }, true)
    await releaseDue(it.ports)
    expect((await holds(it)).every((hold) => hold.ended)).toBe(true)
    expect(await it.rows('select count(*)::int as left from alert where incident_id is null')).toEqual([{ left: 0 }])
  })

  test('source and target in one message, in either order', async () => {
    const it = await start(playbook)
    const alert = (labels: Record<string, string>) => ({ labels, startsAt: '2026-11-24T00:00:00Z', endsAt: '2030-01-01T00:00:00Z' })
    await it.post(
      '/alertmanager/api/v2/alerts',
      [alert({ alertname: 'Spike', tier: 'low', cluster: 'x' }), alert({ alertname: 'ClusterDown', cluster: 'x' })],
      { authorization: `Bearer ${KEY}` },
    )
    await it.settled()
    expect(await holds(it)).toHaveLength(1)
  })

  test('an alert on both sides is not held by itself', async () => {
    const it = await start(playbook)
    await send(it, { alertname: 'ClusterDown', tier: 'low', cluster: 'x' })
    expect(await holds(it)).toEqual([])
    expect(await incidents(it)).toHaveLength(1)
  })
})
