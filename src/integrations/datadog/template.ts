/**
 * What the webhook's "Payload" shall hold in Datadog: names of ours, variables of Datadog's. Its own default says neither
 * which alert it is, nor how it changed.
 * Source: https://docs.datadoghq.com/integrations/webhooks/ (read 2026-11-24).
 */
export const TEMPLATE = {
  alert_cycle_key: '$ALERT_CYCLE_KEY',
  aggreg_key: '$AGGREG_KEY',
  alert_transition: '$ALERT_TRANSITION',
  alert_type: '$ALERT_TYPE',
  alert_priority: '$ALERT_PRIORITY',
  alert_id: '$ALERT_ID',
  alert_title: '$ALERT_TITLE',
  alert_status: '$ALERT_STATUS',
  alert_metric: '$ALERT_METRIC',
  alert_query: '$ALERT_QUERY',
  alert_scope: '$ALERT_SCOPE',
  event_title: '$EVENT_TITLE',
  event_type: '$EVENT_TYPE',
  text: '$TEXT_ONLY_MSG',
  hostname: '$HOSTNAME',
  tags: '$TAGS',
  link: '$LINK',
  snapshot: '$SNAPSHOT',
  date: '$DATE',
  id: '$ID',
  org: { id: '$ORG_ID', name: '$ORG_NAME' },
} as const

/** Such a template with its variables filled in, as Datadog does: one that has no value becomes an empty text. */
export const SAMPLE = {
  alert_cycle_key: '5312734712649311733',
  aggreg_key: '9bd4ac313a4d1e8fae2482df7b77628',
  alert_transition: 'Triggered',
  alert_type: 'error',
  alert_priority: 'P1',
  alert_id: '73481',
  alert_title: '[P1] [Triggered on {service:api}] API5xxAlarm',
  alert_status: 'trace.http.errors over service:api was > 50.0 on average during the last 10m.',
  alert_metric: 'trace.http.errors',
  alert_query: 'avg(last_10m):100 * sum:trace.http.errors{*} by {service} / sum:trace.http.hits{*} by {service} > 50',
  alert_scope: 'service:api',
  event_title: '[P1] [Triggered on {service:api}] API5xxAlarm',
  event_type: 'query_alert_monitor',
  text: 'More than half of all calls fail.\nvalue: 61.2\n\nMetric value: 61.2',
  hostname: '',
  tags: 'env:production,monitor,service:api,team:platform',
  link: 'https://app.datadoghq.com/monitors/73481?group=service%3Aapi',
  snapshot: '',
  date: '1795513512000',
  id: '7340289411932048371',
  org: { id: '11023', name: 'Example' },
} as const
