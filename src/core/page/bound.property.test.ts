/** A storm of pages to one person, at any pace: bounded, complete, and never silent about something worse. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../time.ts'
import { GATHER_MS, isFolded, sharesOf } from './bound.ts'

interface Sent {
  readonly at: number
  readonly rank: number
  readonly exempt: boolean
}

/** As the outbox does: singles at once, the others with the next message that stands for many. */
function play(pages: readonly { readonly at: number; readonly rank: number }[], bound: { max: number; withinMs: number }) {
  const singles: Sent[] = []
  const folds: { at: number; stands: number }[] = []
  for (const { at, rank } of pages) {
    const inTime = singles.filter((sent) => sent.at > at - bound.withinMs)
    const ranks = inTime.map((sent) => sent.rank)
    const recent = { singles: inTime.length, gravest: ranks.length === 0 ? null : Math.min(...ranks) }
    if (!isFolded(recent, rank, bound)) {
      singles.push({ at, rank, exempt: inTime.length >= sharesOf(bound).single })
      continue
    }
    const last = folds.at(-1)
    if (last !== undefined && last.at > at) last.stands += 1
    else folds.push({ at: Math.max(at + GATHER_MS, (last?.at ?? Number.NEGATIVE_INFINITY) + sharesOf(bound).everyMs), stands: 1 })
  }
  return { singles, folds }
}

const storms = fc.array(fc.record({ gap: fc.nat(30 * SECOND_MS), rank: fc.nat(3) }), { minLength: 1, maxLength: 300 }).map((steps) => {
  let at = 0
  return steps.map(({ gap, rank }) => ({ at: (at += gap), rank }))
})
const bounds = fc.record({ max: fc.integer({ min: 4, max: 30 }), withinMs: fc.integer({ min: MINUTE_MS, max: 30 * MINUTE_MS }) })

test('no stretch of the time holds more messages than the bound, but for firsts of a graver severity', () => {
  fc.assert(
    fc.property(storms, bounds, (pages, bound) => {
      const { singles, folds } = play(pages, bound)
      const counted = [...singles.filter((sent) => !sent.exempt), ...folds].map(({ at }) => at).sort((one, other) => one - other)
      for (const start of counted)
        expect(counted.filter((at) => at >= start && at < start + bound.withinMs).length).toBeLessThanOrEqual(bound.max)
      expect(singles.filter((sent) => sent.exempt).length).toBeLessThanOrEqual(pages.length)
    }),
  )
})

test('every page is sent by itself or stood for, and what is graver than all before goes out at once', () => {
  fc.assert(
    fc.property(storms, bounds, (pages, bound) => {
      const { singles, folds } = play(pages, bound)
      expect(singles.length + folds.reduce((sum, fold) => sum + fold.stands, 0)).toBe(pages.length)
      let gravest = Number.POSITIVE_INFINITY
      for (const page of pages) {
        if (page.rank < gravest) expect(singles).toContainEqual(expect.objectContaining(page))
        gravest = Math.min(gravest, page.rank)
      }
    }),
  )
})

test.each([
  [
    { max: 12, withinMs: 10 * MINUTE_MS },
    { single: 9, folded: 3, everyMs: 200 * SECOND_MS },
  ],
  [
    { max: 4, withinMs: 10 * MINUTE_MS },
    { single: 3, folded: 1, everyMs: 10 * MINUTE_MS },
  ],
])('%j is %j', (bound, shares) => expect(sharesOf(bound)).toEqual(shares))
