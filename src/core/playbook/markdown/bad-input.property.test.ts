/** Whatever a document is, an import answers with a file that takes effect, or with a finding; it never throws, and never takes for ever. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asId } from '../../id.ts'
import { parsePlaybook } from '../parse.ts'
import { importDocument } from './import-document.ts'
import { NOTES_MAX } from './desk.ts'
import { groupOf } from './note.ts'
import { DOCUMENT_CHARS_MAX } from './tree.ts'

const today = '2026-11-24'
const RUNS = { numRuns: 150 }
const LONG_MS = 120_000

function check(text: string): void {
  const { file, yaml, notes } = importDocument(text, { today })
  expect(notes.length).toBeLessThanOrEqual(NOTES_MAX)
  expect(notes.every((note) => note.line >= 1 && note.column >= 1 && note.message !== '')).toBe(true)
  if (yaml === null || file === null) return expect(notes.some((note) => groupOf(note) === 'unmapped')).toBe(true)
  expect(parsePlaybook(yaml, asId('d')).findings.filter((finding) => finding.severity === 'error')).toEqual([])
}

describe('an import takes', () => {
  test('any text', () => fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), check), RUNS), LONG_MS)

  test(
    'any text of the marks of Markdown and YAML',
    () => {
      const marks = fc.constantFrom(
        '|',
        '-',
        '#',
        '\n',
        '*',
        '_',
        '`',
        '>',
        '<',
        '[',
        ']',
        '(',
        ')',
        ':',
        '&',
        '\\',
        '~',
        ' ',
        '\t',
        '1.',
        '---\n',
        '```',
        '<!--',
        '-->',
        'SEV-1',
        'a',
        '\r',
        '\u0000',
        '\ud800',
        '\u2011',
        '{',
        '}',
        '"',
      )
      fc.assert(
        fc.property(
          fc.array(marks, { maxLength: 120 }).map((parts) => parts.join('')),
          check,
        ),
        RUNS,
      )
    },
    LONG_MS,
  )

  test('documents of sections with arbitrary cells', () => fc.assert(fc.property(documents(), check), RUNS), LONG_MS)
})

/** Headings and columns that are understood, over cells that need not be. */
function documents(): fc.Arbitrary<string> {
  const cell = fc.oneof(
    fc.constantFrom(
      'SEV-1',
      'SEV-2',
      'P1',
      'Critical',
      '5 min',
      'within 1 hour',
      '1h30',
      '24:00',
      'next business day',
      '0 min',
      '99999999999 h',
      'a, b',
      'A, a',
      '—',
      '',
      '`x`',
      '`x` > 5',
      '`x > 20 %`',
      'Sentry SEV-1',
      'hourly',
      'Real-time',
      'x'.repeat(150),
      'Slack #ops',
      '2025-02-30',
      '2030-01-01',
      'a@b',
      '<b>x</b>',
      'a \\| b',
      '1. x<br>2. y',
      '😀',
    ),
    fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll(/[|\n\r]/g, ' ')),
  )
  const table = (heading: string, titles: readonly string[]) =>
    fc
      .array(fc.array(cell, { maxLength: titles.length + 1 }), { maxLength: 5 })
      .map((rows) =>
        [
          `## ${heading}`,
          '',
          `|${titles.join('|')}|`,
          `|${titles.map(() => '---').join('|')}|`,
          ...rows.map((row) => `|${row.join('|')}|`),
          '',
        ].join('\n'),
      )
  return fc
    .tuple(
      table('Playbook Metadata', ['Field', 'Value']),
      table('Severity', ['Level', 'Definition', 'Response', 'Who']),
      table('Common incidents', ['Incident Type', 'Alert', 'Severity', 'Runbook', 'Follow-up']),
      table('Communication', ['Audience', 'Channel', 'Frequency', 'Message']),
      table('Roles', ['Role', 'Duties', 'Held by']),
      table('Lifecycle', ['Phase', 'Description']),
      table('Post-mortem', ['Section', 'Description']),
      table('Compliance', ['Requirement', 'Text']),
    )
    .map((parts) => parts.join('\n'))
}

describe('a document is refused with a finding', () => {
  const codeOf = (text: string): string | undefined => {
    const { yaml, notes } = importDocument(text, { today })
    return yaml === null ? notes[0]?.code : 'written'
  }

  test('of 50 MB', () => expect(codeOf('# Playbook\n\nwords and words\n'.repeat(1_800_000))).toBe('file-too-large'))
  test('one character too long', () => expect(codeOf('x'.repeat(DOCUMENT_CHARS_MAX + 1))).toBe('file-too-large'))
  test('of nested quotes', () => expect(codeOf(`${'>'.repeat(20_000)} a`)).toBe('nested-too-deeply'))
  test('of quotes that are nested a little more than any document’s', () => {
    expect([codeOf(`${'>'.repeat(24)} a`), codeOf(`${'>'.repeat(25)} a`)]).toEqual(['written', 'nested-too-deeply'])
  })
  test('of nested lists', () => expect(codeOf(`${'* '.repeat(20_000)} a`)).toBe('nested-too-deeply'))
  test('of a list like a stair', () =>
    expect(codeOf(Array.from({ length: 400 }, (_, index) => `${' '.repeat(2 * index)}- a`).join('\n'))).toBe('nested-too-deeply'))
  test('of emphasis that nobody closes', () => expect(codeOf('**a'.repeat(20_000))).toBe('nested-too-deeply'))
  test('of links that nobody closes', () => expect(codeOf('[a]('.repeat(20_000))).toBe('nested-too-deeply'))
  test('of definitions without end', () =>
    expect(codeOf(Array.from({ length: 20_000 }, (_, index) => `[a${index}]: b`).join('\n'))).toBe('nested-too-deeply'))
})

describe('what is wrong has its line and column', () => {
  const notesOf = (text: string) => importDocument(text, { today }).notes.filter((note) => groupOf(note) === 'unmapped')

  test('a row with missing cells', () => {
    const found = notesOf('## Severity\n\n|Severity|Definition|Response|Who|\n|---|---|---|---|\n|SEV-1|Down|5 min|Ops|\n|SEV-2|Slow|\n')
    expect(found).toContainEqual(
      expect.objectContaining({ code: 'cell-missing', line: 6, column: 13, message: 'The row has 2 of 4 cells.' }),
    )
  })

  test('two roles that differ by case are one', () => {
    const { file } = importDocument(
      '## Severity\n\n|Severity|Definition|Response|Who|\n|---|---|---|---|\n|SEV-1|Down|5 min|DevOps|\n|SEV-2|Slow|1 h|devops|\n',
      { today },
    )
    expect(file?.severities.map((row) => row.roles_paged)).toEqual([['DevOps'], ['DevOps']])
  })

  test('an empty document', () => {
    const { yaml, notes } = importDocument('', { today })
    expect(yaml).toContain('SEV-1')
    expect(notes.filter((note) => groupOf(note) === 'unmapped').map((note) => note.code)).toEqual(['section-missing'])
  })

  test('settings that a person broke', () => {
    const text =
      '## Severity\n\n- SEV-1: Down. Respond in 5 min. Page Ops.\n\n## Engine Settings\n\n```yaml tocsin\nlimits: { nonsense: 1 }\n```\n'
    expect(notesOf(text)).toContainEqual(expect.objectContaining({ code: 'settings-unreadable', line: 7, column: 1 }))
    expect(notesOf(text.replace('{ nonsense: 1 }', '['))).toContainEqual(expect.objectContaining({ code: 'settings-unreadable' }))
  })
})
