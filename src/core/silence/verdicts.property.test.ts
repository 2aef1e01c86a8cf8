import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileMatchers, matchesAll } from './matcher.ts'
import type { CompiledSilence } from './silence-index.ts'
import { lookInto } from './silence-index.ts'
import { type HoldSubject, valueOf } from './subject.ts'
import { rememberVerdicts } from './verdicts.ts'

const names = ['alertname', 'instance', 'env', 'service', 'source', 'nobody']
const values = ['', 'a', 'ab', 'abc', 'b', 'web-1', 'web-12', 'x'.repeat(300)]
const expressions = ['a.*', '.*b', '.*', '', 'a|b', '(web|db)-1', '(?i)ABC', 'web-1+2?', '[^a]+', '.+', 'x+', 'a?b?c?']
const matcher = fc.oneof(
  fc.record({ name: fc.constantFrom(...names), value: fc.constantFrom(...values), isRegex: fc.constant(false), isEqual: fc.boolean() }),
  fc.record({ name: fc.constantFrom(...names), value: fc.constantFrom(...expressions), isRegex: fc.constant(true), isEqual: fc.boolean() }),
)
const silences = fc.array(fc.array(matcher, { maxLength: 4 }), { maxLength: 70 }).map((all) =>
  all.map((matchers) => {
    const compiled = compileMatchers(matchers)
    if (compiled.kind === 'fault') throw new Error(compiled.message)
    return compiled.matchers
  }),
)
const subjects = fc.array(
  fc.record({
    alarm: fc.constantFrom(...values),
    labels: fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...values), { maxKeys: 4 }),
  }),
  { maxLength: 12 },
)
const toSubject = ({ alarm, labels }: { alarm: string; labels: Record<string, string> }): HoldSubject => ({
  fingerprint: 'f',
  alarm,
  labels,
  sourceId: 's',
  source: 'a',
  type: null,
  service: 'b',
  severity: 'red',
})

test('what is remembered is what asking each silence gives, however often and in which order it is asked', () => {
  fc.assert(
    fc.property(silences, subjects, (given, asked) => {
      const fitting = rememberVerdicts(given)
      const look = lookInto(given.map((matchers, place) => ({ silence: { id: String(place) }, matchers }) as unknown as CompiledSilence))
      for (const subject of [...asked, ...asked].map(toSubject)) {
        const valueIn = (name: string) => valueOf(subject, name)
        const plain = given.flatMap((matchers, place) => (matchesAll(matchers, valueIn) ? [place] : []))
        expect(fitting(valueIn)).toEqual(plain)
        const found = look(subject).filter(({ matchers }) => matchesAll(matchers, valueIn))
        expect(found.map(({ silence }) => Number(silence.id))).toEqual(plain)
      }
    }),
  )
})
