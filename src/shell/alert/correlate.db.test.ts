/** How alerts come together and end, through the doors: windows, merged groups, numbers that fall, flapping, late and early messages. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { ann, own, testPlaybook } from '../../../test/support/playbook.ts'
import { asId, type IncidentId } from '../../core/id.ts'
import type { IncidentType, Playbook } from '../../core/playbook/playbook.ts'
import { MINUTE_MS, SECOND_MS } from '../../core/time.ts'
import { changeIncident } from '../incident/change.ts'
import { linkIncidents, mergeIncidents, unmergeIncident } from '../incident/merge.ts'
import { rebuildViews } from '../incident/rebuild.ts'
import { FORGET_HOMES } from './triage-home-store.ts'

const clockFile = join(mkdtempSync(join(tmpdir(), 'tocsin-correlate-')), 'offset')
const byAnn = { by: { kind: 'person', id: ann, name: 'Ann' }, reason: 'the same' } as const
let base: TestDatabase
let it: TestIntake
let now = Date.UTC(2026, 10, 24, 10)
const playbook = correlating()

beforeAll(async () => {
  goTo(now)
  base = await openTestDatabase({ testClockFile: clockFile })
  await seedSource(base.database)
  it = await startTestIntake(base.database, { playbook })
})
afterAll(async () => {
  await it.close()
  await base.close()
})
afterEach(async () => {
  await base.database.query('delete from merged_alert')
  await base.database.query('update alert set resolved_at = now() where resolved_at is null')
  await base.database.query(`update incident set open = false, group_key = null, merged_into = null, wake_at = null,
    state = jsonb_set(jsonb_set(state, '{phase}', '"closed"'), '{mergedInto}', 'null') where open or merged_into is not null or group_key is not null`)
  await wait(60 * MINUTE_MS)
})

function correlating(): Playbook {
  const plain = testPlaybook()
  const [spike] = plain.incidentTypes
  if (spike === undefined) throw new Error('no type')
  const type = (over: Partial<IncidentType> & { id: string }): IncidentType => ({
    ...spike,
    title: over.id,
    detection: named(over.id),
    ...over,
  })
  return {
    ...plain,
    grouping: { by: ['cluster'], windowMs: null },
    incidentTypes: [
      spike,
      type({ id: 'Windowed', windowMs: 10 * MINUTE_MS, severity: 'amber' }),
      type({ id: 'Drift', severity: 'amber', detection: named('drift', { comparison: '>', bound: 0.2 }) }),
      type({ id: 'Flaps', severity: 'blue' }),
      type({ id: 'Grouped', severity: 'amber', groupBy: ['cluster'] }),
    ],
  }
}

function named(alarm: string, threshold: IncidentType['detection'][number]['threshold'] = null): IncidentType['detection'] {
  return [{ alarm, sources: [], when: null, threshold }]
}

function goTo(at: number): void {
  now = at
  writeFileSync(clockFile, String(at - Date.now()))
}
/** The domain's time moves on, and the doors have seen it. */
async function wait(ms: number): Promise<void> {
  goTo(now + ms)
  await new Promise((resolve) => setTimeout(resolve, 600))
}
const send = async (body: object) => {
  expect((await it.post(`/hooks/json/${KEY}`, body)).status).toBe(202)
  await it.settled()
}
const fire = (alarm: string, host: string, more: object = {}) =>
  send({ alarm, title: `${alarm} on ${host}`, dedup_key: `${alarm}/${host}`, labels: { host }, ...more })
const end = (alarm: string, host: string) => fire(alarm, host, { status: 'resolved' })
type Row = {
  id: string
  number: number
  title: string
  severity: string
  phase: string
  alerts_total: number
  alerts_firing: number
  state: Record<string, unknown>
}
const open = () =>
  it.rows<Row>('select id, number, title, severity, phase, alerts_total, alerts_firing, state from incident where open order by number')
const counts = async () => (await open()).map((row) => [row.alerts_total, row.alerts_firing])
const id = (row: Row | undefined) => asId<IncidentId>(row?.id ?? '')
const wake = async (row: Row | undefined) => changeIncident(it.ports, id(row), { type: 'wake' })
const pages = (row: Row | undefined) =>
  it.rows<{ state: string }>('select state from page where incident_id = $1 order by created_at, id', [row?.id])

