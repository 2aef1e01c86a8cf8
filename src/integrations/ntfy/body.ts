/**
 * The JSON of a message. Limits: 4,096 bytes of text (what is longer becomes an attachment), 1 KB of title, three buttons.
 * Sources: https://docs.ntfy.sh/publish/#limitations, releases 2.16 and 2.28 of ntfy (read 2026-11-24).
 */
import { subjectOf, textOf } from '../../core/page/message.ts'
import type { PageMessage } from '../../integration.ts'

const TEXT_BYTES_MAX = 4_000
const TITLE_BYTES_MAX = 1_000
/** ntfy's scale of 1 to 5; 5 rings longest and pops over. */
const PRIORITY = { page: 5, test: 4, notice: 3 } as const
const ICONS = { page: 'rotating_light', test: 'test_tube', notice: 'information_source' } as const

export interface NtfyTarget {
  readonly topic: string
  /** A button that acknowledges at once. */
  readonly oneTap: boolean
}

export function bodyOf(message: PageMessage, { topic, oneTap }: NtfyTarget): string {
  const { purpose } = message
  const isPage = purpose === 'page' && message.acknowledgeUrl !== ''
  const click = isPage ? message.acknowledgeUrl : message.incidentUrl
  return JSON.stringify({
    topic,
    title: cutBytes(subjectOf(message), TITLE_BYTES_MAX),
    message: cutBytes(textOf(message).trim(), TEXT_BYTES_MAX),
    priority: PRIORITY[purpose],
    tags: [ICONS[purpose]],
    sequence_id: message.reference,
    ...(click === '' ? {} : { click }),
    actions: isPage ? actionsOf(message, oneTap) : [],
  })
}

function actionsOf(message: PageMessage, oneTap: boolean): Record<string, unknown>[] {
  const open = { action: 'view', label: 'Open', url: message.acknowledgeUrl, clear: false }
  if (!oneTap) return [{ ...open, label: 'Acknowledge' }]
  return [press(message, 'Acknowledge', 'acknowledge'), press(message, "I can't: next", 'decline'), open]
}

/** What the button on the page behind the link posts. */
function press({ acknowledgeUrl }: PageMessage, label: string, wish: 'acknowledge' | 'decline'): Record<string, unknown> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { action: 'http', label, url: acknowledgeUrl, method: 'POST', headers, body: `do=${wish}`, clear: true }
}

/** At most so many bytes of UTF-8, never half a character. */
export function cutBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text.toWellFormed(), 'utf8')
  if (bytes.length <= bytesMax) return text.toWellFormed()
  let end = bytesMax - 3
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return `${bytes.subarray(0, end).toString('utf8')}…`
}
