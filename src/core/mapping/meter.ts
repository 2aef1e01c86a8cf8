/**
 * What reading one message may cost. It is counted, not timed: the same message costs the same today and after a crash, and
 * whether a mapping gives signals or a fault never depends on how busy the machine is.
 */

/** About 50 ns each on a machine of 2020, so that one message holds up everything else for a few hundredths of a second. */
const STEPS_MAX = 400_000
/** Copying, comparing or searching so many characters is one step. */
const CHARS_PER_STEP = 64

export class TooCostly extends Error {}

export interface Meter {
  /** To be called before the work is done. @throws {TooCostly} when it is more than is left */
  readonly spend: (steps: number) => void
}

export function startMeter(stepsMax = STEPS_MAX): Meter {
  let spent = 0
  return {
    spend: (steps) => {
      spent += steps
      if (spent > stepsMax) throw new TooCostly('it costs too much on a message of this size')
    },
  }
}

/** Steps that going over a text once costs. @param times how often it is gone over, or how slowly */
export function stepsOfText(text: string, times = 1): number {
  return 1 + Math.ceil((text.length * times) / CHARS_PER_STEP)
}
