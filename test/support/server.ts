/**
 * A real server process for black-box tests: its own ports, its own data, its log kept in a file. The tests know it only
 * by what DESIGN.md's outside interface fixes, so that they hold whatever becomes of the inside.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from './port.ts'
import { inTime, waitFor } from './wait.ts'

export const ROOT = join(import.meta.dirname, '../..')
export const NODE = join(ROOT, 'node_modules/.bin/node')
export const API_KEY = 'test-api-key-0123456789abcdef'
/** 32 characters, as PagerDuty's clients expect of a routing key. */
export const INGEST_KEY = 'e93facc04764012d7bfb002500d5d1a6'

const BOOT_MS_MAX = 180_000
const STOP_MS_MAX = 20_000
const LOG_TAIL_CHARS = 6_000

export interface ServerOptions {
  /** Unset: embedded Postgres in `dataFolder`. */
  readonly databaseUrl?: string
  /** Unset: a fresh temporary folder, removed by `cleanUp`. */
  readonly dataFolder?: string
  readonly playbookFolder?: string
  /** Unset: a free one. */
  readonly port?: number
  /** Added last: overrides everything above. */
  readonly environment?: Readonly<Record<string, string>>
  /** Runs the server through this command, which must `exec` what follows so that the process id stays. */
  readonly through?: readonly string[]
  /** Return as soon as the process runs; the default waits for /readyz. */
  readonly waitUntilReady?: boolean
}

export interface RunningServer {
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly dataFolder: string
  readonly logFile: string
  /** Milliseconds since the epoch at which it was spawned, and at which /readyz was first green. */
  readonly startedAt: number
  readonly readyAt: () => number
  readonly exited: Promise<ExitReport>
  readonly hasExited: () => boolean
  readonly log: () => string
  readonly waitUntilReady: (timeoutMs?: number) => Promise<void>
  /** SIGTERM, and SIGKILL if it does not end in time (which throws: a server must stop when asked). */
  readonly stop: () => Promise<ExitReport>
  /** SIGKILL, as a crash or the kernel would. */
  readonly kill: () => Promise<ExitReport>
  readonly pause: () => void
  readonly unpause: () => void
  readonly api: (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<HttpAnswer>
  /** Ends what still runs, the embedded Postgres included, and removes the folder if it made it. */
  readonly cleanUp: () => Promise<void>
}

export interface ExitReport {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly at: number
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The parsed body, or undefined when it is no JSON. */
  readonly json: unknown
}

export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const port = options.port ?? (await findFreePort())
  const madeFolder = options.dataFolder === undefined
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'tocsin-data-'))
  const logFolder = mkdtempSync(join(tmpdir(), 'tocsin-log-'))
  const logFile = join(logFolder, 'server.log')
  const logFd = openSync(logFile, 'a')
  const [program, ...words] = [...(options.through ?? []), NODE, 'src/main.ts']
  const child = spawn(program, words, {
    cwd: ROOT,
    env: environmentOf(options, { port, dataFolder }),
    stdio: ['ignore', logFd, logFd],
  })
  closeSync(logFd)
  const pid = child.pid
  if (pid === undefined) throw new Error('the server process could not be started')
  const url = `http://127.0.0.1:${port}`
  const startedAt = Date.now()
  let readyAt = 0
  let exit: ExitReport | undefined
  const exited = watchExit(child).then((report) => {
    exit = report
    return report
  })
  const log = (): string => readFileSync(logFile, 'utf8')
  const waitUntilReady = async (timeoutMs = BOOT_MS_MAX): Promise<void> => {
    await waitFor(
      `${url}/readyz to be green`,
      async () => {
        if (exit !== undefined) return true
        return (await send(url, 'GET', '/readyz')).status === 200
      },
      { timeoutMs, explain: () => tail(log()) },
    )
    if (exit !== undefined) throw new Error(`the server ended with ${exit.code ?? exit.signal} before it was ready\n${tail(log())}`)
    readyAt = Date.now()
  }
  const kill = async (): Promise<ExitReport> => {
    if (exit === undefined) child.kill('SIGKILL')
    return exited
  }
  const server: RunningServer = {
    url,
    port,
    pid,
    dataFolder,
    logFile,
    startedAt,
    readyAt: () => readyAt,
    exited,
    hasExited: () => exit !== undefined,
    log,
    waitUntilReady,
    stop: async () => {
      if (exit === undefined) child.kill('SIGTERM')
      const report = await inTime(exited, STOP_MS_MAX)
      if (report !== undefined) return report
      await kill()
      throw new Error(`the server did not stop within ${STOP_MS_MAX} ms of SIGTERM\n${tail(log())}`)
    },
    kill,
    pause: () => void child.kill('SIGSTOP'),
    unpause: () => void child.kill('SIGCONT'),
    api: (method, path, body, headers) => send(url, method, path, body, { authorization: `Bearer ${API_KEY}`, ...headers }),
    cleanUp: async () => {
      await kill()
      await endEmbeddedPostgres(dataFolder)
      if (madeFolder) rmSync(dataFolder, { recursive: true, force: true })
      if (process.env['TOCSIN_TEST_KEEP_LOGS'] === undefined) rmSync(logFolder, { recursive: true, force: true })
    },
  }
  if (options.waitUntilReady !== false) {
    try {
      await waitUntilReady()
    } catch (error) {
      await server.cleanUp()
      throw error
    }
  }
  return server
}

