/** An issue as Jira writes it, in its webhooks and as "Issue data" of its automation. */
import { toLinks } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField } from '../../core/alert/json.ts'
import type { Signal, SignalStatus } from '../../core/alert/signal.ts'
import { objectField } from '../../integration-hook.ts'
import { toTicketSignal } from '../../integration-ticket.ts'
import { isDone, isHigh, rankOf } from './words.ts'

/** @returns null for what changes nothing here, `unknown` for an issue that has neither id nor key */
export function readIssueEvent(event: string, body: JsonObject): Signal | null | 'unknown' {
  const issue = objectField(body, 'issue')
  const status = statusOf(event, issue, changesOf(body))
  if (status === null) return null
  return toSignal(issue, status) ?? 'unknown'
}

/** @returns null when it is no issue */
export function readBareIssue(body: JsonObject): Signal | null {
  const issue = isObject(field(body, 'issue')) ? objectField(body, 'issue') : body
  if (!isObject(field(issue, 'fields'))) return null
  return toSignal(issue, isOver(issue) ? 'resolved' : 'firing')
}

interface Change {
  readonly field: string
  readonly from: string
  readonly to: string
}

function statusOf(event: string, issue: JsonObject, changes: readonly Change[] | null): SignalStatus | null {
  switch (event) {
    case 'jira:issue_created':
      return isOver(issue) ? 'resolved' : 'firing'
    case 'jira:issue_deleted':
      return 'resolved'
    case 'jira:issue_updated':
      return statusOfUpdate(issue, changes)
    default:
      return null
  }
}

/** Without a list of changes nobody can tell what happened: then its state counts. */
function statusOfUpdate(issue: JsonObject, changes: readonly Change[] | null): SignalStatus | null {
  if (changes === null) return isOver(issue) ? 'resolved' : 'firing'
  const find = (name: string) => changes.find((change) => change.field === name)
  const status = find('status')
  const resolution = find('resolution')
  if (isOver(issue)) return status !== undefined || resolution !== undefined ? 'resolved' : null
  if (status !== undefined && (isDone(status.from) || (resolution !== undefined && resolution.from !== ''))) return 'firing'
  const priority = find('priority')
  return priority !== undefined && isHigh(priority.to) && rankOf(priority.to) > rankOf(priority.from) ? 'firing' : null
}

function isOver(issue: JsonObject): boolean {
  const status = objectField(objectField(issue, 'fields'), 'status')
  const category = objectField(status, 'statusCategory')
  const word = textField(category, 'key') ?? textField(category, 'name')
  return isDone(word ?? textField(status, 'name') ?? '')
}

const CHANGES_MAX = 200

/** Null where the message has no list. Jira's `toString` is a field like any other: an own one. */
function changesOf(body: JsonObject): Change[] | null {
  const items = field(objectField(body, 'changelog'), 'items')
  if (!Array.isArray(items)) return null
  return items
    .slice(0, CHANGES_MAX)
    .filter(isObject)
    .map((item) => ({
      field: textField(item, 'field')?.toLowerCase() ?? '',
      from: textField(item, 'fromString') ?? '',
      to: textField(item, 'toString') ?? '',
    }))
}

function toSignal(issue: JsonObject, status: SignalStatus): Signal | null {
  const key = textField(issue, 'key')
  const id = textField(issue, 'id') ?? key
  if (id === null) return null
  const fields = objectField(issue, 'fields')
  const labels = field(fields, 'labels')
  const nameOf = (name: string) => textField(objectField(fields, name), 'name')
  return toTicketSignal({
    desk: 'Jira',
    id,
    key,
    status,
    subject: textField(fields, 'summary'),
    description: textField(fields, 'description') ?? proseOf(field(fields, 'description')),
    priority: nameOf('priority'),
    tags: Array.isArray(labels) ? labels.filter((label) => typeof label === 'string') : [],
    labels: {
      status: nameOf('status'),
      type: nameOf('issuetype'),
      project: textField(objectField(fields, 'project'), 'key'),
      component: firstName(field(fields, 'components')),
    },
    links: toLinks([[browseUrl(textField(issue, 'self'), key), 'Jira']]),
  })
}

function firstName(list: unknown): string | null {
  const first: unknown = Array.isArray(list) ? list[0] : null
  return isObject(first) ? textField(first, 'name') : null
}

/** The page for people is beside the API, unless that is Atlassian's gateway. */
function browseUrl(self: string | null, key: string | null): string | null {
  const site = /^(https?:\/\/[^/?#]{1,255}(?:\/[^?#]{0,255}?)?)\/rest\/(?:api|agile|servicedeskapi)\//.exec(self ?? '')?.[1]
  return site === undefined || key === null || /^https:\/\/api\.atlassian\.com\b/.test(site)
    ? null
    : `${site}/browse/${encodeURIComponent(key)}`
}

const PROSE_NODES_MAX = 500

/** The words of a text in Atlassian's document format; the body's depth has been bounded before. */
function proseOf(document: unknown): string | null {
  if (!isObject(document)) return null
  const words: string[] = []
  const waiting: unknown[] = [document]
  for (let count = 0; waiting.length > 0 && count < PROSE_NODES_MAX; count += 1) {
    const node = waiting.shift()
    if (!isObject(node)) continue
    const text = textField(node, 'text')
    if (text !== null) words.push(text)
    const content = field(node, 'content')
    if (Array.isArray(content)) waiting.unshift(...content.slice(0, PROSE_NODES_MAX))
  }
  return words.join(' ') || null
}
