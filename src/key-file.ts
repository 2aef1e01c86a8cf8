/**
 * Keys that Tocsin made itself, kept beside the data, readable by its user alone: the integration key, so that each start
 * can show it, and the API key by which `tocsin` on this machine asks the server. Whoever reads that folder could read
 * the database in it as well.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type KeyFile = 'ingest-key' | 'api-key'

/** Null where there is none, or it cannot be read. */
export function readKeyFile(dataDir: string, file: KeyFile): string | null {
  try {
    return readFileSync(join(dataDir, file), 'utf8').trim() || null
  } catch {
    return null
  }
}

/** @throws when the folder cannot be written. */
export function keepKeyFile(dataDir: string, file: KeyFile, key: string): void {
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(join(dataDir, file), `${key}\n`, { mode: 0o600 })
}
