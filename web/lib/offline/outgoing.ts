/**
 * Acknowledgements that were pressed where no server answered: kept in the browser, sent when one does, by an open page or
 * by the service worker, whichever comes first. Each is sent under its own key, so that it counts once.
 */
import { type Answer, giveUp, isTooOld, judge, type Outgoing, SHOWN_FOR_MS } from './outgoing-judge.ts'
import { drop, dropAll, keep, listKept } from './store.ts'

const CHANNEL = 'tocsin-outgoing'
const SYNC_TAG = 'tocsin-outgoing'
const TIMEOUT_MS = 15_000
/** More wait on no phone; the oldest would be sent first. */
const KEPT_MAX = 50

export function acknowledgePath(ref: string): string {
  return `/api/v1/incidents/${encodeURIComponent(ref)}/acknowledge`
}

export async function listOutgoing(): Promise<readonly Outgoing[]> {
  const all = (await listKept('outgoing')) as readonly Outgoing[]
  return [...all].sort((one, other) => one.at - other.at)
}

/** @throws where the browser keeps nothing */
export async function queueOutgoing(entry: Pick<Outgoing, 'id' | 'personId' | 'path' | 'number'>, now: number): Promise<void> {
  const all = await listOutgoing()
  const same = all.find((other) => other.path === entry.path && other.state !== 'sent')
  if (same !== undefined) await drop('outgoing', same.id)
  else if (all.length >= KEPT_MAX && all[0] !== undefined) await drop('outgoing', all[0].id)
  await keep('outgoing', entry.id, { ...entry, at: now, state: 'waiting', reason: 'The server cannot be reached.', settledAt: null })
  tell()
}

export async function forgetOutgoing(id: string): Promise<void> {
  await drop('outgoing', id)
  tell()
}

export async function wipeOutgoing(): Promise<void> {
  await dropAll('outgoing')
  tell()
}

/** Calls back after every change, in this window or another. @returns how to stop */
export function onOutgoing(listener: () => void): () => void {
  if (typeof BroadcastChannel === 'undefined') return () => undefined
  const channel = new BroadcastChannel(CHANNEL)
  channel.addEventListener('message', listener)
  return () => channel.close()
}

function tell(): void {
  if (typeof BroadcastChannel === 'undefined') return
  const channel = new BroadcastChannel(CHANNEL)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no other origin
  channel.postMessage('changed')
  channel.close()
}

/** Asks the browser to wake the service worker when there is a network; not all browsers can. */
export async function askForSync(registration: ServiceWorkerRegistration): Promise<void> {
  const { sync } = registration as { readonly sync?: { readonly register: (tag: string) => Promise<void> } }
  await sync?.register(SYNC_TAG).catch(() => undefined)
}

/** Sends what waits, one window at a time. @returns true when nothing waits any more */
export async function sendOutgoing(now: () => number): Promise<boolean> {
  if ('locks' in navigator) return navigator.locks.request(CHANNEL, () => sendAll(now))
  return sendAll(now)
}

async function sendAll(now: () => number): Promise<boolean> {
  const all = await listOutgoing()
  for (const entry of all) if (entry.settledAt !== null && now() - entry.settledAt > SHOWN_FOR_MS) await drop('outgoing', entry.id)
  const waiting = all.filter(({ state }) => state === 'waiting')
  if (waiting.length === 0) return true
  const me = waiting.some(({ personId }) => personId !== null) ? await whoIsSignedIn() : null
  let left = 0
  for (const entry of waiting) {
    const became = isTooOld(entry, now()) ? giveUp(entry, now()) : judge(entry, await post(entry, me), now())
    if (became.state === 'waiting') left += 1
    if (became.state !== entry.state || became.reason !== entry.reason) await keep('outgoing', entry.id, became)
  }
  tell()
  return left === 0
}

/** `status` of what was asked, with the id where somebody is. */
interface SignedIn {
  readonly status: number
  readonly id: string | null
}

/** What was pressed by one person is not sent in the name of another. */
async function whoIsSignedIn(): Promise<SignedIn> {
  try {
    const response = await fetch('/api/v1/me', { credentials: 'same-origin', signal: AbortSignal.timeout(TIMEOUT_MS) })
    return { status: response.status, id: response.ok ? ((await response.json()) as { id: string }).id : null }
  } catch {
    return { status: 0, id: null }
  }
}

async function post(entry: Outgoing, me: SignedIn | null): Promise<Answer> {
  if (entry.personId === null) return ask(entry.path, { method: 'POST', body: new URLSearchParams({ do: 'acknowledge' }) })
  if (me === null || me.id === null) return { status: me?.status ?? 0, said: '', others: [] }
  if (me.id !== entry.personId) return { status: 403, said: 'another-person', others: [] }
  const headers = { 'content-type': 'application/json', 'idempotency-key': entry.id }
  return ask(entry.path, { method: 'POST', headers, body: '{}' })
}

/** Never throws. */
export async function ask(path: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(path, { ...init, credentials: 'same-origin', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const body = (await response.json().catch(() => ({}))) as {
      readonly code?: unknown
      readonly state?: unknown
      readonly others?: unknown
    }
    const said = typeof body.code === 'string' ? body.code : typeof body.state === 'string' ? body.state : ''
    const others = Array.isArray(body.others) ? body.others.filter((name) => typeof name === 'string') : []
    return { status: response.status, said, others }
  } catch {
    return { status: 0, said: '', others: [] }
  }
}
