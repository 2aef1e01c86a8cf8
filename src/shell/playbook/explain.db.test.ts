/** "What would happen if" through the API: who is paged when, for signals that are imagined, pasted and received. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiScene, aud, openApiScene } from '../../../test/support/api.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { ann, bob, cyd, own, testPlaybook } from '../../../test/support/playbook.ts'
import type { PlaybookDigest } from '../../core/id.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'

/** In force until a minute ago: its only type was amber. */
const before: Playbook = {
  ...testPlaybook(),
  digest: 'd0' as PlaybookDigest,
  incidentTypes: testPlaybook().incidentTypes.map((type) => ({ ...type, severity: 'amber' })),
}

let scene: ApiScene
let intake: TestIntake
beforeAll(async () => {
  const load = async (_tx: unknown, digest: string) => {
    if (digest === 'd9') throw new Error('of another language')
    return digest === 'd0' ? before : testPlaybook()
  }
  scene = await openApiScene({ ports: { playbooks: { current: () => testPlaybook(), load } } })
  const { database } = scene.database
  await database.query(`insert into playbook_version (digest, source) values ('d0', ''), ('d9', '')`)
  await database.query(
    `insert into playbook_load (digest, loaded_at) values ('d9', '2026-01-01'), ('d0', '2026-02-01'), ('d1', now() - interval '1 hour')`,
  )
  await seedSource(database)
  intake = await startTestIntake(database)
})
afterAll(async () => {
  await intake.close()
  await scene.close()
})

const ask = async (query: string, who = cyd) => (await scene.ask(who, 'GET', `/explain?${query}`)).body

describe('an imagined signal', () => {
  test('is told with type, severity, pages in order, clocks and the end', async () => {
    const { items, playbook, refused } = await ask('alarm=Spike&at=2100-01-01T00:00:00Z')
    expect(playbook).toMatchObject({ digest: 'd1', version: 1 })
    expect(refused).toBeNull()
    expect(items[0]).toMatchObject({
      verdict: 'type',
      type: { id: 'spike' },
      severity: { id: 'red', rank: 0 },
      group_key: 'type:spike:',
      joins: null,
      first_step: { text: 'Go back one version.' },
      end: { after_seconds: 720 },
    })
    expect(items[0].pages.slice(0, 3)).toMatchObject([
      { after_seconds: 0, at: '2100-01-01T00:00:00.000Z', role: 'Ops', person: { id: ann, name: 'Ann', channels: ['email', 'console'] } },
      { after_seconds: 0, role: 'Boss', person: { name: 'Cyd' } },
      { after_seconds: 120, role: 'Ops', person: { name: 'Bob' }, because: 'Next on call for Ops.' },
    ])
    expect(items[0].clocks).toMatchObject([
      { kind: 'response', due_after_seconds: 300 },
      { kind: 'post-mortem', due_at: null },
    ])
  })

  test('takes labels, a value, a severity hint and a kind of source', async () => {
    const { items, assumptions } = await ask(
      'alarm=Other&label=service%3Dshop&label=env%3Da%3Db&value=3&severity_hint=critical&source=sentry',
    )
    expect(items[0]).toMatchObject({
      verdict: 'triage',
      severity: { id: 'amber' },
      signal: { labels: { service: 'shop', env: 'a=b' }, value: 3, severity_hint: 'critical', source: 'sentry' },
    })
    expect(items[0].considered[0].sentence).toContain('it wants the alarm Spike')
    expect(assumptions).toContain('It comes by sentry, from no source that is known here.')
  })

  test('says what is assumed: handed over at once, of then, of now', async () => {
    expect((await ask('alarm=Spike')).assumptions[0]).toBe('Every page is handed over at once, and nobody answers.')
    expect((await ask('alarm=Spike&at=2100-01-01T00:00:00Z')).assumptions).toContain('Playbook, schedules and people stay as they are now.')
    expect((await ask('alarm=Spike&at=2026-03-01T00:00:00Z')).assumptions).toContain(
      'Schedules, people and their channels are those of now: those of then are not kept.',
    )
  })

  test('of a past instant is explained by the version of then', async () => {
    expect(await ask('alarm=Spike&at=2026-03-01T00:00:00Z')).toMatchObject({
      playbook: { digest: 'd0' },
      items: [{ severity: { id: 'amber' } }],
    })
    const unreadable = await ask('alarm=Spike&at=2026-01-15T00:00:00Z')
    expect(unreadable.playbook.digest).toBe('d1')
    expect(unreadable.assumptions[0]).toMatch(/^Version \d+, which was in force then, cannot be read/)
    expect((await ask('alarm=Spike&at=1999-01-01T00:00:00Z')).assumptions[0]).toMatch(/^No version of the playbook was in force yet/)
  })

  test.each([
    ['', 'alarm'],
    ['signal=1-0&alarm=x', 'alarm'],
    ['alarm=x&label=nonsense', 'label'],
    ['alarm=x&at=tomorrow', 'at'],
    ['alarm=x&nonsense=1', 'nonsense'],
    ['alarm=x&value=NaN', 'value'],
  ])('asked as "%s" is refused, naming the field', async (query, field) => {
    const { status, errors } = await ask(query)
    expect([status, errors[0].field]).toEqual([400, field])
  })
})

