import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { signalOf } from '../../../test/support/signal.ts'
import { asId } from '../id.ts'
import { GROUP_KEY_CHARS_MAX } from './group-key.ts'
import { compileMatcher, matcherOf } from './match.ts'
import { parsePlaybook } from './parse.ts'
import type { DetectionRule, IncidentType, Playbook } from './playbook.ts'
import { testPlaybook } from '../../../test/support/playbook.ts'

const { playbook: shipped } = parsePlaybook(readFileSync('playbook/playbook.yaml', 'utf8'), asId('d'))
if (shipped === null) throw new Error('the playbook that ships has errors')
const { match } = compileMatcher(shipped)

describe('the playbook that ships, row by row', () => {
  test.each([
    ['API5xxAlarm by name alone', signalOf({ alarm: 'API5xxAlarm' }), 'prometheus', 'api-5xx-spike', 'SEV-1'],
    ['drift_psi above 0.2', signalOf({ alarm: 'drift_psi', value: 0.21 }), 'json', 'model-drift', 'SEV-2'],
    ['drift_psi without a value: its source has compared', signalOf({ alarm: 'drift_psi' }), 'prometheus', 'model-drift', 'SEV-2'],
    ['BiasAgeAlarm above 0.07', signalOf({ alarm: 'BiasAgeAlarm', value: 0.0701 }), 'json', 'bias-threshold-breach', 'SEV-2'],
    ['BiasAgeAlarm without a value', signalOf({ alarm: 'BiasAgeAlarm' }), 'json', 'bias-threshold-breach', 'SEV-2'],
    ['Sentry at its worst level', signalOf({ severityHint: 'fatal' }), 'sentry', 'mobile-crash-surge', 'SEV-1'],
    ['Sentry saying SEV-1', signalOf({ severityHint: 'SEV-1' }), 'sentry', 'mobile-crash-surge', 'SEV-1'],
  ])('%s', (_, signal, source, id, severity) => {
    expect(match(signal, source)).toMatchObject({ kind: 'type', type: { id }, severity, groupKey: `type:${id}:` })
  })

  test.each([
    ['drift_psi', 0.2, 'model-drift'],
    ['BiasAgeAlarm', 0.07, 'bias-threshold-breach'],
    ['drift_psi', -1, 'model-drift'],
  ])('%s at %d is below: explained, and opens nothing', (alarm, value, typeId) => {
    expect(match(signalOf({ alarm, value }), 'json')).toEqual({ kind: 'below', typeId, reason: expect.stringContaining(String(value)) })
  })

  test.each([
    ['an alarm that it does not name', signalOf({ alarm: 'DiskFull' }), 'prometheus'],
    ['the name in other letters', signalOf({ alarm: 'api5xxalarm' }), 'prometheus'],
    ['a mere error of Sentry', signalOf({ severityHint: 'error' }), 'sentry'],
    ['a fatal signal that is not of Sentry', signalOf({ severityHint: 'fatal' }), 'prometheus'],
    ['a Sentry signal without a level', signalOf(), 'sentry'],
  ])('%s matches nothing', (_, signal, source) => expect(match(signal, source).kind).toBe('none'))
})

function typeOf(id: string, ...detection: Partial<DetectionRule>[]): IncidentType {
  const rules = detection.map((rule) => ({ alarm: null, sources: [], threshold: null, when: null, ...rule }))
  return {
    id,
    title: id,
    detection: rules,
    severity: 'red',
    measures: null,
    team: null,
    groupBy: [],
    windowMs: null,
    firstStep: '',
    mitigation: [],
    followUp: [],
  }
}

function playbookOf(...incidentTypes: IncidentType[]): Playbook {
  return testPlaybook({ incidentTypes })
}

