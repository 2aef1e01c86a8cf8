/** Whatever is put into the folder of a running server, it says what is wrong with it, and what was in force before stays. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BAD_FOLDERS, GOOD_CONNECTIONS, GOOD_ONCALL, GOOD_PLAYBOOK, isFolder } from '../../../test/support/bad-folders.ts'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { hasErrors } from '../../core/playbook/finding.ts'
import { openPlaybooks, type PlaybookService } from './playbooks.ts'

const GOOD: Readonly<Record<string, string>> = {
  'playbook.yaml': GOOD_PLAYBOOK,
  'oncall.yaml': GOOD_ONCALL,
  'connections.yaml': GOOD_CONNECTIONS,
}
const errors: { level: number; msg: string }[] = []
let db: TestDatabase
let folder: string
let service: PlaybookService

const put = (file: string, content: string | Uint8Array): void => writeFileSync(join(folder, file), content)

beforeAll(async () => {
  db = await openTestDatabase()
  folder = mkdtempSync(join(tmpdir(), 'tocsin-bad-input-'))
  for (const [file, text] of Object.entries(GOOD)) put(file, text)
  const log = pino({ level: 'error' }, { write: (line: string) => void errors.push(JSON.parse(line) as (typeof errors)[number]) })
  service = await openPlaybooks(db.database, folder, log, { pollMs: 3_600_000 })
})

afterAll(async () => {
  service.stop()
  await db.close()
  rmSync(folder, { recursive: true, force: true })
})

const cases = Object.entries(BAD_FOLDERS).flatMap(([code, list]) =>
  list.flatMap(({ file, bad }, index) => {
    const content = 'text' in bad ? bad.text : bad.reduce((text, [from, to]) => text.replace(from, () => to), GOOD[file] ?? '')
    return content === null || isFolder(content) ? [] : [{ name: `${code} ${index + 1}`, file, content }]
  }),
)

test.each(cases)('$name: an error keeps $file from taking effect, loudly; a warning does not', async ({ file, content }) => {
  const before = { playbook: service.current(), onCall: service.onCall(), connections: service.connections() }
  errors.length = 0
  put(file, content)
  const { refused, findings } = await service.reload()
  const isRefused = hasErrors(findings.filter((finding) => finding.file === file))
  expect(refused).toEqual(isRefused ? [file] : [])
  expect(errors.map(({ msg }) => msg)).toEqual(isRefused ? [expect.stringContaining('what was in force before stays in force')] : [])
  if (isRefused) expect({ playbook: service.current(), onCall: service.onCall(), connections: service.connections() }).toEqual(before)
  put(file, GOOD[file] ?? '')
  expect(await service.reload()).toMatchObject({ refused: [], version: 1 })
})
