/**
 * The words of a page, rendered at the moment it is sent. Pure text: a channel adds its own dress (HTML, JSON).
 * Everything that came from an alert is hostile: it is brought to one line, cut, and never trusted as markup.
 */
import { Temporal } from 'temporal-polyfill'
import { type Instant, MINUTE_MS } from '../time.ts'

export const SUBJECT_CHARS_MAX = 180
export const TITLE_CHARS_MAX = 300
export const SUMMARY_CHARS_MAX = 2_000
export const FIRST_STEP_CHARS_MAX = 1_000
const UTC = 'UTC'

/** What a page says; the part of `PageMessage` that words are made of. */
export interface PageText {
  readonly repeat: boolean
  readonly purpose: 'page' | 'notice' | 'test'
  readonly incident: {
    readonly number: number
    readonly title: string
    readonly severity: string
    readonly summary: string
    readonly firstStep: string
    readonly service?: {
      readonly name: string
      readonly tier: number | null
      readonly links: readonly { readonly title: string; readonly url: string }[]
    } | null
    readonly openedAt: Instant
  }
  /** Other incidents that the message stands for; left out: none. */
  readonly others?: readonly { readonly number: number; readonly title: string; readonly severity: string }[]
  readonly roles: readonly string[]
  readonly person: { readonly name: string; readonly zone: string }
  readonly acknowledgeUrl: string
  readonly incidentUrl: string
  readonly escalatesAt: Instant | null
  /** What a notice is about, in one sentence; empty for a page. */
  readonly notice: string
}

/** One line, such as `[SEV-1] API 5xx spike (repeat)`. At most `SUBJECT_CHARS_MAX` characters, never a line break. */
export function subjectOf(page: PageText): string {
  const severity = oneLine(page.incident.severity, 40)
  // What is about no incident has no severity.
  const prefix = page.purpose === 'test' ? '[TEST] ' : severity === '' ? '' : `[${severity}] `
  const kind = page.purpose === 'notice' ? 'Notice: ' : ''
  const more = page.others?.length ?? 0
  const mark = `${more === 0 ? '' : ` (+${more} more)`}${page.repeat ? ' (repeat)' : ''}`
  const room = SUBJECT_CHARS_MAX - prefix.length - kind.length - mark.length
  return `${prefix}${kind}${oneLine(page.incident.title, room)}${mark}`
}

/** The lines of a page in reading order: what, how bad, since when, what first, who, and how to answer. */
export interface PageLines {
  readonly headline: string
  readonly facts: readonly { readonly label: string; readonly text: string }[]
  readonly closing: readonly string[]
}

export function linesOf(page: PageText): PageLines {
  const { incident } = page
  const facts = [
    { label: 'Severity', text: oneLine(incident.severity, 40) },
    { label: 'Incident', text: incident.number > 0 ? `#${incident.number}` : '' },
    { label: 'Since', text: isAboutNone(page) ? '' : inBothZones(incident.openedAt, page.person.zone) },
    { label: 'Service', text: describeService(incident.service ?? null) },
    { label: 'First step', text: oneLine(incident.firstStep, FIRST_STEP_CHARS_MAX) },
    { label: 'You are paged as', text: page.purpose === 'page' ? page.roles.map((role) => oneLine(role, 80)).join(', ') : '' },
    { label: 'Also', text: describeOthers(page.others ?? []) },
    { label: 'What is known', text: severalLines(incident.summary, SUMMARY_CHARS_MAX) },
  ]
  return {
    headline: oneLine(incident.title, TITLE_CHARS_MAX),
    facts: facts.filter((fact) => fact.text !== ''),
    closing: [...repeatLine(page), ...purposeLine(page), ...escalationLine(page)],
  }
}

const LINKS_MAX = 3

/** `checkout (tier 1); Runbook: https://…`. Name and links are the playbook's own. */
function describeService(service: NonNullable<PageText['incident']['service']> | null): string {
  if (service === null) return ''
  const tier = service.tier === null ? '' : ` (tier ${service.tier})`
  const links = service.links.slice(0, LINKS_MAX).map(({ title, url }) => `${oneLine(title, 80)}: ${oneLine(url, 300)}`)
  return [`${oneLine(service.name, 100)}${tier}`, ...links].join('; ')
}

