/** Debian's own amtool against us, with only the address and the key changed: queries, silences, import, routes. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { setClonedScene, type Scene } from '../../support/scene.ts'
import { API_KEY, INGEST_KEY, type RunningServer, send } from '../../support/server.ts'
import { waitFor } from '../../support/wait.ts'

let scene: Scene
let server: RunningServer
let folder: string

beforeAll(async () => {
  scene = await setClonedScene({ escalationWait: '5 min' })
  server = await scene.start()
  folder = mkdtempSync(join(tmpdir(), 'tocsin-amtool-'))
  // As amtool wants it: no credentials on the command line.
  writeFileSync(join(folder, 'person.yml'), `authorization: { type: Bearer, credentials: ${API_KEY} }\n`)
}, 90_000)
afterAll(async () => {
  await scene?.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

function amtool(url: string, args: readonly string[], more: readonly string[] = []): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      'amtool',
      [`--alertmanager.url=${url}`, ...more, ...args],
      { env: { ...process.env, HOME: folder, USER: 'ann' }, timeout: 20_000 },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err }),
    )
  })
}

const bySource = (...args: string[]) => amtool(`${server.url}/alertmanager/${INGEST_KEY}`, args)
const byPerson = (...args: string[]) => amtool(`${server.url}/alertmanager`, args, [`--http.config.file=${join(folder, 'person.yml')}`])

async function good(ran: Promise<Ran>): Promise<string> {
  const { code, out, err } = await ran
  expect(code, `${out}\n${err}`).toBe(0)
  return out
}

const incidents = async (query: string): Promise<unknown[]> => {
  const answer = await server.api('GET', `/api/v1/incidents?q=${query}`)
  return (answer.json as { items: unknown[] }).items
}
const post = async (labels: Record<string, string>, over: Record<string, unknown> = {}) => {
  const alert = {
    labels,
    annotations: { summary: `${labels['alertname'] ?? ''} happened` },
    endsAt: new Date(Date.now() + 600_000),
    ...over,
  }
  const answer = await send(server.url, 'POST', `/alertmanager/${INGEST_KEY}/api/v2/alerts`, [alert])
  expect(answer.status).toBe(200)
}

test('alert add and alert query, as in its manual', async () => {
  await good(bySource('alert', 'add', 'alertname=DiskFull', 'node=bar', '--annotation=summary=The disk is full'))
  expect(await good(bySource('alert', 'query'))).toMatch(/DiskFull .* The disk is full +active/)
  expect(await good(bySource('alert', 'query', 'DiskFull', 'node=~b.*'))).toContain('DiskFull')
  expect(await good(bySource('alert', 'query', 'node!=bar'))).not.toContain('DiskFull')
  const [alert] = JSON.parse(await good(byPerson('alert', 'query', '-o', 'json', 'DiskFull')))
  expect(alert).toMatchObject({
    labels: { alertname: 'DiskFull', node: 'bar' },
    receivers: [{ name: 'triage' }],
    status: { state: 'active', silencedBy: [], inhibitedBy: [] },
  })
  expect(await good(bySource('alert', 'query', '--receiver=tri.*'))).toContain('DiskFull')
  expect(await good(bySource('alert', 'query', '--receiver=other'))).not.toContain('DiskFull')
  expect(await good(bySource('alert', 'query', '-o', 'extended'))).toContain('DiskFull')
})

test('silence add, query, update and expire; what it held is paged when it ends', async () => {
  const id = (
    await good(bySource('silence', 'add', 'alertname=API5xxAlarm', 'service=quiet', '-c', 'deploy 42', '-d', '30m', '-a', 'ann'))
  ).trim()
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
  await post({ alertname: 'API5xxAlarm', service: 'quiet' })
  expect(await good(bySource('alert', 'query', '-s', 'service=quiet'))).toMatch(/API5xxAlarm .* suppressed/)
  expect(await good(bySource('alert', 'query', 'service=quiet'))).not.toContain('API5xxAlarm')
  expect(await incidents('quiet')).toEqual([])
  expect(await good(bySource('silence', 'query'))).toMatch(new RegExp(`${id}.*alertname="API5xxAlarm" service="quiet".*ann.*deploy 42`))
  expect((await good(bySource('silence', 'query', '-q', 'service=quiet'))).trim()).toBe(id)
  expect(await good(bySource('silence', 'update', '-d', '2h', '-c', 'deploy 43', id))).toContain('deploy 43')
  const shown = (await server.api('GET', `/api/v1/silences/${id}`)).json
  expect(shown).toMatchObject({ state: 'active', reason: 'deploy 43', author: { kind: 'source' }, created_by: 'ann', holding: 1 })
  await good(bySource('silence', 'expire', id))
  await waitFor('the alert to page', async () => (await incidents('quiet')).length === 1, { timeoutMs: 30_000 })
  expect(await good(bySource('silence', 'query', '--expired', '-q'))).toContain(id)
  expect(await good(bySource('alert', 'query', 'service=quiet'))).toContain('API5xxAlarm')
})

test('a silence without a comment holds nothing of SEV-1: it is refused', async () => {
  const ran = await bySource('silence', 'add', 'alertname=API5xxAlarm', '--no-require-comment', '-c', '')
  expect(ran.code).not.toBe(0)
  expect(ran.err).toMatch(/SEV-1: the playbook wants a reason/)
})

test('a source sees and ends its own silences alone, a person all', async () => {
  const id = (await good(byPerson('silence', 'add', 'alertname=Elsewhere', '-c', 'by a person', '-a', 'ann@example.org'))).trim()
  expect(await good(bySource('silence', 'query', '-q'))).not.toContain(id)
  expect((await bySource('silence', 'expire', id)).code).not.toBe(0)
  expect(await good(byPerson('silence', 'query', '-q', 'Elsewhere'))).toContain(id)
  await good(byPerson('silence', 'expire', id))
})

test('silence import takes what silence query has written', async () => {
  await good(byPerson('silence', 'add', 'alertname=~"Imp.*"', 'env!=prod', '-c', 'imported'))
  const written = await good(byPerson('silence', 'query', '-o', 'json', 'alertname=~Imp.*'))
  const file = join(folder, 'silences.json')
  writeFileSync(file, JSON.stringify(JSON.parse(written).map((silence: object) => ({ ...silence, id: undefined }))))
  expect(await good(byPerson('silence', 'import', file))).toMatch(/[0-9a-f-]{36}/)
  const listed = JSON.parse(await good(byPerson('silence', 'query', '-o', 'json')))
  expect(listed.filter((silence: { comment: string }) => silence.comment === 'imported')).toHaveLength(2)
})

test('config show and config routes read the playbook as routes', async () => {
  expect(await good(byPerson('config', 'show'))).toContain('receiver: api-5xx-spike')
  expect(await good(byPerson('config', 'routes', 'show'))).toMatch(/alertname="API5xxAlarm".*receiver: api-5xx-spike/)
  expect((await good(byPerson('config', 'routes', 'test', 'alertname=API5xxAlarm'))).trim()).toBe('api-5xx-spike')
  expect((await good(byPerson('config', 'routes', 'test', 'alertname=Unheard'))).trim()).toBe('triage')
  const config = join(folder, 'config.yml')
  writeFileSync(
    config,
    (await good(byPerson('config', 'show', '-o', 'json'))).length > 0 ? JSON.parse((await statusOf()).text).config.original : '',
  )
  expect(await good(amtool(server.url, ['check-config', config]))).toContain('SUCCESS')
})

const statusOf = () => send(server.url, 'GET', '/alertmanager/api/v2/status', undefined, { authorization: `Bearer ${API_KEY}` })

test('an unknown key is told so', async () => {
  const ran = await amtool(`${server.url}/alertmanager/0123456789abcdef0123456789abcdef`, ['silence', 'query'])
  expect(ran.code).not.toBe(0)
  expect((await send(server.url, 'GET', '/alertmanager/api/v2/alerts')).status).toBe(401)
})
