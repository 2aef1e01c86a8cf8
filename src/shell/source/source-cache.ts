/**
 * The open sources in memory, so that no message costs a query to know its key. Read again twice a second: a revoked key
 * is out within a second. A key that is not there makes one more reading, shared by all that wait and at most ten a
 * second, so that a flood of wrong keys costs the database nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instant } from '../../core/time.ts'
import type { Ports } from '../ports.ts'
import { hashKey, loadOpenSources, type OpenSource } from './source-store.ts'

export interface SourceCache {
  /** From memory alone. */
  readonly find: (key: string) => OpenSource | undefined
  /** After a fresh look. @throws when the database is away and the key is not known. */
  readonly findFresh: (key: string) => Promise<OpenSource | undefined>
  /** The domain's now, from the database's clock as last seen and this process's steady one; null before the first look. */
  readonly now: () => Instant | null
  readonly stop: () => void
}

const REFRESH_MS = 500
/** A difference of so much is no late answer: the database's clock was set back. */
const SET_BACK_MS_MIN = 2_000
/** Unknown keys wait this long and share one reading. */
const FRESH_LOOK_GAP_MS = 100
const KEY_CHARS_MAX = 256

export function openSourceCache(ports: Ports): SourceCache {
  let byHash: ReadonlyMap<string, OpenSource> = new Map()
  let clock: { readonly now: Instant; readonly at: number } | null = null
  let running: Promise<void> | null = null
  let asked: Promise<void> | null = null

  const now = () => (clock === null ? null : clock.now + Math.floor(performance.now() - clock.at))
  /** An answer that came late, because this process was busy, would put the clock back: the quickest answer is right. */
  const setClock = (reading: Instant) => {
    const expected = now()
    if (expected !== null && reading < expected && expected - reading < SET_BACK_MS_MIN) return
    clock = { now: reading, at: performance.now() }
  }
  const read = async () => {
    const sources = await ports.database.inTransaction('ingest', async (tx) => {
      setClock(tx.now)
      return loadOpenSources(tx)
    })
    byHash = new Map(sources.map((source) => [source.keyHash, source]))
  }
  const refresh = () => {
    running ??= read().finally(() => {
      running = null
    })
    return running
  }
  /** A reading that begins after the question, shared by all who ask meanwhile. */
  const lookAgain = async () => {
    await sleep(FRESH_LOOK_GAP_MS)
    asked = null
    await running?.catch(() => undefined)
    await refresh()
  }
  const find = (key: string) => (key.length > KEY_CHARS_MAX ? undefined : byHash.get(hashKey(key)))
  const timer = setInterval(() => void refresh().catch(() => undefined), REFRESH_MS)
  timer.unref()
  void refresh().catch(() => undefined)
  return {
    find,
    findFresh: async (key) => {
      asked ??= lookAgain()
      await asked
      return find(key)
    },
    now,
    stop: () => clearInterval(timer),
  }
}