describe('order and precedence', () => {
  test('the first type in the order of the document wins, named or not', () => {
    const any = typeOf('any', { when: 'signal.status == "firing"' })
    const named = typeOf('named', { alarm: 'A' })
    expect(compileMatcher(playbookOf(any, named)).match(signalOf({ alarm: 'A' }), 'x')).toMatchObject({ kind: 'type', type: { id: 'any' } })
    expect(compileMatcher(playbookOf(named, any)).match(signalOf({ alarm: 'A' }), 'x')).toMatchObject({
      kind: 'type',
      type: { id: 'named' },
    })
  })

  test('a condition that cannot be decided goes to triage, unless another type matches', () => {
    const faulty = typeOf('faulty', { alarm: 'A', when: 'signal.labels["env"] == "prod"' })
    const fallback = typeOf('fallback', { alarm: 'A', when: '!("env" in signal.labels)' })
    expect(compileMatcher(playbookOf(faulty)).match(signalOf({ alarm: 'A' }), 'x')).toEqual({
      kind: 'fault',
      typeId: 'faulty',
      reason: expect.stringContaining('the signal has no "env"'),
    })
    expect(compileMatcher(playbookOf(faulty, fallback)).match(signalOf({ alarm: 'A' }), 'x')).toMatchObject({ type: { id: 'fallback' } })
  })

  test('a value too low in one type does not hide a fault in another', () => {
    const low = typeOf('low', { alarm: 'A', threshold: { comparison: '>', bound: 5 } })
    const faulty = typeOf('faulty', { alarm: 'A', when: 'signal.labels["env"] == "prod"' })
    expect(compileMatcher(playbookOf(low, faulty)).match(signalOf({ alarm: 'A', value: 1 }), 'x').kind).toBe('fault')
  })
})

describe('only the value may keep a signal from triage', () => {
  const typed = typeOf('t', {
    alarm: 'A',
    when: '(!("env" in signal.labels) || signal.labels["env"] == "prod") && (!has(signal.value) || signal.value > 0.5)',
  })
  const { match: ask } = compileMatcher(playbookOf(typed))

  test('a condition that the value decides is below', () => {
    expect(ask(signalOf({ alarm: 'A', value: 0.1 }), 'x').kind).toBe('below')
  })

  test('a condition that a label decides is none, whatever the value: somebody must look', () => {
    expect(ask(signalOf({ alarm: 'A', value: 0.9, labels: { env: 'test' } }), 'x')).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('condition'),
    })
    expect(ask(signalOf({ alarm: 'A', value: 0.1, labels: { env: 'test' } }), 'x').kind).toBe('none')
  })

  test('a rule for any alarm does not silence one that it did not expect', () => {
    const any = typeOf('any', { threshold: { comparison: '>', bound: 5 } })
    expect(compileMatcher(playbookOf(any)).match(signalOf({ value: 1 }), 'x').kind).toBe('none')
  })
})

describe('the group key', () => {
  const grouped = { ...typeOf('t', { alarm: 'A' }), groupBy: ['service', 'env'] }
  const keyOf = (labels: Record<string, string>): string => {
    const found = compileMatcher(playbookOf(grouped)).match(signalOf({ alarm: 'A', labels }), 'x')
    return found.kind === 'type' ? found.groupKey : found.kind
  }

  test('tells incidents apart by the labels named, and by no other', () => {
    expect(keyOf({ service: 'a', env: 'prod', pod: '1' })).toBe('type:t:["a","prod"]')
    expect(keyOf({ service: 'a', env: 'prod', pod: '2' })).toBe(keyOf({ service: 'a', env: 'prod', pod: '1' }))
  })

  test('a missing label is not the word for one, and values cannot run into each other', () => {
    expect(
      new Set([
        keyOf({}),
        keyOf({ service: 'null' }),
        keyOf({ service: '' }),
        keyOf({ service: '","', env: 'x' }),
        keyOf({ service: '', env: '","x' }),
      ]).size,
    ).toBe(5)
  })

  test('a label name that every object has is no label', () => {
    const odd = { ...grouped, groupBy: ['constructor'] }
    expect(compileMatcher(playbookOf(odd)).match(signalOf({ alarm: 'A' }), 'x')).toMatchObject({ groupKey: 'type:t:[null]' })
  })

  test('stays short enough to be indexed, and long values still differ', () => {
    const long = (end: string): string => keyOf({ service: `${'é'.repeat(4_000)}${end}` })
    expect(long('a').length).toBeLessThan(GROUP_KEY_CHARS_MAX + 20)
    expect(long('a')).not.toBe(long('b'))
    expect(keyOf({ service: '😀'.repeat(2_000) }).isWellFormed()).toBe(true)
  })
})

test('a version is compiled once', () => {
  const playbook = playbookOf(typeOf('t', { alarm: 'A' }))
  expect(matcherOf(playbook)).toBe(matcherOf(playbook))
})

test('a playbook whose conditions do not compile is refused as a whole: its parser lets none through', () => {
  expect(() => compileMatcher(playbookOf(typeOf('t', { when: 'nope(' })))).toThrow(/does not compile/)
})
