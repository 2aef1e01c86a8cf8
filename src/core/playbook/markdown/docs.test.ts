/** docs/importing.md lists what an import can say, and its examples are read as it says. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { expectGenerated, table } from '../../../../test/support/generated-docs.ts'
import { IMPORT_CODES } from './note.ts'
import { fieldOf, kindsOfHeading, type SectionKey } from './vocabulary.ts'

const page = readFileSync('docs/importing.md', 'utf8')

test('every code of a note is listed with its group and meaning', () => {
  const rows = Object.entries(IMPORT_CODES).map(([code, [group, meaning]]) => [
    `\`${code}\``,
    group === 'unmapped' ? '**could not be mapped**' : group,
    meaning,
  ])
  expectGenerated('docs/importing.md', 'import codes', table(['code', 'group', 'means'], rows))
})

test('the columns that the page names are known', () => {
  const rows = /\| section \| columns[^]*?\n\n/.exec(page)?.[0].split('\n').slice(2) ?? []
  const kinds: Readonly<Record<string, SectionKey>> = {
    severities: 'severities',
    'incident types': 'incident_types',
    communication: 'communication',
    roles: 'roles',
    'post-mortem': 'post_mortem',
    compliance: 'compliance',
  }
  const unknown = rows.flatMap((row) => {
    const [, section = '', columns = ''] = row.split('|').map((cell) => cell.trim())
    const kind = kinds[section]
    return kind === undefined
      ? []
      : columns
          .split(/ · |, /)
          .filter((column) => fieldOf(kind, column) === null)
          .map((column) => `${section}: ${column}`)
  })
  expect(rows.length).toBeGreaterThan(8)
  expect(unknown).toEqual([])
})

test.each([
  ['Severity levels', 'severities'],
  ['Priorities', 'severities'],
  ['Incident lifecycle', 'lifecycle'],
  ['How we respond', 'lifecycle'],
  ['Common Incidents & Mitigations', 'incident_types'],
  ['Runbooks', 'incident_types'],
  ['Communication Plan', 'communication'],
  ['Roles & Responsibilities', 'roles'],
  ['Post‑Mortem Report Template (appendix)', 'post_mortem'],
  ['After-action review', 'post_mortem'],
  ['Compliance & Reporting', 'compliance'],

  ['Playbook Metadata', 'metadata'],
  ['Document control', 'metadata'],
] as const)('the heading "%s" announces %s', (title, kind) => expect(kindsOfHeading(title)[0]).toBe(kind))
