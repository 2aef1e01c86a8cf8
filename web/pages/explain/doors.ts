/** Doors by which a pasted message can have come, and kinds of sender, as the server names them. */
export const DOORS = [
  { id: 'prometheus', title: 'Prometheus' },
  { id: 'alertmanager', title: 'Alertmanager webhook' },
  { id: 'pagerduty-v2', title: 'PagerDuty Events API v2' },
  { id: 'pagerduty-v1', title: 'PagerDuty Events API v1' },
  { id: 'json', title: 'JSON of your own' },
] as const

export const SOURCE_KINDS = [
  'alertmanager',
  'cloudevents',
  'datadog',
  'email',
  'eventbridge',
  'github',
  'grafana',
  'jira',
  'json',
  'opsgenie',
  'pagerduty',
  'prometheus',
  'sentry',
  'sns',
  'zendesk',
] as const
