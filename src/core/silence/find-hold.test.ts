import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { testPlaybook } from '../../../test/support/playbook.ts'
import { asId, type SourceId } from '../id.ts'
import type { Actor } from '../incident/event.ts'
import { HOUR_MS, MINUTE_MS } from '../time.ts'
import { type CompiledSilence, findHold, type Muters } from './find-hold.ts'
import { compileInhibition } from './inhibition.ts'
import { compileMatchers, matchesAll, parseMatchers } from './matcher.ts'
import { type MutingRule, severitiesWithin } from './muting.ts'
import { checkSilence, stateOf } from './silence.ts'
import { lookInto } from './silence-index.ts'
import { type HoldSubject, valueOf } from './subject.ts'

const NOW = Date.UTC(2026, 10, 24, 12)
const ann: Actor = { kind: 'system', name: 'Ann' }
const rule = (over: Partial<MutingRule> = {}): MutingRule => ({
  reasonRequired: [],
  maxMs: null,
  never: [],
  noticeBeforeMs: MINUTE_MS,
  ...over,
})
const subject = (over: Partial<HoldSubject> = {}): HoldSubject => ({
  fingerprint: 'f',
  alarm: 'Spike',
  labels: { env: 'prod' },
  sourceId: 's1',
  source: 'eu',
  type: 'spike',
  service: 'checkout',
  severity: 'red',
  ...over,
})
const read = (text: string) => {
  const matchers = parseMatchers(text)
  if (typeof matchers === 'string') throw new Error(matchers)
  return matchers
}
const compile = (text: string) => {
  const compiled = compileMatchers(read(text))
  if (compiled.kind === 'fault') throw new Error(compiled.message)
  return compiled.matchers
}
const silence = (text: string, over: Partial<CompiledSilence['silence']> = {}): CompiledSilence => ({
  silence: {
    id: text,
    matchers: read(text),
    startsAt: NOW - MINUTE_MS,
    endsAt: NOW + HOUR_MS,
    reason: 'deploy',
    author: ann,
    createdBy: 'Ann',
    createdAt: NOW,
    updatedAt: NOW,
    expiredAt: null,
    expiredBy: null,
    ...over,
  },
  matchers: compile(text),
})
const muters = (...silences: CompiledSilence[]): Muters => ({ silences, windows: [], snoozes: new Map() })

describe('names that are no label', () => {
  test.each([
    ['alertname="Spike"', true],
    ['source="eu", type="spike", service="checkout"', true],
    ['type="other"', false],
    ['missing=""', true],
  ])('%s: %s', (text, held) => expect(findHold(muters(silence(text)), rule(), subject(), NOW).hold !== null).toBe(held))

  test('a label of the name comes first', () => {
    expect(valueOf(subject({ labels: { service: 'api' } }), 'service')).toBe('api')
    expect(valueOf(subject({ labels: JSON.parse('{"__proto__":"x"}') as Record<string, string> }), 'constructor')).toBe('')
  })
})

describe('when a silence holds', () => {
  test('from its start on, and not at its end', () => {
    const one = silence('env="prod"', { startsAt: NOW, endsAt: NOW + 10 })
    const holdsAt = (at: number) => findHold(muters(one), rule(), subject(), at).hold !== null
    expect([NOW - 1, NOW, NOW + 9, NOW + 10].map(holdsAt)).toEqual([false, true, true, false])
    expect([NOW - 1, NOW, NOW + 10].map((at) => stateOf(one.silence, at))).toEqual(['pending', 'active', 'expired'])
  })

  test('of several the one that ends last, so that an alert is looked at again once', () => {
    const found = findHold(
      muters(silence('env="prod"'), silence('alertname="Spike"', { endsAt: NOW + 2 * HOUR_MS })),
      rule(),
      subject(),
      NOW,
    )
    expect(found.hold).toMatchObject({ refId: 'alertname="Spike"', until: NOW + 2 * HOUR_MS })
  })

  test('one of a source’s own key holds alerts of that source alone', () => {
    const author: Actor = { kind: 'source', id: asId<SourceId>('s1'), name: 'eu' }
    const own = muters(silence('env="prod"', { author }))
    expect(findHold(own, rule(), subject(), NOW).hold).not.toBeNull()
    expect(findHold(own, rule(), subject({ sourceId: 's2' }), NOW).hold).toBeNull()
  })
})

