/**
 * What Opsgenie's clients write when they create an alert. Only what cannot be an alert at all is refused: a message that is
 * too long, or a priority that does not exist, is still an alarm.
 * Source: https://docs.opsgenie.com/docs/alert-api, "Create Alert" (read 2026-11-24); opsgenie/opsgenie-oas@71c55343.
 */
import { cut, LINKS_MAX } from '../alert/build.ts'
import { field, isObject, type JsonObject, textField } from '../alert/json.ts'
import { LABEL_CHARS_MAX } from '../alert/signal.ts'

export const PRIORITIES = ['P1', 'P2', 'P3', 'P4', 'P5'] as const
export type Priority = (typeof PRIORITIES)[number]
/** Opsgenie's own default. */
export const DEFAULT_PRIORITY: Priority = 'P3'

/** Whom an alert is meant for, in the sender's words; the playbook says who is paged. */
export interface Recipient {
  readonly type: string
  readonly id?: string
  /** `name` of a team, schedule or escalation, `username` of a user. */
  readonly name?: string
}

export interface AlertPayload {
  /** Never blank. */
  readonly message: string
  readonly alias: string | null
  readonly description: string | null
  readonly responders: readonly Recipient[]
  readonly visibleTo: readonly Recipient[]
  readonly actions: readonly string[]
  readonly tags: readonly string[]
  readonly details: Readonly<Record<string, string>>
  readonly entity: string | null
  readonly source: string | null
  /** Null: the sender gave none, or one that does not exist. */
  readonly priority: Priority | null
  readonly user: string | null
  readonly note: string | null
}

export const MESSAGE_CHARS_MAX = 1_024
export const ALIAS_CHARS_MAX = 512
export const DESCRIPTION_CHARS_MAX = 15_000
export const TEXT_CHARS_MAX = 512
export const NOTE_CHARS_MAX = 25_000
export const TAGS_MAX = 100
export const DETAILS_MAX = 128
const RECIPIENTS_MAX = 50

/** @returns null when there is no message: nothing else is required. */
export function readAlert(body: JsonObject): AlertPayload | null {
  const message = textField(body, 'message')
  if (message === null) return null
  return {
    message: cut(message, MESSAGE_CHARS_MAX),
    alias: cutField(body, 'alias', ALIAS_CHARS_MAX),
    description: cutField(body, 'description', DESCRIPTION_CHARS_MAX),
    responders: readRecipients(field(body, 'responders') ?? field(body, 'teams')),
    visibleTo: readRecipients(field(body, 'visibleTo')),
    actions: readTexts(field(body, 'actions'), LINKS_MAX),
    tags: readTexts(field(body, 'tags'), TAGS_MAX),
    details: readDetails(field(body, 'details')),
    entity: cutField(body, 'entity', TEXT_CHARS_MAX),
    source: cutField(body, 'source', TEXT_CHARS_MAX),
    priority: readPriority(field(body, 'priority')),
    user: cutField(body, 'user', TEXT_CHARS_MAX),
    note: cutField(body, 'note', NOTE_CHARS_MAX),
  }
}

export function cutField(body: JsonObject, name: string, charsMax: number): string | null {
  const text = textField(body, name)
  return text === null ? null : cut(text, charsMax)
}

export function readPriority(value: unknown): Priority | null {
  return PRIORITIES.find((priority) => priority === value) ?? null
}

/** Distinct texts, in order; a comma-separated text counts as a list, as Opsgenie's clients write it in queries. */
export function readTexts(value: unknown, countMax: number): string[] {
  const given: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : []
  const texts = given.flatMap((item) =>
    typeof item === 'string' || typeof item === 'number' ? [cut(String(item).trim(), TEXT_CHARS_MAX)] : [],
  )
  return [...new Set(texts.filter((text) => text !== ''))].slice(0, countMax)
}

/** Text by name; numbers and booleans become text, as Opsgenie takes them. */
export function readDetails(value: unknown): Record<string, string> {
  if (!isObject(value)) return {}
  const entries: [string, string][] = []
  for (const [name, item] of Object.entries(value)) {
    if (name === '__proto__' || name === '') continue
    if (typeof item !== 'string' && typeof item !== 'number' && typeof item !== 'boolean') continue
    entries.push([cut(name, TEXT_CHARS_MAX), cut(String(item), LABEL_CHARS_MAX)])
    if (entries.length === DETAILS_MAX) break
  }
  return Object.fromEntries(entries)
}

export function readRecipients(value: unknown): Recipient[] {
  return Array.isArray(value) ? value.flatMap((item) => readRecipient(item) ?? []).slice(0, RECIPIENTS_MAX) : []
}

/** @returns null when it names nobody. */
export function readRecipient(value: unknown): Recipient | null {
  if (!isObject(value)) return null
  const id = cutField(value, 'id', TEXT_CHARS_MAX)
  const name = cutField(value, 'name', TEXT_CHARS_MAX) ?? cutField(value, 'username', TEXT_CHARS_MAX)
  const type = cutField(value, 'type', 32) ?? (field(value, 'username') === undefined ? 'team' : 'user')
  if (id === null && name === null && type !== 'all' && type !== 'none') return null
  return { type, ...(id === null ? {} : { id }), ...(name === null ? {} : { name }) }
}
