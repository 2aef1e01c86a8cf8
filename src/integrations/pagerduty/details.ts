/**
 * What stands in an event's `custom_details`: labels, the alarm's name, a measured value. Alertmanager's own PagerDuty
 * notifier writes its alerts there as text (`firing`), newer ones as JSON; both are read, so that its alarms match by name.
 * Source: captured from Debian's Alertmanager 0.25.0, see fixtures/SOURCES.md.
 */
import { toLabels } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField, toNumber } from '../../core/alert/json.ts'

export interface Details {
  readonly labels: Readonly<Record<string, string>>
  readonly alarm: string | null
  readonly value: number | null
}

const NO_DETAILS: JsonObject = {}
const NOTIFIER_FIELDS = new Set(['firing', 'resolved', 'num_firing', 'num_resolved'])

export function readDetails(custom: unknown): Details {
  const details = isObject(custom) ? custom : NO_DETAILS
  const common = commonLabels(details)
  const isNotifier = Object.keys(common).length > 0
  const own = Object.fromEntries(Object.entries(details).filter(([name]) => !isNotifier || !NOTIFIER_FIELDS.has(name)))
  return {
    labels: toLabels({ ...own, ...common }),
    alarm: textField(details, 'alertname') ?? textField(common, 'alertname'),
    value: toNumber(field(details, 'value')),
  }
}

/** The labels that all alerts of the notification share. */
function commonLabels(details: JsonObject): Record<string, string> {
  const [first, ...others] = alertsOf(field(details, 'firing')) ?? alertsOf(field(details, 'resolved')) ?? []
  if (first === undefined) return {}
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => others.every((labels) => labels[name] === value)))
}

function alertsOf(blob: unknown): Record<string, string>[] | undefined {
  const alerts =
    typeof blob === 'string' ? parseBlob(blob) : Array.isArray(blob) ? blob.filter(isObject).map((alert) => toLabels(alert['labels'])) : []
  return alerts.length > 0 ? alerts : undefined
}

/** Longest text read; the notifier cuts its own at 512 KB. */
const BLOB_CHARS_MAX = 65_536
const BLOB_ALERTS_MAX = 100

/** `Labels:\n - name = value\n...Annotations:\n...Source: ...`, once an alert. */
function parseBlob(blob: string): Record<string, string>[] {
  const alerts: Record<string, string>[] = []
  let current: [string, string][] | undefined
  for (const line of blob.slice(0, BLOB_CHARS_MAX).split('\n')) {
    if (line === 'Labels:') {
      if (alerts.length === BLOB_ALERTS_MAX) break
      current = []
    } else if (line === 'Annotations:' || line.startsWith('Source:')) {
      if (current !== undefined) alerts.push(toLabels(Object.fromEntries(current)))
      current = undefined
    } else if (current !== undefined) {
      const at = line.indexOf(' = ')
      if (line.startsWith(' - ') && at > 3) current.push([line.slice(3, at), line.slice(at + 3)])
    }
  }
  if (current !== undefined) alerts.push(toLabels(Object.fromEntries(current)))
  return alerts
}
