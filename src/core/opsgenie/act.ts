/**
 * What can be asked of an alert after it was created, read from a request.
 * Source: https://docs.opsgenie.com/docs/alert-api and /docs/alert-api-continued (read 2026-11-24); opsgenie/opsgenie-oas@71c55343.
 */
import { cut } from '../alert/build.ts'
import { field, type JsonObject, textField } from '../alert/json.ts'
import { toInstant } from '../alert/time-text.ts'
import type { Instant } from '../time.ts'
import {
  cutField,
  DESCRIPTION_CHARS_MAX,
  DETAILS_MAX,
  MESSAGE_CHARS_MAX,
  NOTE_CHARS_MAX,
  type Priority,
  readDetails,
  readPriority,
  readRecipient,
  readTexts,
  type Recipient,
  TAGS_MAX,
  TEXT_CHARS_MAX,
} from './payload.ts'

/** Who said it and what was said with it; each may be left out. */
export interface Said {
  readonly user: string | null
  readonly note: string | null
  readonly source: string | null
}

export type Act = Said &
  (
    | { readonly kind: 'acknowledge' | 'unacknowledge' | 'close' | 'delete' }
    | { readonly kind: 'snooze'; readonly until: Instant }
    | { readonly kind: 'note'; readonly note: string }
    | { readonly kind: 'add-tags' | 'remove-tags'; readonly tags: readonly string[] }
    | { readonly kind: 'add-details'; readonly details: Readonly<Record<string, string>> }
    | { readonly kind: 'remove-details'; readonly keys: readonly string[] }
    | { readonly kind: 'message'; readonly message: string }
    | { readonly kind: 'description'; readonly description: string }
    | { readonly kind: 'priority'; readonly priority: Priority }
    | { readonly kind: 'assign' | 'escalate' | 'respond'; readonly to: Recipient }
    | { readonly kind: 'execute'; readonly action: string }
  )
export type ActKind = Act['kind']

/** As the status of a request names them; the first is in Opsgenie's documentation, the others are made like it. */
export const ACTION_NAMES: Readonly<Record<ActKind, string>> = {
  acknowledge: 'Acknowledge',
  unacknowledge: 'UnAcknowledge',
  close: 'Close',
  delete: 'Delete',
  snooze: 'Snooze',
  note: 'AddNote',
  'add-tags': 'AddTags',
  'remove-tags': 'RemoveTags',
  'add-details': 'AddDetails',
  'remove-details': 'RemoveDetails',
  message: 'UpdateMessage',
  description: 'UpdateDescription',
  priority: 'UpdatePriority',
  assign: 'AssignOwnership',
  escalate: 'EscalateToNext',
  respond: 'AddResponder',
  execute: 'ExecuteCustomAction',
}

export type ReadAct =
  | { readonly kind: 'act'; readonly act: Act }
  /** By field, as Opsgenie's 422 lists them. */
  | { readonly kind: 'errors'; readonly errors: Readonly<Record<string, string>> }

/** @param asked the body's fields; for DELETE those of the query, `execute` has the action's name there too. */
export function readAct(kind: ActKind, asked: JsonObject): ReadAct {
  const said: Said = {
    user: cutField(asked, 'user', TEXT_CHARS_MAX),
    note: cutField(asked, 'note', NOTE_CHARS_MAX),
    source: cutField(asked, 'source', TEXT_CHARS_MAX),
  }
  switch (kind) {
    case 'acknowledge':
    case 'unacknowledge':
    case 'close':
    case 'delete':
      return { kind: 'act', act: { ...said, kind } }
    case 'snooze': {
      const until = toInstant(field(asked, 'endTime'))
      return until === null ? fault('endTime', 'endTime must be a time in ISO 8601.') : { kind: 'act', act: { ...said, kind, until } }
    }
    case 'note':
      return said.note === null ? fault('note', 'Note can not be empty.') : { kind: 'act', act: { ...said, kind, note: said.note } }
    case 'add-tags':
    case 'remove-tags': {
      const tags = readTexts(field(asked, 'tags'), TAGS_MAX)
      return tags.length === 0 ? fault('tags', 'Tags can not be empty.') : { kind: 'act', act: { ...said, kind, tags } }
    }
    case 'add-details': {
      const details = readDetails(field(asked, 'details'))
      return Object.keys(details).length === 0
        ? fault('details', 'Details can not be empty.')
        : { kind: 'act', act: { ...said, kind, details } }
    }
    case 'remove-details': {
      const keys = readTexts(field(asked, 'keys'), DETAILS_MAX)
      return keys.length === 0 ? fault('keys', 'Keys can not be empty.') : { kind: 'act', act: { ...said, kind, keys } }
    }
    case 'message':
      return readText(asked, 'message', MESSAGE_CHARS_MAX, (message) => ({ ...said, kind, message }))
    case 'description':
      return readText(asked, 'description', DESCRIPTION_CHARS_MAX, (description) => ({ ...said, kind, description }))
    case 'priority': {
      const priority = readPriority(field(asked, 'priority'))
      return priority === null
        ? fault('priority', 'Priority must be one of [P1, P2, P3, P4, P5].')
        : { kind: 'act', act: { ...said, kind, priority } }
    }
    case 'assign':
      return readWhom(asked, 'owner', (to) => ({ ...said, kind, to: { ...to, type: 'user' } }))
    case 'escalate':
      return readWhom(asked, 'escalation', (to) => ({ ...said, kind, to: { ...to, type: 'escalation' } }))
    case 'respond':
      return readWhom(asked, field(asked, 'responder') === undefined ? 'team' : 'responder', (to) => ({ ...said, kind, to }))
    case 'execute':
      return readText(asked, 'action', TEXT_CHARS_MAX, (action) => ({ ...said, kind, action }))
  }
}

function readText(asked: JsonObject, name: string, charsMax: number, make: (text: string) => Act): ReadAct {
  const text = textField(asked, name)
  return text === null ? fault(name, `${name} can not be empty.`) : { kind: 'act', act: make(cut(text, charsMax)) }
}

function readWhom(asked: JsonObject, name: string, make: (to: Recipient) => Act): ReadAct {
  const to = readRecipient(field(asked, name))
  return to === null ? fault(name, `${name} must have an id or a name.`) : { kind: 'act', act: make(to) }
}

function fault(name: string, reason: string): ReadAct {
  return { kind: 'errors', errors: { [name]: reason } }
}
