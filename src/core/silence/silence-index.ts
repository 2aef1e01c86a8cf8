/** Which of many silences may fit an alert, without asking each: most name a value, or its beginning, that few alerts have. */
import type { CompiledMatcher } from './matcher.ts'
import type { Silence } from './silence.ts'
import { type HoldSubject, valueOf } from './subject.ts'
import { rememberVerdicts } from './verdicts.ts'

export interface CompiledSilence {
  readonly silence: Silence
  readonly matchers: readonly CompiledMatcher[]
}

/** Of the silences given, in their order, at least all those whose matchers fit. */
export type SilenceLook = (subject: HoldSubject) => readonly CompiledSilence[]

const looks = new WeakMap<readonly CompiledSilence[], SilenceLook>()

/** The same list is indexed once: give the same one while it is the same. */
export function lookInto(silences: readonly CompiledSilence[]): SilenceLook {
  const known = looks.get(silences)
  if (known !== undefined) return known
  const look = indexed(silences)
  looks.set(silences, look)
  return look
}

/** Places in the list, by what one label must be. */
interface ByLabel {
  readonly values: Map<string, number[]>
  readonly beginnings: { readonly beginning: string; readonly place: number }[]
}

function indexed(silences: readonly CompiledSilence[]): SilenceLook {
  const labels = new Map<string, ByLabel>()
  const rest: number[] = []
  const shared = countValues(silences)
  silences.forEach(({ matchers }, place) => {
    const best = rarest(matchers, shared)
    if (best === undefined) {
      rest.push(place)
      return
    }
    const label = labels.get(best.name) ?? { values: new Map<string, number[]>(), beginnings: [] }
    labels.set(best.name, label)
    if (best.isRegex) label.beginnings.push({ beginning: best.beginning ?? '', place })
    else label.values.set(best.value, [...(label.values.get(best.value) ?? []), place])
  })
  const of = (found: readonly number[]) => found.flatMap((place) => silences[place] ?? [])
  const restFitting = rememberVerdicts(rest.map((place) => silences[place]?.matchers ?? []))
  return (subject) => {
    const found = restFitting((name) => valueOf(subject, name)).map((place) => rest[place] ?? -1)
    for (const [name, { values, beginnings }] of labels) {
      const value = valueOf(subject, name)
      found.push(...(values.get(value) ?? []))
      for (const { beginning, place } of beginnings) if (value.startsWith(beginning)) found.push(place)
    }
    return of(found.toSorted((one, other) => one - other))
  }
}

/** By which it is found: the plain value that the fewest share, else the expression whose beginning says the most; none: by what was found before for the same values. */
function rarest(matchers: readonly CompiledMatcher[], shared: ReadonlyMap<string, number>): CompiledMatcher | undefined {
  const plain = matchers.filter(isPlain).toSorted((one, other) => (shared.get(keyOf(one)) ?? 0) - (shared.get(keyOf(other)) ?? 0))
  if (plain.length > 0) return plain[0]
  return matchers
    .filter(({ beginning = '' }) => beginning !== '')
    .toSorted((one, other) => (other.beginning?.length ?? 0) - (one.beginning?.length ?? 0))[0]
}

function countValues(silences: readonly CompiledSilence[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { matchers } of silences)
    for (const matcher of matchers.filter(isPlain)) counts.set(keyOf(matcher), (counts.get(keyOf(matcher)) ?? 0) + 1)
  return counts
}

function isPlain({ isRegex, isEqual }: CompiledMatcher): boolean {
  return isEqual && !isRegex
}

function keyOf({ name, value }: CompiledMatcher): string {
  return `${name}\u0000${value}`
}
