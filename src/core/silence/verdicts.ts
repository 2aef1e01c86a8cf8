/**
 * Which of many silences fit, by what was found before for each value of each label: values come again, while matching two
 * thousand expressions takes milliseconds.
 */
import type { CompiledMatcher } from './matcher.ts'

/** One bit a silence. */
type Bits = Uint32Array

interface Label {
  readonly name: string
  /** What each silence asks of this label, by its place. */
  readonly asked: readonly { readonly place: number; readonly matchers: readonly CompiledMatcher[] }[]
  readonly known: Map<string, Bits>
}

/** Some hundred bytes each. */
const REMEMBERED_MAX = 20_000
const REMEMBERED_CHARS_MAX = 200
const BITS = 32

/** @returns the places of those whose matchers all hold, in order */
export function rememberVerdicts(
  silences: readonly (readonly CompiledMatcher[])[],
): (valueOf: (name: string) => string) => readonly number[] {
  const words = Math.ceil(silences.length / BITS)
  const all = new Uint32Array(words)
  for (const place of silences.keys()) setBit(all, place)
  const labels = labelsOf(silences)
  let remembered = 0

  const verdict = (label: Label, value: string): Bits => {
    const before = label.known.get(value)
    if (before !== undefined) return before
    const bits = all.slice()
    for (const { place, matchers } of label.asked) if (!matchers.every((matcher) => matcher.test(value))) clearBit(bits, place)
    if (value.length > REMEMBERED_CHARS_MAX) return bits
    if (remembered >= REMEMBERED_MAX) {
      for (const { known } of labels) known.clear()
      remembered = 0
    }
    remembered += 1
    label.known.set(value, bits)
    return bits
  }

  return (valueOf) => {
    const fitting = all.slice()
    for (const label of labels) if (!intersect(fitting, verdict(label, valueOf(label.name)))) return []
    return placesIn(fitting)
  }
}

/** Those that most silences ask about first: then most alerts are decided by the first. */
function labelsOf(silences: readonly (readonly CompiledMatcher[])[]): readonly Label[] {
  const labels = new Map<string, { place: number; matchers: CompiledMatcher[] }[]>()
  silences.forEach((matchers, place) => {
    for (const [name, of] of Map.groupBy(matchers, (matcher) => matcher.name)) {
      const asked = labels.get(name) ?? []
      labels.set(name, asked)
      asked.push({ place, matchers: of })
    }
  })
  return [...labels]
    .map(([name, asked]) => ({ name, asked, known: new Map<string, Bits>() }))
    .toSorted((one, other) => other.asked.length - one.asked.length)
}

/** @returns whether any is left */
function intersect(into: Bits, other: Bits): boolean {
  let left = 0
  for (let word = 0; word < into.length; word += 1) {
    const both = (into[word] ?? 0) & (other[word] ?? 0)
    into[word] = both
    left |= both
  }
  return left !== 0
}

function setBit(bits: Bits, place: number): void {
  bits[Math.floor(place / BITS)] = (bits[Math.floor(place / BITS)] ?? 0) | (1 << (place % BITS))
}

function clearBit(bits: Bits, place: number): void {
  bits[Math.floor(place / BITS)] = (bits[Math.floor(place / BITS)] ?? 0) & ~(1 << (place % BITS))
}

function placesIn(bits: Bits): number[] {
  const places: number[] = []
  bits.forEach((word, at) => {
    for (let bit = 0; bit < BITS && word >>> bit !== 0; bit += 1) if ((word >>> bit) & 1) places.push(at * BITS + bit)
  })
  return places
}
