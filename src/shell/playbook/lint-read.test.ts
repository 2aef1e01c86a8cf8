/** Every code of a finding: a folder that has it, where it stands, and that doing what it says removes it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  BAD_FOLDER_NOW,
  BAD_FOLDERS,
  type BadFolder,
  type Content,
  GOOD_CONNECTIONS,
  GOOD_ONCALL,
  GOOD_PLAYBOOK,
  isFolder,
} from '../../../test/support/bad-folders.ts'
import type { Surroundings } from '../../core/oncall/lint-reach.ts'
import { FINDING_CODES, type FindingCode } from '../../core/playbook/finding-code.ts'
import type { FileFinding } from '../../core/playbook/finding.ts'
import { readFolder } from './folder.ts'
import { lintRead } from './lint-read.ts'

const GOOD = { 'playbook.yaml': GOOD_PLAYBOOK, 'oncall.yaml': GOOD_ONCALL, 'connections.yaml': GOOD_CONNECTIONS }

/** Of what the good folder needs all is there; of what is broken, what was set up since. */
function surroundings(outside: BadFolder['outside'] | 'nothing'): Surroundings {
  return { hasMail: outside === 'mail', hasSecret: ({ name }) => outside === 'secrets' || !/lost/i.test(name) }
}

async function lint(over: Readonly<Record<string, Content>>, outside: BadFolder['outside'] | 'nothing'): Promise<readonly FileFinding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bad-'))
  try {
    for (const [name, content] of Object.entries<Content>({ ...GOOD, ...over })) {
      if (isFolder(content)) mkdirSync(join(folder, name))
      else if (content !== null) writeFileSync(join(folder, name), content)
    }
    return lintRead(await readFolder(folder), { now: BAD_FOLDER_NOW, surroundings: surroundings(outside) }).findings
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function edited(text: string, edits: readonly (readonly [string, string])[]): string {
  let done = text
  for (const [from, to] of edits) {
    expect(done, `nothing says ${JSON.stringify(from)}`).toContain(from)
    done = done.replace(from, () => to)
  }
  return done
}

const textFrom = (text: string, { line, column }: FileFinding): string =>
  text
    .split('\n')
    .slice(line - 1)
    .join('\n')
    .slice(column - 1)

test('the good folder has no finding', async () => expect(await lint({}, 'nothing')).toEqual([]))

test('a file that cannot be read has that finding and no other', async () => {
  for (const [bad, code] of [
    [new Uint8Array([0xff]), 'not-utf-8'],
    [Buffer.alloc(5_000_000, 'a'), 'file-too-large'],
  ] as const) {
    const findings = await lint({ 'playbook.yaml': bad }, 'nothing')
    expect(findings.filter(({ file }) => file === 'playbook.yaml').map((finding) => finding.code)).toEqual([code])
  }
})

describe.each(Object.keys(FINDING_CODES) as FindingCode[])('%s', (code) => {
  const cases = BAD_FOLDERS[code]

  test('is found in a bad folder', () => expect(cases.length).toBeGreaterThan(0))

  test.each(cases.map((one, index) => [index + 1, one] as const))('%i: at its place, with what to do, which removes it', async (_, one) => {
    const bad: Content = 'text' in one.bad ? one.bad.text : edited(GOOD[one.file], one.bad)
    const written = typeof bad === 'string' ? bad : ''
    const file = one.found ?? one.file
    const found = (await lint({ [one.file]: bad }, 'nothing')).filter((finding) => finding.code === code && finding.file === file)
    expect(found.length, 'it is not found').toBeGreaterThan(0)
    const at = (finding: FileFinding): string => textFrom(file === one.file ? written : GOOD[file], finding)
    if (one.at === undefined) expect(found).toContainEqual(expect.objectContaining({ line: 1, column: 1 }))
    else
      expect(found.map(at).find((text) => text.startsWith(one.at ?? '')) ?? found.map((finding) => at(finding).slice(0, 60))).toBeTypeOf(
        'string',
      )
    expect(found.map(({ fix }) => fix).join('\n')).toMatch(one.says)
    if (code === 'schema-old') return
    const mended = one.mend === undefined ? GOOD[one.file] : edited(written, one.mend)
    expect(await lint({ [one.file]: mended }, one.outside ?? 'nothing')).toEqual([])
  })
})
