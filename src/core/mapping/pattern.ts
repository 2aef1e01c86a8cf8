/** Regular expressions of mappings: compiled once, of bounded size, paid for by what the engine may have to do. */
import { RE2JS, RE2JSException } from 're2js'

export interface Pattern {
  readonly find: (text: string) => boolean
  /** Instructions of its program. */
  readonly size: number
  /** Letters, alternatives and anchors alone: the engine follows few of its branches at once. */
  readonly isSimple: boolean
}

const PROGRAM_MAX = 500
const SIMPLE = /^(?:\(\?i\))?[\w ^$()|:/-]*$/
/** Steps for a character and an instruction: seen are 5 ns in simple ones, and 200 ns at worst in others. */
const SIMPLE_STEPS = 0.125
const OTHER_STEPS = 2

/** They are written out in mappings, so there are few. */
const known = new Map<string, Pattern>()
const KNOWN_MAX = 1_000

/** @returns what is wrong with it, where it does not compile */
export function compilePattern(text: string): Pattern | string {
  const before = known.get(text)
  if (before !== undefined) return before
  try {
    const expression = RE2JS.compile(text)
    const size = expression.programSize()
    if (size > PROGRAM_MAX) return 'the pattern is too large'
    // Not `test`: it builds an automaton that may take a second to grow, however short the texts are.
    const pattern = { find: (given: string) => expression.matcher(given).find(), size, isSimple: SIMPLE.test(text) }
    if (known.size >= KNOWN_MAX) known.clear()
    known.set(text, pattern)
    return pattern
  } catch (error) {
    if (error instanceof RE2JSException) return error.message
    throw error
  }
}

export function stepsOfPattern({ size, isSimple }: Pattern, text: string): number {
  return 1 + Math.ceil(text.length * size * (isSimple ? SIMPLE_STEPS : OTHER_STEPS))
}
