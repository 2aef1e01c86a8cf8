import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Episode, type SignalFacts, step } from './alert.ts'

const signals = fc.array(
  fc.record({
    status: fc.constantFrom<SignalFacts['status']>('firing', 'resolved', 'acknowledged'),
    startsAt: fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }),
    endsAt: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
    value: fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }),
    gap: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: 30 },
)

interface Run {
  readonly latest: Episode | null
  /** Every episode that is over, in order. */
  readonly over: readonly Episode[]
}

/** Folds a part of the signals the way apply does: from the stored latest episode, which is all it knows of the past. */
function fold(start: Run, part: readonly (SignalFacts & { at: number })[]): Run {
  let { latest } = start
  const over = [...start.over]
  for (const signal of part) {
    const taken = step(latest, signal, { at: signal.at, incidentOver: false })
    if (taken.ended !== undefined) over.push(taken.ended)
    if (taken.kind === 'resolved' || taken.kind === 'recorded') over.push(taken.episode as Episode)
    latest = taken.episode
  }
  return { latest, over }
}

function timed(list: readonly (SignalFacts & { gap: number })[]) {
  let at = 1_000
  return list.map((signal) => ({ ...signal, at: (at += signal.gap) }))
}

test('any split of the signals into batches ends in the same episodes', () => {
  fc.assert(
    fc.property(signals, fc.array(fc.nat(30), { maxLength: 6 }), (list, cuts) => {
      const all = timed(list)
      const bounds = [0, ...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length]
      const parts = bounds.slice(1).map((bound, index) => all.slice(bounds[index], bound))
      // Between batches the state goes through JSON, as it goes through the database.
      const split = parts.reduce<Run>((run, part) => fold(JSON.parse(JSON.stringify(run)) as Run, part), { latest: null, over: [] })
      expect(split).toEqual(fold({ latest: null, over: [] }, all))
    }),
  )
})

test('episodes of one fingerprint never end at the same instant, and each ends after the one before', () => {
  fc.assert(
    fc.property(signals, (list) => {
      const ends = fold({ latest: null, over: [] }, timed(list)).over.map((episode) => episode.resolvedAt as number)
      ends.forEach((end, index) => expect(end).toBeGreaterThan(ends[index - 1] ?? 0))
    }),
  )
})

test('an ended episode is never fired again by an overtaken message of the same or an earlier start', () => {
  fc.assert(
    fc.property(signals, fc.integer({ min: 1, max: 5 }), (list, startsAt) => {
      const { latest } = fold({ latest: null, over: [] }, timed(list))
      fc.pre(latest !== null && latest.resolvedAt !== null && latest.startsAt !== null && startsAt <= latest.startsAt)
      const taken = step(latest, { status: 'firing', startsAt, endsAt: null, value: null }, { at: 9_999, incidentOver: false })
      expect(taken).toEqual({ kind: 'late', episode: latest })
    }),
  )
})

test('what counts as firing is exactly what was opened and neither resolved nor replaced', () => {
  fc.assert(
    fc.property(signals, (list) => {
      let firing = 0
      let latest: Episode | null = null
      for (const signal of timed(list)) {
        const taken = step(latest, signal, { at: signal.at, incidentOver: signal.value === 3 })
        if (taken.kind === 'opened') firing += 1
        if (taken.kind === 'resolved') firing -= 1
        if (taken.ended !== undefined) firing -= 1
        latest = taken.episode
        expect(firing).toBe(latest !== null && latest.resolvedAt === null ? 1 : 0)
      }
    }),
  )
})
