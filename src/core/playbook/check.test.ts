/** Where the checks draw their lines: what is meant so is not found. The bad folders hold what is found. */
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { asId } from '../id.ts'
import type { FindingCode } from './finding-code.ts'
import type { Finding } from './finding.ts'
import { parsePlaybook } from './parse.ts'

interface Detection {
  readonly alarm?: string
  readonly sources?: string
  readonly threshold?: string
  readonly when?: string
}

const rows = [
  { id: 'P1', definition: 'Down', response_time: '5 min', roles_paged: ['Ops', 'Boss'] },
  { id: 'P2', definition: 'Slow', response_time: '1 h', roles_paged: ['Ops'] },
]

function find(code: FindingCode, over: Readonly<Record<string, unknown>>): Finding[] {
  const file = {
    metadata: { id: 'IRP-1', maintainer: { email: 'm@example.com' }, last_review: '2026-01-01', next_review_due: '2026-04-01' },
    severities: rows,
    default_severity: 'P2',
    incident_types: [{ title: 'First', severity: 'P1', detection: [{ alarm: 'Spike' }] }],
    roles: [{ title: 'Incident Commander', responsibility: 'Decides', held_by: ['Ops'] }],
    ...over,
  }
  return parsePlaybook(stringify(file), asId('d')).findings.filter((finding) => finding.code === code)
}

