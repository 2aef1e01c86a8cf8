/** Committed receipts of this process, applied in order: everything that waits goes into the next transaction. */
import { setTimeout as sleep } from 'node:timers/promises'
import { receiptsBacklog } from '../metrics/metrics.ts'
import type { Ports } from '../ports.ts'
import { WatermarkMoved } from './apply.ts'
import type { ApplyItem } from './apply-item.ts'
import { applyUntilDone } from './apply-loop.ts'
import { makeFiringHints } from './firing-hints.ts'
import { loadReceipts, openServer } from './receipt-store.ts'
import { readAgain } from './recover.ts'

export interface ApplyQueue {
  readonly add: (items: readonly ApplyItem[]) => void
  /** Receipts that wait or are being applied. */
  readonly size: () => number
  /** Of what waits, see `ApplyItem`. */
  readonly weight: () => number
  /** True while so much waits that more of this flow is better not committed: what others send must not wait for its storm. */
  readonly isCrowdedBy: (flow: string) => boolean
  /** Resolves when so little waits that more may come, or after a time that senders can wait. */
  readonly room: () => Promise<void>
  /** Reads the watermark, making or reopening this server's row; nothing is applied before the first call. */
  readonly open: () => Promise<void>
  readonly idle: () => Promise<void>
  readonly stop: () => void
}

/** Weight of what one transaction takes: bounds its time and its memory. */
const BATCH_WEIGHT_MAX = 5_000
/** Weight of what may wait, about 2 KB for each 1; past it commits wait. One message may weigh more by itself. */
const WAITING_WEIGHT_MAX = 10_000
/** Of these, what one flow may have waiting when all of it is too much: those who send little always come through. */
const FLOW_WEIGHT_MAX = 500
/** So long repeats of what fires are gathered under load, to be written once; news never wait. */
const GATHER_REPEATS_MS = 500
/** A commit is held up no longer than this: then messages are refused by the doors' own bounds. */
const ROOM_WAIT_MS_MAX = 2_000
/** Waited after a failure that has no explanation; the receipts are kept, and the log says ERROR each time. */
const FAILURE_WAIT_MS = 1_000
const LOST_A_READ = 500

const nothing = () => {}

/** What one source sends by one integration: its messages are committed in their order. */
export function flowOf({ sourceId, kind }: Pick<ApplyItem, 'sourceId' | 'kind'>): string {
  return `${sourceId}/${kind}`
}

export function makeApplyQueue(ports: Ports): ApplyQueue {
  let queue: ApplyItem[] = []
  let inHand = 0
  let weight = 0
  const weights = new Map<string, number>()
  /** Items that may be more than repeats. */
  let urgent = 0
  let lastQuietAt = -Infinity
  let wake = nothing
  const hints = makeFiringHints()
  let watermark: number | null = null
  let running: Promise<void> | null = null
  let stopped = false
  let flushing = false
  const waiters: (() => void)[] = []

  const open = async () => {
    const { applied } = await ports.database.inTransaction('ingest', (tx) => openServer(tx, ports.serverId))
    const lost = watermark !== null && applied < watermark ? await readLost(applied, watermark) : []
    watermark = applied
    keep([...lost, ...queue].filter((item) => item.receiptId > applied))
    start()
  }
  /** A crash of Postgres may undo batches that did not wait for the disk: their receipts are there, and applied again. */
  const readLost = async (above: number, upTo: number): Promise<ApplyItem[]> => {
    const lost: ApplyItem[] = []
    for (;;) {
      const from = lost.at(-1)?.receiptId ?? above
      const range = { serverId: ports.serverId, above: from, upTo, limit: LOST_A_READ }
      const receipts = await ports.database.inTransaction('ingest', (tx) => loadReceipts(tx, range))
      lost.push(...receipts.map(readAgain))
      if (receipts.length < LOST_A_READ) return lost
    }
  }
  const keep = (items: ApplyItem[]) => {
    queue = items
    count()
  }
  const weigh = (item: ApplyItem) => {
    const flow = flowOf(item)
    weight += item.weight
    weights.set(flow, (weights.get(flow) ?? 0) + item.weight)
  }
  const count = () => {
    weight = 0
    weights.clear()
    for (const item of queue) weigh(item)
    urgent = queue.reduce((sum, item) => sum + (isRepeat(item) ? 0 : 1), 0)
    receiptsBacklog.set(queue.length + inHand)
    if (weight < WAITING_WEIGHT_MAX) for (const resume of waiters.splice(0)) resume()
  }
  const run = async () => {
    while (queue.length > 0 && watermark !== null && !stopped) {
      await gather()
      const wasQuiet = urgent === 0
      const items = take()
      try {
        await applyUntilDone(ports, { items, serverId: ports.serverId, from: watermark, hints }, () => stopped)
        watermark = items.at(-1)?.receiptId ?? watermark
        lastQuietAt = wasQuiet ? performance.now() : -Infinity
      } catch (error) {
        keep([...items, ...queue])
        if (!stopped) await settle(error)
      }
      inHand = 0
      count()
    }
  }
  const isRepeat = (item: ApplyItem) =>
    item.changes.length === 0 &&
    item.signals.every((signal, index) => signal.status === 'firing' && hints.has(item.fingerprints[index] ?? ''))
  /** Repeats upon repeats wait for more of their kind; the first thing that may be news ends the wait. */
  const gather = async () => {
    const waitMs = lastQuietAt + GATHER_REPEATS_MS - performance.now()
    if (waitMs <= 0 || isPressing()) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    wake = nothing
  }
  const isPressing = () => urgent > 0 || flushing || stopped || weight >= WAITING_WEIGHT_MAX / 2
  const settle = async (error: unknown) => {
    if (!(error instanceof WatermarkMoved)) {
      ports.log.error({ err: error }, 'receipts could not be applied; they are kept and tried again')
      await sleep(FAILURE_WAIT_MS)
    }
    inHand = 0
    try {
      await open()
    } catch (cause) {
      ports.log.error({ err: cause }, 'the watermark could not be read')
    }
  }
  const take = (): ApplyItem[] => {
    let taken = 0
    let end = 0
    while (end < queue.length && (end === 0 || taken + (queue[end]?.weight ?? 0) <= BATCH_WEIGHT_MAX)) {
      taken += queue[end]?.weight ?? 0
      end += 1
    }
    const items = queue.slice(0, end)
    queue = queue.slice(end)
    inHand = items.length
    return items
  }
  const start = () => {
    if (running !== null || watermark === null || stopped || queue.length === 0) return
    running = run().finally(() => {
      running = null
      start()
    })
  }
  return {
    add: (items) => {
      for (const item of items) {
        queue.push(item)
        weigh(item)
        if (!isRepeat(item)) urgent += 1
      }
      if (isPressing()) wake()
      receiptsBacklog.set(queue.length + inHand)
      start()
    },
    size: () => queue.length + inHand,
    weight: () => weight,
    isCrowdedBy: (flow) => weight >= WAITING_WEIGHT_MAX && running !== null && (weights.get(flow) ?? 0) >= FLOW_WEIGHT_MAX,
    room: async () => {
      if (weight < WAITING_WEIGHT_MAX || running === null) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ROOM_WAIT_MS_MAX)
        waiters.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    },
    open,
    idle: async () => {
      flushing = true
      wake()
      while (running !== null) await running
      flushing = false
    },
    stop: () => {
      stopped = true
      wake()
    },
  }
}
