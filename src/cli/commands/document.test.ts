/** `tocsin import` and `tocsin render` as they are run: files, findings, exit codes. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../../../test/support/cli.ts'
import { EXIT_FINDINGS, EXIT_GOOD, EXIT_USAGE } from '../context.ts'

const FIXTURES = 'src/core/playbook/markdown/fixtures'
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-document-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tocsin = (...args: string[]) => runCommand(args)
const fresh = (name: string): string => join(folder, name)

describe('import', () => {
  test('writes playbook.yaml and says what was made of the document', async () => {
    const ran = await tocsin('import', join(FIXTURES, 'template.md'), '--out', fresh('template'))
    expect(ran.code).toBe(EXIT_GOOD)
    expect(readFileSync(join(fresh('template'), 'playbook.yaml'), 'utf8')).toContain('id: IRP-2025-06-06')
    expect(ran.out).toMatch(/^Understood \(8\)$/m)
    expect(ran.out).toMatch(/^Guessed: .* \(13\)$/m)
    expect(ran.out).toContain(
      `${FIXTURES}/template.md:62:1 not-said incident_types.Model Drift.severity: No severity is named for Model Drift; it gets SEV-2`,
    )
    expect(ran.out).not.toContain('Could not be mapped')
    expect((await tocsin('lint', fresh('template'), '--no-environment')).code).toBe(EXIT_GOOD)
  })

  test('exits with 1 when something could not be mapped, and says where', async () => {
    const ran = await tocsin('import', join(FIXTURES, 'itil-priorities.md'), '--out', fresh('itil'))
    expect(ran.code).toBe(EXIT_FINDINGS)
    expect(ran.out).toMatch(/^Could not be mapped \(9\)$/m)
    expect(ran.out).toMatch(/itil-priorities\.md:17:42 not-runnable severities\.P5\.response_time: "Next business day" cannot be run/)
  })

  test('prints the same as JSON', async () => {
    const ran = await tocsin('import', join(FIXTURES, 'startup-one-page.md'), '--out', fresh('startup'), '--json')
    const report = JSON.parse(ran.out) as { file: string; notes: { group: string; line: number; path: string }[] }
    expect(report.file).toBe(join(fresh('startup'), 'playbook.yaml'))
    expect(report.notes).toContainEqual(
      expect.objectContaining({ group: 'unmapped', code: 'not-runnable', line: 10, path: 'severities.sev3.response_time' }),
    )
  })

  test('keeps a playbook that is there and says something else', async () => {
    mkdirSync(fresh('kept'))
    writeFileSync(join(fresh('kept'), 'playbook.yaml'), 'mine: 1\n')
    const ran = await tocsin('import', join(FIXTURES, 'template.md'), '--out', fresh('kept'))
    expect(ran.err).toContain('playbook.yaml.old')
    expect(readFileSync(join(fresh('kept'), 'playbook.yaml.old'), 'utf8')).toBe('mine: 1\n')
    await tocsin('import', join(FIXTURES, 'template.md'), '--out', fresh('kept'))
    expect(readdirSync(fresh('kept')).sort()).toEqual(['playbook.yaml', 'playbook.yaml.old'])
  })

  test('refuses what is no document, and writes nothing', async () => {
    writeFileSync(fresh('big.md'), Buffer.alloc(50_000_000, 'words and\n'))
    writeFileSync(fresh('latin1.md'), Buffer.from('St\xf6rung', 'latin1'))
    const big = await tocsin('import', fresh('big.md'), '--out', fresh('none'))
    expect([big.code, big.out, big.err]).toEqual([
      EXIT_FINDINGS,
      expect.stringMatching(/big\.md:1:1 file-too-large The file has 50000000 bytes/),
      'Nothing was written.\n',
    ])
    expect((await tocsin('import', fresh('latin1.md'), '--out', fresh('none'))).out).toContain('not UTF-8')
    expect(() => readdirSync(fresh('none'))).toThrow(/ENOENT/)
  })

  test('asks for what is missing', async () => {
    expect((await tocsin('import', join(FIXTURES, 'template.md'))).code).toBe(EXIT_USAGE)
    expect((await tocsin('import', fresh('nowhere.md'), '--out', fresh('x'))).code).toBe(EXIT_USAGE)
    expect((await tocsin('import', '--out', fresh('x'))).code).toBe(EXIT_USAGE)
    writeFileSync(fresh('file'), '')
    expect((await tocsin('import', join(FIXTURES, 'template.md'), '--out', fresh('file'))).code).toBe(EXIT_USAGE)
  })

  test('shows the words of a document without what would move a terminal', async () => {
    writeFileSync(
      fresh('escape.md'),
      '## Severity\n\n|Severity|Definition|Response|Who|\n|---|---|---|---|\n|SEV-1|Down|\u001b[31msoon\u202e|Ops|\n',
    )
    const ran = await tocsin('import', fresh('escape.md'), '--out', fresh('escape'))
    expect(ran.out).toContain('soon')
    expect(ran.out.includes('\u001b') || ran.out.includes('\u202e')).toBe(false)
  })
})

describe('render', () => {
  test('prints Markdown, which imports as the same file', async () => {
    const ran = await tocsin('render', 'playbook')
    expect(ran.code).toBe(EXIT_GOOD)
    writeFileSync(fresh('shipped.md'), ran.bytes)
    await tocsin('import', fresh('shipped.md'), '--out', fresh('again'))
    const first = readFileSync(join(fresh('again'), 'playbook.yaml'), 'utf8')
    writeFileSync(fresh('again.md'), (await tocsin('render', fresh('again'))).bytes)
    await tocsin('import', fresh('again.md'), '--out', fresh('twice'))
    expect(readFileSync(join(fresh('twice'), 'playbook.yaml'), 'utf8')).toBe(first)
  })

  test('writes a page and a PDF', async () => {
    expect((await tocsin('render', 'playbook', '--format', 'html', '--out', fresh('p.html'))).code).toBe(EXIT_GOOD)
    expect(readFileSync(fresh('p.html'), 'utf8')).toMatch(/^<!doctype html>/)
    expect((await tocsin('render', 'playbook', '-f', 'pdf', '-o', fresh('p.pdf'))).err).toBe(`Wrote ${fresh('p.pdf')}.\n`)
    expect(readFileSync(fresh('p.pdf')).subarray(0, 5).toString()).toBe('%PDF-')
    expect((await tocsin('render', 'playbook', '--format', 'pdf')).bytes.subarray(0, 5).toString()).toBe('%PDF-')
  })

  test('within JSON too', async () => {
    expect(JSON.parse((await tocsin('render', 'playbook', '--json')).out)).toEqual({
      format: 'markdown',
      encoding: 'utf8',
      content: expect.stringContaining('# Template 7.2'),
    })
    expect(JSON.parse((await tocsin('render', 'playbook', '--json', '--out', fresh('p.md'))).out)).toEqual({
      format: 'markdown',
      file: fresh('p.md'),
      bytes: expect.any(Number),
    })
  })

  test('refuses a playbook with errors, and says which', async () => {
    mkdirSync(fresh('broken'))
    writeFileSync(
      join(fresh('broken'), 'playbook.yaml'),
      readFileSync('playbook/playbook.yaml', 'utf8').replace('default_severity: SEV-2', 'default_severity: SEV-9'),
    )
    const ran = await tocsin('render', fresh('broken'))
    expect([ran.code, ran.bytes.length]).toEqual([EXIT_FINDINGS, 0])
    expect(ran.err).toMatch(/playbook\.yaml:\d+:\d+ unknown-severity/)
  })

  test('asks for what is missing', async () => {
    expect((await tocsin('render', fresh('nowhere'))).code).toBe(EXIT_USAGE)
    mkdirSync(fresh('empty'))
    expect((await tocsin('render', fresh('empty'))).code).toBe(EXIT_USAGE)
    expect((await tocsin('render', 'playbook', '--format', 'docx')).code).toBe(EXIT_USAGE)
    expect((await tocsin('render', 'playbook', '--out', fresh('nowhere/x.md'))).code).toBe(EXIT_USAGE)
  })
})
