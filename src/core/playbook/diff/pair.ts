/** Which row of before is which row of now: by key, else by what they say, so that a rename is no removal and addition. */

export interface Pair<Row> {
  readonly before: Row
  readonly after: Row
  readonly beforeIndex: number
  readonly afterIndex: number
}

export interface Placed<Row> {
  readonly row: Row
  readonly index: number
}

export interface Paired<Row> {
  /** In the order of now. */
  readonly kept: readonly Pair<Row>[]
  /** Another key and nearly the same content. */
  readonly renamed: readonly Pair<Row>[]
  readonly removed: readonly Placed<Row>[]
  readonly added: readonly Placed<Row>[]
}

export interface PairOptions<Row> {
  readonly keyOf: (row: Row) => string
  /** What the row says, part by part; an empty text for a part that says nothing. */
  readonly featuresOf: (row: Row) => readonly string[]
}

/** Rows that share at least so many of their parts are one row under two keys. */
const ALIKE_MIN = 0.6
/** More are not compared one with another: removed and added is true as well. */
const COMPARISONS_MAX = 400_000

export function pairRows<Row>(before: readonly Row[], after: readonly Row[], options: PairOptions<Row>): Paired<Row> {
  const left = before.map((row, index) => ({ row, index }))
  const right = after.map((row, index) => ({ row, index }))
  const kept = join(left, right, matchKeys(before, after, options.keyOf))
  const keptBefore = new Set(kept.map((pair) => pair.beforeIndex))
  const keptAfter = new Set(kept.map((pair) => pair.afterIndex))
  const lost = left.filter(({ index }) => !keptBefore.has(index))
  const fresh = right.filter(({ index }) => !keptAfter.has(index))
  const renamed = join(left, right, matchAlike(lost, fresh, options.featuresOf))
  const renamedBefore = new Set(renamed.map((pair) => pair.beforeIndex))
  const renamedAfter = new Set(renamed.map((pair) => pair.afterIndex))
  return {
    kept,
    renamed,
    removed: lost.filter(({ index }) => !renamedBefore.has(index)),
    added: fresh.filter(({ index }) => !renamedAfter.has(index)),
  }
}

type Indexes = readonly (readonly [beforeIndex: number, afterIndex: number])[]

function join<Row>(left: readonly Placed<Row>[], right: readonly Placed<Row>[], indexes: Indexes): Pair<Row>[] {
  const pairs = indexes.flatMap(([beforeIndex, afterIndex]): Pair<Row>[] => {
    const one = left[beforeIndex]
    const other = right[afterIndex]
    return one === undefined || other === undefined ? [] : [{ before: one.row, after: other.row, beforeIndex, afterIndex }]
  })
  return pairs.sort((one, other) => one.afterIndex - other.afterIndex)
}

/** A key that stands twice is matched in order. */
function matchKeys<Row>(before: readonly Row[], after: readonly Row[], keyOf: (row: Row) => string): Indexes {
  const places = new Map<string, number[]>()
  for (const [index, row] of before.entries()) places.set(keyOf(row), [...(places.get(keyOf(row)) ?? []), index])
  return after.flatMap((row, index) => {
    const place = places.get(keyOf(row))?.shift()
    return place === undefined ? [] : [[place, index] as const]
  })
}

/** The most alike first, each row once. */
function matchAlike<Row>(
  lost: readonly Placed<Row>[],
  fresh: readonly Placed<Row>[],
  featuresOf: (row: Row) => readonly string[],
): Indexes {
  if (lost.length * fresh.length > COMPARISONS_MAX) return []
  const left = lost.map(({ row, index }) => ({ index, features: featuresOf(row) }))
  const right = fresh.map(({ row, index }) => ({ index, features: featuresOf(row) }))
  const candidates = left
    .flatMap((one) => right.map((other) => ({ one: one.index, other: other.index, score: likeness(one.features, other.features) })))
    .filter(({ score }) => score >= ALIKE_MIN)
    .sort((first, second) => second.score - first.score || first.one - second.one || first.other - second.other)
  const taken = new Set<string>()
  return candidates.flatMap(({ one, other }) => {
    if (taken.has(`-${one}`) || taken.has(`+${other}`)) return []
    taken.add(`-${one}`).add(`+${other}`)
    return [[one, other] as const]
  })
}

/** The share of parts that say the same, of those that say anything. */
function likeness(left: readonly string[], right: readonly string[]): number {
  let said = 0
  let same = 0
  for (const [index, text] of left.entries()) {
    const other = right[index] ?? ''
    if (text === '' && other === '') continue
    said += 1
    if (text === other) same += 1
  }
  return said === 0 ? 0 : same / said
}

/** The fewest pairs whose moving explains the new order: all but those of a longest run that is in order still. */
export function findMoved<Row>(pairs: readonly Pair<Row>[]): readonly Pair<Row>[] {
  const inOrder = [...pairs].sort((one, other) => one.afterIndex - other.afterIndex)
  /** Of each length of run: the place of the smallest last one. */
  const ends: number[] = []
  const previous: number[] = []
  for (const [place, pair] of inOrder.entries()) {
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((inOrder[ends[middle] ?? 0]?.beforeIndex ?? 0) < pair.beforeIndex) low = middle + 1
      else high = middle
    }
    previous[place] = low === 0 ? -1 : (ends[low - 1] ?? -1)
    ends[low] = place
  }
  const stayed = new Set<number>()
  for (let place = ends.at(-1) ?? -1; place >= 0; place = previous[place] ?? -1) stayed.add(place)
  return inOrder.filter((_, place) => !stayed.has(place))
}
