import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait.ts'
import { asId } from '../../core/id.ts'
import { digestOf, FILE_BYTES_MAX } from './folder.ts'
import { openConnections } from './connections.ts'
import { openPlaybooks, type PlaybookService } from './playbooks.ts'
import { PlaybookFolderError } from './take.ts'

const shipped = readFileSync('playbook/playbook.yaml', 'utf8')
const faster = shipped.replace('response_time: 5 min', 'response_time: 3 min')
const brokenText = shipped.replace('response_time: 5 min', 'response_time: 24:00')
/** Where the broken value stands, `line:column`. */
const brokenAt = `${brokenText.slice(0, brokenText.indexOf('24:00')).split('\n').length}:20`
const PATIENTLY = { timeoutMs: 10_000 }
const person = 'people: [{ name: Ann, email: ann@example.com }]\n'

let db: TestDatabase
let folder: string
let lines: { level: number; msg: string; findings?: string[] }[]
let log: Logger
let opened: PlaybookService[]

beforeEach(async () => {
  db = await openTestDatabase()
  folder = mkdtempSync(join(tmpdir(), 'tocsin-folder-'))
  lines = []
  log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) })
  opened = []
})

afterEach(async () => {
  for (const service of opened) service.stop()
  await db.close()
  rmSync(folder, { recursive: true, force: true })
})

function put(file: string, content: string | Buffer): void {
  writeFileSync(join(folder, file), content)
}

async function open(pollMs = 3_600_000): Promise<PlaybookService> {
  const service = await openPlaybooks(db.database, folder, log, { pollMs })
  opened.push(service)
  return service
}

const responseOf = (service: PlaybookService): number | undefined => service.current().severities[0]?.responseMs

describe('at start', () => {
  test('playbook.yaml alone makes a folder; its text is stored whole, under the SHA-256 of its bytes', async () => {
    put('playbook.yaml', shipped)
    const service = await open()
    expect(service.status()).toMatchObject({ version: 1, refused: [] })
    const { rows } = await db.database.query('select digest, source from playbook_version')
    expect(rows).toEqual([{ digest: service.current().digest, source: shipped }])
    expect(service.current().digest).toBe(digestOf(shipped))
    expect(service.onCall()).toEqual({ people: [], schedules: [] })
  })

  test('a byte order mark is part of the bytes', async () => {
    put('playbook.yaml', `\ufeff${shipped}`)
    expect((await open()).current().digest).toBe(digestOf(`\ufeff${shipped}`))
  })

  test('a first start with a broken file fails, and says where and what', async () => {
    put('playbook.yaml', brokenText)
    const failed = open()
    await expect(failed).rejects.toThrow(PlaybookFolderError)
    await expect(failed).rejects.toThrow(`playbook.yaml:${brokenAt} unclear-duration "24:00"`)
    await expect(failed).rejects.toThrow('Write the units, such as "24 h"')
  })

  test.each([
    ['without a playbook.yaml', 'playbook.yaml', null, /file-missing/],
    ['with a broken oncall.yaml', 'oncall.yaml', 'people: 1', /oncall\.yaml:1:9 wrong-type/],
    ['with a broken connections.yaml', 'connections.yaml', '- a', /connections\.yaml:1:1 wrong-type/],
    ['with bytes that are no text', 'playbook.yaml', Buffer.from([0xff, 0xfe, 0x00]), /not-utf-8/],
    ['with a file too large to read', 'playbook.yaml', Buffer.alloc(FILE_BYTES_MAX + 1, 'a'), /file-too-large/],
  ])('%s the first start fails', async (_, file, content, message) => {
    put('playbook.yaml', shipped)
    if (content === null) rmSync(join(folder, file))
    else put(file, content)
    await expect(open()).rejects.toThrow(message)
  })

  test('a later start with a broken file runs with the newest version stored, loudly', async () => {
    put('playbook.yaml', faster)
    const { digest } = (await open()).current()
    put('playbook.yaml', brokenText)
    const service = await open()
    expect(service.current().digest).toBe(digest)
    expect(service.status()).toMatchObject({
      refused: ['playbook.yaml'],
      findings: [expect.objectContaining({ code: 'unclear-duration', line: Number.parseInt(brokenAt, 10) })],
    })
    expect(lines).toContainEqual(expect.objectContaining({ level: 50, findings: [expect.stringContaining(`playbook.yaml:${brokenAt}`)] }))
  })

  test('a later start with a broken oncall.yaml runs, and the owners hold every role', async () => {
    put('playbook.yaml', shipped)
    await open()
    put('oncall.yaml', 'people: 1')
    expect((await open()).onCall().schedules).toEqual([])
  })
})

