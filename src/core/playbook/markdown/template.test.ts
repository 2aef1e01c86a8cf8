/** The document that Tocsin was made for becomes the playbook that ships, and the document again. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { asId } from '../../id.ts'
import { parsePlaybook } from '../parse.ts'
import type { Playbook } from '../playbook.ts'
import { importDocument } from './import-document.ts'
import { groupOf } from './note.ts'
import { renderDocument } from './render-document.ts'

const document = readFileSync(new URL('fixtures/template.md', import.meta.url), 'utf8')
const shipped = readFileSync('playbook/playbook.yaml', 'utf8')
/** The document names a data breach in its matrix only, not among its incidents: the type that hears of one is ours. */
const BEYOND = 'data-breach'
/** Nor does it say by how many channels the first page goes. */
const TWO_CHANNELS = /^ *first_page: two_channels.*\n/m
const imported = importDocument(document, { today: '2026-11-24' })
const parse = (text: string) => parsePlaybook(text, asId('d'))

function playbookOf(text: string): Playbook {
  const { playbook } = parse(text)
  if (playbook === null) throw new Error('the playbook has errors')
  return playbook
}

describe('the template imports', () => {
  const ours = playbookOf(imported.yaml ?? '')
  const theirs = playbookOf(shipped.replace(TWO_CHANNELS, ''))

  test('without a finding', () => {
    expect(parse(imported.yaml ?? '').findings).toEqual([])
    expect(imported.notes.filter((note) => groupOf(note) === 'unmapped')).toEqual([])
  })

  // Nothing else is excepted: what the document leaves open is guessed as the file that ships decides it.
  test.each(Object.keys(theirs).filter((key) => key !== 'digest') as (keyof Playbook)[])('as the playbook that ships: %s', (key) => {
    expect(ours[key]).toEqual(key === 'incidentTypes' ? theirs[key].filter((type) => type.id !== BEYOND) : theirs[key])
  })

  test('and says what of that is a guess, with its line', () => {
    const guesses = imported.notes.filter((note) => groupOf(note) === 'guessed').map((note) => `${note.line} ${note.path}`)
    expect(guesses).toEqual([
      '23 metadata.maintainer.name',
      '31 default_severity',
      '33 severities.SEV-1.thresholds',
      '34 severities.SEV-2.thresholds',
      '62 incident_types.Model Drift.severity',
      '63 incident_types.Bias Threshold Breach.severity',
      '64 incident_types.Mobile Crash Surge.detection',
      '82 roles.Incident Commander.held_by',
      '83 roles.Communications Lead.held_by',
      '84 roles.Operations Lead.held_by',
      '85 roles.Security Lead.held_by',
      '86 roles.Scribe.held_by',
      '92 post_mortem.severities',
    ])
  })

  test('and says which sections it understood', () => {
    const read = imported.notes.filter((note) => groupOf(note) === 'understood').map((note) => `${note.line} ${note.path}`)
    expect(read).toEqual([
      '20 metadata',
      '31 severities',
      '42 lifecycle',
      '59 incident_types',
      '70 communication',
      '80 roles',
      '92 post_mortem',
      '106 compliance',
    ])
  })
})

test('durations stand in the file as the document writes them', () => {
  for (const written of ['response_time: 5 min', 'response_time: 24 h', 'frequency: 30-min', 'within: 48 h'])
    expect(imported.yaml).toContain(written)
})

test('the file is one that a person would commit: sections under their titles, in the order of the language', () => {
  const yaml = imported.yaml ?? ''
  const titles = [
    '# 1  Playbook Metadata',
    '# 2  Severity Matrix',
    '# 3  Incident Lifecycle',
    '# 4  Common Incidents & Mitigations',
    '# 5  Communication Plan',
  ]
  const places = titles.map((title) => yaml.indexOf(title))
  expect(places.every((place, index) => place > (places[index - 1] ?? -1))).toBe(true)
  expect(yaml).toContain(
    '\n  - id: SEV-1\n    definition: Outage or major data breach; >25 % users impacted\n    example: API 5xx > 50 % for 10 min\n',
  )
  expect(yaml).toContain('    roles_paged: [DevSecOps, CTO, Security Officer]\n')
  expect(yaml).not.toMatch(/[ \t]+\n(?! {6}>)/)
})

test('rendering it gives the template’s tables back, cell for cell', () => {
  const { playbook, file } = parse(imported.yaml ?? '')
  if (playbook === null || file === null) throw new Error('the import has errors')
  const { markdown } = renderDocument(file, playbook)
  const plain = (text: string): string => text.replaceAll('\u2011', '-').replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ')
  const rows = plain(document)
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('|-'))
    .map((line) => line.slice(1, -1).split('|'))
  const cells = rows.flat().map((cell) => cell.replaceAll(/[*`]|\]\([^)]*\)|\[/g, ''))
  const shown = markdown.replaceAll(/[*`<>\\]/g, '')
  // What the render says in other columns, or of what the engine does.
  const otherwise = ['API5xxAlarm SEV-1', 'Example', 'SEV-1/2 30-min cadence']
  const missing = cells.filter(
    (cell) => !otherwise.includes(cell) && !shown.toLowerCase().includes(cell.replaceAll(/[<>]/g, '').toLowerCase()),
  )
  expect(missing).toEqual([])
})
