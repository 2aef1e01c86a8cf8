/** Push messages on this very device: whether its browser can, and how it subscribes and stops. */
import type { PushBody, PushDevice } from '../../src/api/schema.ts'
import { removePush, subscribePush } from '../api/push.ts'

export type PushAbility =
  | 'ready'
  /** The page came without encryption: browsers give push to no such page. */
  | 'insecure'
  /** iOS and iPadOS give it to a page on the home screen alone. */
  | 'install-first'
  /** The person, or whoever manages the device, said no: only the browser's settings change that. */
  | 'denied'
  | 'unsupported'

const MINE = 'tocsin.push'

interface Surroundings {
  readonly secure: boolean
  readonly push: boolean
  readonly apple: boolean
  readonly installed: boolean
  readonly permission: NotificationPermission | null
}

export function pushAbility(): PushAbility {
  return abilityOf({
    secure: isSecureContext,
    push: 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window,
    apple: /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1),
    installed: isInstalled(),
    permission: 'Notification' in window ? Notification.permission : null,
  })
}

export function abilityOf({ secure, push, apple, installed, permission }: Surroundings): PushAbility {
  if (!secure) return 'insecure'
  if (!push) return apple && !installed ? 'install-first' : 'unsupported'
  return permission === 'denied' ? 'denied' : 'ready'
}

/** On the home screen, without the browser around it. */
export function isInstalled(): boolean {
  return matchMedia('(display-mode: standalone)').matches || (navigator as { readonly standalone?: boolean }).standalone === true
}

/** Id of this device on the server, where it has subscribed and the browser still knows; null: it takes no push. */
export async function findThisDevice(): Promise<string | null> {
  if (pushAbility() !== 'ready') return null
  const registration = await navigator.serviceWorker.getRegistration()
  const subscription = await registration?.pushManager.getSubscription()
  const mine = readMine()
  return subscription != null && mine?.endpoint === subscription.endpoint ? mine.id : null
}

/** Asks the person where the browser has to. @throws a sentence for the person, or what the server said */
export async function startPush(publicKey: string, name: string): Promise<PushDevice> {
  if ((await Notification.requestPermission()) !== 'granted')
    throw new Error('The browser was told not to show notifications of this page.')
  const registration = await readyWorker()
  const key = bytesOf(publicKey)
  const before = await registration.pushManager.getSubscription()
  if (before !== null && !sameBytes(before.options.applicationServerKey, key)) await before.unsubscribe()
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  const { keys = {} } = subscription.toJSON()
  const body: PushBody = { name, endpoint: subscription.endpoint, keys: { p256dh: keys['p256dh'] ?? '', auth: keys['auth'] ?? '' } }
  const device = await subscribePush(body)
  localStorage.setItem(MINE, JSON.stringify({ id: device.id, endpoint: subscription.endpoint }))
  return device
}

const READY_MS_MAX = 15_000

/** The browser waits for ever for a worker that could not be installed. */
async function readyWorker(): Promise<ServiceWorkerRegistration> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new Error('The part of this page that takes push messages did not start. Reload the page and try again.')),
    READY_MS_MAX,
  )
  try {
    return await Promise.race([navigator.serviceWorker.ready, late])
  } finally {
    clearTimeout(timer)
  }
}

/** This device takes no more of them; the server is told where it can be reached. */
export async function stopPush(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration()
  const subscription = await registration?.pushManager?.getSubscription()
  const mine = readMine()
  localStorage.removeItem(MINE)
  await subscription?.unsubscribe()
  if (mine !== null) await removePush(mine.id).catch(() => undefined) // else its push service tells the server with the next page
}

function readMine(): { readonly id: string; readonly endpoint: string } | null {
  try {
    const mine = JSON.parse(localStorage.getItem(MINE) ?? 'null') as { readonly id?: unknown; readonly endpoint?: unknown } | null
    return typeof mine?.id === 'string' && typeof mine.endpoint === 'string' ? { id: mine.id, endpoint: mine.endpoint } : null
  } catch {
    return null
  }
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (letter) => letter.codePointAt(0) ?? 0)
}

function sameBytes(one: ArrayBuffer | null, other: Uint8Array): boolean {
  if (one === null || one.byteLength !== other.length) return false
  const bytes = new Uint8Array(one)
  return other.every((byte, place) => byte === bytes[place])
}
