/**
 * The one way out for looking: reads what fires elsewhere and changes nothing there, so it does not go through the outbox
 * (docs/decisions/0012-asking.md). Bounded in time, size and repeats; follows no redirect, which could lead the credentials
 * elsewhere; its failures are words without addresses and secrets.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AskReply, AskRequest } from '../../integration.ts'

export const ASK_REQUEST_MS_MAX = 10_000
const REPLY_BYTES_MAX = 8 * 1_048_576
const ATTEMPTS_MAX = 3
const PAUSE_MS = 500
const PAUSE_MS_MAX = 5_000
const AGAIN = new Set([429, 502, 503, 504])

/** Never throws. @param signal ends it, and the waits between repeats */
export function makeRequest(signal: AbortSignal): (request: AskRequest) => Promise<AskReply> {
  return async (request) => {
    let reply = await once(request, signal)
    for (let attempt = 2; attempt <= ATTEMPTS_MAX && request.method === 'GET' && isWorthAgain(reply) && !signal.aborted; attempt += 1) {
      const pauseMs = pauseOf(reply, attempt)
      if (pauseMs > PAUSE_MS_MAX) break
      const waited = await sleep(pauseMs, true, { signal, ref: false }).catch(() => false)
      if (!waited) break
      reply = await once(request, signal)
    }
    return reply
  }
}

async function once({ method, url, headers, body }: AskRequest, signal: AbortSignal): Promise<AskReply> {
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_REQUEST_MS_MAX)]),
      ...(body === undefined ? {} : { body }),
    })
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel()
      return { kind: 'failed', reason: 'it sends elsewhere, which is not followed: give its own address' }
    }
    const bytes = await readBounded(response)
    if (bytes === null) return { kind: 'failed', reason: `its answer has more than ${REPLY_BYTES_MAX} bytes` }
    return { kind: 'reply', status: response.status, headers: Object.fromEntries(response.headers), body: bytes }
  } catch (error) {
    return { kind: 'failed', reason: whyFailed(error, signal) }
  }
}

async function readBounded(response: Response): Promise<Buffer | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > REPLY_BYTES_MAX) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

function isWorthAgain(reply: AskReply): boolean {
  return reply.kind === 'reply' ? AGAIN.has(reply.status) : reply.reason === UNREACHABLE
}
const UNREACHABLE = 'it cannot be reached'

/** What a vendor asks for, in seconds, PagerDuty by a header of its own. More than we wait is left to the next look. */
function pauseOf(reply: AskReply, attempt: number): number {
  const asked = reply.kind === 'reply' ? Number(reply.headers['retry-after'] ?? reply.headers['ratelimit-reset'] ?? 0) * 1_000 : 0
  return Math.max(PAUSE_MS * attempt, Number.isFinite(asked) ? asked : 0)
}

function whyFailed(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'it took too long'
  if (error instanceof Error && error.name === 'TimeoutError') return `it did not answer within ${ASK_REQUEST_MS_MAX / 1_000} s`
  const code = error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? String(error.cause.code) : ''
  if (/CERT|SSL|TLS|SELF_SIGNED/.test(code)) return `its certificate is not accepted (${code})`
  return UNREACHABLE
}
