/** As much of a service worker's world as ours uses: TypeScript has it only in place of a page's. */

export interface Waiting extends Event {
  readonly waitUntil: (work: Promise<unknown>) => void
}
export interface FetchAsked extends Waiting {
  readonly request: Request
  readonly respondWith: (answer: Promise<Response>) => void
}
export interface Pushed extends Waiting {
  readonly data: { readonly text: () => string } | null
}
/** The browser has another subscription now, or none; what it was before where the browser says so. */
export interface Renewed extends Waiting {
  readonly newSubscription?: PushSubscription | null
  readonly oldSubscription?: PushSubscription | null
}
export interface Clicked extends Waiting {
  readonly action: string
  readonly notification: { readonly data: unknown; readonly close: () => void }
}
export interface Window {
  readonly url: string
  readonly focus: () => Promise<unknown>
  readonly navigate: (url: string) => Promise<unknown>
  readonly postMessage: (message: unknown) => void
}

/** What notifications have beside what TypeScript knows of them. */
export interface Notice extends NotificationOptions {
  readonly actions?: readonly { readonly action: string; readonly title: string }[]
  readonly renotify?: boolean
  readonly timestamp?: number
}

export interface WorkerScope {
  readonly location: { readonly origin: string }
  readonly skipWaiting: () => Promise<void>
  readonly registration: {
    readonly showNotification: (title: string, options: Notice) => Promise<void>
    readonly pushManager: { readonly subscribe: (options: unknown) => Promise<PushSubscription> }
  }
  readonly clients: {
    readonly claim: () => Promise<void>
    readonly matchAll: (options: { readonly type: 'window'; readonly includeUncontrolled: boolean }) => Promise<readonly Window[]>
    readonly openWindow: (url: string) => Promise<unknown>
  }
  readonly addEventListener: {
    (type: 'install' | 'activate' | 'sync', listener: (event: Waiting) => void): void
    (type: 'fetch', listener: (event: FetchAsked) => void): void
    (type: 'pushsubscriptionchange', listener: (event: Renewed) => void): void
    (type: 'push', listener: (event: Pushed) => void): void
    (type: 'notificationclick', listener: (event: Clicked) => void): void
  }
}