describe('on a reload', () => {
  test('a changed number takes effect, and the version of before stays readable', async () => {
    put('playbook.yaml', shipped)
    const service = await open()
    const before = service.current()
    put('playbook.yaml', faster)
    await service.reload()
    expect([before.severities[0]?.responseMs, responseOf(service)]).toEqual([300_000, 180_000])
    expect(service.status().version).toBe(2)
    const fresh = await open()
    const old = await db.database.inTransaction('main', (tx) => fresh.load(tx, before.digest))
    expect(old).toEqual(before)
  })

  test('a text that was in force before has its number of then', async () => {
    put('playbook.yaml', shipped)
    const service = await open()
    put('playbook.yaml', faster)
    await service.reload()
    put('playbook.yaml', shipped)
    expect(await service.reload()).toMatchObject({ version: 1 })
  })

  test('a broken file is refused and the old one runs on, until it is mended', async () => {
    put('playbook.yaml', shipped)
    const service = await open()
    const before = service.current()
    put('playbook.yaml', brokenText)
    expect(await service.reload()).toMatchObject({ version: 1, refused: ['playbook.yaml'] })
    expect(service.current()).toBe(before)
    expect(lines).toContainEqual(expect.objectContaining({ level: 50, msg: expect.stringContaining('stays in force') }))
    put('playbook.yaml', faster)
    expect(await service.reload()).toMatchObject({ version: 2, refused: [] })
  })

  test('a file that is gone is refused too', async () => {
    put('playbook.yaml', shipped)
    const service = await open()
    rmSync(join(folder, 'playbook.yaml'))
    expect(await service.reload()).toMatchObject({ refused: ['playbook.yaml'] })
    expect(responseOf(service)).toBe(300_000)
  })

  test('each file stands by itself: a broken oncall.yaml keeps its old one and lets the playbook through', async () => {
    put('playbook.yaml', shipped)
    put('oncall.yaml', person)
    const service = await open()
    put('playbook.yaml', faster)
    put('oncall.yaml', 'people: 1')
    await service.reload()
    expect(responseOf(service)).toBe(180_000)
    expect(service.onCall().people).toHaveLength(1)
    expect(service.status().refused).toEqual(['oncall.yaml'])
  })

  test('those who listen are told once a change, also of the other files', async () => {
    put('playbook.yaml', shipped)
    const service = await open()
    let told = 0
    const stop = service.onChange(() => {
      told += 1
    })
    put('oncall.yaml', person)
    await service.reload()
    stop()
    await service.reload()
    expect(told).toBe(1)
    expect(service.onCall().people).toHaveLength(1)
  })

  test('when the database is away the old version stays, and the next look tries again', async () => {
    put('playbook.yaml', shipped)
    let away = false
    const flaky = {
      ...db.database,
      inTransaction: (...given: Parameters<typeof db.database.inTransaction>) =>
        away ? Promise.reject(new Error('away')) : db.database.inTransaction(...given),
    }
    const service = await openPlaybooks(flaky as typeof db.database, folder, log, { pollMs: 20 })
    opened.push(service)
    away = true
    put('playbook.yaml', faster)
    await waitFor('the failure to be logged', () => lines.some((line) => line.msg.includes('could not be taken')), PATIENTLY)
    expect(responseOf(service)).toBe(300_000)
    away = false
    await waitFor('the new version', () => responseOf(service) === 180_000, PATIENTLY)
  })
})

test('a change on disk is noticed without being told, also by renaming', async () => {
  put('playbook.yaml', shipped)
  const service = await open(20)
  put('next.yaml', faster)
  renameSync(join(folder, 'next.yaml'), join(folder, 'playbook.yaml'))
  await waitFor('the new version', () => responseOf(service) === 180_000, PATIENTLY)
  put('oncall.yaml', person)
  await waitFor('the new people', () => service.onCall().people.length === 1, PATIENTLY)
})

test('a digest that was never stored throws', async () => {
  put('playbook.yaml', shipped)
  const service = await open()
  await expect(db.database.inTransaction('main', (tx) => service.load(tx, asId('nope')))).rejects.toThrow(/no playbook version/)
})

describe('connections', () => {
  test('are found by name with the secret of this moment, from the environment or a file', async () => {
    put('playbook.yaml', shipped)
    put('secret', 'from a file\n')
    put(
      'connections.yaml',
      `connections:
  - { name: a, kind: webhook, url: 'https://a.example', secret_env: A_SECRET }
  - { name: b, kind: webhook, url: 'https://b.example', secret_file: '${join(folder, 'secret')}' }
  - { name: c, kind: webhook, url: 'https://c.example' }
  - { name: d, kind: webhook, url: 'https://d.example', secret_env: GONE }
  - { name: e, kind: webhook, url: 'https://e.example', secret_file: /nowhere/at/all }`,
    )
    const service = await open()
    let secret = 'one'
    const connections = openConnections(service, (name) => (name === 'A_SECRET' ? secret : null))
    expect(connections.ids()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(connections.ids().map((id) => connections.find(id)?.secret)).toEqual(['one', 'from a file', null, null, null])
    expect(connections.withoutSecret()).toEqual(['d', 'e'])
    secret = 'two'
    expect(connections.find('a')).toEqual({ url: 'https://a.example', secret: 'two' })
    expect(connections.find('z')).toBeUndefined()
  })
})
