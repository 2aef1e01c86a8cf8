/** The webhook of Grafana 8 and before ("legacy alerting"), and the formatted webhook of Grafana OnCall. */
import { toLabels, toLinks, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField, toNumber } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { objectField } from '../../integration-hook.ts'

/** `ok` ends it; `paused` and `pending` are states in which nothing fires. `no_data` is a firing one. */
const OVER = new Set(['ok', 'paused', 'pending'])

/** @returns null when it is none */
export function readLegacy(body: JsonObject): Signal | null {
  const name = textField(body, 'ruleName')
  const state = textField(body, 'state')
  if (name === null || state === null) return null
  const matches = field(body, 'evalMatches')
  const match = Array.isArray(matches) ? matches.find(isObject) : undefined
  const ruleId = textField(body, 'ruleId')
  const tags = toLabels(objectField(body, 'tags'))
  return toSignal({
    alarm: name,
    status: OVER.has(state.toLowerCase()) ? 'resolved' : 'firing',
    title: textField(body, 'title') ?? name,
    summary: textField(body, 'message'),
    dedupKey: ruleId === null ? name : `${textField(body, 'orgId') ?? ''}/${ruleId}`,
    severityHint: textField(tags, 'severity'),
    value: match === undefined ? null : toNumber(field(match, 'value')),
    labels: { ...tags, ...(match === undefined ? {} : toLabels(field(match, 'tags'))), state },
    links: toLinks([
      [field(body, 'ruleUrl'), 'Rule'],
      [field(body, 'imageUrl'), 'Image'],
    ]),
  })
}

/** @returns null when it is none */
export function readFormatted(body: JsonObject): Signal | null {
  const uid = textField(body, 'alert_uid')
  const state = textField(body, 'state')
  const title = textField(body, 'title')
  if (title === null || (uid === null && state === null)) return null
  return toSignal({
    alarm: title,
    status: state !== null && OVER.has(state.toLowerCase()) ? 'resolved' : 'firing',
    title,
    summary: textField(body, 'message'),
    dedupKey: uid ?? title,
    severityHint: textField(body, 'severity'),
    links: toLinks([
      [field(body, 'link_to_upstream_details'), 'Details'],
      [field(body, 'image_url'), 'Image'],
    ]),
  })
}
