import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { asId } from '../../id.ts'
import type { Finding } from '../finding.ts'
import { parsePlaybook } from '../parse.ts'
import { applyEdits, offsetBefore, placeOf, withoutOverlaps } from './edit.ts'
import { findingBefore, migrate, versionOf } from './migrate.ts'

const OLD = `# The first draft of our playbook.
playbook: # kept by Security
  id: IRP-2024-01
  maintainer: security@example.com # a list
  last_reviewed: '2026-10-01'
  review_due: '2027-01-01'
severity_matrix: # most severe first
  - severity: SEV-1
    definition: Down
    response: 5 min
    page: [DevSecOps, CTO]
  - { severity: SEV-2, definition: Slow, response: 1 h, page: [DevSecOps] } # on one line
unclassified: SEV-2
incidents:
  - incident: API 5xx Spike
    severity: SEV-1
    signal: API5xxAlarm # as CloudWatch calls it
    mitigation: Revert
  - incident: Strange
    severity: SEV-2
    signal: a, [b]
communication_plan:
  - { audience: All, channel: 'Slack #ops', frequency: hourly, content: What }
responsibilities:
  - { role: Incident Commander, responsibility: Decides }
`
const NEW = `# The first draft of our playbook.
metadata: # kept by Security
  id: IRP-2024-01
  maintainer: { email: security@example.com } # a list
  last_review: '2026-10-01'
  next_review_due: '2027-01-01'
severities: # most severe first
  - id: SEV-1
    definition: Down
    response_time: 5 min
    roles_paged: [DevSecOps, CTO]
  - { id: SEV-2, definition: Slow, response_time: 1 h, roles_paged: [DevSecOps] } # on one line
default_severity: SEV-2
incident_types:
  - title: API 5xx Spike
    severity: SEV-1
    detection: [{ alarm: API5xxAlarm }] # as CloudWatch calls it
    immediate_mitigation: Revert
  - title: Strange
    severity: SEV-2
    detection: [{ alarm: "a, [b]" }]
communication:
  - { audience: All, channels: 'Slack #ops', frequency: hourly, content: What }
roles:
  - { title: Incident Commander, responsibility: Decides }
`
const read = (text: string) => parsePlaybook(text, asId('d'))
const migrated = (text: string): string | undefined => migrate(text, parse(text))?.text

test('a file of version 0 is brought into version 1, with its comments, lines and quotes', () => expect(migrated(OLD)).toBe(NEW))

test('it loads as what it is brought into loads, with a warning that says what to do', () => {
  const [old, present] = [read(OLD), read(NEW)]
  expect(old.playbook).toEqual(present.playbook)
  expect(old.playbook).not.toBeNull()
  expect(old.findings).toEqual([
    expect.objectContaining({
      code: 'schema-old',
      severity: 'warning',
      line: 2,
      column: 1,
      fix: expect.stringContaining('tocsin lint --fix'),
    }),
    ...present.findings,
  ])
})

test('what is wrong with it has its place in the file as it is', () => {
  const text = OLD.replace('response: 1 h', 'response: 24:00')
  const found = read(text).findings.find(({ code }) => code === 'unclear-duration')
  expect(text.split('\n')[(found?.line ?? 0) - 1]?.slice((found?.column ?? 0) - 1)).toMatch(/^24:00, page/)
})

test('so has what is wrong with it as YAML', () => {
  const text = OLD.replace(
    "  - { audience: All, channel: 'Slack #ops', frequency: hourly, content: What }",
    '  - audience: All\n    channel: Slack #ops\n    frequency: hourly\n    content: What',
  )
  expect(read(text).findings).toContainEqual(expect.objectContaining({ code: 'comment-cuts-text', line: 24, column: 14 }))
})

test('a version that is said in the file is raised with it', () => {
  expect(migrated(`schema_version: 0\n${OLD}`)).toBe(`schema_version: 1\n${NEW}`)
  expect(migrated('schema_version: 0 # first\n')).toBe('schema_version: 1 # first\n')
})

