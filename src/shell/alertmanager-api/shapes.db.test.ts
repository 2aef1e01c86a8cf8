/** What we answer in the way of Alertmanager against Alertmanager's own description, and what its amtool does not ask. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { ann, cyd, testPlaybook } from '../../../test/support/playbook.ts'
import { createSource } from '../source/source-store.ts'
import { alertmanagerRoutes } from './routes.ts'

/** Of Alertmanager, Apache License 2.0: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml (read 2026-11-24). */
const description = parse(readFileSync(join(import.meta.dirname, 'fixtures/openapi.v2.yaml'), 'utf8')) as { definitions: object }
const ajv = new Ajv({ strict: false, validateFormats: false })
ajv.addSchema({ $id: 'am', definitions: description.definitions })
const errorsOf = (definition: string, value: unknown) => {
  ajv.validate({ $ref: `am#/definitions/${definition}` }, value)
  return ajv.errors ?? []
}

const OTHER_KEY = 'bbbbbbbb04764012d7bfb002500d5d1a'
const playbook = testPlaybook({
  muting: { reasonRequired: ['red'], maxMs: null, never: [], noticeBeforeMs: 60_000 },
  inhibition: [
    {
      name: 'down',
      source: [{ name: 'alertname', value: 'Down', isRegex: false, isEqual: true }],
      target: [{ name: 'alertname', value: 'Low', isRegex: false, isEqual: true }],
      equal: [],
    },
  ],
})
let scene: ApiScene
let intake: TestIntake
let app: FastifyInstance
beforeAll(async () => {
  scene = await openApiScene({ playbook })
  await seedSource(scene.database.database)
  await scene.database.database.inTransaction('main', (tx) => createSource(tx, { name: 'other', kind: null, key: OTHER_KEY }))
  intake = await startTestIntake(scene.database.database, { playbook })
  app = Fastify()
  await app.register(alertmanagerRoutes(intake.ports))
  for (const [key, alertname] of [
    [KEY, 'Down'],
    [KEY, 'Low'],
    [KEY, 'Spike'],
    [OTHER_KEY, 'Foreign'],
  ] as const) {
    const alert = {
      labels: { alertname },
      startsAt: '2026-11-24T00:00:00Z',
      endsAt: '2030-01-01T00:00:00Z',
      generatorURL: 'http://p/graph',
    }
    await intake.post('/alertmanager/api/v2/alerts', [alert], { authorization: `Bearer ${key}` })
    await intake.settled()
  }
})
afterAll(async () => {
  await app.close()
  await intake.close()
  await scene.close()
})

