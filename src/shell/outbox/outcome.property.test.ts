/** Whatever a vendor answers and in whatever order, the outbox waits within its bounds, marks repeats, and comes to an end. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Delivery } from '../../integration.ts'
import { OUTBOX_BOUNDS } from './bounds.ts'
import { backoff, nextStep } from './outcome.ts'

const bounds = { ...OUTBOX_BOUNDS, attemptsMax: 40 }

const delivery: fc.Arbitrary<Delivery> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Delivery>({ kind: 'delivered', externalId: null, evidence: 'taken' }) },
  { weight: 1, arbitrary: fc.constant<Delivery>({ kind: 'rejected', reason: 'never' }) },
  { weight: 6, arbitrary: fc.constant<Delivery>({ kind: 'unknown', reason: 'silence' }) },
  {
    weight: 6,
    arbitrary: fc
      .option(fc.integer({ min: 0, max: 10_000_000 }))
      .map((afterMs): Delivery => ({ kind: 'retry', afterMs, reason: 'not now' })),
  },
)
const roll = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('over any sequence of outcomes the effect ends once, repeats are marked, and the incident hears of trouble once', () => {
  fc.assert(
    fc.property(fc.infiniteStream(delivery), fc.infiniteStream(roll), (deliveries, rolls) => {
      let unsure = false
      let failedBefore = false
      let told = 0
      for (let attempts = 1; ; attempts += 1) {
        const said = deliveries.next().value
        const step = nextStep(said, { attempts, unsure, failedBefore }, bounds, rolls.next().value)
        expect(attempts).toBeLessThanOrEqual(bounds.attemptsMax)
        // Once a message may have arrived, every later one says so.
        expect(step.unsure).toBe(unsure || said.kind === 'unknown')
        if (step.tell === 'failed') told += 1
        expect(told).toBeLessThanOrEqual(1)
        if (step.state !== 'pending') {
          expect(step.state).toBe(said.kind === 'delivered' ? 'delivered' : 'rejected')
          expect(step.tell).toBe(said.kind === 'delivered' ? 'handed-over' : 'given-up')
          return
        }
        expect(step.waitMs).toBeGreaterThanOrEqual(0)
        expect(step.waitMs).toBeLessThanOrEqual(bounds.retryAfterMaxMs * 1.1)
        if (said.kind === 'retry' && said.afterMs !== null)
          expect(step.waitMs).toBeGreaterThanOrEqual(Math.min(said.afterMs, bounds.retryAfterMaxMs))
        if (said.kind === 'unknown') expect(step.waitMs).toBeGreaterThan(0)
        unsure = step.unsure
        failedBefore = true
      }
    }),
  )
})

describe('the back-off', () => {
  test('doubles with each attempt up to its cap, with a jitter of half', () => {
    expect([1, 2, 3, 7, 50].map((attempts) => backoff(attempts, bounds, 1))).toEqual([1_000, 2_000, 4_000, 60_000, 60_000])
    expect(backoff(1, bounds, 0)).toBe(500)
  })

  test('stays within its bounds for any attempt', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), roll, (attempts, at) => {
        const waitMs = backoff(attempts, bounds, at)
        expect(waitMs).toBeGreaterThanOrEqual(bounds.backoffMs / 2)
        expect(waitMs).toBeLessThanOrEqual(bounds.backoffMaxMs)
      }),
    )
  })
})

test('the first repeat of an unknown page comes soon, later ones grow rarer', () => {
  const unknown: Delivery = { kind: 'unknown', reason: 'silence' }
  const first = nextStep(unknown, { attempts: 1, unsure: false, failedBefore: false }, bounds, 0.5)
  const tenth = nextStep(unknown, { attempts: 10, unsure: true, failedBefore: true }, bounds, 0.5)
  expect([first.waitMs, first.tell, tenth.waitMs, tenth.tell]).toEqual([5_000, 'failed', 45_000, null])
})
