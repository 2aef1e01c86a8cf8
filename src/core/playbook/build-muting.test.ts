import { describe, expect, test } from 'vitest'
import { asId } from '../id.ts'
import { HOUR_MS, MINUTE_MS } from '../time.ts'
import { parsePlaybook } from './parse.ts'

const small = (over: Record<string, unknown>) =>
  JSON.stringify({
    metadata: { id: 'IRP-1', maintainer: { email: 'm@example.com' }, last_review: '2026-10-01', next_review_due: '2027-01-01' },
    severities: [
      { id: 'P1', definition: 'Down', response_time: '5 min', roles_paged: ['Ops'] },
      { id: 'P2', definition: 'Slow', response_time: '15 min', roles_paged: ['Ops'] },
    ],
    default_severity: 'P2',
    incident_types: [{ title: 'Spike', severity: 'P1', detection: [{ alarm: 'Spike' }] }],
    roles: [{ title: 'Incident Commander', responsibility: 'Decides', held_by: ['Ops'] }],
    ...over,
  })
const parse = (over: Record<string, unknown>) => parsePlaybook(small(over), asId('d'))
const errors = (over: Record<string, unknown>) =>
  parse(over).findings.flatMap(({ severity, code, message }) => (severity === 'error' ? [`${code}: ${message}`] : []))

describe('what may be muted', () => {
  test('where nothing is said the most severe row needs a reason, for a day at most', () => {
    expect(parse({}).playbook?.muting).toEqual({ reasonRequired: ['P1'], maxMs: 24 * HOUR_MS, never: [], noticeBeforeMs: 15 * MINUTE_MS })
  })

  test('is what is said', () => {
    const muting = { reason_required: ['P1', 'P2'], max: '2 h', never: ['P1'], notice_before: '30 min' }
    expect(parse({ muting }).playbook?.muting).toEqual({
      reasonRequired: ['P1', 'P2'],
      maxMs: 2 * HOUR_MS,
      never: ['P1'],
      noticeBeforeMs: 30 * MINUTE_MS,
    })
    expect(parse({ muting: { reason_required: [] } }).playbook?.muting.reasonRequired).toEqual([])
  })

  test.each([
    [{ reason_required: ['P9'] }, /^unknown-severity: No severity is called "P9"/],
    [{ never: ['P0'] }, /^unknown-severity: No severity is called "P0"/],
    [{ max: 'long' }, /^unclear-duration/],
  ])('%j is refused', (muting, message) => expect(errors({ muting })).toEqual([expect.stringMatching(message)]))
})

describe('inhibition', () => {
  const rule = { source_matchers: ['alertname="Down"'], target_matchers: ['severity=~"a|b"'], equal: ['cluster'] }

  test('is read as Alertmanager writes it, and named by its number where it has no name', () => {
    expect(parse({ inhibition: [rule] }).playbook?.inhibition).toEqual([
      {
        name: 'inhibition 1',
        source: [{ name: 'alertname', value: 'Down', isRegex: false, isEqual: true }],
        target: [{ name: 'severity', value: 'a|b', isRegex: true, isEqual: true }],
        equal: ['cluster'],
      },
    ])
  })

  test.each([
    [[{ ...rule, source_matchers: ['Down'] }], /^bad-matcher: "Down" is no matcher/],
    [[{ ...rule, target_matchers: ['a=~"("'] }], /^bad-matcher: The expression for a is not understood/],
    [
      [
        { ...rule, name: 'x' },
        { ...rule, name: 'x' },
      ],
      /^duplicate-id: "x" is there already/,
    ],
  ])('%j is refused', (inhibition, message) => expect(errors({ inhibition })).toEqual([expect.stringMatching(message)]))

  test('a side that fits nearly everything is warned of', () => {
    const { findings } = parse({ inhibition: [{ ...rule, target_matchers: ['env!="prod"'] }] })
    expect(findings.map(({ code }) => code)).toContain('matches-everything')
  })
})
