/** Places and breakers, under a clock that the test moves. */
import { describe, expect, test } from 'vitest'
import { OUTBOX_BOUNDS } from './bounds.ts'
import { makeBreaker } from './breaker.ts'
import { makeGate } from './gate.ts'

describe('the breaker', () => {
  const bounds = { breakerFailuresMax: 3, breakerOpenMs: 1_000 }

  test('opens after failures in a row, lets one try when its time is over, and closes on success', () => {
    const breaker = makeBreaker(bounds)
    for (let failures = 0; failures < 3; failures += 1) {
      expect(breaker.lets(0)).toBe(true)
      breaker.begin(0)
      breaker.end('retry', 0)
    }
    expect([breaker.stateAt(999), breaker.lets(999)]).toEqual(['open', false])
    expect([breaker.stateAt(1_000), breaker.lets(1_000)]).toEqual(['trying', true])
    breaker.begin(1_000)
    expect(breaker.lets(1_000)).toBe(false)
    breaker.end('unknown', 1_100)
    expect([breaker.stateAt(2_099), breaker.stateAt(2_100)]).toEqual(['open', 'trying'])
    breaker.begin(2_100)
    breaker.end('delivered', 2_200)
    expect([breaker.stateAt(2_200), breaker.failures()]).toEqual(['closed', 0])
  })

  test('takes a rejection for an answer: the vendor is there', () => {
    const breaker = makeBreaker(bounds)
    for (const outcome of ['retry', 'retry', 'rejected', 'retry', 'retry'] as const) {
      breaker.begin(0)
      breaker.end(outcome, 0)
    }
    expect(breaker.stateAt(0)).toBe('closed')
  })

  test('learns nothing from what was withdrawn', () => {
    const breaker = makeBreaker(bounds)
    for (let at = 0; at < 10; at += 1) {
      breaker.begin(0)
      breaker.end('withdrawn', 0)
    }
    expect(breaker.failures()).toBe(0)
  })
})

describe('the gate', () => {
  const bounds = {
    ...OUTBOX_BOUNDS,
    pageSendsMax: 4,
    noticeSendsMax: 1,
    channelSendsMax: 2,
    breakerFailuresMax: 1,
    breakerOpenMs: 100,
    reservationMs: 20,
  }

  test('gives one channel no more than its share, and pages and notices places of their own', () => {
    const gate = makeGate(bounds, () => 0)
    gate.enter('page', 'slow')
    gate.enter('page', 'slow')
    expect([gate.room('page', 'slow'), gate.room('page', 'quick'), gate.room('notice', 'slow')]).toEqual([0, 2, 1])
    gate.enter('notice', 'slow')
    expect([gate.room('notice', 'quick'), gate.room('page', 'quick')]).toEqual([0, 2])
  })

  test('counts a place that is left twice once', () => {
    const gate = makeGate(bounds, () => 0)
    const place = gate.enter('page', 'email')
    place.leave('delivered')
    place.leave('retry')
    expect(gate.states()).toEqual([{ channel: 'email', breaker: 'closed', failures: 0, running: 0 }])
  })

  test('lets one attempt through a breaker that is trying', () => {
    let now = 0
    const gate = makeGate(bounds, () => now)
    gate.enter('page', 'email').leave('retry')
    expect(gate.room('page', 'email')).toBe(0)
    now = 100
    expect(gate.room('page', 'email')).toBe(1)
    gate.enter('page', 'email')
    expect(gate.room('page', 'email')).toBe(0)
  })

  test('keeps quiet on the whole channel while the vendor wants it, up to a bound', () => {
    let now = 0
    const gate = makeGate({ ...bounds, breakerFailuresMax: 5 }, () => now)
    gate.enter('page', 'email').leave('retry', 3_600_000)
    now = 59_999
    expect(gate.room('page', 'email')).toBe(0)
    now = 60_000
    expect(gate.room('page', 'email')).toBe(2)
  })

  test('gives back by itself what a transaction kept that never committed', async () => {
    const gate = makeGate(bounds, () => 0)
    gate.reserve('page', 'email')
    gate.reserve('page', 'email')
    expect(gate.reserve('page', 'email')).toBeUndefined()
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(gate.room('page', 'email')).toBe(2)
  })
})
