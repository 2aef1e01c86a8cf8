import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { asId } from '../id.ts'
import { HOUR_MS, MINUTE_MS } from '../time.ts'
import { ALIASES_MAX, FILE_CHARS_MAX, FINDINGS_MAX } from './document.ts'
import type { Finding } from './finding.ts'
import { parsePlaybook } from './parse.ts'
import { playbookJsonSchema } from './schema.ts'

const shipped = readFileSync('playbook/playbook.yaml', 'utf8')
const parse = (text: string) => parsePlaybook(text, asId('d'))

/** The smallest playbook, with whatever a test wants to be different. */
function small(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    metadata: { id: 'IRP-1', maintainer: { email: 'm@example.com' }, last_review: '2026-01-01', next_review_due: '2026-04-01' },
    severities: [
      { id: 'P1', definition: 'Down', response_time: '5 min', roles_paged: ['Ops', 'Boss'] },
      { id: 'P2', definition: 'Slow', response_time: '1 h', roles_paged: ['Ops'] },
    ],
    default_severity: 'P2',
    incident_types: [{ title: 'API Spike', severity: 'P1', detection: [{ alarm: 'Spike' }] }],
    roles: [{ title: 'Incident Commander', responsibility: 'Decides', held_by: ['Ops'] }],
    ...over,
  }
}

function textAt(text: string, { line, column }: Finding): string {
  return text
    .split('\n')
    .slice(line - 1)
    .join('\n')
    .slice(column - 1)
}

const findingsOf = (over: Record<string, unknown>): readonly Finding[] => parse(stringify(small(over))).findings

describe('the smallest playbook', () => {
  const { playbook, findings } = parse(stringify(small()))

  test('has no findings and is filled in', () => {
    expect(findings).toEqual([])
    expect(playbook).toMatchObject({
      metadata: { maintainer: { name: 'm@example.com' } },
      resolution: { quietMs: 5 * MINUTE_MS, automatic: ['P2'], flapping: { changes: 4, withinMs: 30 * MINUTE_MS } },
      postMortem: { withinMs: 48 * HOUR_MS, severities: ['P1', 'P2'] },
      newIncidentsPerMinuteMax: 20,
      incidentTypes: [{ id: 'api-spike', title: 'API Spike' }],
      roles: [{ id: 'incident-commander' }],
    })
  })

  test('escalates by default inside the response time: on call, both, owners, three times', () => {
    expect(playbook?.severities[0]?.escalation).toEqual({
      rounds: 3,
      steps: [
        { page: 'on-call', waitMs: 2 * MINUTE_MS },
        { page: 'next', waitMs: 0 },
        { page: 'on-call', waitMs: 2 * MINUTE_MS },
        { page: 'owners', waitMs: MINUTE_MS },
      ],
    })
  })
})

test('names are compared as they look: non-breaking hyphens and spaces, soft hyphens, edges', () => {
  const { playbook, findings } = parse(
    stringify(
      small({
        severities: [{ id: 'SEV‑1', definition: 'Down', response_time: '5 min', roles_paged: ['Security\u00a0Officer '] }],
        default_severity: 'SEV-1',
        incident_types: [{ title: 'x', severity: 'SEV\u2011\u00ad1', detection: [{ alarm: 'a' }] }],
        roles: [{ title: 'Incident Commander', responsibility: 'x', held_by: 'Security Officer' }],
      }),
    ),
  )
  expect(findings).toEqual([])
  expect(playbook?.severities[0]).toMatchObject({ id: 'SEV-1', roles: ['Security Officer'] })
})

test('changing one number of the file changes what the playbook says', () => {
  const { playbook } = parse(shipped.replace('response_time: 5 min', 'response_time: 3 min'))
  expect(playbook?.severities[0]).toMatchObject({ responseMs: 3 * MINUTE_MS, escalation: { steps: [{ waitMs: 72_000 }, {}, {}, {}] } })
})

