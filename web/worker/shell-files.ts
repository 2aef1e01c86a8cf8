/**
 * The console opens without a network, and while Tocsin is down: its files are kept, and nothing that the API answers.
 * A page is asked for first and taken from what is kept when nobody answers; files whose name is their digest never change.
 */
import type { WorkerScope } from './scope.ts'

export interface Shell {
  /** Of this build. */
  readonly version: string
  /** What home and the pocket copy need, as paths. */
  readonly files: readonly string[]
}

const PAGE = '/'
const PREFIX = 'tocsin-shell-'
const ANSWER_MS_MAX = 4_000
/** Answers of a proxy whose server is away. */
const AWAY = new Set([502, 503, 504])
/** Pages that the server renders itself, and what is no page: they are never answered from here. */
const NOT_CONSOLE = /^\/(?:api|a|hooks|v2|generic|alertmanager|jsm|callbacks|report|status|metrics|healthz|readyz|sign-in\/.+)(?:\/|$)/

export function keepShell(scope: WorkerScope, shell: Shell): void {
  const name = `${PREFIX}${shell.version}`
  const listed = new Set(shell.files)
  scope.addEventListener('install', (event) => event.waitUntil(fill(name, shell.files).then(() => scope.skipWaiting())))
  scope.addEventListener('activate', (event) => event.waitUntil(dropOthers(name).then(() => scope.clients.claim())))
  scope.addEventListener('fetch', (event) => {
    const { request } = event
    const url = new URL(request.url)
    if (request.method !== 'GET' || url.origin !== scope.location.origin) return
    if (request.mode === 'navigate') {
      if (isConsolePage(url.pathname)) event.respondWith(openPage(request, name))
      return
    }
    if (url.pathname.startsWith('/assets/') || listed.has(url.pathname)) event.respondWith(openFile(request, name))
  })
}

async function fill(name: string, files: readonly string[]): Promise<void> {
  const cache = await caches.open(name)
  await cache.addAll([PAGE, ...files].map((path) => new Request(path, { cache: 'no-cache', credentials: 'same-origin' })))
}

async function dropOthers(name: string): Promise<void> {
  for (const other of await caches.keys()) if (other.startsWith(PREFIX) && other !== name) await caches.delete(other)
}

export function isConsolePage(path: string): boolean {
  return !NOT_CONSOLE.test(path) && !/\.[a-z0-9]+$/i.test(path)
}

async function openPage(request: Request, name: string): Promise<Response> {
  const kept = async (): Promise<Response | undefined> => (await caches.open(name)).match(PAGE)
  try {
    const answer = await inTime(fetch(request))
    return AWAY.has(answer.status) ? ((await kept()) ?? answer) : answer
  } catch (error) {
    const page = await kept()
    if (page === undefined) throw error
    return page
  }
}

async function openFile(request: Request, name: string): Promise<Response> {
  const cache = await caches.open(name)
  const kept = await cache.match(request, { ignoreVary: true })
  if (kept !== undefined) return kept
  const answer = await fetch(request)
  if (answer.ok) await cache.put(request, answer.clone())
  return answer
}

async function inTime(answer: Promise<Response>): Promise<Response> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('no answer in time')), ANSWER_MS_MAX)
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
