/** Randomness of the fault campaigns: one number reproduces a whole run. */

export interface Dice {
  readonly seed: number
  /** In [0, 1). */
  readonly roll: () => number
  /** A whole number in [from, to]. */
  readonly between: (from: number, to: number) => number
  readonly pick: <T>(items: readonly T[]) => T
}

/** mulberry32: small, fast, good enough to choose faults with. */
export function throwDice(seed: number): Dice {
  let state = seed >>> 0
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = (from: number, to: number): number => from + Math.floor(roll() * (to - from + 1))
  return {
    seed,
    roll,
    between,
    pick: (items) => {
      const item = items[between(0, items.length - 1)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}

/** The seed of this run: `TOCSIN_TEST_SEED` where it is given, to reproduce; else a fresh one. Print it. */
export function chooseSeed(): number {
  const given = process.env['TOCSIN_TEST_SEED']
  return given === undefined || given === '' ? Math.floor(Math.random() * 1_000_000_000) : Number(given)
}
