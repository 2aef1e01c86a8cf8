/** Issues with the label `incident`. */
import { toLabels, toLinks, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField } from '../../core/alert/json.ts'
import type { SignalStatus } from '../../core/alert/signal.ts'
import { present, severityIn } from '../../integration-hook.ts'
import type { Report } from './receive.ts'
import { repositoryOf } from './repository.ts'

/** `incident`, or with a kind before it: `type: incident`, `kind/incident`. */
const INCIDENT = /^(?:[\w -]{1,20}[:/] {0,2})?incident$/i
const LABELS_READ_MAX = 100

export function readIssue(body: JsonObject): Report | null {
  const issue = field(body, 'issue')
  const action = textField(body, 'action')
  if (!isObject(issue) || action === null) return null
  const names = labelNames(field(issue, 'labels'))
  const changed = labelNames([field(body, 'label')])[0] ?? ''
  const status = statusOf(action, { isIncident: names.some(isIncident), changed, isOpen: textField(issue, 'state') !== 'closed' })
  if (status === null) return {}
  const repository = repositoryOf(body)
  const number = textField(issue, 'number')
  const signal = toSignal({
    alarm: 'GitHubIncident',
    status,
    title: textField(issue, 'title') ?? `Issue ${number ?? ''} of ${repository.name}`,
    summary: textField(issue, 'body'),
    dedupKey: `issue:${repository.name}#${number ?? ''}`,
    severityHint: names.map(severityIn).find((hint) => hint !== null) ?? null,
    labels: toLabels(present({ repository: repository.name, issue: number, labels: names.join(',') || null })),
    links: toLinks([[field(issue, 'html_url'), 'Issue']]),
  })
  return { signals: [signal] }
}

interface Facts {
  readonly isIncident: boolean
  /** The label that the event is about; empty for none. */
  readonly changed: string
  readonly isOpen: boolean
}

function statusOf(action: string, { isIncident: has, changed, isOpen }: Facts): SignalStatus | null {
  switch (action) {
    case 'opened':
    case 'reopened':
      return has && isOpen ? 'firing' : null
    case 'labeled':
      // Also a label that says how bad it is, on an issue that is an incident already.
      return isOpen && (isIncident(changed) || (has && severityIn(changed) !== null)) ? 'firing' : null
    case 'unlabeled':
      return isIncident(changed) ? 'resolved' : null
    case 'closed':
    case 'deleted':
    case 'transferred':
      return has ? 'resolved' : null
    default:
      return null
  }
}

function isIncident(label: string): boolean {
  return INCIDENT.test(label.trim())
}

function labelNames(labels: unknown): string[] {
  if (!Array.isArray(labels)) return []
  return labels.slice(0, LABELS_READ_MAX).flatMap((label: unknown) => (isObject(label) ? (textField(label, 'name') ?? []) : []))
}
