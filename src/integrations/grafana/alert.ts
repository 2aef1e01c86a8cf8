/** One alert of Grafana Alerting. */
import { toLabels, toLinks, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField, toNumber } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { toInstant } from '../../core/alert/time-text.ts'
import { objectField } from '../../integration-hook.ts'

/** @returns null when it has no labels or no known status */
export function readAlert(alert: unknown, group: JsonObject): Signal | null {
  if (!isObject(alert)) return null
  const labels = toLabels(field(alert, 'labels'))
  const status = textField(alert, 'status')
  if (Object.keys(labels).length === 0 || (status !== 'firing' && status !== 'resolved')) return null
  const notes = objectField(alert, 'annotations')
  const alarm = textField(labels, 'alertname')
  return toSignal({
    alarm,
    status,
    title: textField(notes, 'summary') ?? textField(notes, 'title') ?? titleOf(alarm, labels),
    summary: textField(notes, 'description') ?? textField(notes, 'message'),
    dedupKey: textField(alert, 'fingerprint'),
    severityHint: textField(labels, 'severity') ?? textField(labels, 'priority'),
    value: toNumber(field(notes, 'value')) ?? valueOf(field(alert, 'values')) ?? valueInText(textField(alert, 'valueString')),
    labels,
    links: toLinks([
      [field(notes, 'runbook_url'), 'Runbook'],
      [field(alert, 'panelURL'), 'Panel'],
      [field(alert, 'dashboardURL'), 'Dashboard'],
      [field(alert, 'generatorURL'), 'Rule'],
      [field(alert, 'imageURL'), 'Image'],
      [field(alert, 'silenceURL'), 'Silence in Grafana'],
      [field(group, 'externalURL'), 'Grafana'],
    ]),
    startsAt: toInstant(field(alert, 'startsAt')),
    endsAt: toInstant(field(alert, 'endsAt')),
  })
}

/** `DatasourceError` and `DatasourceNoData` stand for a rule that could not be evaluated: its name is a label. */
function titleOf(alarm: string | null, labels: Readonly<Record<string, string>>): string | null {
  const rule = textField(labels, 'rulename')
  return rule === null || alarm === null ? alarm : `${alarm}: ${rule}`
}

/**
 * The measured number among the results of the rule's queries and expressions, by their letters. The last is the condition,
 * which is 0 or 1; before it stands what the condition looked at.
 */
function valueOf(values: unknown): number | null {
  if (!isObject(values)) return null
  const numbers = Object.keys(values)
    .sort()
    .flatMap((name) => toNumber(values[name]) ?? [])
  const last = numbers.at(-1) ?? null
  const isCondition = numbers.length > 1 && (last === 0 || last === 1)
  return isCondition ? (numbers.at(-2) ?? null) : last
}

const VALUE_TEXT_CHARS_MAX = 8_192

/** Grafana 8 wrote them as text: `[ var='B' labels={...} value=44.2 ], [ var='C' ... value=1 ]`. */
function valueInText(text: string | null): number | null {
  const found = [
    ...(text ?? '').slice(0, VALUE_TEXT_CHARS_MAX).matchAll(/var='([A-Za-z0-9_]{1,40})'[^[\]]{0,2000}?value=([-+.\deE]{1,32})/g),
  ]
  return valueOf(Object.fromEntries(found.map(([, name, value]) => [name, value])))
}
