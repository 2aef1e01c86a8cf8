/**
 * The first integration key, where Tocsin made it itself: kept beside the data, readable by its user alone, so that
 * each start can show it. It opens the ingest doors and nothing else.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = 'ingest-key'

export function readIngestKey(dataDir: string): string | null {
  try {
    return readFileSync(join(dataDir, FILE), 'utf8').trim() || null
  } catch {
    return null
  }
}

export function keepIngestKey(dataDir: string, key: string): void {
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(join(dataDir, FILE), `${key}\n`, { mode: 0o600 })
}
