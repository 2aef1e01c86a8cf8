import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'
import { ann, own } from '../../../test/support/playbook.ts'

let scene: ApiScene
let cookie: string
beforeAll(async () => {
  scene = await openApiScene()
  cookie = `tocsin=${await scene.signIn(ann)}`
})
afterAll(() => scene.close())

const post = (payload: string | Buffer, headers: Record<string, string> = {}, url = '/api/v1/incidents') =>
  scene.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${scene.keys[ann]}`, ...headers },
  })

test('nobody gets in without a key or a session, and a wrong key is told apart', async () => {
  for (const path of ['/incidents', '/me', '/alerts', '/signals', '/stream', '/audit', '/sources', '/keys', '/people', '/oncall']) {
    const answer = await scene.ask(null, 'GET', path)
    expect([path, answer.status, answer.body.code]).toEqual([path, 401, 'not-signed-in'])
    expect(answer.headers['www-authenticate']).toMatch('Bearer')
  }
  for (const authorization of ['Bearer nonsense', 'Bearer', 'Basic YTpi', `Bearer ${'x'.repeat(5_000)}`]) {
    const answer = await scene.ask(null, 'GET', '/me', undefined, { authorization })
    expect([answer.status, answer.body.code]).toEqual([401, 'key-unknown'])
  }
})

test('guessing keys is slowed down, and the right key still works meanwhile', async () => {
  let last = 0
  for (let count = 0; count < 60; count += 1)
    last = (await scene.ask(null, 'GET', '/me', undefined, { authorization: `Bearer guess${count}` })).status
  expect(last).toBe(429)
  expect((await scene.ask(ann, 'GET', '/me')).status).toBe(200)
})

test('bodies that are no sound JSON are refused with a code, never with a 500', async () => {
  const deep = `{"title":${'['.repeat(5_000)}${']'.repeat(5_000)}}`
  const cases: readonly (readonly [string | Buffer, number, string])[] = [
    ['{"title":', 400, 'invalid-json'],
    ['nonsense', 400, 'invalid-json'],
    [Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400, 'invalid-json'],
    [deep, 400, 'invalid-json'],
    ['['.repeat(100_000), 400, 'invalid-json'],
    ['{"title":"x","__proto__":{"role":"owner"}}', 400, 'invalid-json'],
    ['[]', 400, 'invalid-request'],
    ['null', 400, 'invalid-request'],
    ['"text"', 400, 'invalid-request'],
    ['{"title":1e400}', 400, 'invalid-request'],
    [`{"title":"${'x'.repeat(300_000)}"}`, 413, 'body-too-large'],
  ]
  for (const [payload, status, code] of cases) {
    const answer = await post(payload)
    expect([String(payload).slice(0, 40), answer.statusCode, answer.json().code]).toEqual([String(payload).slice(0, 40), status, code])
    expect(answer.headers['content-type']).toMatch('application/problem+json')
  }
  expect((await post('title=x', { 'content-type': 'application/x-www-form-urlencoded' })).json().code).toBe('content-type-unsupported')
  expect((await post('{"title":"x"}', { 'content-type': 'text/plain' })).statusCode).toBe(415)
})

test('problems name the fields that were not understood', async () => {
  const cases: readonly (readonly [string, object, string])[] = [
    ['/incidents', {}, 'title'],
    ['/incidents', { title: '   ' }, 'title'],
    ['/incidents', { title: 'x'.repeat(2_000) }, 'title'],
    ['/incidents', { title: 7 }, 'title'],
    ['/incidents', { title: 'x', private: 'yes' }, 'private'],
    ['/incidents', { title: 'x', severty: 'red' }, 'severty'],
    ['/incidents/1/facts', { fact: 'aware_at', at: 'yesterday' }, 'at'],
    ['/incidents/1/facts', { fact: 'aware_at', at: '2026-13-40T99:00:00Z' }, 'at'],
    ['/incidents/1/facts', { fact: 'hunger', at: '2026-01-01T00:00:00Z' }, 'fact'],
    ['/incidents/1/note', { text: '' }, 'text'],
    ['/incidents/1/severity', {}, 'severity'],
  ]
  for (const [path, body, field] of cases) {
    const answer = await scene.ask(ann, 'POST', path, body)
    expect([path, answer.status, answer.body.code, answer.body.errors?.[0]?.field]).toEqual([path, 400, 'invalid-request', field])
  }
  for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=nonsense', 'cursor=%00', 'open=perhaps']) {
    const answer = await scene.ask(ann, 'GET', `/incidents?${query}`)
    expect([query, answer.status, answer.body.errors?.[0]?.field]).toEqual([query, 400, query.split('=')[0]])
  }
  expect((await scene.ask(ann, 'GET', '/oncall?at=soon')).body.errors[0].field).toBe('at')
  expect((await scene.ask(ann, 'POST', '/incidents', { title: 'x' }, { 'idempotency-key': 'sp ace' })).body.errors[0].field).toBe(
    'Idempotency-Key',
  )
})

test('hostile text is taken as text: cleaned where the database cannot hold it, never an error', async () => {
  for (const title of [
    'nul \u0000 byte',
    'lone \ud800 surrogate',
    '\u202Eright to left',
    "'; drop table incident; --",
    '<script>alert(1)</script>',
  ]) {
    const made = await scene.ask(ann, 'POST', '/incidents', { title, summary: title, severity: 'blue' })
    expect(made.status).toBe(201)
    const kept = title.replaceAll('\u0000', '\uFFFD').toWellFormed()
    expect((await scene.ask(ann, 'GET', `/incidents/${made.body.id}`)).body).toMatchObject({ title: kept, summary: kept })
    expect((await scene.ask(ann, 'GET', `/incidents?q=${encodeURIComponent(title.toWellFormed())}`)).status).toBe(200)
    expect((await scene.ask(ann, 'POST', `/incidents/${made.body.id}/note`, { text: title })).status).toBe(200)
    expect((await scene.ask(ann, 'POST', `/incidents/${made.body.id}/resolve`, { reason: title })).status).toBe(200)
  }
})

test('ids that cannot be are answered as ids that are not', async () => {
  for (const id of [
    '0',
    '-1',
    '1e3',
    '99999999999999999999999',
    '9'.repeat(400),
    '%00',
    'a%2Fb',
    "1'--",
    'ffffffff-ffff-ffff-ffff-fffffffffff',
    '..',
  ]) {
    const answer = await scene.ask(ann, 'GET', `/incidents/${id}`)
    expect([id, answer.status, answer.body.code]).toEqual([id, 404, 'not-found'])
  }
  for (const path of ['/people/nobody', '/people/%00', '/signals/x', '/signals/999999999999999-0', '/nothing', '/incidents/1/nothing']) {
    expect([path, (await scene.ask(ann, 'GET', path)).status]).toEqual([path, 404])
  }
  expect((await scene.ask(own, 'DELETE', '/keys/%00')).status).toBe(404)
  expect((await scene.ask(own, 'DELETE', '/sources/1')).status).toBe(404)
  expect((await scene.ask(ann, 'POST', '/pages/1/seen')).status).toBe(404)
  expect((await scene.ask(ann, 'DELETE', '/me/sessions/%00')).status).toBe(404)
})

test('a request from another site does nothing, whatever it looks like', async () => {
  const attempt = (headers: Record<string, string>, method: 'POST' | 'PATCH' | 'DELETE' = 'POST') =>
    scene.inject({
      method,
      url: '/api/v1/incidents',
      payload: '{"title":"forged","severity":"blue"}',
      headers: { 'content-type': 'application/json', cookie, host: 'tocsin.test', ...headers },
    })
  for (const headers of [
    {},
    { origin: 'https://evil.test' },
    { origin: 'null' },
    { origin: 'nonsense' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'http://tocsin.test' },
    { 'sec-fetch-site': 'same-origin', origin: 'https://evil.test' },
  ] as Record<string, string>[]) {
    const answer = await attempt(headers)
    expect([headers, answer.statusCode, answer.json().code]).toEqual([headers, 403, 'cross-site'])
  }
  expect((await attempt({ 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain' })).statusCode).toBe(415)
  expect((await attempt({ origin: 'http://tocsin.test' })).statusCode).toBe(201)
  expect((await attempt({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(201)
  expect((await attempt({ 'sec-fetch-site': 'same-origin', origin: 'null' })).statusCode).toBe(201)
  expect(
    (await scene.inject({ method: 'POST', url: '/api/v1/sign-out', headers: { cookie, 'sec-fetch-site': 'cross-site' } })).statusCode,
  ).toBe(403)
})

test('the same Idempotency-Key does the work once and answers the same', async () => {
  const headers = { 'idempotency-key': 'key-1' }
  const first = await scene.ask(ann, 'POST', '/incidents', { title: 'Once', severity: 'blue' }, headers)
  const again = await scene.ask(ann, 'POST', '/incidents', { severity: 'blue', title: 'Once' }, headers)
  expect(again.status).toBe(201)
  expect(again.body).toEqual(first.body)
  expect((await scene.ask(ann, 'POST', '/incidents', { title: 'Twice' }, headers)).body.code).toBe('idempotency-key-reused')
  expect((await scene.ask(ann, 'POST', `/incidents/${first.body.id}/note`, { text: 'x' }, headers)).body.code).toBe(
    'idempotency-key-reused',
  )
  expect((await scene.ask(own, 'POST', '/incidents', { title: 'Once', severity: 'blue' }, headers)).body.id).not.toBe(first.body.id)
  expect(
    (await scene.ask(ann, 'GET', '/incidents?q=Once')).body.items.filter((item: { title: string }) => item.title === 'Once'),
  ).toHaveLength(2)
})

test('of concurrent requests with one key, one works and the others are told so', async () => {
  const asked = Array.from({ length: 6 }, () =>
    scene.ask(ann, 'POST', '/incidents', { title: 'Race of one key', severity: 'blue' }, { 'idempotency-key': 'key-2' }),
  )
  const answers = await Promise.all(asked)
  for (const answer of answers) {
    if (answer.status !== 201) expect([answer.status, answer.body.code]).toEqual([409, 'idempotency-key-in-use'])
  }
  expect(new Set(answers.filter((answer) => answer.status === 201).map((answer) => answer.body.id)).size).toBe(1)
  expect((await scene.ask(ann, 'GET', '/incidents?q=Race%20of%20one%20key')).body.items).toHaveLength(1)
})

test('a refused request keeps no answer: after the cause is gone the same key works', async () => {
  const { id } = (await scene.ask(ann, 'POST', '/incidents', { title: 'x', severity: 'blue' })).body
  const headers = { 'idempotency-key': 'key-3' }
  expect((await scene.ask(ann, 'POST', `/incidents/${id}/close`, {}, headers)).status).toBe(409)
  await scene.ask(ann, 'POST', `/incidents/${id}/resolve`, { reason: 'done' })
  expect((await scene.ask(ann, 'POST', `/incidents/${id}/close`, {}, headers)).status).toBe(200)
})

test('every answer carries its guards, and nothing of the API is cached', async () => {
  for (const url of ['/api/v1/me', '/api/v1/openapi.json', '/healthz', '/a/unknown', '/nothing', '/incidents']) {
    const { headers } = await scene.inject({ url })
    expect(headers['x-content-type-options'], url).toBe('nosniff')
    expect(headers['referrer-policy'], url).toBe('same-origin')
    expect(headers['content-security-policy'], url).toContain("default-src 'none'")
    expect(headers['cache-control'], url).toBe('no-store')
  }
})

test('readiness fails with the part that fails, and says which', async () => {
  const { app } = scene
  expect((await app.inject('/healthz')).json()).toEqual({ ok: true })
  expect((await app.inject('/readyz')).json()).toMatchObject({ ready: true, checks: { database: { ok: true } } })
  expect((await app.inject('/metrics')).body).toContain('tocsin_http_request_seconds')
})

test('what a socket can do wrong gets an answer and no crash', async () => {
  await scene.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = scene.app.server.address() as AddressInfo
  const ask = (path: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      const outgoing = httpRequest({ port, path, headers, host: '127.0.0.1', agent: false }, (incoming) => {
        incoming.resume()
        resolve(incoming.statusCode ?? 0)
      })
      outgoing.on('error', reject)
      outgoing.end()
    })
  expect(await ask('/api/v1/incidents/%E0%A4%A', { authorization: `Bearer ${scene.keys[ann]}` })).toBe(404)
  expect(await ask('/%E0%A4%A', {})).toBe(404)
  expect(await ask('/healthz', { 'x-long': 'x'.repeat(20_000) })).toBe(431)
  expect(await ask('/healthz', {})).toBe(200)
})