describe('two types and one signal', () => {
  const types = (...detections: Detection[]) => ({
    incident_types: detections.map((detection, index) => ({ title: `Type ${index + 1}`, severity: 'P1', detection: [detection] })),
  })
  const env = (name: string): string => `"env" in signal.labels && signal.labels["env"] == "${name}"`

  test.each<[string, Detection, Detection]>([
    ['the same alarm', { alarm: 'a' }, { alarm: 'a' }],
    ['the same alarm, more special after', { alarm: 'a' }, { alarm: 'a', when: env('prod') }],
    ['any source, then one', { alarm: 'a' }, { alarm: 'a', sources: 'sentry' }],
    ['a wide threshold, then a narrow one', { alarm: 'a', threshold: '> 0.2' }, { alarm: 'a', threshold: '> 0.5' }],
    ['a threshold that includes its bound, then one that does not', { alarm: 'a', threshold: '>= 1' }, { alarm: 'a', threshold: '> 1' }],
    ['the same condition', { alarm: 'a', when: env('prod') }, { alarm: 'a', when: env('prod'), threshold: '> 1' }],
  ])('the second is never reached: %s', (_, one, other) => {
    expect(find('alarm-taken', types(one, other))).toEqual([
      expect.objectContaining({ path: 'incident_types.1.detection.0', severity: 'error' }),
    ])
  })

  test.each<[string, Detection, Detection]>([
    ['two alarms', { alarm: 'a' }, { alarm: 'b' }],
    ['two sources', { alarm: 'a', sources: 'sentry' }, { alarm: 'a', sources: 'grafana' }],
    ['more special first', { alarm: 'a', when: env('prod') }, { alarm: 'a' }],
    ['one source, then any', { alarm: 'a', sources: 'sentry' }, { alarm: 'a' }],
    ['a narrow threshold, then a wide one', { alarm: 'a', threshold: '> 0.5' }, { alarm: 'a', threshold: '> 0.2' }],
    ['thresholds that look away from each other', { alarm: 'a', threshold: '> 0.5' }, { alarm: 'a', threshold: '< 0.2' }],
    ['thresholds that overlap without one holding the other', { alarm: 'a', threshold: '> 0.2' }, { alarm: 'a', threshold: '< 0.5' }],
    ['a bound that the first leaves out', { alarm: 'a', threshold: '> 1' }, { alarm: 'a', threshold: '>= 1' }],
  ])('both are reached: %s', (_, one, other) => expect(find('alarm-taken', types(one, other))).toEqual([]))

  test.each<[string, Detection, Detection, RegExp]>([
    [
      'two labels',
      { alarm: 'a', when: env('prod') },
      { alarm: 'a', when: '"team" in signal.labels && signal.labels["team"] == "ml"' },
      /labels\.env "prod".*labels\.team "ml"/,
    ],
    [
      'a list',
      { alarm: 'a', when: 'has(signal.severity_hint) && signal.severity_hint in ["p1", "p2"]' },
      { alarm: 'a', when: 'has(signal.severity_hint) && signal.severity_hint in ["p2", "p3"]' },
      /severity_hint "p2"/,
    ],
    [
      'bounds of a value',
      { alarm: 'a', when: 'has(signal.value) && signal.value > 10.0' },
      { alarm: 'a', when: 'has(signal.value) && signal.value < 20.0' },
      /value 1\d/,
    ],
    [
      'the more general first',
      { when: 'signal.alarm.startsWith("db-")' },
      { when: 'signal.alarm.startsWith("db-") && signal.source == "sentry"' },
      /alarm "db-"/,
    ],
    [
      'one of them for any alarm',
      { when: env('prod') },
      { alarm: 'b', when: '"team" in signal.labels && signal.labels["team"] == "ml"' },
      /"prod"/,
    ],
  ])('a signal of both is shown: %s', (_, one, other, example) => {
    expect(find('types-overlap', types(one, other))).toEqual([
      expect.objectContaining({ path: 'incident_types.1.detection.0.when', severity: 'warning', message: expect.stringMatching(example) }),
    ])
  })

  test.each<[string, Detection, Detection]>([
    ['conditions that exclude each other', { alarm: 'a', when: env('prod') }, { alarm: 'a', when: env('test') }],
    [
      'the more special first',
      { when: 'signal.alarm.startsWith("db-") && signal.source == "sentry"' },
      { when: 'signal.alarm.startsWith("db-")' },
    ],
    ['a fallback without a condition', { alarm: 'a', when: env('prod') }, { alarm: 'a' }],
    ['two alarms', { alarm: 'a', when: env('prod') }, { alarm: 'b', when: '"team" in signal.labels' }],
    ['two sources', { alarm: 'a', sources: 'sentry', when: env('prod') }, { alarm: 'a', sources: 'sns', when: '"team" in signal.labels' }],
    ['the same condition, graded', { alarm: 'a', when: env('prod'), threshold: '> 5' }, { alarm: 'a', when: env('prod') }],
    [
      'the same condition, wide first, which is told as taken',
      { alarm: 'a', when: env('prod'), threshold: '> 1' },
      { alarm: 'a', when: env('prod'), threshold: '> 5' },
    ],
    [
      'values that do not meet',
      { alarm: 'a', when: 'has(signal.value) && signal.value > 20.0' },
      { alarm: 'a', when: 'has(signal.value) && signal.value < 10.0' },
    ],
  ])('no signal is of both, or it is meant so: %s', (_, one, other) => expect(find('types-overlap', types(one, other))).toEqual([]))

  test('conditions without end are compared as far as a bound: 200 of them would be minutes of work', () => {
    const many = Array.from({ length: 200 }, (_, index): Detection => ({ alarm: 'a', when: env(`e${index}`) }))
    expect(find('types-overlap', types(...many))).toEqual([])
  })
})

