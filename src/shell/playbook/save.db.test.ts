/** Saving a playbook: the file, the version, the commit, and what each refusal leaves behind. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { own } from '../../../test/support/playbook.ts'
import { digestOf } from './folder.ts'
import { openPlaybooks, type PlaybookService } from './playbooks.ts'
import type { Saving } from './save.ts'

const shipped = readFileSync('playbook/playbook.yaml', 'utf8')
const faster = shipped.replace('response_time: 5 min', 'response_time: 3 min')
const later = shipped.replace('response_time: 5 min', 'response_time: 9 min')
const environment = { PATH: process.env['PATH'] ?? '', HOME: tmpdir() }

let db: TestDatabase
let folder: string
let file: string
let lines: { level: number; msg: string; changes?: string[] }[]
let log: Logger
let opened: PlaybookService[]

beforeEach(async () => {
  db = await openTestDatabase()
  await db.database.query(`insert into person (id, email, name, zone, role) values ($1, 'own@example.com', 'Owner', 'UTC', 'owner')`, [own])
  folder = mkdtempSync(join(tmpdir(), 'tocsin-save-'))
  file = join(folder, 'playbook.yaml')
  writeFileSync(file, shipped)
  lines = []
  log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) })
  opened = []
})

afterEach(async () => {
  for (const service of opened) service.stop()
  await db.close()
  chmodSync(folder, 0o755)
  rmSync(folder, { recursive: true, force: true })
})

async function open(pollMs = 3_600_000): Promise<PlaybookService> {
  const service = await openPlaybooks(db.database, folder, log, { pollMs, environment })
  opened.push(service)
  return service
}

function saving(source: string, over: Partial<Saving> = {}): Saving {
  const author = { id: own, name: 'Ada <Lovelace>', email: 'ada@example.com' }
  return { source, reason: '# faster, "as agreed" $(id)', baseDigest: digestOf(shipped), author, ...over }
}

async function leaves(act: string): Promise<{ actor: unknown; data: Record<string, unknown> }[]> {
  const { rows } = await db.database.query<{ leaf: Buffer }>('select leaf from audit_leaf order by id')
  const all = rows.map(({ leaf }) => JSON.parse(leaf.toString('utf8')) as { act: string; actor: unknown; data: Record<string, unknown> })
  return all.filter((leaf) => leaf.act === act)
}

describe('a sound text', () => {
  test('is in the file and in force at once, as a version with author and reason', async () => {
    const service = await open()
    const saved = await service.save(saving(faster))
    expect(saved).toMatchObject({ kind: 'saved', changed: true, git: { state: 'none' } })
    expect(saved.changes.map(({ sentence }) => sentence)).toContain('SEV-1 must be answered within 3 min, before 5 min')
    expect(readFileSync(file, 'utf8')).toBe(faster)
    expect(service.current()).toMatchObject({ digest: digestOf(faster), severities: [{ responseMs: 180_000 }, {}, {}, {}] })
    const { rows } = await db.database.query('select number, author_id, author, reason from playbook_version order by number')
    expect(rows).toEqual([
      { number: 1, author_id: null, author: null, reason: '' },
      { number: 2, author_id: own, author: 'Ada <Lovelace>', reason: '# faster, "as agreed" $(id)' },
    ])
  })

  test('leaves a leaf of who saved it and one of its taking effect', async () => {
    const service = await open()
    await service.save(saving(faster))
    expect(await leaves('playbook.saved')).toMatchObject([
      { actor: { kind: 'person', id: own }, data: { digest: digestOf(faster), number: 2, before: digestOf(shipped) } },
    ])
    expect(await leaves('playbook.loaded')).toMatchObject([
      { data: { digest: digestOf(shipped), number: 1, changes: 0 } },
      { data: { digest: digestOf(faster), number: 2, changes: expect.any(Number) as number } },
    ])
  })

  test('asked for twice is saved once', async () => {
    const service = await open()
    await service.save(saving(faster))
    expect(await service.save(saving(faster))).toMatchObject({ kind: 'saved', changed: false, changes: [] })
    expect(await leaves('playbook.saved')).toHaveLength(1)
  })

  test('keeps the permissions of the file, a symbolic link to it, and leaves nothing beside it', async () => {
    const real = join(folder, 'real')
    mkdirSync(real)
    writeFileSync(join(real, 'the-playbook.yaml'), shipped, { mode: 0o640 })
    rmSync(file)
    symlinkSync(join('real', 'the-playbook.yaml'), file)
    const service = await open()
    expect((await service.save(saving(faster))).kind).toBe('saved')
    expect(statSync(join(real, 'the-playbook.yaml')).mode & 0o777).toBe(0o640)
    expect(readFileSync(join(real, 'the-playbook.yaml'), 'utf8')).toBe(faster)
    expect([readdirSync(real), readdirSync(folder).sort()]).toEqual([['the-playbook.yaml'], ['playbook.yaml', 'real']])
  })
})

describe('what is not saved leaves everything as it was', () => {
  afterEach(async () => {
    expect(readFileSync(file, 'utf8')).toBe(shipped)
    expect((await db.database.query('select digest from playbook_version')).rows).toEqual([{ digest: digestOf(shipped) }])
    expect(await leaves('playbook.saved')).toEqual([])
  })

  test('a text with errors is refused with its findings', async () => {
    const service = await open()
    const broken = await service.save(saving(shipped.replace('response_time: 5 min', 'response_time: 24:00')))
    expect(broken).toMatchObject({
      kind: 'broken',
      findings: expect.arrayContaining([expect.objectContaining({ code: 'unclear-duration' })]) as unknown,
    })
  })

  test('a text that was edited from another one is refused', async () => {
    const service = await open()
    expect(await service.save(saving(faster, { baseDigest: digestOf(later) }))).toMatchObject({ kind: 'stale', digest: digestOf(shipped) })
  })

  test.each([
    ['the file is marked as read-only', () => chmodSync(file, 0o444), () => chmodSync(file, 0o644)],
    ['the folder is marked as read-only', () => chmodSync(folder, 0o555), () => chmodSync(folder, 0o755)],
  ])('where %s, also for root', async (_, lock, unlock) => {
    const service = await open()
    lock()
    const refused = await service.save(saving(faster))
    expect(await service.readText()).toMatchObject({ whyNotWritable: expect.stringContaining('read-only') as string })
    unlock()
    expect(refused).toMatchObject({ kind: 'read-only', why: expect.stringContaining('read-only') as string, before: shipped })
    expect((await service.readText()).whyNotWritable).toBeNull()
  })

  test('where something lies in the way of the new file', async () => {
    const service = await open()
    mkdirSync(join(folder, '.playbook.yaml.new'))
    writeFileSync(join(folder, '.playbook.yaml.new', 'x'), '')
    expect(await service.save(saving(faster))).toMatchObject({
      kind: 'not-written',
      why: expect.stringContaining('ERR_FS_EISDIR') as string,
    })
  })
})

test('a file that was changed in the folder and not yet taken is not overwritten', async () => {
  const service = await open()
  writeFileSync(file, later)
  expect(await service.save(saving(faster))).toMatchObject({ kind: 'stale', digest: digestOf(later) })
  expect(readFileSync(file, 'utf8')).toBe(later)
  expect((await service.save(saving(faster, { baseDigest: digestOf(later) }))).kind).toBe('saved')
})

test('a broken file in the folder is mended from the console, by whoever edited that file', async () => {
  const service = await open()
  const broken = shipped.replace('SEV-1', 'SEV-')
  writeFileSync(file, 'nonsense: true')
  await service.reload()
  expect(service.status().refused).toEqual(['playbook.yaml'])
  expect((await service.save(saving(faster))).kind).toBe('stale')
  expect((await service.save(saving(broken, { baseDigest: digestOf('nonsense: true') }))).kind).toBe('broken')
  expect((await service.save(saving(faster, { baseDigest: digestOf('nonsense: true') }))).kind).toBe('saved')
  expect(service.status().refused).toEqual([])
})

test('of two that save at once from the same text, one is told that it is no longer the same', async () => {
  const service = await open()
  const both = await Promise.all([service.save(saving(faster)), service.save(saving(later))])
  expect(both.map(({ kind }) => kind)).toEqual(['saved', 'stale'])
})

describe('where the folder is a git repository', () => {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', env: { ...environment, ...IDENTITY } })
  const IDENTITY = {
    GIT_AUTHOR_NAME: 'x',
    GIT_AUTHOR_EMAIL: 'x',
    GIT_COMMITTER_NAME: 'x',
    GIT_COMMITTER_EMAIL: 'x',
    GIT_CONFIG_NOSYSTEM: '1',
  }

  beforeEach(() => {
    git('init', '--quiet', '--initial-branch=main')
    git('add', '.')
    git('commit', '--quiet', '--message', 'before')
  })

  test('the text is committed by its author, with the reason as the message, and nothing else is', async () => {
    writeFileSync(join(folder, 'other.txt'), 'not ours')
    git('add', 'other.txt')
    const service = await open()
    const saved = await service.save(saving(faster))
    expect(saved).toMatchObject({ git: { state: 'committed', commit: git('rev-parse', 'HEAD').trim() } })
    expect(git('log', '-1', '--format=%an|%ae|%cn|%B').trim()).toBe('Ada Lovelace|ada@example.com|Tocsin|# faster, "as agreed" $(id)')
    expect(git('show', '--name-only', '--format=').trim()).toBe('playbook.yaml')
    expect(git('status', '--porcelain').trim()).toBe('A  other.txt')
  })

  test('no hook of the repository runs', async () => {
    const hook = join(folder, '.git/hooks/post-commit')
    writeFileSync(hook, `#!/bin/sh\ntouch ${folder}/hook-ran\n`, { mode: 0o755 })
    const service = await open()
    expect(await service.save(saving(faster))).toMatchObject({ git: { state: 'committed' } })
    expect(readdirSync(folder)).not.toContain('hook-ran')
  })

  test('where git refuses, the save stands and says so', async () => {
    writeFileSync(join(folder, '.git/index.lock'), '')
    const service = await open()
    const saved = await service.save(saving(faster))
    expect(saved).toMatchObject({ kind: 'saved', git: { state: 'failed', detail: expect.stringContaining('index.lock') as string } })
    expect(readFileSync(file, 'utf8')).toBe(faster)
    expect(service.current().digest).toBe(digestOf(faster))
  })

  test('where git ignores the file, or has the text already, there is nothing to commit', async () => {
    git('rm', '--quiet', '--cached', 'playbook.yaml')
    writeFileSync(join(folder, '.gitignore'), 'playbook.yaml\n')
    const service = await open()
    expect(await service.save(saving(faster))).toMatchObject({ git: { state: 'none', detail: 'Git ignores the file.' } })
  })
})

describe('what a new text means', () => {
  test('is logged before it takes effect, as a warning where somebody is paged less', async () => {
    const service = await open()
    writeFileSync(file, shipped.replace('wait: 40 % of response', 'wait: 60 % of response'))
    await service.reload()
    const said = lines.findIndex(({ msg }) => msg.includes('somebody is paged less'))
    expect(lines[said]).toMatchObject({
      level: 40,
      changes: expect.arrayContaining([expect.stringMatching(/^playbook\.yaml pages-less: SEV-1 /)]) as unknown,
    })
    expect(said).toBeLessThan(lines.findIndex(({ msg }) => msg === 'a new version of the playbook is in force'))
  })

  test('is logged for schedules too, and after a restart', async () => {
    const service = await open()
    writeFileSync(join(folder, 'oncall.yaml'), 'people: [{ name: Ann, email: ann@example.com }]\nroles: { CTO: ann@example.com }\n')
    await service.reload()
    expect(lines.flatMap(({ changes = [] }) => changes)).toContainEqual(
      'oncall.yaml pages-otherwise: Ann holds CTO now instead of the owners',
    )
    service.stop()
    writeFileSync(file, faster)
    await open()
    expect(lines.flatMap(({ changes = [] }) => changes)).toContainEqual(expect.stringContaining('SEV-1 must be answered within 3 min'))
  })

  test('a version that comes back is recorded each time, and stands in for a file that is broken at the next start', async () => {
    const service = await open()
    await service.save(saving(faster))
    await service.save(saving(shipped, { baseDigest: digestOf(faster) }))
    await service.save(saving(`${shipped}# once more\n`))
    await service.save(saving(shipped, { baseDigest: digestOf(`${shipped}# once more\n`) }))
    expect((await leaves('playbook.loaded')).map(({ data }) => data['number'])).toEqual([1, 2, 1, 3, 1])
    service.stop()
    writeFileSync(file, 'nonsense: true')
    expect((await open()).current().digest).toBe(digestOf(shipped))
    expect(await leaves('playbook.loaded')).toHaveLength(5)
  })

  test('two servers that take the same file record it once', async () => {
    await open()
    await open()
    expect(await leaves('playbook.loaded')).toHaveLength(1)
  })
})
