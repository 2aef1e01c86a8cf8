/** Committed receipts of this process, applied in order: everything that waits goes into the next transaction. */
import { setTimeout as sleep } from 'node:timers/promises'
import { receiptsBacklog } from '../metrics/metrics.ts'
import type { Ports } from '../ports.ts'
import { WatermarkMoved } from './apply.ts'
import type { ApplyItem } from './apply-item.ts'
import { applyUntilDone } from './apply-loop.ts'
import { openServer } from './receipt-store.ts'

export interface ApplyQueue {
  readonly add: (items: readonly ApplyItem[]) => void
  /** Receipts that wait or are being applied. */
  readonly size: () => number
  readonly signals: () => number
  /** Resolves when so few signals wait that more may come. */
  readonly room: () => Promise<void>
  /** Reads the watermark, making or reopening this server's row; nothing is applied before the first call. */
  readonly open: () => Promise<void>
  readonly idle: () => Promise<void>
  readonly stop: () => void
}

/** Signals in one transaction: bounds its time and its memory. */
const BATCH_SIGNALS_MAX = 8_000
/** Signals that may wait, about 2 KB each; past it commits wait. One message may hold more by itself. */
const WAITING_SIGNALS_MAX = 24_000
/** A commit is held up no longer than this: then messages are refused by the doors' own bounds. */
const ROOM_WAIT_MS_MAX = 2_000
/** Waited after a failure that has no explanation; the receipts are kept, and the log says ERROR each time. */
const FAILURE_WAIT_MS = 1_000

export function makeApplyQueue(ports: Ports): ApplyQueue {
  let queue: ApplyItem[] = []
  let inHand = 0
  let signals = 0
  let watermark: number | null = null
  let running: Promise<void> | null = null
  let stopped = false
  const waiters: (() => void)[] = []

  const open = async () => {
    const { applied } = await ports.database.inTransaction('ingest', (tx) => openServer(tx, ports.serverId))
    watermark = applied
    keep(queue.filter((item) => item.receiptId > applied))
    start()
  }
  const keep = (items: ApplyItem[]) => {
    queue = items
    count()
  }
  const count = () => {
    signals = queue.reduce((sum, item) => sum + item.signals.length, 0)
    receiptsBacklog.set(queue.length + inHand)
    if (signals < WAITING_SIGNALS_MAX) for (const wake of waiters.splice(0)) wake()
  }
  const run = async () => {
    while (queue.length > 0 && watermark !== null && !stopped) {
      const items = take()
      try {
        await applyUntilDone(ports, { items, serverId: ports.serverId, from: watermark }, () => stopped)
        watermark = items.at(-1)?.receiptId ?? watermark
      } catch (error) {
        keep([...items, ...queue])
        if (!stopped) await settle(error)
      }
      inHand = 0
      count()
    }
  }
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
    while (end < queue.length && (end === 0 || taken + (queue[end]?.signals.length ?? 0) <= BATCH_SIGNALS_MAX)) {
      taken += queue[end]?.signals.length ?? 0
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
        signals += item.signals.length
      }
      receiptsBacklog.set(queue.length + inHand)
      start()
    },
    size: () => queue.length + inHand,
    signals: () => signals,
    room: async () => {
      if (signals < WAITING_SIGNALS_MAX || running === null) return
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
      while (running !== null) await running
    },
    stop: () => {
      stopped = true
    },
  }
}
