/** The server's API as the commands use it: one key, bounded waits, answers checked, problems told plainly. */
import { join } from 'node:path'
import { z } from 'zod'
import { Problem } from '../api/schema.ts'
import { DATA_DIR_DEFAULT } from '../config.ts'
import { readKeyFile } from '../key-file.ts'
import { type CliContext, ServerError, UsageError } from './context.ts'

export interface Api {
  /** The server's address without a trailing slash. */
  readonly url: string
  /** `path` from the root, such as `/api/v1/incidents`. @throws {ServerError} */
  readonly get: <T>(path: string, answer: z.ZodType<T>, options?: CallOptions) => Promise<T>
  /** Carries an Idempotency-Key of its own. @throws {ServerError} */
  readonly post: <T>(path: string, body: unknown, answer: z.ZodType<T>, options?: CallOptions) => Promise<T>
  readonly patch: <T>(path: string, body: unknown, answer: z.ZodType<T>) => Promise<T>
  readonly remove: (path: string) => Promise<void>
}

interface CallOptions {
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 15_000
const ANSWER_BYTES_MAX = 16 * 1024 * 1024
const PORT_DEFAULT = 4600

type Environment = CliContext['env']

/** @throws {UsageError} naming the variable that is missing or not usable. */
export function connect(env: Environment, freshId: () => string): Api {
  const url = serverUrl(env)
  const key = findKey(env)
  const call = async <T>(method: string, path: string, answer: z.ZodType<T>, body?: unknown, timeoutMs = TIMEOUT_MS): Promise<T> => {
    const headers: Record<string, string> = { authorization: `Bearer ${key}`, accept: 'application/json' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    if (method === 'POST') headers['idempotency-key'] = freshId()
    // The key goes to the address it was given for and nowhere else: redirects are not followed.
    const init: RequestInit = { method, headers, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) }
    const reply = await reach(url, () => fetch(`${url}${path}`, body === undefined ? init : { ...init, body: JSON.stringify(body) }))
    return readAnswer(url, reply, answer)
  }
  return {
    url,
    get: async (path, answer, options) => call('GET', path, answer, undefined, options?.timeoutMs),
    post: async (path, body, answer, options) => call('POST', path, answer, body, options?.timeoutMs),
    patch: async (path, body, answer) => call('PATCH', path, answer, body),
    remove: async (path) => void (await call('DELETE', path, z.unknown())),
  }
}

/**
 * TOCSIN_API_KEY; else, for the server of this machine, the key that it keeps in its data folder. That one goes nowhere
 * else: where TOCSIN_URL names a server, the file is not read. @throws {UsageError}
 */
function findKey(env: Environment): string {
  const given = env['TOCSIN_API_KEY'] ?? ''
  if (given !== '') return given
  const isElsewhere = (env['TOCSIN_URL'] ?? '') !== ''
  const dataDir = env['TOCSIN_DATA'] ?? DATA_DIR_DEFAULT
  const kept = isElsewhere ? null : readKeyFile(dataDir, 'api-key')
  if (kept !== null) return kept
  const looked = isElsewhere ? '' : `, and there is no key in ${join(dataDir, 'api-key')} that you may read (TOCSIN_DATA names the folder)`
  throw new UsageError(
    `TOCSIN_API_KEY is not set${looked}. Take the key that the server was started with, or make one in the console under API keys.`,
  )
}

/** TOCSIN_URL, else this machine's default port. @throws {UsageError} */
function serverUrl(env: Environment): string {
  const given = env['TOCSIN_URL']
  if (given === undefined || given === '') return `http://127.0.0.1:${env['TOCSIN_PORT'] ?? PORT_DEFAULT}`
  if (!URL.canParse(given) || !['http:', 'https:'].includes(new URL(given).protocol)) {
    throw new UsageError('TOCSIN_URL: expected the address of the server, such as https://tocsin.example.com')
  }
  return given.replace(/\/+$/, '')
}

async function reach(url: string, ask: () => Promise<Response>): Promise<Response> {
  try {
    return await ask()
  } catch (error) {
    const detail = `no answer from ${url}: ${whyUnreachable(error)}`
    const advice = 'Is the server running (`tocsin start`), and does TOCSIN_URL lead to it?'
    throw new ServerError(`${detail}\n${advice}`, { code: 'unreachable', title: 'The server cannot be reached', detail })
  }
}

function whyUnreachable(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'it took too long'
  const cause = error.cause instanceof Error ? error.cause : error
  const code = 'code' in cause ? String(cause.code) : ''
  if (/CERT|SELF_SIGNED|ISSUER/.test(code))
    return `its certificate is not trusted (${code}); NODE_EXTRA_CA_CERTS names a file with your own authority`
  return code === '' ? cause.message : `${code} ${cause.message}`
}

async function readAnswer<T>(url: string, reply: Response, answer: z.ZodType<T>): Promise<T> {
  if (reply.status >= 300 && reply.status < 400) {
    const detail = `${url} redirects to ${reply.headers.get('location') ?? 'another address'}; set TOCSIN_URL to that address`
    throw new ServerError(detail, { code: 'redirected', title: 'Not the address of the API', detail })
  }
  const text = await readBounded(reply)
  const json = parseJson(text)
  if (!reply.ok) throw refusal(reply.status, json)
  const parsed = answer.safeParse(json)
  if (parsed.success) return parsed.data
  const detail = `${url} answered something that this version of tocsin does not understand: ${z.prettifyError(parsed.error)}`
  throw new ServerError(detail, { code: 'not-understood', title: 'Not understood', detail })
}

async function readBounded(reply: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of reply.body ?? []) {
    size += chunk.byteLength
    if (size > ANSWER_BYTES_MAX) throw new ServerError('the answer is too large', { code: 'too-large', title: 'Too large' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function refusal(status: number, json: unknown): ServerError {
  const problem = Problem.partial().safeParse(json).data
  if (problem?.title === undefined) {
    return new ServerError(`the server answered ${status}`, { code: 'unexpected-status', status, title: `Status ${status}` })
  }
  const lines = [
    `${problem.title} (${problem.code ?? status})`,
    ...(problem.detail === undefined || problem.detail === problem.title ? [] : [problem.detail]),
    ...(problem.errors ?? []).map((error) => `  ${error.field}: ${error.message}`),
  ]
  return new ServerError(lines.join('\n'), problem)
}

function parseJson(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
