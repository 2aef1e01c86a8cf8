/**
 * One SMTP session for one mail, and how far it got. Written on nodemailer's connection rather than its transport
 * because only here can be seen whether the end of the message was handed over: before that nothing has happened,
 * after it a missing answer means that the mail may have been taken (RFC 5321, 4.2.5 and 4.5.3.2.6).
 */
import { Readable } from 'node:stream'
import { parseConnectionUrl } from 'nodemailer/lib/shared'
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection'
import { oneLine } from '../../core/page/message.ts'
import type { Mail } from './compose.ts'

export interface SmtpTimeouts {
  readonly connectTimeoutMs: number
  /** Without a byte from the server. */
  readonly idleTimeoutMs: number
}

export type SmtpResult =
  | { readonly kind: 'accepted'; readonly response: string }
  | {
      readonly kind: 'failed'
      /** `session`: connecting, TLS, login; `message`: about this mail. */
      readonly stage: 'session' | 'message'
      /** The server's three digits; null when it did not answer. */
      readonly status: number | null
      readonly reason: string
      /** The whole message was handed over before the failure. */
      readonly handedOver: boolean
    }

/** nodemailer's codes for what concerns the connection and not the mail. */
const SESSION_COMMANDS = /^(?:CONN|EHLO|HELO|LHLO|STARTTLS|AUTH|API)/u

/** Never throws. The mail is null to go only as far as the login. */
export function runSmtp(url: string, mail: Mail | null, options: SmtpTimeouts & { readonly signal: AbortSignal }): Promise<SmtpResult> {
  const { promise, resolve } = Promise.withResolvers<SmtpResult>()
  const { auth, ...server } = parseConnectionUrl(url)
  const connection = new SMTPConnection({ ...(server as SMTPConnectionOptions), ...limitsOf(options) })
  let handedOver = false
  const fail = (error: unknown): void => resolve(failure(error, handedOver))
  const onAbort = (): void => fail(new Error('no answer in time'))
  const send = (): void => {
    if (mail === null) return resolve({ kind: 'accepted', response: '' })
    const message = Readable.from([mail.raw])
    message.once('end', () => {
      handedOver = true
    })
    connection.send({ ...mail.envelope, size: mail.raw.length }, message, (error, info) => {
      if (error !== null && error !== undefined) fail(error)
      else resolve({ kind: 'accepted', response: oneLine(info?.response ?? '', REASON_CHARS_MAX) })
    })
  }
  connection.on('error', fail)
  connection.once('end', () => fail(new Error('the connection was closed')))
  options.signal.addEventListener('abort', onAbort, { once: true })
  if (options.signal.aborted) onAbort()
  connection.connect((error) => {
    if (error) return fail(error)
    if (auth === undefined) return send()
    connection.login({ user: auth.user, pass: auth.pass }, (refused) => (refused ? fail(refused) : send()))
  })
  return promise.finally(() => {
    options.signal.removeEventListener('abort', onAbort)
    if (mail === null) connection.quit()
    else connection.close()
  })
}

function limitsOf(timeouts: SmtpTimeouts): SMTPConnectionOptions {
  return {
    connectionTimeout: timeouts.connectTimeoutMs,
    greetingTimeout: timeouts.connectTimeoutMs,
    dnsTimeout: timeouts.connectTimeoutMs,
    socketTimeout: timeouts.idleTimeoutMs,
    socketCloseTimeout: 0,
    maxResponseSize: RESPONSE_BYTES_MAX,
    logger: false,
  }
}
const RESPONSE_BYTES_MAX = 65_536
const REASON_CHARS_MAX = 200

function failure(error: unknown, handedOver: boolean): SmtpResult {
  const text = (name: string): string | undefined => {
    const value = error instanceof Error ? (error as unknown as Record<string, unknown>)[name] : undefined
    return typeof value === 'string' ? value : undefined
  }
  const status = error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : null
  const stage = SESSION_COMMANDS.test(text('command') ?? 'CONN') ? 'session' : 'message'
  return {
    kind: 'failed',
    stage,
    status,
    reason: reasonOf({ status, stage, response: text('response'), code: text('originalCode') ?? text('code') }),
    handedOver,
  }
}

/** The login's answers are left out: a server may repeat what it was given. */
function reasonOf(known: {
  status: number | null
  stage: 'session' | 'message'
  response: string | undefined
  code: string | undefined
}): string {
  if (known.status !== null && known.stage === 'message')
    return `the mail server answered ${oneLine(known.response ?? String(known.status), REASON_CHARS_MAX)}`
  if (known.status !== null) return `the mail server refused the session (${known.status})`
  return `no answer from the mail server (${oneLine(known.code ?? 'timeout', 40)})`
}
