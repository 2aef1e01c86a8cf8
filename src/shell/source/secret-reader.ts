/** The secrets of sources in clear, in memory alone: decrypted, or taken from the variable that is named, now and then anew. */
import type { Ports } from '../ports.ts'
import { openSealer } from './seal.ts'
import type { SecretRow } from './secret-store.ts'

/** A file that a variable names may change; one that could not be read may have been put there. */
const READ_AGAIN_MS = 10_000
const KNOWN_MAX = 20_000

/** @returns a function that never throws: null for a secret that this server cannot read */
export function openSecretReader({ config }: Pick<Ports, 'config'>): (secret: SecretRow) => string | null {
  const sealer = openSealer(config)
  const known = new Map<string, { readonly text: string | null; readonly at: number }>()
  const read = ({ sealed, variable, sourceId }: SecretRow): string | null => {
    if (sealed !== null) return sealer.open(sealed, sealedFor(sourceId))
    try {
      // An empty secret is none: anybody could sign with it.
      return config.findSecret(variable ?? '') || null
    } catch {
      return null
    }
  }
  return (secret) => {
    const found = known.get(secret.id)
    if (found !== undefined && performance.now() - found.at < READ_AGAIN_MS) return found.text
    if (known.size >= KNOWN_MAX) known.clear()
    const text = read(secret)
    known.set(secret.id, { text, at: performance.now() })
    return text
  }
}

/** What a sealed secret belongs to: one moved to another source's row opens nothing. */
export function sealedFor(sourceId: string): string {
  return `source:${sourceId}`
}
