/** The indexed matcher against a naive reading of the rules, with conditions evaluated by hand instead of by CEL. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testPlaybook } from '../../../test/support/playbook.ts'
import { signalOf } from '../../../test/support/signal.ts'
import type { Signal } from '../alert/signal.ts'
import { compileMatcher } from './match.ts'
import type { DetectionRule, IncidentType, Threshold } from './playbook.ts'

type Answer = 'yes' | 'no' | 'fault'

/** A condition as text, and what it must answer: CEL's `&&` and `||` are decided by one side where that is enough. */
interface Known {
  readonly text: string
  readonly answer: (signal: Signal, source: string) => Answer
}

const said = (truth: boolean): Answer => (truth ? 'yes' : 'no')

const atoms: fc.Arbitrary<Known> = fc.oneof(
  fc.constantFrom('a', 'b').map(
    (value): Known => ({
      text: `signal.labels["env"] == "${value}"`,
      answer: ({ labels }) => (labels['env'] === undefined ? 'fault' : said(labels['env'] === value)),
    }),
  ),
  fc.constantFrom(0, 1, 2).map(
    (bound): Known => ({
      text: `signal.value > ${bound}.0`,
      answer: ({ value }) => (value === null ? 'fault' : said(value > bound)),
    }),
  ),
  fc.constant<Known>({ text: 'has(signal.value)', answer: ({ value }) => said(value !== null) }),
  fc.constant<Known>({ text: '"env" in signal.labels', answer: ({ labels }) => said(labels['env'] !== undefined) }),
  fc.constant<Known>({ text: 'signal.source == "sentry"', answer: (_, source) => said(source === 'sentry') }),
)

const { condition } = fc.letrec<{ condition: Known }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    atoms,
    tie('condition').map(
      ({ text, answer }): Known => ({
        text: `!(${text})`,
        answer: (signal, source) => (({ yes: 'no', no: 'yes', fault: 'fault' }) as const)[answer(signal, source)],
      }),
    ),
    fc.tuple(tie('condition'), tie('condition'), fc.constantFrom('&&', '||')).map(
      ([left, right, operator]): Known => ({
        text: `(${left.text}) ${operator} (${right.text})`,
        answer: (signal, source) => {
          const answers = [left.answer(signal, source), right.answer(signal, source)]
          const deciding = operator === '&&' ? 'no' : 'yes'
          if (answers.includes(deciding)) return deciding
          return answers.includes('fault') ? 'fault' : operator === '&&' ? 'yes' : 'no'
        },
      }),
    ),
  ),
}))

interface KnownRule {
  readonly rule: DetectionRule
  readonly known: Known | null
}

const rules: fc.Arbitrary<KnownRule> = fc
  .record({
    alarm: fc.constantFrom(null, 'A', 'B'),
    sources: fc.constantFrom<string[]>([], ['sentry'], ['sentry', 'json']),
    threshold: fc.constantFrom<Threshold | null>(null, { comparison: '>', bound: 1 }, { comparison: '<=', bound: 1 }),
    known: fc.option(condition, { nil: null }),
  })
  .map(({ known, ...rule }) => ({ known, rule: { ...rule, when: known?.text ?? null } }))

const signals: fc.Arbitrary<Signal> = fc
  .record({ alarm: fc.constantFrom('A', 'B', 'C'), value: fc.constantFrom(null, 0, 1, 2), env: fc.constantFrom(undefined, 'a', 'c') })
  .map(({ alarm, value, env }) => signalOf({ alarm, value, labels: env === undefined ? {} : { env } }))

function naive(types: readonly (readonly KnownRule[])[], signal: Signal, source: string): string {
  let second = 'none'
  for (const [index, type] of types.entries()) {
    for (const { rule, known } of type) {
      if (rule.alarm !== null && rule.alarm !== signal.alarm) continue
      if (rule.sources.length > 0 && !rule.sources.includes(source)) continue
      const { threshold } = rule
      const compares = threshold !== null && signal.value !== null
      const reached = !compares || (threshold.comparison === '>' ? signal.value > threshold.bound : signal.value <= threshold.bound)
      const answer = known?.answer(signal, source) ?? 'yes'
      if (reached && answer === 'yes') return `type ${index}`
      if (reached && answer === 'fault' && !second.startsWith('fault')) second = `fault ${index}`
      // Would it have matched, or been undecided, had there been no number?
      const silent = known?.answer({ ...signal, value: null }, source) ?? 'yes'
      const low = reached ? answer === 'no' && signal.value !== null && silent !== 'no' : answer !== 'no'
      if (low && rule.alarm !== null && second === 'none') second = `below ${index}`
    }
  }
  return second
}

test('the matcher finds what a naive reading of the rules finds', () => {
  const playbooks = fc.array(fc.array(rules, { maxLength: 3 }), { maxLength: 5 })
  const seen = { type: 0, fault: 0, below: 0, none: 0 }
  fc.assert(
    fc.property(
      playbooks,
      fc.array(signals, { minLength: 1, maxLength: 8 }),
      fc.constantFrom('sentry', 'json', 'prometheus'),
      (types, asked, source) => {
        const incidentTypes = types.map(
          (type, index): IncidentType => ({
            id: String(index),
            title: `type ${index}`,
            measures: null,
            team: null,
            detection: type.map(({ rule }) => rule),
            severity: 'red',
            groupBy: [],
            windowMs: null,
            firstStep: '',
            mitigation: [],
            followUp: [],
          }),
        )
        const matcher = compileMatcher(testPlaybook({ incidentTypes }))
        for (const signal of asked) {
          const match = matcher.match(signal, source)
          const found = match.kind === 'type' ? `type ${match.type.id}` : match.kind === 'none' ? 'none' : `${match.kind} ${match.typeId}`
          expect(found).toBe(naive(types, signal, source))
          seen[match.kind] += 1
        }
      },
    ),
    { numRuns: 500 },
  )
  // Every outcome was met, so that agreeing means something.
  expect(Object.values(seen).every((count) => count > 20)).toBe(true)
})
