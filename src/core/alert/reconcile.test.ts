import fc from 'fast-check'
import { expect, test } from 'vitest'
import { signalOf } from '../../../test/support/signal.ts'
import { compareAnswer, type KnownAlert } from './reconcile.ts'
import type { Signal } from './signal.ts'

const NOW = 1_800_000_000_000
const known = (key: string, over: Partial<KnownAlert> = {}): KnownAlert => ({
  id: `id-${key}`,
  fingerprint: key,
  lastAt: NOW - 600_000,
  seenBefore: false,
  ...over,
})
const there = (key: string, status: Signal['status'] = 'firing'): Signal => signalOf({ dedupKey: key, status })
const compare = (over: Partial<Parameters<typeof compareAnswer>[0]>) =>
  compareAnswer({
    signals: [],
    quiet: [],
    complete: true,
    known: [],
    ownsSource: true,
    now: NOW,
    fingerprintOf: (signal) => signal.dedupKey ?? '',
    ...over,
  })

test('what fires there and is unknown here is news, once; what is known is only seen', () => {
  const compared = compare({ signals: [there('a'), there('b'), there('b')], known: [known('a')] })
  expect(compared).toEqual({ news: [there('b')], seen: ['id-a'], missing: [] })
})

test('what is acknowledged there and unknown here fires here', () => {
  expect(compare({ signals: [there('a', 'acknowledged')] }).news).toEqual([there('a')])
})

test('an end that the source states is news where it fires here, and nothing elsewhere', () => {
  const compared = compare({ signals: [there('a', 'resolved'), there('b', 'resolved')], known: [known('a')] })
  expect(compared).toEqual({ news: [there('a', 'resolved')], seen: ['id-a'], missing: [] })
})

test('what is silenced there is neither news nor missing', () => {
  expect(compare({ quiet: [there('a'), there('b')], known: [known('a')] })).toEqual({ news: [], seen: ['id-a'], missing: [] })
})

test('what fires here and is not there is missing, if the answer was whole and the alert is not from a moment ago', () => {
  expect(compare({ known: [known('a'), known('b', { lastAt: NOW - 1_000 })] }).missing).toEqual(['id-a'])
  expect(compare({ known: [known('a')], complete: false }).missing).toEqual([])
})

test('where others share the source, only what was seen before can be missing', () => {
  expect(compare({ known: [known('a'), known('b', { seenBefore: true })], ownsSource: false }).missing).toEqual(['id-b'])
})

test('nothing is both seen and missing, and no news is known already but for its end', () => {
  const keys: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd')
  const signals = fc.array(fc.tuple(keys, fc.constantFrom('firing', 'acknowledged', 'resolved') as fc.Arbitrary<Signal['status']>))
  fc.assert(
    fc.property(signals, fc.uniqueArray(keys), fc.boolean(), fc.boolean(), (given, here, complete, ownsSource) => {
      const alerts = here.map((key) => known(key))
      const compared = compare({ signals: given.map(([key, status]) => there(key, status)), known: alerts, complete, ownsSource })
      expect(compared.seen.filter((id) => compared.missing.includes(id))).toEqual([])
      for (const signal of compared.news) expect(here.includes(signal.dedupKey ?? '')).toBe(signal.status === 'resolved')
    }),
  )
})
