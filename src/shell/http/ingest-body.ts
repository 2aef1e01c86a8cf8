/** Reads a message's body within its bounds, and undoes its content encoding without letting it swell. */
import type { IncomingMessage } from 'node:http'
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib'
import { BODY_READ_MS_MAX, KEPT_OF_TOO_LARGE_BYTES } from './ingest-limits.ts'

export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** The start of it; `reason` is in plain words. */
  | { readonly kind: 'too-large'; readonly bytes: Buffer; readonly reason: string }
  /** As it came: its content encoding could not be undone. */
  | { readonly kind: 'undecodable'; readonly bytes: Buffer; readonly reason: string }
  | { readonly kind: 'slow' }
  /** The sender went away, or lied about the length. */
  | { readonly kind: 'gone' }

const EMPTY = Buffer.alloc(0)

/** Calls `done` once. A body over `bytesMax`, as sent or as unpacked, is cut to its start. */
export function readBody(request: IncomingMessage, bytesMax: number, done: (body: Body) => void): void {
  const chunks: Buffer[] = []
  /** A sender that announces too much is not heard out: the first bytes say who it is. */
  const announced = Number(request.headers['content-length'] ?? 0)
  let size = 0
  let ended = false
  const finish = (body: Body) => {
    if (ended) return
    ended = true
    deadlines.delete(entry)
    request.removeListener('data', onData)
    done(body)
  }
  const onData = (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    if (size <= bytesMax && announced <= bytesMax) return
    const start = (chunks.length === 1 ? chunk : Buffer.concat(chunks, size)).subarray(0, KEPT_OF_TOO_LARGE_BYTES)
    finish({ kind: 'too-large', bytes: Buffer.from(start), reason: `its body is larger than ${bytesMax} bytes` })
  }
  const entry: Deadline = { at: performance.now() + BODY_READ_MS_MAX, expire: () => finish({ kind: 'slow' }) }
  watchDeadline(entry)
  request.on('data', onData)
  const onGone = () => finish({ kind: 'gone' })
  request.on('error', onGone)
  request.on('close', onGone)
  request.on('end', () => {
    // A request closes when it has been read; only before that it means that the sender has gone.
    request.removeListener('close', onGone)
    request.removeListener('error', onGone)
    const [first] = chunks
    const raw = chunks.length === 1 && first !== undefined ? first : chunks.length === 0 ? EMPTY : Buffer.concat(chunks, size)
    const encoding = request.headers['content-encoding']
    if (encoding === undefined || encoding === 'identity') finish({ kind: 'whole', bytes: raw })
    else undoEncoding(raw, encoding, bytesMax, finish)
  })
}

interface Deadline {
  readonly at: number
  readonly expire: () => void
}
const SWEEP_MS = 1_000
const deadlines = new Set<Deadline>()
let sweeper: NodeJS.Timeout | undefined

/** One timer for all bodies that are being read; none when none is. */
function watchDeadline(entry: Deadline): void {
  deadlines.add(entry)
  sweeper ??= setInterval(sweep, SWEEP_MS).unref()
}

function sweep(): void {
  const now = performance.now()
  for (const entry of deadlines) if (entry.at < now) entry.expire()
  if (deadlines.size > 0) return
  clearInterval(sweeper)
  sweeper = undefined
}

type Decompress = (bytes: Buffer, options: { maxOutputLength: number }, done: (error: Error | null, result: Buffer) => void) => void
const DECOMPRESS: ReadonlyMap<string, Decompress> = new Map<string, Decompress>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', (bytes, options, done) => (isZlib(bytes) ? inflate : inflateRaw)(bytes, options, done)],
  ['br', brotliDecompress],
  ['zstd', zstdDecompress],
])

/** Senders mean either by "deflate". Source: RFC 9110 section 8.4.1.2, RFC 1950 section 2.2. */
function isZlib(bytes: Buffer): boolean {
  return bytes.length >= 2 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0
}

function undoEncoding(raw: Buffer, encoding: string, bytesMax: number, done: (body: Body) => void): void {
  const decompress = DECOMPRESS.get(encoding.trim().toLowerCase())
  const kept = raw.subarray(0, KEPT_OF_TOO_LARGE_BYTES)
  if (decompress === undefined)
    return done({ kind: 'undecodable', bytes: kept, reason: 'its content encoding is not one of gzip, deflate, br, zstd' })
  decompress(raw, { maxOutputLength: bytesMax }, (error, bytes) => {
    if (error === null) done({ kind: 'whole', bytes })
    else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      done({ kind: 'too-large', bytes: kept, reason: `its body unpacks to more than ${bytesMax} bytes` })
    } else done({ kind: 'undecodable', bytes: kept, reason: 'its content encoding could not be undone' })
  })
}
