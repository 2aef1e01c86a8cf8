/** The service worker's handlers in a made-up world: what is shown, what a press sends, and what is kept. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readPush, takePushes } from './notify.ts'
import type { Notice, WorkerScope } from './scope.ts'
import { isConsolePage } from './shell-files.ts'

interface Shown {
  readonly title: string
  readonly options: Notice
}
const made = { endpoint: 'https://push.example.net/new', toJSON: () => ({ keys: { p256dh: 'p', auth: 'a' } }) }
type Handler = (event: object) => void

let handlers: Map<string, Handler>
let shown: Shown[]
let opened: string[]
let subscribed: object[]
let asked: { readonly path: string; readonly body: string }[]

beforeEach(() => {
  handlers = new Map()
  shown = []
  opened = []
  subscribed = []
  asked = []
  const scope = {
    location: { origin: 'https://tocsin.test' },
    registration: {
      pushManager: { subscribe: async (options: object) => (subscribed.push(options), made) },
      showNotification: async (title: string, options: Notice) => void shown.push({ title, options }),
    },
    clients: { matchAll: async () => [], openWindow: async (path: string) => void opened.push(path) },
    addEventListener: (type: string, handler: Handler) => void handlers.set(type, handler),
  }
  takePushes(scope as unknown as WorkerScope)
})
afterEach(() => vi.unstubAllGlobals())

/** The answer to everything that is asked; null: there is no network. */
function serve(answer: { readonly status: number; readonly body?: unknown } | null): void {
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    asked.push({ path, body: typeof init.body === 'string' ? init.body : (init.body as URLSearchParams).toString() })
    if (answer === null) throw new TypeError('no network')
    return new Response(JSON.stringify(answer.body ?? {}), { status: answer.status })
  })
}

async function happen(type: string, event: object): Promise<void> {
  const work: Promise<unknown>[] = []
  handlers.get(type)?.({ ...event, waitUntil: (one: Promise<unknown>) => void work.push(one) })
  await Promise.all(work)
}

const text = {
  v: 1,
  kind: 'page',
  title: '[SEV-1] API 5xx spike',
  body: 'Incident 12',
  tag: 'incident-12',
  number: 12,
  severity: 'SEV-1',
  acknowledge: '/a/token',
  incident: '/incidents/12',
  at: 1_000,
}
const push = (data: string) => happen('push', { data: { text: () => data } })
const press = (action: string, data: unknown = text) =>
  happen('notificationclick', { action, notification: { data, close: () => undefined } })

test('a page stays on the screen with its two buttons, takes the place of the one before, and tells the server that it is shown', async () => {
  serve({ status: 204 })
  await push(JSON.stringify(text))
  expect(shown).toMatchObject([
    { title: '[SEV-1] API 5xx spike', options: { tag: 'incident-12', renotify: true, requireInteraction: true } },
  ])
  expect(shown[0]?.options.actions?.map(({ action }) => action)).toEqual(['acknowledge', 'open'])
  expect(asked).toEqual([{ path: '/a/token/shown', body: '' }])
})

test.each(['', 'no json', '[]', '{"kind":"other"}', '{"kind":"page","title":1}'])(
  '%j is shown all the same: somebody may be paged by it',
  async (data) => {
    serve(null)
    await push(data)
    expect(shown.map(({ title }) => title)).toEqual(['Tocsin has something for you'])
  },
)

test('an address of another server is none', () => {
  for (const path of ['https://evil.test/a', '//evil.test', '/\\evil.test', 7, null])
    expect(readPush(JSON.stringify({ ...text, acknowledge: path, incident: path }))).toMatchObject({ acknowledge: null, incident: null })
})

test('the button acknowledges by the link of the message, and says who else has', async () => {
  serve({ status: 200, body: { state: 'acknowledged', number: 12, others: ['Ravi'] } })
  await press('acknowledge')
  expect(asked).toEqual([{ path: '/a/token/act', body: 'do=acknowledge' }])
  expect(shown).toMatchObject([{ title: 'You have INC-12', options: { tag: 'incident-12', body: 'Ravi acknowledged as well.' } }])
})

test.each([
  [{ status: 200, body: { state: 'over' } }, 'Not acknowledged: INC-12'],
  [{ status: 410, body: { state: 'gone' } }, 'Not acknowledged: INC-12'],
  [{ status: 503 }, 'Not acknowledged yet: INC-12'],
  [null, 'Not acknowledged yet: INC-12'],
])('an answer of %j is told as what it is', async (answer, title) => {
  serve(answer)
  await press('acknowledge')
  expect(shown.map((one) => one.title)).toEqual([title])
  expect(shown[0]?.options.requireInteraction).toBe(true)
})

test('where the browser keeps nothing, nothing is promised', async () => {
  serve(null)
  await press('acknowledge')
  expect(shown[0]?.options.body).toContain('Press again')
})

test('a tap opens the page that acknowledges, the button the incident, and neither acknowledges', async () => {
  serve(null)
  await press('')
  await press('open')
  await press('', null)
  expect([opened, asked]).toEqual([['/a/token', '/incidents/12', '/home'], []])
})

test('a browser that gave itself another address tells the server, with the key it had', async () => {
  serve({ status: 201 })
  const key = new ArrayBuffer(65)
  await happen('pushsubscriptionchange', { oldSubscription: { options: { applicationServerKey: key } } })
  await happen('pushsubscriptionchange', { newSubscription: made })
  await happen('pushsubscriptionchange', {})
  expect(subscribed).toEqual([{ userVisibleOnly: true, applicationServerKey: key }])
  expect(asked.map(({ path }) => path)).toEqual(['/api/v1/me/push', '/api/v1/me/push'])
  expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({ endpoint: 'https://push.example.net/new', keys: { p256dh: 'p', auth: 'a' } })
})

test('pages that the server renders, and what is no page, are never answered from what is kept', () => {
  for (const path of ['/', '/home', '/incidents/12', '/sign-in', '/account']) expect([path, isConsolePage(path)]).toEqual([path, true])
  for (const path of ['/a/token', '/api/v1/me', '/sign-in/token', '/status', '/healthz', '/hooks/json/key', '/playbook.pdf', '/report/x'])
    expect([path, isConsolePage(path)]).toEqual([path, false])
})
