/**
 * The open sources in memory, so that no message costs a query to know its key. Read again twice a second: a revoked key
 * is out within a second. A key that is not there makes one more reading, shared by all that wait and at most ten a
 * second, so that a flood of wrong keys costs the database nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instant } from '../../core/time.ts'
import type { Ports } from '../ports.ts'
import { hashKey, loadOpenKeys } from './key-store.ts'
import { loadSecrets } from './secret-store.ts'
import { openSecretReader } from './secret-reader.ts'
import { loadOpenSources, type OpenSource } from './source-store.ts'

/** A source as one of its keys opens it. */
export interface KnownSource extends OpenSource {
  readonly keyId: string
  /** What verifies its messages, newest first; null: one that this server cannot read. */
  readonly secrets: readonly (string | null)[]
}

export interface SourceCache {
  /** From memory alone. */
  readonly find: (key: string) => KnownSource | undefined
  /** After a fresh look. @throws when the database is away and the key is not known. */
  readonly findFresh: (key: string) => Promise<KnownSource | undefined>
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
const NO_SECRETS: readonly (string | null)[] = []

interface Remembered {
  readonly observed: ReadonlySet<string>
  readonly teamless: ReadonlySet<string>
}

const caches = new WeakMap<Ports, () => Remembered | null>()

/** By memory, up to half a second old; true where this process keeps none and nobody can tell. */
export function mayBeObserved(ports: Ports, sourceId: string): boolean {
  return caches.get(ports)?.()?.observed.has(sourceId) ?? true
}

/** By memory, up to half a second old; true where nobody can tell, such as of a source that is revoked. */
export function mayHaveTeam(ports: Ports, sourceId: string): boolean {
  return caches.get(ports)?.()?.teamless.has(sourceId) !== true
}

function idsOf(found: readonly OpenSource[]): ReadonlySet<string> {
  return new Set<string>(found.map((source) => source.id))
}

export function openSourceCache(ports: Ports): SourceCache {
  const secretReader = openSecretReader(ports)
  let byHash: ReadonlyMap<string, KnownSource> = new Map()
  let remembered: Remembered | null = null
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
    const { sources, keys, secrets } = await ports.database.inTransaction('ingest', async (tx) => {
      setClock(tx.now)
      return { sources: await loadOpenSources(tx), keys: await loadOpenKeys(tx), secrets: await loadSecrets(tx) }
    })
    const byId = new Map<string, OpenSource>(sources.map((source) => [source.id, source]))
    remembered = {
      observed: idsOf(sources.filter((source) => source.observeSince !== null)),
      teamless: idsOf(sources.filter((source) => source.team === null)),
    }
    const secretsOf = Map.groupBy(secrets, (secret) => secret.sourceId)
    byHash = new Map(
      keys.flatMap(({ id, sourceId, hash }): [string, KnownSource][] => {
        const source = byId.get(sourceId)
        if (source === undefined) return []
        return [[hash, { ...source, keyId: id, secrets: secretsOf.get(source.id)?.map(secretReader) ?? NO_SECRETS }]]
      }),
    )
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
  caches.set(ports, () => remembered)
  return {
    find,
    findFresh: async (key) => {
      asked ??= lookAgain()
      await asked
      return find(key)
    },
    now,
    stop: () => {
      clearInterval(timer)
      caches.delete(ports)
    },
  }
}
