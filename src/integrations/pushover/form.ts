/**
 * The form of a message. Limits: 1,024 characters of text, 250 of title, 512 of address, 100 of its title; an emergency rings
 * every 30 s or more, for 3 h at the most. Source: https://pushover.net/api#limits and #priority (read 2026-11-24).
 */
import { subjectOf, textOf } from '../../core/page/message.ts'
import { parseDuration } from '../../core/playbook/duration.ts'
import { HOUR_MS, SECOND_MS } from '../../core/time.ts'
import type { PageMessage } from '../../integration.ts'

const TEXT_CHARS_MAX = 1_024
const TITLE_CHARS_MAX = 250
const URL_CHARS_MAX = 512
const RETRY_MS = 60 * SECOND_MS
const EXPIRE_MS = HOUR_MS
const EMERGENCY = '2'
const HIGH = '1'
const NORMAL = '0'

export interface PushoverTarget {
  /** The application's. */
  readonly token: string
  readonly user: string
  readonly settings: Readonly<Record<string, string>>
}

export function formOf(message: PageMessage, { token, user, settings }: PushoverTarget): URLSearchParams {
  const { purpose, incident } = message
  const emergency = purpose === 'page' && settings['emergency'] !== 'no'
  const link = purpose === 'page' ? message.acknowledgeUrl : message.incidentUrl
  const form = new URLSearchParams({
    token,
    user,
    title: cut(subjectOf(message), TITLE_CHARS_MAX),
    message: cut(textOf(message).trim(), TEXT_CHARS_MAX),
    timestamp: String(Math.floor(incident.openedAt / SECOND_MS)),
    priority: emergency ? EMERGENCY : purpose === 'notice' ? NORMAL : HIGH,
  })
  if (emergency) {
    form.set('retry', seconds(settings['retry'], RETRY_MS))
    form.set('expire', seconds(settings['expire'], EXPIRE_MS))
  }
  if (link !== '' && link.length <= URL_CHARS_MAX) {
    form.set('url', link)
    form.set('url_title', purpose === 'page' ? 'Acknowledge' : 'Open the incident')
  }
  if (settings['sound'] !== undefined) form.set('sound', settings['sound'])
  return form
}

function seconds(written: string | undefined, otherwiseMs: number): string {
  const reading = written === undefined ? null : parseDuration(written)
  return String(Math.round((reading?.kind === 'duration' ? reading.ms : otherwiseMs) / SECOND_MS))
}

/** Characters as Pushover counts them: code points, not units of UTF-16. */
function cut(text: string, charsMax: number): string {
  const characters = Array.from(text.toWellFormed())
  return characters.length <= charsMax ? characters.join('') : `${characters.slice(0, charsMax - 1).join('')}…`
}
