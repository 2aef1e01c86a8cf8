/** One request to the API: JSON in and out, a time limit, an idempotency key on every POST, errors as `ApiError`. */
import { learnServerTime } from '../lib/now.ts'
import { ApiError, type FieldError } from './problem.ts'

const TIMEOUT_MS = 15_000

/** Tells `trouble` when a request found no server: the live feed then doubts a line that only seems to be open. */
export const network = new EventTarget()

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** Sent again with the same key, a POST happens once. Made fresh when absent. */
  readonly idempotencyKey?: string
}

/** `path` below `/api/v1`. @throws ApiError for everything that is not a 2xx. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path.startsWith('/') ? path : `/api/v1/${path}`, options)
  learnServerTime(response.headers.get('date'))
  if (response.status === 502 || response.status === 504) network.dispatchEvent(new Event('trouble'))
  if (!response.ok) throw await readProblem(response)
  if (response.status === 204) return undefined as T
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

async function send(url: string, options: RequestOptions): Promise<Response> {
  const method = options.method ?? 'GET'
  const headers = new Headers({ accept: 'application/json' })
  if (options.body !== undefined) headers.set('content-type', 'application/json')
  if (method === 'POST') headers.set('idempotency-key', options.idempotencyKey ?? freshKey())
  const limit = AbortSignal.timeout(TIMEOUT_MS)
  try {
    return await fetch(url, {
      method,
      headers,
      credentials: 'same-origin',
      signal: options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]),
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    })
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    const timedOut = limit.aborted
    network.dispatchEvent(new Event('trouble'))
    throw new ApiError({
      status: 0,
      code: timedOut ? 'timeout' : 'unreachable',
      message: timedOut ? 'The server did not answer in time' : 'The server could not be reached',
    })
  }
}

/** `crypto.randomUUID` is only there on https and localhost; a console inside a network may be on plain http. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function readProblem(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Record<string, unknown>
  const text = (name: string): string | undefined => (typeof problem[name] === 'string' ? problem[name] : undefined)
  return new ApiError({
    status: response.status,
    code: text('code') ?? `status-${response.status}`,
    message: text('detail') ?? text('title') ?? `The server answered ${response.status}`,
    fields: readFields(problem['errors']),
  })
}

function readFields(errors: unknown): FieldError[] {
  if (!Array.isArray(errors)) return []
  return errors.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return []
    const facts = entry as Record<string, unknown>
    const field = facts['field'] ?? facts['path'] ?? facts['pointer']
    const message = facts['message'] ?? facts['detail']
    return typeof field === 'string' && typeof message === 'string' ? [{ field, message }] : []
  })
}