describe('thresholds of two rows', () => {
  const matrix = (above: unknown, below: unknown) => ({
    severities: [
      { ...rows[0], thresholds: above },
      { ...rows[1], thresholds: below },
    ],
  })
  test.each<[string, unknown, unknown, string | null]>([
    ['shared out', { error_rate: '> 50 %' }, { error_rate: '> 5 % and <= 50 %' }, null],
    ['the lower row reaches up', { error_rate: '> 50 %' }, { error_rate: '> 5 %' }, '"> 5 % and <= 50 %"'],
    ['the bound is in both', { error_rate: '>= 50 %' }, { error_rate: '> 5 % and <= 50 %' }, '"> 5 % and < 50 %"'],
    ['the rows are the wrong way round', { error_rate: '> 5 %' }, { error_rate: '> 50 %' }, 'Let P2 end where P1 begins.'],
    ['less is worse', { availability: '< 90 %' }, { availability: '< 99 %' }, '">= 90 % and < 99 %"'],
    ['of other measures', { error_rate: '> 50 %' }, { latency_p95: '> 4 s' }, null],
    ['what lasts longer rises', { error_rate: '> 50 % for 10 min' }, { error_rate: '> 5 %' }, null],
    [
      'what lasts longer is of the lower row',
      { error_rate: '> 50 %' },
      { error_rate: '> 5 % for 10 min' },
      '"> 5 % and <= 50 % for 10 min"',
    ],
  ])('overlap: %s', (_, above, below, fix) => {
    expect(find('thresholds-overlap', matrix(above, below)).map((finding) => finding.fix)).toEqual(
      fix === null ? [] : [expect.stringContaining(fix)],
    )
  })

  test.each<[string, unknown, unknown, string | null]>([
    ['they touch', { error_rate: '> 50 %' }, { error_rate: '> 5 % and <= 50 %' }, null],
    ['the bound is in neither', { error_rate: '> 50 %' }, { error_rate: '> 5 % and < 50 %' }, '"> 5 % and <= 50 %"'],
    ['much between them', { error_rate: '> 50 %' }, { error_rate: '> 5 % and < 20 %' }, '"> 5 % and <= 50 %"'],
    ['below the lowest is no incident', { error_rate: '> 50 %' }, {}, null],
    ['between two of one row', { error_rate: ['> 50 %', '> 5 % and < 20 %'] }, {}, null],
  ])('gap: %s', (_, above, below, fix) => {
    expect(find('thresholds-gap', matrix(above, below)).map((finding) => finding.fix)).toEqual(
      fix === null ? [] : [expect.stringContaining(fix)],
    )
  })
})

describe('duties', () => {
  const commander = { title: 'Incident Commander', responsibility: 'Decides', held_by: ['Ops'] }
  const withRoles = (...roles: unknown[]) => ({ roles: [commander, ...roles] })

  test('a role that names nobody may be held by anybody', () => {
    expect(find('duty-unheld', withRoles({ title: 'Scribe', responsibility: 'x' }))).toEqual([])
  })

  test('only where there is something to do: no post-mortem, nothing to write', () => {
    const scribe = { title: 'Scribe', responsibility: 'x', held_by: ['Boss'] }
    expect(find('duty-unheld', withRoles(scribe)).map((finding) => finding.message)).toEqual([
      expect.stringContaining('nobody whom P2 pages'),
    ])
    expect(find('duty-unheld', { ...withRoles(scribe), post_mortem: { within: '48 h', severities: ['P1'] } })).toEqual([])
  })

  test('who is paged by a step of the escalation counts as paged', () => {
    const escalation = {
      steps: [
        { page: 'on-call', wait: '1 min' },
        { page: { role: 'Boss' }, wait: '1 min' },
      ],
    }
    expect(find('duty-unheld', { ...withRoles({ title: 'Scribe', responsibility: 'x', held_by: ['Boss'] }), escalation })).toEqual([])
  })

  test.each([
    ['a deadline for a notice', 'GDPR notice within 72 h', 1],
    ['a notice without a deadline', 'GDPR notice as soon as possible', 0],
    ['a deadline for something else', 'Archived within 30 days', 0],
    ['a notice that a role is named for', 'The Incident Commander notifies within 72 h', 0],
  ])('%s', (_, text, count) => expect(find('notice-unfiled', { compliance: [{ title: 'Row', text }] })).toHaveLength(count))
})

describe('escalations', () => {
  test('a playbook’s own may name a role that only some of its rows page', () => {
    const escalation = {
      steps: [
        { page: 'on-call', wait: '1 min' },
        { page: { role: 'Boss' }, wait: '1 min' },
      ],
    }
    expect(find('escalation-cycle', { escalation })).toEqual([])
    const own = [{ ...rows[0], escalation }, rows[1]]
    expect(find('escalation-cycle', { severities: own })).toEqual([
      expect.objectContaining({ path: 'severities.0.escalation.steps.1.page.role' }),
    ])
  })

  test('one that some row uses is not idle', () => {
    const escalation = { steps: [{ page: 'owners', wait: '1 min' }] }
    expect(find('escalation-unreachable', { escalation, severities: [{ ...rows[0], escalation }, rows[1]] })).toEqual([])
  })
})