describe('what is wrong is found at its line and column, with what to do', () => {
  test.each([
    ['an unknown key', ['response_time: 5 min', 'respons_time: 5 min'], 'unknown-key', 'respons_time', /response_time\?/],
    ['a bare number', ['response_time: 5 min', 'response_time: 5'], 'wrong-type', '5\n', /"5 min"/],
    ['a time of day', ['response_time: 5 min', 'response_time: 24:00'], 'unclear-duration', '24:00', /24 h/],
    ['a severity that is not there', ['default_severity: SEV-2', 'default_severity: SEV-9'], 'unknown-severity', 'SEV-9', /SEV-\d\?/],
    [
      'a date that no calendar has',
      ["last_review: '2025-06-06'", "last_review: '2025-02-30'"],
      'unclear-date',
      "'2025-02-30",
      /yyyy-mm-dd/,
    ],
    ['a target that is none', ['page: on-call', 'page: oncall'], 'unknown-value', 'oncall', /on-call\?/],
    ['a key of a target that is none', ['page: owners', 'page: { rol: CTO }'], 'unknown-key', 'rol: CTO', /role\?/],
    ['a percentage as a threshold', ["'> 0.2'", "'> 20 %'"], 'unclear-threshold', "'> 20 %'", /> 0\.2/],
    ['a role that differs by case', ['[Product, CTO]', '[product, CTO]'], 'role-spelling', 'product', /"Product"/],
    ['a mistake in a long condition', ['severity_hint.lowerAscii', 'severity_hnt.lowerAscii'], 'bad-condition', '>-', /severity_hint\?/],
    ['a mistake in a short one', ["threshold: '> 0.2'", "when: 'signal.valeu > 0.2'"], 'bad-condition', '.valeu', /value\?/],
    [
      'an alarm that another type has',
      ['alarm: drift_psi', 'alarm: API5xxAlarm'],
      'alarm-taken',
      'alarm: API5xxAlarm\n        threshold',
      /condition/,
    ],
    ['a wait longer than the time to respond', ['wait: 40 % of response', 'wait: 6 min'], 'escalation-too-late', '5 min', /40 %/],
    ['a wait that is none', ['wait: 40 % of response', 'wait: a while'], 'unclear-duration', 'a while', /40 % of response/],
    ['a text cut by a comment', ["'Slack #ops'", 'Slack #ops'], 'comment-cuts-text', 'Slack', /quotes/],
  ] as const)('%s', (_, [from, to], code, at, fix) => {
    const edited = shipped.replace(from, to)
    expect(edited).not.toBe(shipped)
    const found = parse(edited).findings.filter((finding) => finding.code === code)
    expect(found).toContainEqual(expect.objectContaining({ fix: expect.stringMatching(fix) }))
    expect(found.some((finding) => textAt(edited, finding).startsWith(at))).toBe(true)
  })

  test.each([
    ['missing-key', { default_severity: undefined }, 'default_severity'],
    ['wrong-type', { severities: 'P1' }, 'severities'],
    ['empty', { severities: [] }, 'severities'],
    ['bad-email', { metadata: { ...(small()['metadata'] as object), maintainer: { email: 'nobody' } } }, 'metadata.maintainer.email'],
    ['review-dates', { metadata: { ...(small()['metadata'] as object), next_review_due: '2025-01-01' } }, 'metadata.next_review_due'],
    [
      'duplicate-id',
      {
        roles: [
          { title: 'A', responsibility: 'x' },
          { title: 'a', responsibility: 'y' },
        ],
      },
      'roles.1',
    ],
    ['bad-id', { incident_types: [{ title: '!!!', severity: 'P1', detection: [{ alarm: 'a' }] }] }, 'incident_types.0'],
    ['type-never-detected', { incident_types: [{ title: 'x', severity: 'P1' }] }, 'incident_types.0'],
    ['matches-everything', { incident_types: [{ title: 'x', severity: 'P1', detection: [{}] }] }, 'incident_types.0.detection.0'],
    [
      'condition-unguarded',
      { incident_types: [{ title: 'x', severity: 'P1', detection: [{ when: 'signal.value > 1.0' }] }] },
      'incident_types.0.detection.0.when',
    ],
    ['no-commander', { roles: [] }, 'roles'],
    [
      'role-not-paged',
      { roles: [{ id: 'incident-commander', title: 'x', responsibility: 'y', held_by: ['Nobody'] }] },
      'roles.0.held_by.0',
    ],
    ['unknown-severity', { post_mortem: { within: '48 h', severities: ['P7'] } }, 'post_mortem.severities.0'],
    ['unclear-duration', { communication: [{ audience: 'a', channels: 'b', frequency: 'often' }] }, 'communication.0.frequency'],
    ['schema-newer', { schema_version: 2 }, 'schema_version'],
  ])('%s', (code, over, path) => {
    expect(findingsOf(over)).toContainEqual(expect.objectContaining({ code, path }))
  })

  test.each([
    ['severity-order', [{ response_time: '2 h' }, {}]],
    ['duplicate-role', [{ roles_paged: ['Ops', 'Ops'] }, {}]],
    ['nobody-paged', [{ roles_paged: [] }, { roles_paged: [] }]],
    ['default-pages-nobody', [{}, { roles_paged: [] }]],
    ['notify-unused', [{ notify: ['Ops'] }, {}]],
    ['escalation-unreachable', [{}, { roles_paged: [], escalation: { steps: [{ page: 'owners', wait: '1 min' }] } }]],
    ['duplicate-id', [{}, { id: 'p1' }]],
    ['unclear-duration', [{ response_time: '0 min' }, {}]],
    ['empty', [{ escalation: { steps: [{ page: [], wait: '1 min' }] } }, {}]],
  ])('%s in the matrix', (code, overs) => {
    const rows = (small()['severities'] as object[]).map((row, index) => ({ ...row, ...overs[index] }))
    expect(
      findingsOf({ severities: rows, default_severity: code === 'duplicate-id' ? 'P1' : 'P2' }).map((finding) => finding.code),
    ).toContain(code)
  })

  test('a wait longer than the response time is fine where nobody comes after it', () => {
    const escalation = { rounds: 1, steps: [{ page: 'on-call', wait: '1 d' }] }
    expect(findingsOf({ escalation })).toEqual([])
  })
})

