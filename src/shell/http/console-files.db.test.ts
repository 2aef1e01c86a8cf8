import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'

let scene: ApiScene
let folder: string
const PAGE = { accept: 'text/html,application/xhtml+xml' }
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-console-'))
  scene = await openApiScene({ parts: { consoleDir: folder } })
})
afterAll(async () => {
  await scene.close()
  rmSync(folder, { recursive: true })
})
const get = (url: string, headers: Record<string, string> = PAGE) => scene.inject({ url, headers })

test('before the console is built, a plain page says so, and it is served as soon as it is there', async () => {
  const before = await get('/incidents')
  expect(before.statusCode).toBe(503)
  expect(before.body).toContain('The console is being built')
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><html><head><title>Tocsin</title></head><body></body></html>')
  writeFileSync(join(folder, 'assets', 'main-abc123.js'), 'plain')
  writeFileSync(join(folder, 'assets', 'main-abc123.js.br'), 'compressed')
  expect((await get('/incidents')).statusCode).toBe(200)
})

test('every address of the console is its one page; unknown addresses of the rest are unknown', async () => {
  for (const path of ['/', '/incidents', '/incidents/7', '/on-call', '/sign-in']) {
    const answer = await get(path)
    expect([path, answer.statusCode, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      path,
      200,
      'text/html; charset=utf-8',
      'no-cache',
    ])
    expect(answer.headers['content-security-policy']).toContain("script-src 'self';")
  }
  for (const path of ['/api/v1/nothing', '/api', '/a/', '/hooks/x/y', '/assets', '/assets/', '/assets/gone.js', '/status/x']) {
    const answer = await get(path)
    expect([path, answer.statusCode]).toEqual([path, answer.statusCode === 401 ? 401 : 404])
    expect(answer.body).not.toContain('<title>Tocsin')
  }
  expect((await get('/incidents', { accept: 'application/json' })).statusCode).toBe(404)
  expect((await scene.inject({ method: 'POST', url: '/incidents', headers: PAGE })).statusCode).toBe(404)
  for (const path of ['/../package.json', '/%2e%2e/package.json', '/assets/..%2f..%2fetc/passwd', '/.env']) {
    expect((await get(path, { accept: 'x/y' })).statusCode, path).toBeGreaterThanOrEqual(400)
  }
})

test('hashed files are kept for ever and come compressed where the build did so', async () => {
  const plain = await get('/assets/main-abc123.js', {})
  expect([plain.body, plain.headers['cache-control']]).toEqual(['plain', 'public, max-age=31536000, immutable'])
  const small = await get('/assets/main-abc123.js', { 'accept-encoding': 'br, gzip' })
  expect([small.body, small.headers['content-encoding'], small.headers['content-type']]).toEqual([
    'compressed',
    'br',
    expect.stringContaining('javascript'),
  ])
  expect(small.headers.vary).toMatch(/accept-encoding/i)
})

test('a pasted link unfurls to a number, never to a title', async () => {
  const { body } = await get('/incidents/7', { accept: '*/*', 'user-agent': 'Slackbot' })
  expect(body).toContain('<meta property="og:title" content="Incident 7">')
  expect((await get('/incidents/"><script>')).body).not.toContain('<script>')
})