const ask = async (
  path: string,
  options: { key?: string | null; method?: 'GET' | 'POST' | 'DELETE'; body?: unknown; type?: string } = {},
) => {
  const { key = KEY, method = 'GET', body, type = 'application/json' } = options
  const answer = await app.inject({
    method,
    url: `/alertmanager/api/v2${path}`,
    headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: answer.statusCode, text: answer.body, json: answer.body === '' ? undefined : (JSON.parse(answer.body) as unknown) }
}
const hour = (from: number) => ({
  startsAt: new Date(Date.now() + from).toISOString(),
  endsAt: new Date(Date.now() + from + 3_600_000).toISOString(),
})
const silence = (over: Record<string, unknown> = {}) => ({
  matchers: [{ name: 'alertname', value: 'Later', isRegex: false, isEqual: true }],
  ...hour(0),
  createdBy: 'ann',
  comment: 'c',
  ...over,
})

describe('what is answered has its shape', () => {
  test.each([
    ['/alerts', 'gettableAlerts'],
    ['/alerts/groups', 'alertGroups'],
    ['/status', 'alertmanagerStatus'],
  ])('%s', async (path, definition) => {
    const { status, json } = await ask(path)
    expect(status).toBe(200)
    expect(errorsOf(definition, json)).toEqual([])
  })

  test('receivers', async () => {
    const { json } = await ask('/receivers')
    expect(json).toEqual([
      { name: 'triage', labels: {} },
      { name: 'spike', labels: {} },
    ])
    for (const receiver of json as unknown[]) expect(errorsOf('receiver', receiver)).toEqual([])
  })

  test('silences, one silence, and one that has no isEqual', async () => {
    const made = await ask('/silences', { method: 'POST', body: silence({ matchers: [{ name: 'a', value: 'b', isRegex: false }] }) })
    expect(made).toMatchObject({ status: 200, json: { silenceID: expect.any(String) } })
    const { silenceID } = made.json as { silenceID: string }
    const one = await ask(`/silence/${silenceID}`)
    expect(errorsOf('gettableSilence', one.json)).toEqual([])
    expect(one.json).toMatchObject({ matchers: [{ name: 'a', value: 'b', isRegex: false, isEqual: true }], status: { state: 'active' } })
    expect(errorsOf('gettableSilences', (await ask('/silences')).json)).toEqual([])
    expect((await ask(`/silence/${silenceID}`, { method: 'DELETE' })).status).toBe(200)
  })
})

describe('alerts', () => {
  const names = (json: unknown) => (json as { labels: { alertname: string } }[]).map((alert) => alert.labels.alertname).toSorted()

  test('a source sees its own, a person those of all', async () => {
    expect(names((await ask('/alerts')).json)).toEqual(['Down', 'Low', 'Spike'])
    expect(names((await ask('/alerts', { key: OTHER_KEY })).json)).toEqual(['Foreign'])
    expect(names((await ask('/alerts', { key: scene.keys[ann] ?? '' })).json)).toEqual(['Down', 'Foreign', 'Low', 'Spike'])
  })

  test('what is inhibited says by what', async () => {
    const [down] = (await ask('/alerts?filter=alertname%3D%22Down%22')).json as { fingerprint: string }[]
    const [low] = (await ask('/alerts?filter=alertname%3DLow')).json as unknown[]
    expect(low).toMatchObject({ status: { state: 'suppressed', inhibitedBy: [down?.fingerprint] }, generatorURL: 'http://p/graph' })
    expect(names((await ask('/alerts?inhibited=false')).json)).toEqual(['Down', 'Spike'])
    expect(names((await ask('/alerts?active=false')).json)).toEqual(['Low'])
  })

  test('a receiver is an incident type', async () => {
    expect(names((await ask('/alerts?receiver=sp.*')).json)).toEqual(['Spike'])
  })

  test.each([['filter=%3D'], ['receiver=('], ['active=perhaps']])('?%s is a bad request, in a string', async (query) => {
    const { status, json } = await ask(`/alerts?${query}`)
    expect(status).toBe(400)
    expect(json).toBeTypeOf('string')
  })
})

describe('silences', () => {
  test('the same matchers keep the id, others end it and make another', async () => {
    const { silenceID: id } = (await ask('/silences', { method: 'POST', body: silence() })).json as { silenceID: string }
    const { startsAt } = (await ask(`/silence/${id}`)).json as { startsAt: string }
    const longer = new Date(Date.now() + 7_200_000).toISOString()
    expect((await ask('/silences', { method: 'POST', body: silence({ id, startsAt, endsAt: longer }) })).json).toEqual({ silenceID: id })
    const matchers = [{ name: 'alertname', value: 'Other', isRegex: false, isEqual: true }]
    const { silenceID: next } = (await ask('/silences', { method: 'POST', body: silence({ id, startsAt, matchers }) })).json as {
      silenceID: string
    }
    expect(next).not.toBe(id)
    expect((await ask(`/silence/${id}`)).json).toMatchObject({ status: { state: 'expired' } })
  })

  test.each([
    [{ endsAt: '2020-01-01T00:00:00Z' }, 400],
    [{ matchers: [] }, 400],
    [{ matchers: [{ name: 'a', value: '(', isRegex: true }] }, 400],
    [{ matchers: [{ name: 'a', value: '', isRegex: false }] }, 400],
    [{ matchers: [{ name: 'alertname', value: 'Spike', isRegex: false }], comment: '' }, 400],
    [{ createdBy: undefined }, 400],
    [{ startsAt: 'soon' }, 400],
    [{ id: '00000000-0000-7000-8000-000000000000' }, 404],
  ])('with %j it answers %d, in a string', async (over, status) => {
    const answer = await ask('/silences', { method: 'POST', body: silence(over) })
    expect(answer.status, answer.text).toBe(status)
    expect(answer.json).toBeTypeOf('string')
  })

  test('a body that is none, and one of another type', async () => {
    expect((await ask('/silences', { method: 'POST', body: '{' })).status).toBe(400)
    expect(await ask('/silences', { method: 'POST', body: '{}', type: 'text/plain' })).toMatchObject({ status: 415, json: { code: 415 } })
  })

  test('a silence of one source holds nothing of another', async () => {
    const matchers = [{ name: 'alertname', value: 'Shared', isRegex: false, isEqual: true }]
    await ask('/silences', { method: 'POST', body: silence({ matchers }) })
    const alert = { labels: { alertname: 'Shared' }, endsAt: '2030-01-01T00:00:00Z' }
    for (const key of [KEY, OTHER_KEY]) {
      await intake.post('/alertmanager/api/v2/alerts', [alert], { authorization: `Bearer ${key}` })
      await intake.settled()
    }
    expect(
      await intake.rows(
        `select s.name from alert a join source s on s.id = a.source_id where a.alarm = 'Shared' and a.incident_id is null`,
      ),
    ).toEqual([{ name: 'test' }])
  })
})

describe('who may', () => {
  test('nobody without a key, but for the status, which then tells nothing', async () => {
    expect((await ask('/alerts', { key: null })).status).toBe(401)
    expect((await ask('/silences', { key: 'wrong', method: 'POST', body: silence() })).status).toBe(401)
    expect((await ask('/status', { key: null })).json).toMatchObject({ config: { original: '' } })
    expect((await ask('/status')).text).toContain('receiver: spike')
  })

  test('a person as their role allows', async () => {
    expect((await ask('/alerts', { key: scene.keys[cyd] ?? '' })).status).toBe(403)
    expect((await ask('/silences', { key: scene.keys[cyd] ?? '', method: 'POST', body: silence() })).status).toBe(403)
  })
})