describe('bad YAML is a finding, never a crash', () => {
  const bomb = `a: &a [${'x,'.repeat(20)}x]\nb: &b [${'*a,'.repeat(20)}*a]\nc: [${'*b,'.repeat(20)}*b]\n`
  test.each([
    ['a tab', 'metadata:\n\tid: x', 'yaml-tab', 2],
    ['a key twice', 'default_severity: a\ndefault_severity: b', 'duplicate-key', 2],
    ['anchors that explode', bomb, 'anchors-explode', 2],
    ['an anchor that holds itself', 'metadata: &a\n  id: *a', 'anchors-explode', 2],
    ['an anchor that is not there', 'metadata: *nope', 'anchors-explode', 1],
    ['a 50 MB file', 'x'.repeat(50_000_000), 'file-too-large', 1],
    ['brackets without end', '['.repeat(100_000), 'nested-too-deeply', 1],
    ['dashes without end', '- '.repeat(50_000), 'nested-too-deeply', 1],
    ['brackets and lines without end', '[\n'.repeat(100_000), 'nested-too-deeply', 1],
    ['deep brackets', `${'['.repeat(200)}${']'.repeat(200)}`, 'nested-too-deeply', 1],
    ['a tag', 'metadata: !!js/function x', 'yaml-tag', 1],
    ['two documents', '---\na: 1\n---\nb: 1', 'yaml-many-documents', 3],
    ['YAML 1.1', '%YAML 1.1\n---\na: 1', 'yaml-directive', 1],
    ['NUL in a text', 'metadata: { id: "a\\0b" }', 'bad-character', 1],
    ['half of a pair in a text', 'metadata: { id: "\\uD800" }', 'bad-character', 1],
    ['__proto__', '__proto__: { x: 1 }', 'unknown-key', 1],
    ['nothing', '', 'wrong-type', 1],
    ['a list', '- a', 'wrong-type', 1],
  ])('%s', (_, text, code, line) => {
    const { playbook, findings } = parse(text)
    expect(playbook).toBeNull()
    expect(findings).toContainEqual(expect.objectContaining({ code, line, severity: 'error', column: expect.any(Number) }))
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  test('merely many references are refused as well', () => {
    expect(parse(`a: &a x\nb: [${'*a,'.repeat(ALIASES_MAX + 50)}*a]`).playbook).toBeNull()
  })

  test('a file with endless mistakes gets so many findings and no more', () => {
    expect(parse(Array.from({ length: 1_000 }, (_, index) => `key${index}: x`).join('\n')).findings.length).toBeLessThanOrEqual(
      FINDINGS_MAX,
    )
  })
})

describe('whatever is done to the file, the answer is a playbook or findings with a place', () => {
  const sound = ({ playbook, findings }: ReturnType<typeof parse>): void => {
    expect(playbook === null).toBe(findings.some((finding) => finding.severity === 'error'))
    for (const { line, column, message } of findings) expect(line >= 1 && column >= 1 && message !== '').toBe(true)
  }

  test('one stretch of it replaced', () => {
    const edits = fc.tuple(
      fc.nat(shipped.length),
      fc.nat(60),
      fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('', '\t', ':', '[', '- ', '&a', '*a', '#', '"', '{}')),
    )
    fc.assert(
      fc.property(edits, ([at, length, put]) => sound(parse(shipped.slice(0, at) + put + shipped.slice(at + length)))),
      { numRuns: 60 },
    )
  })

  test('one value of it of another type', () => {
    const values = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(Number.NaN, Infinity, -1, 0, 1e300))
    const keys = fc.constantFrom(
      ...Object.keys(small()),
      'lifecycle',
      'communication',
      'escalation',
      'compliance',
      'pass_criteria',
      'limits',
      'post_mortem',
      'resolution',
    )
    fc.assert(
      fc.property(keys, values, (key, value) => sound(parse(stringify(small({ [key]: value }))))),
      { numRuns: 300 },
    )
  })
})

test('a playbook of 500 types fits and is read without findings', () => {
  const type = (index: number): unknown => ({
    title: `Type ${index}`,
    severity: 'P1',
    detection: [{ alarm: `Alarm${index}`, threshold: '> 0.5', when: '"env" in signal.labels && signal.labels["env"] == "prod"' }],
    immediate_mitigation: ['one', 'two'],
    follow_up: ['three'],
  })
  const text = stringify(small({ incident_types: Array.from({ length: 500 }, (_, index) => type(index)) }))
  expect(text.length).toBeLessThan(FILE_CHARS_MAX)
  expect(parse(text).findings).toEqual([])
})

test('the JSON Schema that editors complete by is of plain JSON types', () => {
  const schema = playbookJsonSchema()
  expect(schema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    required: expect.arrayContaining(['metadata', 'severities']),
  })
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
})