const OTHERS_MAX = 20

/** How many, and which, the gravest first. */
function describeOthers(others: NonNullable<PageText['others']>): string {
  if (others.length === 0) return ''
  const named = others
    .slice(0, OTHERS_MAX)
    .map(({ number, title, severity }) => `#${number} [${oneLine(severity, 40)}] ${oneLine(title, 100)}`)
  const rest = others.length > OTHERS_MAX ? `; and ${others.length - OTHERS_MAX} that the console lists` : ''
  return `${others.length} more incident${others.length === 1 ? '' : 's'} for you, acknowledged by the same link or one by one: ${named.join('; ')}${rest}`
}

/** A notice of something that is no incident, such as a review that is due. */
function isAboutNone({ purpose, incident }: PageText): boolean {
  return purpose === 'notice' && incident.number === 0
}

/** The whole page as plain text. */
export function textOf(page: PageText): string {
  const { headline, facts, closing } = linesOf(page)
  const answer = page.purpose === 'page' ? [`Acknowledge: ${page.acknowledgeUrl}`] : []
  const link = page.incidentUrl === '' ? [] : [`Incident: ${page.incidentUrl}`]
  return [headline, '', ...facts.map((fact) => `${fact.label}: ${fact.text}`), '', ...closing, '', ...answer, ...link, ''].join('\n')
}

function repeatLine(page: PageText): string[] {
  return page.repeat ? ['This is a repeat: the first message may have reached you already.'] : []
}

function purposeLine(page: PageText): string[] {
  if (page.purpose === 'test') return ['This is a test. Nothing is wrong and nothing needs to be done.']
  if (page.purpose === 'notice')
    return [oneLine(page.notice, 400), 'You are told, not paged: nobody waits for an answer.'].filter((line) => line !== '')
  return []
}

function escalationLine(page: PageText): string[] {
  if (page.escalatesAt === null || page.purpose !== 'page') return []
  return [`If nobody answers by ${inBothZones(page.escalatesAt, page.person.zone)}, somebody else is paged.`]
}

/** `2026-11-03 04:05 Europe/Berlin (03:05 UTC)`; UTC alone where the reader's zone is UTC or unknown. */
export function inBothZones(instant: Instant, zone: string): string {
  const utc = wallClock(instant, UTC)
  const local = zone === UTC ? null : wallClock(instant, zone)
  if (utc === null) return ''
  if (local === null) return `${utc.date} ${utc.time} UTC`
  const otherDay = local.date === utc.date ? '' : `${utc.date} `
  return `${local.date} ${local.time} ${zone} (${otherDay}${utc.time} UTC)`
}

function wallClock(instant: Instant, zone: string): { date: string; time: string } | null {
  try {
    const minute = Math.floor(instant / MINUTE_MS) * MINUTE_MS
    const local = Temporal.Instant.fromEpochMilliseconds(minute).toZonedDateTimeISO(zone)
    return { date: local.toPlainDate().toString(), time: local.toPlainTime().toString({ smallestUnit: 'minute' }) }
  } catch {
    return null // a zone this runtime does not know: UTC is shown alone
  }
}

/**
 * One line that cannot break a header, a log or a sentence: control characters, line separators and the marks that
 * turn the direction of text become a space; longer text ends in `…`.
 */
export function oneLine(text: string, charsMax: number): string {
  return cut(text.toWellFormed().replaceAll(UNSAFE, ' ').replaceAll(/\s+/gu, ' ').trim(), charsMax)
}

/** Lines after the first are set in, so that none can pass for one of ours. */
function severalLines(text: string, charsMax: number): string {
  const lines = text.toWellFormed().split(/\r\n|[\n\r\u0085\u2028\u2029]/u)
  const clean = lines.map((line) => line.replaceAll(UNSAFE, ' ').trimEnd())
  return cut(clean.join('\n  ').trim(), charsMax)
}

/** Control and format characters (bidirectional marks, zero width, tags); tab and line breaks are among them. */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu

/** At most `charsMax` UTF-16 units, never half a character. */
function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text
  const kept = text.slice(0, Math.max(charsMax - 1, 0))
  const whole = /[\uD800-\uDBFF]$/u.test(kept) || !kept.isWellFormed() ? kept.slice(0, -1) : kept
  return `${whole}…`
}
