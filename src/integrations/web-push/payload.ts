/** What a push message says, as the service worker reads it (web/worker/push.ts): short enough for every push service. */
import { createHash } from 'node:crypto'
import { oneLine, subjectOf } from '../../core/page/message.ts'
import type { PageMessage } from '../../integration.ts'
import { PLAIN_BYTES_MAX } from './encrypt.ts'

const FIRST_STEP_CHARS_MAX = 300
const NOTICE_CHARS_MAX = 300
const SHORT_TITLE_CHARS_MAX = 120
const ROLES_MAX = 5

/** Version 1. Times are milliseconds since the epoch; addresses are paths on this server. */
export interface PushText {
  readonly v: 1
  readonly kind: PageMessage['purpose']
  readonly title: string
  readonly body: string
  /** A later message of the same tag takes the place of the one that is shown. */
  readonly tag: string
  readonly number: number
  readonly severity: string
  /** Of the page that acknowledges; null: there is nothing to acknowledge. */
  readonly acknowledge: string | null
  readonly incident: string | null
  readonly at: number
}

/** At most `PLAIN_BYTES_MAX` bytes. `short`: for a push service that found the whole too large. */
export function payloadOf(message: PageMessage, { short }: { readonly short: boolean }): Buffer {
  const { incident } = message
  const text: PushText = {
    v: 1,
    kind: message.purpose,
    title: short ? oneLine(subjectOf(message), SHORT_TITLE_CHARS_MAX) : subjectOf(message),
    body: short ? '' : bodyOf(message),
    tag: tagOf(message),
    number: incident.number,
    severity: oneLine(incident.severity, 40),
    acknowledge: message.purpose === 'page' ? pathOf(message.acknowledgeUrl) : null,
    incident: pathOf(message.incidentUrl),
    at: incident.openedAt,
  }
  const whole = Buffer.from(JSON.stringify(text))
  return short || whole.length <= PLAIN_BYTES_MAX ? whole : payloadOf(message, { short: true })
}

/** Messages of one incident replace each other, on the screen and where they wait for a device that is off. */
export function tagOf({ incident, purpose, reference }: PageMessage): string {
  return incident.number > 0 ? `incident-${incident.number}` : `${purpose}-${reference}`
}

/** At most 32 characters of base64url, RFC 8030, 5.4; it tells a push service nothing about the incident. */
export function topicOf(message: PageMessage): string {
  return createHash('sha256')
    .update(`${message.incident.id} ${tagOf(message)}`)
    .digest('base64url')
    .slice(0, 32)
}

function bodyOf(message: PageMessage): string {
  const { incident, others, roles } = message
  const more = others?.length ?? 0
  const lines = [
    incident.number > 0 ? `Incident ${incident.number}${more === 0 ? '' : ` and ${more} more`}` : '',
    message.purpose === 'notice' ? oneLine(message.notice, NOTICE_CHARS_MAX) : '',
    message.purpose === 'test' ? 'This is a test. Nothing is wrong and nothing needs to be done.' : '',
    incident.firstStep === '' ? '' : `First: ${oneLine(incident.firstStep, FIRST_STEP_CHARS_MAX)}`,
    message.purpose === 'page' && roles.length > 0
      ? `You are paged as ${roles
          .slice(0, ROLES_MAX)
          .map((role) => oneLine(role, 80))
          .join(', ')}`
      : '',
  ]
  return lines.filter((line) => line !== '').join('\n')
}

/** The worker asks its own origin only, whatever name this server is reached by. */
function pathOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).pathname : null
}