test('with a window, an alert joins while they come close together, and opens anew after a pause; the first page waits for nothing', async () => {
  await fire('Windowed', 'a')
  const [first] = await open()
  expect(await pages(first)).toHaveLength(1)
  await wait(9 * MINUTE_MS)
  await fire('Windowed', 'b')
  await wait(9 * MINUTE_MS)
  await fire('Windowed', 'c')
  expect(await counts()).toEqual([[3, 3]])
  await wait(11 * MINUTE_MS)
  await fire('Windowed', 'd')
  expect(await counts()).toEqual([
    [3, 3],
    [1, 1],
  ])
  // Those of before end in the incident that they are of.
  await end('Windowed', 'a')
  await fire('Windowed', 'e')
  expect(await counts()).toEqual([
    [3, 2],
    [2, 2],
  ])
})

test('labels tell incidents apart', async () => {
  await fire('Grouped', 'a', { labels: { cluster: 'eu', host: 'a' } })
  await fire('Grouped', 'b', { labels: { cluster: 'eu', host: 'b' } })
  await fire('Grouped', 'c', { labels: { cluster: 'us', host: 'c' } })
  expect(await counts()).toEqual([
    [2, 2],
    [1, 1],
  ])
})

test('labels tell the incidents of a known type apart: what no type knows is one triage incident of its source', async () => {
  for (const [host, cluster] of ['eu', 'us', 'ap'].entries()) await fire(`Unheard${host}`, String(host), { labels: { cluster } })
  expect(await counts()).toEqual([[3, 3]])
})

test('a triage incident that was merged is answered for by the other, which keeps the group of its own', async () => {
  await fire('Spike', 'a')
  await fire('UnheardM', 'a')
  const [target, source] = await open()
  await it.ports.database.inTransaction('main', (tx) => mergeIncidents(it.ports, tx, id(source), id(target), byAnn))
  await changeIncident(it.ports, id(target), { type: 'acknowledge', by: byAnn.by, personId: ann, via: 'api' })
  // Of a name that somebody has in hand there; of one that nobody has seen; and of the other's own type.
  await fire('UnheardM', 'b')
  await fire('UnheardN', 'a')
  await fire('Spike', 'b')
  expect(await counts()).toEqual([
    [4, 4],
    [1, 1],
  ])
  await base.database.query(FORGET_HOMES)
  expect(await it.rows('select alarm from triage_home order by alarm')).toEqual(['UnheardM', 'UnheardN'].map((alarm) => ({ alarm })))
})

test('an unknown alarm that nobody has seen pages, even while an answered triage incident is open; one that is known there rejoins it', async () => {
  const acknowledge = async (row: Row | undefined) =>
    expect(await changeIncident(it.ports, id(row), { type: 'acknowledge', by: byAnn.by, personId: ann, via: 'api' })).toMatchObject({
      kind: 'accepted',
    })
  await fire('UnheardA', 'a')
  await fire('UnheardB', 'a')
  expect(await counts()).toEqual([[2, 2]])
  const [first] = await open()
  await acknowledge(first)
  const before = (await pages(first)).length
  // Another host of a known name, and one that comes again, are of what somebody has in hand.
  await fire('UnheardA', 'b')
  await end('UnheardB', 'a')
  await fire('UnheardB', 'a')
  expect(await counts()).toEqual([[4, 3]])
  expect(await pages(first)).toHaveLength(before)
  await fire('UnheardC', 'a')
  await fire('UnheardD', 'a')
  const [, second] = await open()
  expect(await counts()).toEqual([
    [4, 3],
    [2, 2],
  ])
  expect((await pages(second)).length).toBeGreaterThan(0)
  await acknowledge(second)
  await fire('UnheardA', 'c')
  await fire('UnheardC', 'b')
  expect(await counts()).toEqual([
    [5, 4],
    [3, 3],
  ])
  // Its incident is over: it is unknown again.
  await changeIncident(it.ports, id(second), { type: 'resolve', by: byAnn.by, reason: 'done' })
  await fire('UnheardC', 'c')
  expect(await counts()).toEqual([
    [5, 4],
    [1, 1],
  ])
  await base.database.query(FORGET_HOMES)
  expect(await it.rows('select alarm from triage_home order by alarm')).toEqual(
    ['UnheardA', 'UnheardB', 'UnheardC'].map((alarm) => ({ alarm })),
  )
})

