/**
 * PagerDuty, asked for its open incidents, while a team runs both: what its services have and Tocsin has not opens here.
 * Source: PagerDuty REST API v2, `GET /incidents`, and its sample `rest.incidents.list.200.json` (read 2026-11-24).
 */
import { toLabels, toLinks, toSignal } from '../../core/alert/build.ts'
import { field, isObject, textField } from '../../core/alert/json.ts'
import type { Signal, SignalStatus } from '../../core/alert/signal.ts'
import { toInstant } from '../../core/alert/time-text.ts'
import type { AskConnection, Asked, AskSource } from '../../integration.ts'
import { getJson } from '../../integration-asked.ts'

const PAGE_SIZE = 100
/** Classic paging ends at 10,000; so many open incidents are answered by nobody. */
const PAGES_MAX = 20
const STATUS_OF: Readonly<Record<string, SignalStatus>> = { triggered: 'firing', acknowledged: 'acknowledged', resolved: 'resolved' }

export const askPagerDuty: AskSource = {
  kind: 'pagerduty',
  title: 'PagerDuty incidents',
  doors: ['pagerduty-v2', 'pagerduty-v1'],
  settings: { services: 'Ids of services with commas between them. Left out: all that the key may see.' },
  ask,
}

async function ask(connection: AskConnection, signal: AbortSignal): Promise<Asked> {
  const signals: Signal[] = []
  let more = true
  for (let page = 0; more && page < PAGES_MAX; page += 1) {
    if (signal.aborted) return { kind: 'failed', reason: 'it took too long' }
    const answer = await getJson(connection, `/incidents?${queryOf(connection, page)}`, {
      accept: 'application/vnd.pagerduty+json;version=2',
      ...(connection.secret === null ? {} : { authorization: `Token token=${connection.secret}` }),
    })
    if (answer.kind === 'failed') return answer
    const incidents = isObject(answer.value) ? field(answer.value, 'incidents') : undefined
    if (!isObject(answer.value) || !Array.isArray(incidents)) return { kind: 'failed', reason: 'its answer holds no incidents' }
    signals.push(...(incidents as readonly unknown[]).flatMap(toIncident))
    more = answer.value['more'] === true
  }
  return {
    kind: 'answered',
    signals,
    complete: !more && connection.settings['services'] === undefined,
    note: more ? `It has more than ${PAGES_MAX * PAGE_SIZE} open incidents.` : null,
  }
}

function queryOf({ settings }: AskConnection, page: number): URLSearchParams {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE), offset: String(page * PAGE_SIZE) })
  for (const status of ['triggered', 'acknowledged']) query.append('statuses[]', status)
  for (const service of settings['services']?.split(',') ?? []) query.append('service_ids[]', service.trim())
  return query
}

/** `incident_key` is the `dedup_key` of the event that opened it. */
function toIncident(incident: unknown): Signal[] {
  const key = isObject(incident) ? (textField(incident, 'incident_key') ?? textField(incident, 'id')) : null
  const word = isObject(incident) ? (textField(incident, 'status') ?? '') : ''
  const status = Object.hasOwn(STATUS_OF, word) ? STATUS_OF[word] : undefined
  if (!isObject(incident) || key === null || status === undefined) return []
  const service = field(incident, 'service')
  return [
    toSignal({
      alarm: textField(incident, 'title'),
      status,
      title: textField(incident, 'title') ?? textField(incident, 'summary'),
      dedupKey: key,
      severityHint: textField(incident, 'urgency'),
      labels: toLabels({ service: isObject(service) ? service['summary'] : null, pagerduty_incident: field(incident, 'id') }),
      links: toLinks([[field(incident, 'html_url'), 'PagerDuty']]),
      startsAt: toInstant(field(incident, 'created_at')),
    }),
  ]
}
