import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { toSignal } from '../../core/alert/build.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { fingerprintOf } from './fingerprint.ts'
import { shareText } from './share-text.ts'

const words = fc.constantFrom('a', 'b', 'c')
const signals: fc.Arbitrary<Signal> = fc
  .record({
    alarm: words,
    title: words,
    summary: fc.option(words, { nil: null }),
    dedupKey: fc.option(words, { nil: null, freq: 2 }),
    value: fc.option(fc.nat(9), { nil: null }),
    startsAt: fc.option(fc.nat(9), { nil: null }),
    status: fc.constantFrom<Signal['status']>('firing', 'resolved'),
    labels: fc.dictionary(words, words, { maxKeys: 3, noNullPrototype: true }),
    links: fc.array(fc.record({ href: words, text: words }), { maxLength: 2 }),
  })
  .map(toSignal)

test('sharing words changes no signal', () => {
  fc.assert(
    fc.property(fc.array(signals, { maxLength: 20 }), (list) => {
      for (const signal of list) expect(shareText(fingerprintOf('source', signal), signal)).toEqual(signal)
    }),
  )
})

test('signals that repeat share one copy of their labels', () => {
  const make = () => toSignal({ alarm: 'A', status: 'firing', title: 'shared', labels: { alertname: 'A', x: '1' } })
  const first = shareText(fingerprintOf('source', make()), make())
  const second = shareText(fingerprintOf('source', make()), make())
  expect(second.labels).toBe(first.labels)
})

test('the order of labels does not tell alerts apart, sources and keys do', () => {
  const signal = (labels: Record<string, string>, dedupKey: string | null = null) =>
    toSignal({ alarm: 'A', status: 'firing', title: 't', labels, dedupKey })
  expect(fingerprintOf('s', signal({ a: '1', b: '2' }))).toBe(fingerprintOf('s', signal({ b: '2', a: '1' })))
  expect(fingerprintOf('s', signal({ a: '1' }))).not.toBe(fingerprintOf('other', signal({ a: '1' })))
  expect(fingerprintOf('s', signal({ a: '1' }))).not.toBe(fingerprintOf('s', signal({ a: '1' }, 'k')))
  expect(fingerprintOf('s', signal({ a: '1' }, 'k'))).toBe(fingerprintOf('s', signal({ b: '2' }, 'k')))
})