test('a number that is pushed and falls under the threshold ends its alert, and one that never met it opens nothing', async () => {
  await send({ alarm: 'drift', title: 'Drift', value: 0.1 })
  expect(await open()).toEqual([])
  await send({ alarm: 'drift', title: 'Drift', value: 0.31 })
  expect(await counts()).toEqual([[1, 1]])
  await send({ alarm: 'drift', title: 'Drift', value: 0.19 })
  expect(await counts()).toEqual([[1, 0]])
  await send({ alarm: 'drift', title: 'Drift', value: 0.4 })
  expect(await counts()).toEqual([[2, 1]])
})

test('measurements: the playbook compares each group, over opens, under ends; what it does not compare is kept and pages nobody', async () => {
  const measure = async (body: object) => {
    const answer = await it.post(`/hooks/measure/${KEY}`, body)
    expect(answer.status, answer.text).toBe(202)
    await it.settled()
    return JSON.parse(answer.text)
  }
  await measure({ measure: 'drift', value: 0.1, group: 'age 18-25' })
  await measure({ measure: 'unheard', value: 9 })
  expect([await open(), await it.rows('select 1 from alert where resolved_at is null')]).toEqual([[], []])
  const { measurements } = await measure({ measure: 'drift', group: 'age 18-25', expected: [50, 50], actual: [25, 75] })
  expect(measurements[0].value).toBeCloseTo(0.2747, 4)
  await measure({ measure: 'drift', value: 0.5, group: 'age 26-40' })
  expect(await counts()).toEqual([[2, 2]])
  expect((await open())[0]?.title).toBe('Drift: drift is 0.2747 (group age 18-25)')
  await measure([
    { measure: 'drift', value: 0.2, group: 'age 18-25' },
    { measure: 'drift', value: 0.19, group: 'age 26-40' },
  ])
  expect(await counts()).toEqual([[2, 0]])
})

test('a source that repeats a state with its start says itself when it is over', async () => {
  const start = new Date(now).toISOString()
  await send({ alarm: 'drift', title: 'Drift', value: 0.31, starts_at: start, labels: { a: 'b' } })
  await send({ alarm: 'drift', title: 'Drift', value: 0.19, starts_at: start, labels: { a: 'b' } })
  expect(await counts()).toEqual([[1, 1]])
})

test('the end of an alert that comes before its beginning keeps it from opening; a later beginning opens', async () => {
  const start = new Date(now).toISOString()
  await fire('Spike', 'x', { status: 'resolved', starts_at: start })
  await fire('Spike', 'x', { starts_at: start })
  expect(await open()).toEqual([])
  await wait(MINUTE_MS)
  await fire('Spike', 'x', { starts_at: new Date(now).toISOString() })
  expect(await counts()).toEqual([[1, 1]])
  // An end of the one before comes late: the one that fires goes on.
  await fire('Spike', 'x', { status: 'resolved', starts_at: start })
  expect(await counts()).toEqual([[1, 1]])
})

test('what flaps does not resolve, and pages as before; when it is steady it does', async () => {
  await fire('Flaps', 'a')
  for (let turn = 0; turn < 2; turn += 1) {
    await end('Flaps', 'a')
    await wait(2 * MINUTE_MS)
    await fire('Flaps', 'a')
  }
  await end('Flaps', 'a')
  await wait(6 * MINUTE_MS)
  const [row] = await open()
  await wake(row)
  expect(await open()).toHaveLength(1)
  await wait(24 * MINUTE_MS)
  await wake(row)
  expect(await open()).toEqual([])
})

test('what flaps slowly is known by the incident before it', async () => {
  for (let turn = 0; turn < 2; turn += 1) {
    await fire('Flaps', 'a')
    await wait(SECOND_MS)
    await end('Flaps', 'a')
    await wait(6 * MINUTE_MS)
    const [row] = await open()
    await wake(row)
    expect(await open(), `turn ${turn}`).toEqual([])
  }
  await fire('Flaps', 'a')
  expect((await open())[0]?.state['turns']).toHaveLength(4)
  await end('Flaps', 'a')
  await wait(6 * MINUTE_MS)
  const [row] = await open()
  await wake(row)
  expect(await open()).toHaveLength(1)
})

