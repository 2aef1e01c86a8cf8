/**
 * From the raw bytes of a mail to what alerts need of it. The library does the part that is full of traps (folded headers,
 * encoded words, charsets, MIME trees); every size is bounded here, and a mail it cannot take apart gives null, never an
 * exception.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser'
import { clean, toLine } from '../../core/alert/text.ts'
import { readHtml } from '../../core/mail/html-text.ts'
import { MAIL_TEXT_CHARS_MAX, type ReadMail } from '../../core/mail/mail.ts'

/** A head this large is no alert: the library's time grows with it. */
const HEAD_BYTES_MAX = 131_072
const PARSE_MS_MAX = 5_000
const ID_CHARS_MAX = 500
const REFERENCES_MAX = 20
const ATTACHMENTS_MAX = 50
const LINKS_MAX = 16
const LINE_CHARS_MAX = 1_024

/** Null when it cannot be taken apart within its bounds. Never throws. */
export async function readMail(raw: Buffer): Promise<ReadMail | null> {
  if (headBytes(raw) > HEAD_BYTES_MAX) return null
  const timer = new AbortController()
  try {
    const late = sleep(PARSE_MS_MAX, null, { ref: false, signal: timer.signal }).catch(() => null)
    const parsing = simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true, skipImageLinks: true })
    const parsed = await Promise.race([parsing, late])
    return parsed === null ? null : toReadMail(parsed)
  } catch {
    return null
  } finally {
    timer.abort()
  }
}

function headBytes(raw: Buffer): number {
  const ends = [raw.indexOf('\r\n\r\n'), raw.indexOf('\n\n')].filter((at) => at >= 0)
  return ends.length === 0 ? raw.length : Math.min(...ends)
}

function toReadMail(parsed: ParsedMail): ReadMail {
  const html = typeof parsed.html === 'string' ? readHtml(parsed.html) : null
  const text = parsed.text?.trim() ? parsed.text : (html?.text ?? '')
  const [from] = parsed.from?.value ?? []
  return {
    messageId: toId(parsed.messageId),
    subject: toLine(parsed.subject ?? '', LINE_CHARS_MAX),
    from: toLine(parsed.from?.text ?? '', LINE_CHARS_MAX),
    fromAddress: toLine(from?.address ?? '', LINE_CHARS_MAX),
    references: [parsed.references ?? []]
      .flat()
      .slice(0, REFERENCES_MAX)
      .map(toId)
      .filter((id) => id !== null),
    inReplyTo: toId(parsed.inReplyTo),
    sentAt: toTime(parsed.date),
    text: clean(text.replaceAll('\r\n', '\n').trimEnd().slice(0, MAIL_TEXT_CHARS_MAX)),
    links: (html?.links ?? [])
      .filter((link) => /^https?:\/\//i.test(link.href))
      .slice(0, LINKS_MAX)
      .map((link) => ({ href: clean(link.href.slice(0, LINE_CHARS_MAX * 2)), text: toLine(link.text, 200) })),
    attachments: parsed.attachments.slice(0, ATTACHMENTS_MAX).map((part) => ({
      name: toLine(part.filename ?? '', 200),
      type: toLine(part.contentType, 100),
      bytes: part.size,
    })),
    autoSubmitted: word(parsed, 'auto-submitted'),
    precedence: word(parsed, 'precedence'),
    authentication: readAuthentication(parsed),
    important: isImportant(parsed),
    own: parsed.headers.has('x-tocsin-reference'),
  }
}

/** Ids are compared, so they are one form: without brackets and blanks. */
function toId(text: string | undefined): string | null {
  const id = toLine((text ?? '').replaceAll(/[<>\s]/g, ''), ID_CHARS_MAX)
  return id === '' ? null : id
}

function toTime(date: Date | undefined): number | null {
  const time = date?.getTime() ?? Number.NaN
  return Number.isFinite(time) ? time : null
}

function word(parsed: ParsedMail, name: string): string | null {
  const text = textOf(parsed.headers.get(name))
  return text === '' ? null : toLine(text, 200).toLowerCase()
}

/** The first one alone: it was put on top by the last server before us. All below may be the sender's own invention. */
function readAuthentication(parsed: ParsedMail): string | null {
  const line = parsed.headerLines.find(({ key }) => key === 'authentication-results')?.line
  if (line === undefined) return null
  const value = toLine(line.slice(line.indexOf(':') + 1), LINE_CHARS_MAX)
  const results = [...value.matchAll(/\b(spf|dkim|dmarc|arc)\s*=\s*([a-z]+)/gi)]
    .slice(0, 6)
    .map(([, method, result]) => `${method}=${result}`)
  const server = /^[^\s;]{1,255}/.exec(value)?.[0] ?? 'unknown'
  return results.length === 0 ? null : `${results.join(' ').toLowerCase()} (says ${server})`
}

/** Sources: RFC 2156 section 5.3.6 (Importance); X-Priority is no standard, 1 and 2 are what mail programs write for high. */
function isImportant(parsed: ParsedMail): boolean {
  const priority = textOf(parsed.headers.get('x-priority'))
  return word(parsed, 'importance') === 'high' || word(parsed, 'priority') === 'high' || /^[12]\b/.test(priority)
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return textOf(value[0])
  if (typeof value === 'object' && value !== null) {
    if ('value' in value && typeof value.value === 'string') return value.value
    if ('text' in value) return (value as AddressObject).text
  }
  return ''
}
