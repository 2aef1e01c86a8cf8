/** Virtual time: what happens next is taken from a queue, so that a thousand hours take seconds and one seed repeats a run. */

export interface Schedule {
  readonly now: () => number
  readonly after: (delayMs: number, act: () => void) => void
  /** Runs until the queue is empty or time is over; `each` is called after every act. */
  readonly run: (untilMs: number, each: () => void) => number
}

interface Entry {
  readonly at: number
  readonly order: number
  readonly act: () => void
}

export function makeSchedule(startMs: number): Schedule {
  const heap: Entry[] = []
  let nowMs = startMs
  let order = 0
  return {
    now: () => nowMs,
    after: (delayMs, act) => push(heap, { at: nowMs + Math.max(0, Math.ceil(delayMs)), order: order++, act }),
    run: (untilMs, each) => {
      let steps = 0
      for (let next = heap[0]; next !== undefined && next.at <= untilMs; next = heap[0]) {
        pop(heap)
        nowMs = next.at
        next.act()
        each()
        steps += 1
      }
      nowMs = Math.max(nowMs, untilMs)
      return steps
    },
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

function push(heap: Entry[], entry: Entry): void {
  let place = heap.push(entry) - 1
  while (place > 0) {
    const parent = (place - 1) >> 1
    const above = heap[parent]
    if (above === undefined || !isBefore(entry, above)) break
    heap[place] = above
    place = parent
  }
  heap[place] = entry
}

function pop(heap: Entry[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let place = 0
  for (;;) {
    let child = 2 * place + 1
    const right = heap[child + 1]
    let below = heap[child]
    if (below === undefined) break
    if (right !== undefined && isBefore(right, below)) {
      below = right
      child += 1
    }
    if (!isBefore(below, last)) break
    heap[place] = below
    place = child
  }
  heap[place] = last
}

/** Mulberry32: small, fast, and the same on every machine. */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