describe('what is not understood is left as it stands', () => {
  test.each([
    ['a key whose new name is there already', 'severity_matrix: []\nseverities: []\n', 'severity_matrix: []\nseverities: []\n'],
    ['a signal that is a list', 'severity_matrix: []\nincidents:\n  - signal: [a]\n', 'severities: []\nincident_types:\n  - signal: [a]\n'],
    [
      'a text of several lines',
      'severity_matrix: []\nincidents:\n  - signal: |\n      a\n',
      'severities: []\nincident_types:\n  - signal: |\n      a\n',
    ],
    ['rows that are none', 'severity_matrix: 5\nincidents: { signal: a }\n', 'severities: 5\nincident_types: { signal: a }\n'],
    ['keys of other places', 'severity_matrix: []\nsignal: a\npage: b\n', 'severities: []\nsignal: a\npage: b\n'],
  ])('%s', (_, text, after) => expect(migrated(text)).toBe(after))
})

test.each([
  ['one that says so', { schema_version: 0 }, 0],
  ['one that shows it', { severity_matrix: [] }, 0],
  ['one of the present', { severities: [] }, 1],
  ['a newer one', { schema_version: 9 }, 9],
  ['a version that is no number', { schema_version: 'one' }, null],
  ['a list', [], 1],
  ['nothing', null, null],
])('the version of %s', (_, data, version) => expect(versionOf(data)).toBe(version))

test('a file of the present version is not touched', () => {
  expect(migrated(NEW)).toBeUndefined()
  expect(migrated(readFileSync('playbook/playbook.yaml', 'utf8'))).toBeUndefined()
})

describe('edits', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', '\n', ' ', 'é'), maxLength: 60 })
  const edits = fc
    .array(fc.record({ offset: fc.nat(60), length: fc.nat(8), text: fc.string({ unit: fc.constantFrom('x', 'y'), maxLength: 8 }) }), {
      maxLength: 6,
    })
    .map(withoutOverlaps)
  const within = fc
    .tuple(texts, edits)
    .map(([text, list]) => [text, list.filter((edit) => edit.offset + edit.length <= text.length)] as const)

  test('what no edit touched stands where it is found again', () => {
    fc.assert(
      fc.property(within, ([text, list]) => {
        const after = applyEdits(text, list)
        for (let offset = 0; offset < after.length; offset += 1) {
          const before = offsetBefore(list, offset)
          expect(before).toBeLessThanOrEqual(text.length)
          // What was put in is of letters that the text has not.
          if (after[offset] !== 'x' && after[offset] !== 'y') expect(text[before]).toBe(after[offset])
        }
      }),
    )
  })

  test('what stands in a text that was put in is found where that began', () => {
    expect([0, 1, 2, 3, 4].map((offset) => offsetBefore([{ offset: 1, length: 1, text: 'xyz' }], offset))).toEqual([0, 1, 1, 1, 2])
  })

  test('places count lines and columns from 1', () => {
    expect(placeOf('ab\ncd', 0)).toEqual({ line: 1, column: 1 })
    expect(placeOf('ab\ncd', 4)).toEqual({ line: 2, column: 2 })
  })

  test('a finding in the new text has a place in the old one, whatever was edited', () => {
    const migration = migrate(OLD, parse(OLD))
    if (migration === null) throw new Error('it is old')
    const lines = migration.text.split('\n')
    for (const [index, line] of lines.entries()) {
      for (let column = 1; column <= line.length; column += 1) {
        const at = findingBefore(migration, {
          line: index + 1,
          column,
          code: 'empty',
          severity: 'error',
          message: '',
          fix: '',
          path: '',
        } satisfies Finding)
        expect(at.line).toBe(index + 1)
        expect(at.column).toBeLessThanOrEqual((OLD.split('\n')[index] ?? '').length + 1)
      }
    }
  })
})

test('whatever stands under the old keys, the answer is a text that is read, or findings', () => {
  const values = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('a: b', '# c', '[', "it's", '"', '5 min'))
  const keys = fc.constantFrom('playbook', 'unclassified', 'incidents', 'communication_plan', 'responsibilities', 'schema_version')
  fc.assert(
    fc.property(
      fc.dictionary(keys, values, { maxKeys: 4 }),
      fc.array(fc.dictionary(fc.constantFrom('signal', 'incident', 'page', 'maintainer'), values)),
      (over, rows) => {
        const text = stringify({ severity_matrix: rows, incidents: rows, ...over })
        const { playbook, findings } = read(text)
        expect(playbook === null).toBe(findings.some(({ severity }) => severity === 'error'))
        const after = migrated(text)
        if (after !== undefined) expect(() => parse(after) as unknown).not.toThrow()
      },
    ),
    { numRuns: 200 },
  )
})