/** The last lines of a log, for the message of a failing test. */
export function tail(text: string): string {
  return text.slice(-LOG_TAIL_CHARS)
}

/** One request on a connection of its own; never throws away the body. @throws on a broken connection. */
export function send(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
  timeoutMs = 15_000,
): Promise<HttpAnswer> {
  const payload = body === undefined ? undefined : typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, {
      method,
      agent: false,
      timeout: timeoutMs,
      headers: {
        ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        ...headers,
      },
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms to ${method} ${path}`)))
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: incoming.statusCode ?? 0, headers: flatten(incoming.headers), text, json: parseOrNothing(text) })
      })
    })
    outgoing.end(payload)
  })
}

function environmentOf(options: ServerOptions, own: { port: number; dataFolder: string }): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '/tmp',
    TMPDIR: tmpdir(),
    ...compiledCode(),
    NODE_ENV: 'test',
    TOCSIN_PORT: String(own.port),
    TOCSIN_HOST: '127.0.0.1',
    TOCSIN_URL: `http://127.0.0.1:${own.port}`,
    TOCSIN_DATA: own.dataFolder,
    TOCSIN_API_KEY: API_KEY,
    TOCSIN_INGEST_KEY: INGEST_KEY,
    ...(options.playbookFolder === undefined ? {} : { TOCSIN_PLAYBOOK: options.playbookFolder }),
    ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
    ...options.environment,
  }
}

/** Where the run keeps code that Node has compiled: a fourth less work at each start of a server, half at each of a command. */
export function compiledCode(): Record<string, string> {
  const folder = process.env['NODE_COMPILE_CACHE']
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder }
}

function watchExit(child: ChildProcess): Promise<ExitReport> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal, at: Date.now() }))
  })
}

function flatten(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]))
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The postmaster outlives a killed server; a test that ends must not leave it behind. */
async function endEmbeddedPostgres(dataFolder: string): Promise<void> {
  for (const pid of findPostmasters(dataFolder)) {
    signalIfAlive(pid, 'SIGINT')
    await waitFor('the embedded Postgres to end', () => !isAlive(pid), { timeoutMs: 10_000 }).catch(() => signalIfAlive(pid, 'SIGKILL'))
  }
}

/** Process ids of postmasters whose data lies under that folder. */
export function findPostmasters(dataFolder: string): number[] {
  const folders = [join(dataFolder, 'postgres'), join(dataFolder, 'pg'), join(dataFolder, 'database'), dataFolder]
  return folders.flatMap((folder) => {
    try {
      const pid = Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0])
      return Number.isInteger(pid) && pid > 1 && isAlive(pid) ? [pid] : []
    } catch {
      return []
    }
  })
}

/** False for a zombie as well: it has ended, only nobody has asked how. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  if (isAlive(pid)) process.kill(pid, signal)
}
