/** Metric alerts of Sentry: one alert has one id from its first threshold to its end. */
import { toLabels, toLinks, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField, toNumber } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { toInstant } from '../../core/alert/time-text.ts'
import { objectField, present, severityIn } from '../../integration-hook.ts'

/** @returns null when it is no metric alert */
export function readMetricAlert(action: string | null, data: JsonObject): Signal | null {
  const alert = field(data, 'metric_alert')
  if (!isObject(alert) || action === null) return null
  const rule = objectField(alert, 'alert_rule')
  const name = textField(rule, 'name') ?? textField(alert, 'title')
  const title = textField(data, 'description_title') ?? name
  const id = textField(alert, 'id') ?? textField(alert, 'identifier')
  if (title === null && id === null) return null
  // Sentry's own text holds the two characters `\n` where its documentation shows it.
  const summary = textField(data, 'description_text')?.replaceAll('\\n', '\n') ?? null
  return toSignal({
    alarm: name ?? title,
    status: action === 'resolved' ? 'resolved' : 'firing',
    title: title ?? `Sentry metric alert ${id ?? ''}`,
    summary,
    // Ids of issues are numbers too: the word keeps the two apart.
    dedupKey: id === null ? null : `metric_alert:${id}`,
    severityHint: severityOf(action, name),
    value: leadingNumber(summary),
    labels: toLabels(
      present({
        resource: 'metric_alert',
        rule: name,
        rule_id: textField(rule, 'id'),
        project: projectOf(alert) ?? projectOf(rule),
        environment: textField(rule, 'environment'),
        query: textField(rule, 'query'),
        aggregate: textField(rule, 'aggregate'),
        dataset: textField(rule, 'dataset'),
      }),
    ),
    links: toLinks([[field(data, 'web_url'), 'Sentry']]),
    endsAt: action === 'resolved' ? toInstant(field(alert, 'date_closed')) : null,
  })
}

/** A warning is one, whatever the rule is called; what is critical may be called `SEV-1`, or `SEV-3`, by the rule's own name. */
function severityOf(action: string, name: string | null): string | null {
  if (action === 'resolved') return null
  return action === 'critical' ? (severityIn(name) ?? action) : action
}

/** `1000 events in the last 10 minutes`, `97.2% crash free sessions ...` */
function leadingNumber(text: string | null): number | null {
  return toNumber(/^(\d{1,15}(?:\.\d{1,9})?)(?:%|ms|s)?\s/.exec(text ?? '')?.[1])
}

function projectOf(object: JsonObject): string | null {
  const projects = field(object, 'projects')
  return Array.isArray(projects) && typeof projects[0] === 'string' ? projects.filter((one) => typeof one === 'string').join(',') : null
}
