/**
 * Group commit without a timer: the receipts that arrived while the last commit ran are committed together, and only
 * then is anybody told "yes". One commit runs at a time, so the order of ids is the order of commits.
 */
import type { Received } from '../../integration.ts'
import { isDatabaseAway, isRetryable } from '../database/errors.ts'
import { failpoint } from '../failpoint.ts'
import { receiptCommitSeconds, signalsReceivedTotal } from '../metrics/metrics.ts'
import type { Ports } from '../ports.ts'
import { type ApplyItem, toItem } from './apply-item.ts'
import { flowOf } from './apply-queue.ts'
import { kindOfDoor } from './door-table.ts'
import { insertReceipts, type NewReceipt, toStored } from './receipt-store.ts'

export interface Pending extends NewReceipt {
  readonly sourceName: string
  readonly received: Received
  /** Once: true when it is on disk, false when it may not be. */
  readonly done: (committed: boolean) => void
  /** It is to be kept and listed, not applied. */
  readonly test?: boolean
  /** Told the receipt's id before `done`. */
  readonly kept?: (receiptId: number) => void
}

export interface GroupCommit {
  readonly add: (receipt: Pending) => void
  /** Resolves when nothing waits or runs. */
  readonly idle: () => Promise<void>
  readonly waiting: () => number
}

export interface GroupCommitParts {
  /** False where no other process can take this one for dead. */
  readonly shared: boolean
  /** True for a flow that is to wait rather than fill the memory while apply catches up. */
  readonly isCrowdedBy: (flow: string) => boolean
  /** Resolves when more of such flows may be committed. */
  readonly room: () => Promise<void>
  readonly onCommitted: (items: readonly ApplyItem[]) => void
  /** Another process took this one for dead and closed its row: called before anything else is committed. */
  readonly onClosed: () => Promise<void>
}

interface Waiting {
  readonly receipt: Pending
  readonly flow: string
}

const nothing = () => {}

/** Bounds of one commit. */
const COMMIT_MESSAGES_MAX = 512
const COMMIT_BYTES_MAX = 8_388_608
/** A sender waits no longer than this for its answer; the statement's own limit ends the transaction. */
const COMMIT_MS_MAX = 5_000

export function makeGroupCommit(ports: Ports, parts: GroupCommitParts): GroupCommit {
  let waiting: Waiting[] = []
  let running: Promise<void> | null = null
  /** While something is held: ends when there is room for it. */
  let room: Promise<void> | null = null
  let roomCame = false
  let wake = nothing

  const run = async () => {
    // Messages that are parsed in this turn of the event loop join the first commit.
    await new Promise(setImmediate)
    while (waiting.length > 0) {
      const group = take()
      if (group.length === 0) {
        await Promise.race([room, new Promise<void>((resolve) => (wake = resolve))])
        continue
      }
      const begun = performance.now()
      const items = await commit(ports, parts, group)
      receiptCommitSeconds.observe((performance.now() - begun) / 1_000)
      if (items !== null) {
        failpoint('after-receipt-commit')
        parts.onCommitted(items)
        failpoint('before-2xx')
      }
      for (const receipt of group) receipt.done(items !== null)
    }
  }
  const start = () => {
    if (running !== null || waiting.length === 0) return
    running = run().finally(() => {
      running = null
      start()
    })
  }
  /** In their order, but for those of flows that must wait: a storm of one source holds up nobody else. */
  const take = (): Pending[] => {
    const group: Pending[] = []
    const left: Waiting[] = []
    let bytes = 0
    let isHolding = false
    for (const entry of waiting) {
      const isHeld = !roomCame && parts.isCrowdedBy(entry.flow)
      isHolding ||= isHeld
      const fits = group.length < COMMIT_MESSAGES_MAX && (group.length === 0 || bytes < COMMIT_BYTES_MAX)
      if (isHeld || !fits) {
        left.push(entry)
      } else {
        group.push(entry.receipt)
        bytes += entry.receipt.body.length
      }
    }
    waiting = left
    roomCame = false
    if (isHolding) room ??= parts.room().then(letPass)
    return group
  }
  const letPass = () => {
    room = null
    roomCame = true
  }
  return {
    add: (receipt) => {
      const flow = flowOf({ sourceId: receipt.sourceId, kind: kindOfDoor(receipt.door) })
      waiting.push({ receipt, flow })
      if (!parts.isCrowdedBy(flow)) wake()
      start()
    },
    idle: async () => {
      while (running !== null) await running
    },
    waiting: () => waiting.length,
  }
}

/** @returns the committed receipts, or null when they may not have been committed: the senders are told to come again */
async function commit(ports: Ports, parts: GroupCommitParts, group: readonly Pending[]): Promise<ApplyItem[] | null> {
  const bodies = group.map((receipt) => toStored(receipt.body))
  const server = { id: ports.serverId, shared: parts.shared }
  const deadline = performance.now() + COMMIT_MS_MAX
  // At once again for connections that broke while they were idle: the sender need not notice. Committing twice is
  // harmless, repeats fold.
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    try {
      const ids = await within(deadline - performance.now(), insertReceipts(ports.database, server, group, bodies))
      if (ids.length === group.length) return toItems(group, bodies, ids)
      await parts.onClosed()
    } catch (error) {
      const again = attempt < ATTEMPTS_MAX && (isDatabaseAway(error) || isRetryable(error)) && performance.now() < deadline
      if (!again) {
        ports.log.warn({ err: error, receipts: group.length }, 'receipts could not be committed; their senders are told to come again')
        return null
      }
    }
  }
  return null
}
/** One more than a pool has connections that a restart of Postgres may have broken all at once. */
const ATTEMPTS_MAX = 5

function toItems(group: readonly Pending[], bodies: readonly { digest: string }[], ids: readonly number[]): ApplyItem[] {
  return group.map((receipt, index) => {
    const id = ids[index]
    if (id === undefined || (index > 0 && id <= (ids[index - 1] ?? 0))) throw new Error('receipts were numbered out of order')
    receipt.kept?.(id)
    if (receipt.received.kind === 'signals') signalsReceivedTotal.inc({ door: receipt.door }, receipt.received.signals.length)
    return toItem({ ...receipt, receiptId: id, digest: bodies[index]?.digest ?? '' })
  })
}

class CommitTookTooLong extends Error {}

/** @throws {CommitTookTooLong} while `work` goes on: what it does is then not known */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new CommitTookTooLong(`no commit within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
