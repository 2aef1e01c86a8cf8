/**
 * Kinds of source that a detection may listen to: the ids of the integrations by which signals come, and Tocsin's own. A
 * playbook is read without them, so they are named here once more; a test holds both alike. A playbook may be written before
 * the source is connected.
 */
export const SOURCE_KINDS: readonly string[] = [
  'alertmanager',
  'cloudevents',
  'cloudwatch',
  'datadog',
  'email',
  'eventbridge',
  'form',
  'github',
  'grafana',
  'jira',
  'json',
  'measure',
  'opsgenie',
  'pagerduty',
  'prometheus',
  'sentry',
  'sns',
  'tocsin',
  'zendesk',
]
