/** The body of our automation rule: names of ours, smart values of Jira's. */
import { toLinks } from '../../core/alert/build.ts'
import { field, type JsonObject, textField } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { toTicketSignal } from '../../integration-ticket.ts'
import { isDone } from './words.ts'

/** `jsonEncode` keeps a customer's quotation marks from breaking the JSON. */
export const TEMPLATE = {
  issue_id: '{{issue.id}}',
  issue_key: '{{issue.key}}',
  status: '{{issue.status.name}}',
  status_category: '{{issue.status.statusCategory.key}}',
  priority: '{{issue.priority.name}}',
  issue_type: '{{issue.issueType.name}}',
  project: '{{issue.project.key}}',
  labels: '{{issue.labels}}',
  url: '{{issue.url}}',
  summary: '{{issue.summary.jsonEncode}}',
  description: '{{issue.description.jsonEncode}}',
} as const

/** @returns null when it names no issue */
export function readTemplate(body: JsonObject): Signal | null {
  const key = textField(body, 'issue_key')
  const id = textField(body, 'issue_id') ?? key
  if (id === null || id.includes('{{')) return null
  const status = textField(body, 'status')
  return toTicketSignal({
    desk: 'Jira',
    id,
    key,
    status: isDone(textField(body, 'status_category') ?? status ?? '') || isDone(status ?? '') ? 'resolved' : 'firing',
    subject: textField(body, 'summary'),
    description: textField(body, 'description'),
    priority: textField(body, 'priority'),
    tags: (textField(body, 'labels') ?? '')
      .slice(0, 4_096)
      .split(/[\s,]+/)
      .filter((label) => label !== ''),
    labels: {
      status,
      type: textField(body, 'issue_type'),
      project: textField(body, 'project'),
      request_type: textField(body, 'request_type'),
    },
    links: toLinks([[field(body, 'url'), 'Jira']]),
  })
}
