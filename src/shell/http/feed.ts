/**
 * One reader of the feed a process, fanning out to its clients. It runs only while somebody listens; a hint makes it
 * look at once, a poll finds what a hint of another process could not tell.
 */
import type { Ports } from '../ports.ts'
import { comparePlaces, type FeedPlace, type FeedRow, findFeedEnd, readFeed } from './feed-store.ts'

export interface FeedListener {
  /** Called in order. Must not throw. */
  readonly take: (rows: readonly FeedRow[]) => void
}

export interface Feed {
  /** From now on `listener` gets what comes; answers the place just before that. */
  readonly join: (listener: FeedListener) => Promise<FeedPlace>
  readonly leave: (listener: FeedListener) => void
  /** Events after `place` up to the feed's end, or null when they are too many or the place is none of this database. */
  readonly catchUp: (place: FeedPlace) => Promise<FeedRow[] | null>
  readonly stop: () => void
}

const POLL_MS = 250
const BATCH = 500
/** A reader further behind than this fetches everything anew. */
const CATCH_UP_MAX = 2_000

export function openFeed(ports: Ports): Feed {
  const listeners = new Set<FeedListener>()
  let place: FeedPlace | null = null
  let reading: Promise<void> | null = null
  let again = false
  let timer: NodeJS.Timeout | undefined

  const readOnce = async () => {
    const from = place ?? (await ports.database.inTransaction('main', findFeedEnd))
    const rows = place === null ? [] : await ports.database.inTransaction('main', (tx) => readFeed(tx, from, BATCH))
    const last = rows.at(-1)
    place = last === undefined ? from : { tx: last.tx, position: last.position }
    if (rows.length > 0) for (const listener of listeners) listener.take(rows)
    if (rows.length === BATCH) again = true
  }
  const read = (): Promise<void> => {
    if (reading !== null) {
      again = true
      return reading
    }
    reading = readOnce()
      .catch((error: unknown) => ports.log.debug({ err: error }, 'the feed could not be read and will be tried again'))
      .finally(() => {
        reading = null
        if (again && listeners.size > 0) {
          again = false
          void read()
        }
      })
    return reading
  }
  const watch = () => {
    timer ??= setInterval(() => void read(), ports.config.timing['feedPollMs'] ?? POLL_MS)
    timer.unref()
  }
  const rest = () => {
    clearInterval(timer)
    timer = undefined
    // A later listener starts at the end of then: reading on from an old place would be work for nobody.
    place = null
  }
  const unhint = ports.nudges.on('feed', () => {
    if (listeners.size > 0) void read()
  })
  return {
    join: async (listener) => {
      if (place === null) await read()
      if (place === null) throw new Error('the feed cannot be read')
      listeners.add(listener)
      watch()
      return place
    },
    leave: (listener) => {
      listeners.delete(listener)
      if (listeners.size === 0) rest()
    },
    catchUp: (from) => catchUp(ports, from),
    stop: () => {
      unhint()
      listeners.clear()
      rest()
    },
  }
}

async function catchUp(ports: Ports, from: FeedPlace): Promise<FeedRow[] | null> {
  return ports.database.inTransaction('main', async (tx) => {
    const end = await findFeedEnd(tx)
    // A transaction that has not been yet: the reader knew another database, before a restore.
    if (BigInt(from.tx) > BigInt(end.tx) + 1n) return null
    const rows = await readFeed(tx, from, CATCH_UP_MAX + 1)
    return rows.length > CATCH_UP_MAX ? null : rows
  })
}

/** Whether that row is news to a reader who has read up to `place`. */
export function isAfter(row: FeedRow, place: FeedPlace): boolean {
  return comparePlaces(row, place) > 0
}
