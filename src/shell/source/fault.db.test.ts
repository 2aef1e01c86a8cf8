import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSourceScene, type SourceScene } from '../../../test/support/source-scene.ts'
import { own, testPlaybook } from '../../../test/support/playbook.ts'

/** Beside those of the small playbook: a rule that cannot be decided, and a severity in no row, which throws where it is to open. */
const playbook = testPlaybook()
const [spike] = playbook.incidentTypes
if (spike === undefined) throw new Error('the playbook has a type')
const typeOf = (alarm: string, when: string | null, severity: string) => ({
  ...spike,
  id: alarm.toLowerCase(),
  title: alarm,
  severity,
  detection: [{ alarm, sources: [], when, threshold: null }],
})
const faulty = testPlaybook({
  incidentTypes: [...playbook.incidentTypes, typeOf('Faulty', "signal.labels['absent'] == 'x'", 'red'), typeOf('Poison', null, 'purple')],
})

let it: SourceScene
beforeAll(async () => {
  it = await openSourceScene({ playbook: faulty })
})
afterAll(() => it.close())

const told = (id: string) =>
  it.rows<{ title: string; incident_id: string | null }>('select title, incident_id from alert where source_id = $1 order by first_at', [
    id,
  ])

const DOORS = {
  json: (key: string) => `/hooks/json/${key}`,
  alertmanager: (key: string) => `/hooks/alertmanager/${key}`,
  sentry: (key: string) => `/hooks/sentry/${key}`,
  prometheus: (key: string) => `/alertmanager/${key}/api/v2/alerts`,
} as const
const deep = `${'['.repeat(4_250)}${']'.repeat(4_250)}`
const bomb = gzipSync(Buffer.alloc(64 * 1_048_576, ' '))
const POISON: readonly (readonly [string, Buffer | string, Readonly<Record<string, string>>])[] = [
  ['JSON nested 4,250 deep', deep, {}],
  ['a zip bomb', bomb, { 'content-encoding': 'gzip' }],
  ['another zip bomb', brotliCompressSync(Buffer.alloc(32 * 1_048_576, ' ')), { 'content-encoding': 'br' }],
  ['what is said to be packed and is not', 'not gzip', { 'content-encoding': 'gzip' }],
  ['broken JSON', '{"a', {}],
]

describe.each(Object.entries(DOORS))('at the door %s', (kind, path) => {
  let source: { id: string; key: string }
  beforeAll(async () => {
    source = await it.addSource({ name: `poisoned ${kind}`, kind })
    await it.heard()
  })

  test.each(POISON)('%s is kept, told plainly, and shown on the page of its source', async (_name, body, headers) => {
    const before = (await it.detail(source.id)).faults.length
    const { status } = await it.post(path(source.key), body, headers)
    expect(status).toBeGreaterThanOrEqual(400)
    await it.settled()
    const { faults, health, notices } = await it.detail(source.id)
    expect(faults).toHaveLength(before + 1)
    expect(faults[0]).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/.{10}/) })
    expect(health).toBe('troubled')
    expect(notices.map((notice: { code: string }) => notice.code)).toContain('faults')
    const raw = await it.api.ask(own, 'GET', `/signals/${faults[0].signal_id}/raw`)
    const sent = Buffer.from(body)
    expect(sent.subarray(0, 65_536).equals(Buffer.from(raw.body.body_base64, 'base64'))).toBe(true)
    const alerts = await told(source.id)
    expect(alerts.length).toBeGreaterThan(0)
    expect(alerts.every((alert) => alert.incident_id !== null)).toBe(true)
  })
})

const alertmanager = (summary: string) => [{ labels: { alertname: 'Long' }, annotations: { summary }, startsAt: '2026-11-24T00:00:00Z' }]
const TITLED = {
  json: (key: string, title: string) => it.post(`/hooks/json/${key}`, JSON.stringify({ title })),
  prometheus: (key: string, title: string) => it.post(`/alertmanager/${key}/api/v2/alerts`, JSON.stringify(alertmanager(title))),
  sentry: (key: string, title: string) =>
    it.post(`/hooks/sentry/${key}`, JSON.stringify({ action: 'created', data: { issue: { id: '7', title, culprit: title } } }), {
      'sentry-hook-resource': 'issue',
    }),
  pagerduty: (key: string, title: string) =>
    it.post('/v2/enqueue', {
      routing_key: key,
      event_action: 'trigger',
      payload: { summary: title, source: title.slice(0, 1_000), severity: 'error' },
    }),
}

describe.each(Object.entries(TITLED))('at the door %s', (kind, send) => {
  test.each<[string, string]>([
    ['a title of 1 MB', 'x'.repeat(1_000_000)],
    ['a title with NUL, bidi marks and half a character', 'up\u0000\u202edown\u2066\ud800 x'],
  ])('%s pages, cut and cleaned', async (name, title) => {
    const { id, key } = await it.addSource({ name: `${name} ${kind}`, kind })
    await it.heard()
    const { status } = await send(key, title)
    await it.settled()
    const [alert] = await told(id)
    expect(alert?.incident_id).not.toBeNull()
    expect(alert?.title.length).toBeLessThan(2_000)
    const { last_messages: messages, faults } = await it.detail(id)
    expect(messages[0].title).not.toContain('\u0000')
    expect(messages[0].title.isWellFormed()).toBe(true)
    // PagerDuty takes no event of more than 512 KB: then it is kept in part, and told plainly.
    expect(faults.length).toBe(status < 300 ? 0 : 1)
  })
})

test('a mapping that fails on a message: it is kept and told, and the page of the source says where', async () => {
  const { id, key } = await it.addSource({ name: 'mapped', kind: 'json' })
  const mapping = { each: 'body.checks', alarm: 'item.name', status: 'item.state' }
  expect((await it.api.ask(own, 'PUT', `/sources/${id}/mapping`, { mapping })).status).toBe(200)
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  await it.post(`/hooks/json/${key}`, { checks: [{ name: 'Spike', state: { odd: true } }] })
  await it.settled()
  const { faults } = await it.detail(id)
  expect(faults).toMatchObject([{ kind: 'refused', reason: expect.stringContaining('status') }])
  expect((await told(id)).map((alert) => alert.incident_id !== null)).toEqual([true])
})

test('a rule that cannot be decided sends it to triage, and the page of the source says which and why', async () => {
  const { id, key } = await it.addSource({ name: 'ruled', kind: 'json' })
  await it.heard()
  await it.post(`/hooks/json/${key}`, { alarm: 'Faulty', title: 'f', value: 3 })
  await it.settled()
  expect((await told(id))[0]?.incident_id).not.toBeNull()
  const { faults, today } = await it.detail(id)
  expect(faults).toMatchObject([{ kind: 'rule', reason: expect.stringMatching(/.{10}/) }])
  expect(today.faults).toBe(1)
})

test('what throws while it is applied is on the page of its source, with its receipt', async () => {
  const { id, key } = await it.addSource({ name: 'thrown', kind: 'json' })
  await it.heard()
  await it.post(`/hooks/json/${key}`, { alarm: 'Poison', title: 'thrown' })
  await it.settled()
  const { faults, today } = await it.detail(id)
  expect(faults).toMatchObject([{ kind: 'processing', reason: expect.stringMatching(/^applying it failed \(\w+\)$/) }])
  expect(today.faults).toBe(1)
  expect((await told(id)).map((alert) => alert.incident_id !== null)).toEqual([true])
})
