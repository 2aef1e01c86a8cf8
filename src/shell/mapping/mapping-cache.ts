/**
 * Mappings in memory: no message costs a query to know its mapping. A version never changes, so the texts of all versions
 * are shared by the whole process; which one is in force is read again each second, and at once where it was changed.
 */
import type { Ports } from '../ports.ts'
import { countMappings, loadMappings } from './mapping-store.ts'

export interface MappingInForce {
  /** Of the version: kept with each receipt that was read by it. */
  readonly id: string
  readonly text: string
}

export interface MappingCache {
  readonly inForce: (sourceId: string) => MappingInForce | undefined
  /** False until they have been read once: no mapped message may be taken before. */
  readonly ready: () => boolean
  /** Resolves when they have been read once. */
  readonly loaded: () => Promise<void>
  /** @throws when the database is away */
  readonly refresh: () => Promise<void>
  readonly stop: () => void
}

/** Kept with a receipt whose message was read by a mapping. */
export const MAPPING_HEADER = 'x-tocsin-mapping'
const REFRESH_MS = 1_000
const RETRY_MS = 250

const texts = new Map<string, string>()
const caches = new WeakMap<Ports, MappingCache>()

/** Of any version that this process has seen. */
export function mappingText(id: string | undefined): string | undefined {
  return id === undefined ? undefined : texts.get(id)
}

/** Of this process, where an intake runs in it. */
export function findMappingCache(ports: Ports): MappingCache | undefined {
  return caches.get(ports)
}

export function openMappingCache(ports: Ports): MappingCache {
  let bySource: ReadonlyMap<string, MappingInForce> | null = null
  let known = -1
  let running: Promise<void> | null = null
  let stopped = false
  const { promise: loaded, resolve: tellLoaded } = Promise.withResolvers<void>()
  let timer: NodeJS.Timeout | undefined

  const read = async (): Promise<void> => {
    await ports.database.inTransaction('main', async (tx) => {
      const count = await countMappings(tx)
      if (count === known) return
      const versions = await loadMappings(tx)
      const inForce = new Map<string, MappingInForce>()
      for (const { id, sourceId, mapping } of versions) {
        const text = JSON.stringify(mapping)
        if (mapping === null) inForce.delete(sourceId)
        else {
          texts.set(id, text)
          inForce.set(sourceId, { id, text })
        }
      }
      bySource = inForce
      known = count
    })
    tellLoaded()
  }
  const refresh = async (): Promise<void> => {
    await running?.catch(() => undefined)
    running = read()
    await running
  }
  const go = async (): Promise<void> => {
    await refresh().catch(() => undefined)
    if (!stopped) timer = setTimeout(() => void go(), bySource === null ? RETRY_MS : REFRESH_MS).unref()
  }
  void go()
  const cache: MappingCache = {
    inForce: (sourceId) => bySource?.get(sourceId),
    ready: () => bySource !== null,
    loaded: () => loaded,
    refresh,
    stop: () => {
      stopped = true
      clearTimeout(timer)
      tellLoaded()
      caches.delete(ports)
    },
  }
  caches.set(ports, cache)
  return cache
}
