/**
 * PagerDuty, asked for its open incidents, while a team runs both: what its services have and Tocsin has not opens here.
 * An incident of several alerts has no key of its own that our doors know: its alerts are asked for, and are what is told.
 * Source: PagerDuty REST API v2, `GET /incidents`, `GET /incidents/{id}/alerts` and their samples (read 2026-11-24).
 */
import { toLabels, toLinks, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField } from '../../core/alert/json.ts'
import type { Signal, SignalStatus } from '../../core/alert/signal.ts'
import { toInstant } from '../../core/alert/time-text.ts'
import type { AskConnection, Asked, AskSource } from '../../integration.ts'
import { getJson } from '../../integration-asked.ts'

const PAGE_SIZE = 100
/** Classic paging ends at 10,000; so many open incidents are answered by nobody. */
const PAGES_MAX = 20
/** With several alerts each: each is a question of its own. */
const LOOKED_INTO_MAX = 25
const STATUS_OF: Readonly<Record<string, SignalStatus>> = { triggered: 'firing', acknowledged: 'acknowledged', resolved: 'resolved' }

export const askPagerDuty: AskSource = {
  kind: 'pagerduty',
  title: 'PagerDuty incidents',
  doors: ['pagerduty-v2', 'pagerduty-v1'],
  settings: { services: 'Ids of services with commas between them. Left out: all that the key may see.' },
  ask,
}

async function ask(connection: AskConnection, signal: AbortSignal): Promise<Asked> {
  const incidents: JsonObject[] = []
  let more = true
  for (let page = 0; more && page < PAGES_MAX; page += 1) {
    if (signal.aborted) return { kind: 'failed', reason: 'it took too long' }
    const answer = await getPage(connection, `/incidents?${queryOf(connection, page)}`, 'incidents')
    if (answer.kind === 'failed') return answer
    incidents.push(...answer.items)
    more = answer.more
  }
  const several = incidents.filter(hasSeveralAlerts)
  const signals = incidents.filter((incident) => !hasSeveralAlerts(incident)).flatMap(toIncident)
  let all = several.length <= LOOKED_INTO_MAX
  for (const incident of several.slice(0, LOOKED_INTO_MAX)) {
    if (signal.aborted) return { kind: 'failed', reason: 'it took too long' }
    const query = new URLSearchParams({ limit: String(PAGE_SIZE), 'statuses[]': 'triggered' })
    const answer = await getPage(connection, `/incidents/${encodeURIComponent(textField(incident, 'id') ?? '')}/alerts?${query}`, 'alerts')
    if (answer.kind === 'failed') return answer
    signals.push(...answer.items.flatMap((alert) => toAlert(alert, incident)))
    all &&= !answer.more
  }
  const notes = [
    ...(more ? [`It has more than ${PAGES_MAX * PAGE_SIZE} open incidents.`] : []),
    ...(all ? [] : ['Not every alert of its incidents of several was asked for.']),
  ]
  return {
    kind: 'answered',
    signals,
    complete: !more && all && connection.settings['services'] === undefined,
    note: notes.length === 0 ? null : notes.join(' '),
  }
}

type Page =
  | { readonly kind: 'page'; readonly items: readonly JsonObject[]; readonly more: boolean }
  | { readonly kind: 'failed'; readonly reason: string }

async function getPage(connection: AskConnection, path: string, name: 'incidents' | 'alerts'): Promise<Page> {
  const answer = await getJson(connection, path, {
    accept: 'application/vnd.pagerduty+json;version=2',
    ...(connection.secret === null ? {} : { authorization: `Token token=${connection.secret}` }),
  })
  if (answer.kind === 'failed') return answer
  const items: unknown = isObject(answer.value) ? field(answer.value, name) : undefined
  if (!isObject(answer.value) || !Array.isArray(items)) return { kind: 'failed', reason: `its answer holds no ${name}` }
  return { kind: 'page', items: items.filter(isObject), more: answer.value['more'] === true }
}

/** Its list ends at a month ago where nothing else is said, and what has been open for longer would look over. */
function queryOf({ settings }: AskConnection, page: number): URLSearchParams {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE), offset: String(page * PAGE_SIZE), date_range: 'all' })
  for (const status of ['triggered', 'acknowledged']) query.append('statuses[]', status)
  for (const service of settings['services']?.split(',') ?? []) query.append('service_ids[]', service.trim())
  return query
}

function hasSeveralAlerts(incident: JsonObject): boolean {
  const counts = field(incident, 'alert_counts')
  return isObject(counts) && Number(counts['all']) > 1 && Number(counts['triggered']) > 0 && textField(incident, 'id') !== null
}

/** `incident_key` is the `dedup_key` of the event that opened it. */
function toIncident(incident: JsonObject): Signal[] {
  const key = textField(incident, 'incident_key') ?? textField(incident, 'id')
  const word = textField(incident, 'status') ?? ''
  const status = Object.hasOwn(STATUS_OF, word) ? STATUS_OF[word] : undefined
  if (key === null || status === undefined) return []
  return [
    toSignal({
      alarm: textField(incident, 'title'),
      status,
      title: textField(incident, 'title') ?? textField(incident, 'summary'),
      dedupKey: key,
      severityHint: textField(incident, 'urgency'),
      labels: labelsOf(incident),
      links: toLinks([[field(incident, 'html_url'), 'PagerDuty']]),
      startsAt: toInstant(field(incident, 'created_at')),
    }),
  ]
}

/** `alert_key` is the `dedup_key` of its events. It is acknowledged where its incident is. */
function toAlert(alert: JsonObject, incident: JsonObject): Signal[] {
  const key = textField(alert, 'alert_key') ?? textField(alert, 'id')
  if (key === null || textField(alert, 'status') !== 'triggered') return []
  return [
    toSignal({
      alarm: textField(alert, 'summary'),
      status: textField(incident, 'status') === 'acknowledged' ? 'acknowledged' : 'firing',
      title: textField(alert, 'summary') ?? textField(incident, 'title'),
      dedupKey: key,
      severityHint: textField(alert, 'severity') ?? textField(incident, 'urgency'),
      labels: labelsOf(incident),
      links: toLinks([[field(alert, 'html_url'), 'PagerDuty']]),
      startsAt: toInstant(field(alert, 'created_at')),
    }),
  ]
}

function labelsOf(incident: JsonObject): Signal['labels'] {
  const service = field(incident, 'service')
  return toLabels({ service: isObject(service) ? service['summary'] : null, pagerduty_incident: field(incident, 'id') })
}
