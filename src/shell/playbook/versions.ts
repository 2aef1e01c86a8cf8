/** Any playbook version ever loaded, parsed from the database and kept in memory. */
import type { PlaybookDigest } from '../../core/id.ts'
import { parsePlaybook } from '../../core/playbook/parse.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import type { Tx } from '../database/database.ts'
import { findVersion } from './version-store.ts'

/** Open incidents hold few versions at a time; the least recently used one goes. */
const CACHED_MAX = 64

export interface Versions {
  readonly remember: (playbook: Playbook) => void
  /** @throws when the digest is unknown, or its text is of a language that this release does not read */
  readonly load: (tx: Tx, digest: PlaybookDigest) => Promise<Playbook>
}

export function cacheVersions(): Versions {
  const cache = new Map<PlaybookDigest, Playbook>()
  const remember = (playbook: Playbook): void => {
    cache.delete(playbook.digest)
    cache.set(playbook.digest, playbook)
    const [oldest] = cache.keys()
    if (cache.size > CACHED_MAX && oldest !== undefined) cache.delete(oldest)
  }
  return {
    remember,
    load: async (tx, digest) => {
      const known = cache.get(digest) ?? (await parseStored(tx, digest))
      remember(known)
      return known
    },
  }
}

async function parseStored(tx: Tx, digest: PlaybookDigest): Promise<Playbook> {
  const source = await findVersion(tx, digest)
  if (source === undefined) throw new Error(`no playbook version ${digest}`)
  const { playbook, findings } = parsePlaybook(source, digest)
  if (playbook === null) throw new Error(`playbook version ${digest} cannot be read by this release: ${findings[0]?.message ?? ''}`)
  return playbook
}
