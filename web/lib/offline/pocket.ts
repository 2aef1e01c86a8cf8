/**
 * The pocket copy: what somebody needs when Tocsin itself is down. Encrypted under a key that the browser keeps and gives to
 * nobody, so that what lies on the disk alone tells nothing; wiped when the person signs out or is signed out.
 */
import type { Incident, OncallItem, CurrentPlaybook } from '../../../src/api/schema.ts'
import { dropAll, getKept, keep } from './store.ts'

/** Dated, and of the person who made it. */
export interface PocketCopy {
  readonly v: 1
  readonly at: number
  readonly name: string
  readonly personId: string
  readonly oncall: readonly OncallItem[]
  /** Numbers of people that this person may see, by the person's id. */
  readonly numbers: Readonly<Record<string, readonly string[]>>
  readonly incidents: readonly PocketIncident[]
  readonly playbook: CurrentPlaybook
}

export type PocketIncident = Pick<
  Incident,
  'id' | 'number' | 'title' | 'severity' | 'severity_rank' | 'phase' | 'opened_at' | 'acknowledged_at' | 'first_step' | 'paging_you'
>

const KEY = 'key'
const COPY = 'copy'
const NONCE_BYTES = 12
const WANTED = 'tocsin.pocket'

interface Sealed {
  readonly nonce: Uint8Array<ArrayBuffer>
  readonly data: ArrayBuffer
}

/** Browsers give keys only to pages that came encrypted, or from this machine. */
export function canKeepPocket(): boolean {
  return isSecureContext && typeof indexedDB !== 'undefined'
}

/** As the person chose on this device; until then, only where the page is installed. */
export function isPocketWanted(): boolean {
  const chosen = localStorage.getItem(WANTED)
  if (chosen !== null) return chosen === 'on'
  return matchMedia('(display-mode: standalone)').matches
}

export async function setPocketWanted(wanted: boolean): Promise<void> {
  localStorage.setItem(WANTED, wanted ? 'on' : 'off')
  if (!wanted) await wipePocket()
}

/** @throws where the browser keeps nothing */
export async function savePocket(copy: PocketCopy): Promise<void> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const plain = new TextEncoder().encode(JSON.stringify(copy))
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, await keyOfPocket(), plain)
  await keep('pocket', COPY, { nonce, data } satisfies Sealed)
}

/** Null: there is none, or it cannot be read. */
export async function openPocket(): Promise<PocketCopy | null> {
  try {
    const [key, sealed] = await Promise.all([getKept('pocket', KEY), getKept('pocket', COPY)])
    if (!(key instanceof CryptoKey) || sealed === undefined) return null
    const { nonce, data } = sealed as Sealed
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce }, key, data)
    return JSON.parse(new TextDecoder().decode(plain)) as PocketCopy
  } catch {
    return null
  }
}

/** The key goes with it. Never throws: a browser that keeps nothing has nothing to wipe. */
export async function wipePocket(): Promise<void> {
  await dropAll('pocket').catch(() => undefined)
}

async function keyOfPocket(): Promise<CryptoKey> {
  const found = await getKept('pocket', KEY)
  if (found instanceof CryptoKey) return found
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  await keep('pocket', KEY, made)
  return made
}