test('a merge moves the alerts, ends the pages and raises the severity; new alerts of its group join the other; it can be undone', async () => {
  await fire('Windowed', 'a')
  await fire('Spike', 'b')
  await fire('Spike', 'c')
  const [target, source] = await open()
  expect(await pages(source)).toHaveLength(2)
  const merged = await it.ports.database.inTransaction('main', (tx) => mergeIncidents(it.ports, tx, id(source), id(target), byAnn))
  expect(merged.kind).toBe('accepted')
  expect(await open()).toMatchObject([{ number: target?.number, severity: 'red', alerts_total: 3, alerts_firing: 3 }])
  expect((await pages(source)).map((page) => page.state)).toEqual(['ended', 'ended'])
  await end('Spike', 'b')
  await fire('Spike', 'd')
  expect(await counts()).toEqual([[4, 3]])
  expect(await changeIncident(it.ports, id(source), { type: 'acknowledge', by: byAnn.by, personId: ann, via: 'api' })).toEqual({
    kind: 'refused',
    code: 'incident-merged',
  })

  const back = await it.ports.database.inTransaction('main', (tx) => unmergeIncident(it.ports, tx, id(source), byAnn))
  expect(back.kind).toBe('accepted')
  // "b" has ended and "c" fires; "d" came to the other, and stays there.
  expect(await counts()).toEqual([
    [2, 2],
    [2, 1],
  ])
  expect((await pages(source)).map((page) => page.state)).toEqual(['ended', 'ended', 'paging', 'paging'])
  await fire('Spike', 'e')
  expect(await counts()).toEqual([
    [2, 2],
    [3, 2],
  ])
  expect(
    (await rebuildViews(it.ports, { write: false })).differing.filter(({ number }) => [target?.number, source?.number].includes(number)),
  ).toEqual([])
})

test('a merge through a merge is undone from where its alerts have gone', async () => {
  await fire('Spike', 'a')
  await fire('Windowed', 'b')
  await fire('Grouped', 'c')
  const [one, two, three] = await open()
  const merge = (from: Row | undefined, into: Row | undefined) =>
    it.ports.database.inTransaction('main', (tx) => mergeIncidents(it.ports, tx, id(from), id(into), byAnn))
  await merge(one, two)
  await merge(two, three)
  expect(await counts()).toEqual([[3, 3]])
  await fire('Spike', 'd')
  expect(await counts()).toEqual([[4, 4]])
  await it.ports.database.inTransaction('main', (tx) => unmergeIncident(it.ports, tx, id(one), byAnn))
  expect(await counts()).toEqual([
    [1, 1],
    [3, 3],
  ])
  await it.ports.database.inTransaction('main', (tx) => unmergeIncident(it.ports, tx, id(two), byAnn))
  expect(await counts()).toEqual([
    [1, 1],
    [1, 1],
    [2, 2],
  ])
})

test('an incident is neither merged into itself, nor into one that is over, and what is refused has changed nothing', async () => {
  await fire('Spike', 'a')
  await fire('Windowed', 'b')
  const [one, two] = await open()
  await changeIncident(it.ports, id(two), { type: 'resolve', by: byAnn.by, reason: 'done' })
  const merge = async (from: Row | undefined, into: Row | undefined) => {
    let result: unknown
    await it.ports.database
      .inTransaction('main', async (tx) => {
        result = await mergeIncidents(it.ports, tx, id(from), id(into), byAnn)
        throw new Error('roll back')
      })
      .catch(() => undefined)
    return result
  }
  expect(await merge(one, two)).toEqual({ kind: 'refused', code: 'merge-target-not-open' })
  expect(await merge(one, one)).toEqual({ kind: 'refused', code: 'same-incident' })
  expect(await counts()).toEqual([[1, 1]])
})

test('links stand on both sides, once, and end on both', async () => {
  await fire('Spike', 'a')
  await fire('Windowed', 'b')
  const [one, two] = await open()
  const link = (ended: boolean) =>
    it.ports.database.inTransaction('main', (tx) => linkIncidents(it.ports, tx, { id: id(one), other: id(two) }, { ...byAnn, ended }))
  await link(false)
  await link(false)
  expect((await open()).map((row) => (row.state['links'] as { number: number }[]).map(({ number }) => number))).toEqual([
    [two?.number],
    [one?.number],
  ])
  await link(true)
  expect((await open()).map((row) => row.state['links'])).toEqual([[], []])
  expect(own).toBeDefined()
})