describe('a pasted message', () => {
  const paste = async (door: string, body: unknown, who = cyd) =>
    (await scene.ask(who, 'POST', '/explain', { door, body: typeof body === 'string' ? body : JSON.stringify(body) })).body

  test('is read by its door, each of its signals explained', async () => {
    const alert = (name: string, status: string) => ({
      status,
      labels: { alertname: name },
      annotations: {},
      startsAt: '2026-01-01T00:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: '',
      fingerprint: name,
    })
    const body = {
      version: '4',
      groupKey: 'g',
      status: 'firing',
      receiver: 'r',
      groupLabels: {},
      commonLabels: {},
      commonAnnotations: {},
      externalURL: '',
      alerts: [alert('Spike', 'firing'), alert('Other', 'firing'), alert('Spike', 'resolved')],
    }
    const { items } = await paste('alertmanager', body)
    expect(items.map((item: { verdict: string; signal: { source: string } }) => [item.verdict, item.signal.source])).toEqual([
      ['type', 'alertmanager'],
      ['triage', 'alertmanager'],
      ['nothing', 'alertmanager'],
    ])
    const v2 = { routing_key: 'x', event_action: 'trigger', payload: { summary: 'Spike', source: 's', severity: 'critical' } }
    expect((await paste('pagerduty-v2', v2)).items[0]).toMatchObject({
      verdict: 'type',
      signal: { source: 'pagerduty', severity_hint: 'critical' },
    })
    expect((await paste('json', { alarm: 'Spike' })).items[0].verdict).toBe('type')
  })

  test('that cannot be understood is told as people would be told of it', async () => {
    const { refused, items } = await paste('json', '{')
    expect(refused).toEqual({ reason: 'the body is not valid JSON', people_are_told: true })
    expect(items[0]).toMatchObject({ verdict: 'triage', considered: [] })
  })

  test('with more signals than are shown is counted', async () => {
    const alerts = Array.from({ length: 25 }, (_, n) => ({ labels: { alertname: `A${n}` } }))
    const { items, items_more: more } = await paste('prometheus', alerts)
    expect([items.length, more]).toEqual([20, 5])
  })

  test('by a door that is not there is refused, and nothing can come by the one for Tocsin itself', async () => {
    for (const door of ['nonsense', 'tocsin', '__proto__']) {
      expect(await paste(door, '{}')).toMatchObject({ status: 400, errors: [{ field: 'door' }] })
    }
    expect((await scene.ask(cyd, 'POST', '/explain', { body: '{}' })).status).toBe(400)
    expect((await scene.ask(cyd, 'POST', '/explain', {})).status).toBe(400)
  })
})

describe('a signal that was received', () => {
  const receive = async (alarm: string): Promise<string> => {
    const payload = { summary: alarm, source: 'x', severity: 'critical', custom_details: { alertname: alarm } }
    await intake.post('/v2/enqueue', { routing_key: KEY, event_action: 'trigger', payload }, { 'x-routing-key': KEY })
    await intake.settled()
    return (await scene.ask(ann, 'GET', '/signals')).body.items[0].id
  }

  test('is explained as of when it came, and joins the incident that it opened', async () => {
    const id = await receive('Spike')
    const signal = (await scene.ask(ann, 'GET', `/signals/${id}`)).body
    const { at, items, assumptions } = await ask(`signal=${id}`, ann)
    expect(at).toBe(signal.received_at)
    expect(items[0]).toMatchObject({ verdict: 'type', joins: { id: signal.incident_id, severity: 'red' } })
    expect(assumptions).not.toContainEqual(expect.stringContaining('no source'))
  })

  test('joins no incident that the reader may not see', async () => {
    const id = await receive('Spike')
    await scene.database.database.query('update incident set private = true')
    expect((await ask('alarm=Spike', bob)).items[0].joins).toBeNull()
    await scene.database.database.query('update incident set private = false')
    expect((await ask('alarm=Spike', bob)).items[0].joins).not.toBeNull()
    expect((await ask(`signal=${id}`, cyd)).status).toBe(403)
    expect((await ask(`signal=${id}`, aud)).items[0].verdict).toBe('type')
    expect((await ask('signal=999-0', own)).status).toBe(404)
  })
})

test('nothing happens by asking', async () => {
  const count = async (table: string): Promise<unknown> => (await scene.database.database.query(`select count(*) from ${table}`)).rows
  const tables = ['incident', 'event', 'effect', 'alert', 'receipt', 'audit_leaf']
  const was = await Promise.all(tables.map(count))
  await ask('alarm=Fresh')
  await scene.ask(own, 'POST', '/explain', { signal: { alarm: 'Spike' } })
  expect(await Promise.all(tables.map(count))).toEqual(was)
})