describe('what the playbook has against it', () => {
  const red = rule({ reasonRequired: ['red'], maxMs: HOUR_MS / 2 })

  test('without a reason nothing of that severity, and the incident says what was passed', () => {
    const found = findHold(muters(silence('env="prod"', { reason: ' ' })), red, subject(), NOW)
    expect(found).toEqual({
      hold: null,
      passed: ['A silence of Ann fits it and does not hold it: the playbook mutes nothing at red without a reason.'],
    })
    expect(findHold(muters(silence('env="prod"', { reason: '' })), red, subject({ severity: 'amber' }), NOW).hold).not.toBeNull()
  })

  test('for so long and no longer, from its start', () => {
    const one = muters(silence('env="prod"', { startsAt: NOW }))
    expect(findHold(one, red, subject(), NOW).hold).toMatchObject({ until: NOW + HOUR_MS / 2 })
    expect(findHold(one, red, subject(), NOW + HOUR_MS / 2).hold).toBeNull()
    expect(findHold(one, red, subject({ severity: 'amber' }), NOW + HOUR_MS / 2).hold).not.toBeNull()
  })

  test('what is never muted is not, whatever the reason', () => {
    expect(findHold(muters(silence('env="prod"')), rule({ never: ['red'] }), subject(), NOW).hold).toBeNull()
  })

  test.each([
    ['alertname="Spike"', ['red']],
    ['alertname="Other"', ['amber']],
    ['env="prod"', ['red', 'amber']],
    ['alertname!="Spike"', ['amber']],
    ['type="spike"', ['red']],
    ['alertname=~"Sp.*"', ['red', 'amber']],
  ])('%s may come to hold %j', (text, severities) => expect(severitiesWithin(testPlaybook(), compile(text))).toEqual(severities))
})

test.each([
  ['env="prod"', NOW, NOW - 1, 'ends-before-start'],
  ['env="prod"', NOW - 10, NOW, 'ends-in-past'],
  ['env=~".*"', NOW, NOW + 1, 'matchers-empty'],
  ['env!="prod"', NOW, NOW + 1, 'matchers-empty'],
  ['env=~"("', NOW, NOW + 1, 'matchers-wrong'],
  ['env="prod"', NOW, NOW + 400 * 24 * HOUR_MS, 'too-long'],
])('%s from %d to %d is refused: %s', (text, startsAt, endsAt, code) => {
  expect(checkSilence({ matchers: read(text), startsAt, endsAt }, NOW)).toMatchObject({ kind: 'fault', code })
})

describe('inhibition', () => {
  const rules = compileInhibition([
    { name: 'cluster', source: read('alertname="ClusterDown"'), target: read('severity=~"warning|info"'), equal: ['cluster', 'zone'] },
  ])
  const alert = (alarm: string, labels: Record<string, string>) => subject({ alarm, labels })

  test('source and target meet where their labels are alike, also where neither has one', () => {
    const [source] = rules.sourcesOf(alert('ClusterDown', { cluster: 'x' }))
    const [target] = rules.targetsOf(alert('Spike', { cluster: 'x', severity: 'warning' }))
    expect(source).toEqual({ rule: 'cluster', key: target?.key, both: false })
    expect(rules.targetsOf(alert('Spike', { cluster: 'y', severity: 'warning' }))[0]?.key).not.toBe(source?.key)
    expect(rules.targetsOf(alert('Spike', { cluster: 'x', severity: 'critical' }))).toEqual([])
    expect(rules.targetsOf(alert('Spike', { cluster: 'x', severity: 'warning' }), new Set([target?.rule ?? '']))).toEqual([target])
    expect(rules.targetsOf(alert('Spike', { cluster: 'x', severity: 'warning' }), new Set(['another']))).toEqual([])
  })

  test('who is on both sides says so', () => {
    expect(rules.sourcesOf(alert('ClusterDown', { severity: 'info' }))).toMatchObject([{ both: true }])
  })
})

test('an alert is held by the silences that fit it, found by their values or not', () => {
  const name = fc.constantFrom('env', 'team', 'alertname', 'source')
  const text = fc
    .tuple(name, fc.constantFrom('=', '!=', '=~', '!~'), fc.constantFrom('prod', 'test', '', 'Spike', 'eu'))
    .map((parts) => parts.join(''))
  const silences = fc.array(
    fc.array(text, { minLength: 1, maxLength: 3 }).map((texts) => silence(texts.join(','))),
    { maxLength: 12 },
  )
  const labels = fc.dictionary(fc.constantFrom('env', 'team', 'source'), fc.constantFrom('prod', 'test', 'eu', ''))
  fc.assert(
    fc.property(silences, labels, (all, given) => {
      const asked = subject({ labels: given })
      const fits = ({ matchers }: CompiledSilence) => matchesAll(matchers, (of) => valueOf(asked, of))
      expect(lookInto(all)(asked).filter(fits)).toEqual(all.filter(fits))
    }),
  )
})
