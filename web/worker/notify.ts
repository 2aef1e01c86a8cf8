/** What a push message shows, and what its buttons do. Texts in it came from alerts: they are shown as text, never as more. */
import { describe, judge, type Outgoing } from '../lib/offline/outgoing-judge.ts'
import { ask, askForSync, queueOutgoing, sendOutgoing } from '../lib/offline/outgoing.ts'
import { deviceName } from '../lib/device-name.ts'
import type { Notice, Renewed, WorkerScope } from './scope.ts'

/** As src/integrations/web-push/payload.ts writes it. */
export interface PushText {
  readonly v: 1
  readonly kind: 'page' | 'notice' | 'test'
  readonly title: string
  readonly body: string
  readonly tag: string
  readonly number: number
  readonly acknowledge: string | null
  readonly incident: string | null
  readonly at: number
}

const LOOK = { icon: '/icon-192.png', badge: '/badge-96.png' } as const
const ACKNOWLEDGE = { action: 'acknowledge', title: 'Acknowledge' } as const
const OPEN = { action: 'open', title: 'Open' } as const

export function takePushes(scope: WorkerScope): void {
  scope.addEventListener('push', (event) => event.waitUntil(showPush(scope, readPush(event.data?.text() ?? ''))))
  scope.addEventListener('notificationclick', (event) => {
    event.notification.close()
    const text = readData(event.notification.data)
    event.waitUntil(
      event.action === ACKNOWLEDGE.action && text?.acknowledge != null ? pressAcknowledge(scope, text) : open(scope, event.action, text),
    )
  })
  scope.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(scope, event)))
  scope.addEventListener('sync', (event) => event.waitUntil(sendAgain()))
}

/** Anything at all may come: what cannot be read is still shown, for somebody may be paged by it. */
export function readPush(text: string): PushText | null {
  try {
    return readData(JSON.parse(text))
  } catch {
    return null
  }
}

function readData(data: unknown): PushText | null {
  if (typeof data !== 'object' || data === null) return null
  const { kind, title, body, tag, number, acknowledge, incident, at } = data as Record<string, unknown>
  if (kind !== 'page' && kind !== 'notice' && kind !== 'test') return null
  if (typeof title !== 'string' || typeof body !== 'string' || typeof tag !== 'string' || typeof number !== 'number') return null
  const shownAt = typeof at === 'number' ? at : 0
  return { v: 1, kind, title, body, tag, number, acknowledge: pathOf(acknowledge), incident: pathOf(incident), at: shownAt }
}

/** Of this server alone: never the address of another. */
function pathOf(path: unknown): string | null {
  return typeof path === 'string' && /^\/(?![/\\])/.test(path) ? path : null
}

async function showPush(scope: WorkerScope, text: PushText | null): Promise<void> {
  if (text === null) {
    await scope.registration.showNotification('Tocsin has something for you', { ...LOOK, body: 'Open it to see what.', tag: 'unread' })
    return
  }
  const page = text.kind === 'page'
  await scope.registration.showNotification(text.title, {
    ...LOOK,
    body: text.body,
    tag: text.tag,
    renotify: true,
    requireInteraction: page,
    timestamp: text.at,
    data: text,
    actions: page ? [ACKNOWLEDGE, OPEN] : text.incident === null ? [] : [OPEN],
  })
  if (page && text.acknowledge !== null) await ask(`${text.acknowledge}/shown`, { method: 'POST', body: new URLSearchParams() })
  // A client of a worker is no window of another site: it is of this origin.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  for (const client of await windowsOf(scope)) client.postMessage({ type: 'tocsin-push-shown', kind: text.kind })
}

/** The notification that was pressed makes place for one that says what came of it. */
async function pressAcknowledge(scope: WorkerScope, text: PushText): Promise<void> {
  const entry: Outgoing = {
    id: `push-${text.acknowledge ?? ''}`,
    personId: null,
    path: `${text.acknowledge ?? ''}/act`,
    number: text.number > 0 ? text.number : null,
    at: Date.now(),
    state: 'waiting',
    reason: '',
    settledAt: null,
  }
  const became = judge(entry, await ask(entry.path, { method: 'POST', body: new URLSearchParams({ do: 'acknowledge' }) }), Date.now())
  const kept = became.state === 'waiting' ? await keepForLater(scope, entry) : false
  await scope.registration.showNotification(describe(became), {
    ...LOOK,
    tag: text.tag,
    data: text,
    body: became.state === 'waiting' ? `${became.reason} ${kept ? LATER : NOT_KEPT}` : became.reason,
    requireInteraction: became.state !== 'sent',
    actions: became.state === 'waiting' ? [ACKNOWLEDGE, OPEN] : [OPEN],
  } satisfies Notice)
}

const LATER = 'It is sent when there is a network, within the hour. Until then others are paged.'
const NOT_KEPT = 'Press again when there is a network.'

async function keepForLater(scope: WorkerScope, entry: Outgoing): Promise<boolean> {
  try {
    await queueOutgoing(entry, Date.now())
    await askForSync(scope.registration as unknown as ServiceWorkerRegistration)
    return true
  } catch {
    return false
  }
}

/** @throws while something waits: the browser then asks again, ever later. */
async function sendAgain(): Promise<void> {
  if (!(await sendOutgoing(() => Date.now()))) throw new Error('something still waits to be sent')
}

/** The browser gave itself another address: the server is told, else it writes to the old one until that is refused. */
async function renew(scope: WorkerScope, { newSubscription, oldSubscription }: Renewed): Promise<void> {
  const { applicationServerKey } = oldSubscription?.options ?? {}
  const made =
    newSubscription ??
    (applicationServerKey == null ? null : await scope.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }))
  if (made === null) return
  const { keys = {} } = made.toJSON()
  const body = { name: deviceName(), endpoint: made.endpoint, keys: { p256dh: keys['p256dh'] ?? '', auth: keys['auth'] ?? '' } }
  await ask('/api/v1/me/push', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
}

/** A tap opens the page that acknowledges, which needs no sign-in; the button opens the incident. */
async function open(scope: WorkerScope, action: string, text: PushText | null): Promise<void> {
  const path = (action === OPEN.action ? text?.incident : (text?.acknowledge ?? text?.incident)) ?? '/home'
  const [window] = await windowsOf(scope)
  if (window === undefined) {
    await scope.clients.openWindow(path)
    return
  }
  await window.focus()
  await window.navigate(path)
}

function windowsOf(scope: WorkerScope): ReturnType<WorkerScope['clients']['matchAll']> {
  return scope.clients.matchAll({ type: 'window', includeUncontrolled: true })
}
