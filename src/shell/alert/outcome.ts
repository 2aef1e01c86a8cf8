/** What became of the signals of an applied batch, in a form that costs little when all shared one fate. */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'

export type OutcomeKind =
  /** Opened an incident. */
  | 'opened'
  /** A new alert of an incident that was open. */
  | 'joined'
  /** A new alert that is not worth waking anybody. */
  | 'below'
  /** A new alert that a silence, a maintenance window, an inhibition, a snooze or observe mode holds. */
  | 'held'
  | 'repeated'
  | 'resolved'
  | 'recorded'
  | 'acknowledged'
  | 'late'
  | 'stale'
  | 'ignored'
  | 'change'
  /** A ping of a heartbeat: it opens nothing. */
  | 'pinged'
  /** The sender was told no; people were told plainly. */
  | 'refused'
  /** Applying it threw; people were told plainly. */
  | 'poisoned'
  /** Its signature is missing or wrong: kept, pages nobody. */
  | 'distrusted'
  /** A second delivery of a message that was applied. */
  | 'repeated-delivery'
  /** Sent to try a source: opens nothing, pages nobody. */
  | 'test'
  /** The message held no signal. */
  | 'empty'

export interface Outcome {
  readonly kind: OutcomeKind
  /** One sentence for people. */
  readonly why: string
  readonly incidentId: string | null
}

/** Outcomes of one receipt's signals, in order. */
export interface ReceiptOutcomes {
  readonly receiptId: number
  readonly outcomes: readonly Outcome[]
}

/** As stored: distinct outcomes once, and for each receipt its id and runs of `[index, how many]`. */
interface Stored {
  readonly v: 1
  readonly outcomes: readonly Outcome[]
  readonly receipts: readonly (readonly [id: number, ...runs: number[]])[]
}

const COMPRESS_OVER_BYTES = 512
const OUTCOMES_BYTES_MAX = 67_108_864

export function encodeOutcomes(receipts: readonly ReceiptOutcomes[]): { encoding: 'identity' | 'zstd'; bytes: Buffer } {
  const outcomes: Outcome[] = []
  const indexOf = new Map<Outcome, number>()
  const place = (outcome: Outcome): number => {
    const known = indexOf.get(outcome)
    if (known !== undefined) return known
    outcomes.push(outcome)
    indexOf.set(outcome, outcomes.length - 1)
    return outcomes.length - 1
  }
  const rows = receipts.map(({ receiptId, outcomes: own }): [number, ...number[]] => [receiptId, ...toRuns(own.map(place))])
  const bytes = Buffer.from(JSON.stringify({ v: 1, outcomes, receipts: rows } satisfies Stored))
  return bytes.length > COMPRESS_OVER_BYTES ? { encoding: 'zstd', bytes: zstdCompressSync(bytes) } : { encoding: 'identity', bytes }
}

function toRuns(indexes: readonly number[]): number[] {
  const runs: number[] = []
  for (const index of indexes) {
    const last = runs.length - 2
    if (last >= 0 && runs[last] === index) runs[last + 1] = (runs[last + 1] ?? 0) + 1
    else runs.push(index, 1)
  }
  return runs
}

/** @returns outcomes by receipt */
export function decodeOutcomes(encoding: string, bytes: Buffer): Map<number, Outcome[]> {
  const text = encoding === 'zstd' ? zstdDecompressSync(bytes, { maxOutputLength: OUTCOMES_BYTES_MAX }) : bytes
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `encodeOutcomes`
  const stored = JSON.parse(text.toString('utf8')) as Stored
  return new Map(stored.receipts.map(([id, ...runs]) => [id, fromRuns(runs, stored.outcomes)]))
}

function fromRuns(runs: readonly number[], outcomes: readonly Outcome[]): Outcome[] {
  const list: Outcome[] = []
  for (let at = 0; at + 1 < runs.length; at += 2) {
    const outcome = outcomes[runs[at] ?? 0]
    if (outcome !== undefined) for (let count = runs[at + 1] ?? 0; count > 0; count--) list.push(outcome)
  }
  return list
}
