/**
 * Kinds of source that a detection may listen to: the ids of the integrations, and of those whose doors are promised in the
 * outside interface and come with a later release. A playbook may be written before the source is connected.
 */
export const SOURCE_KINDS: readonly string[] = [
  'alertmanager',
  'cloudevents',
  'datadog',
  'email',
  'eventbridge',
  'form',
  'github',
  'grafana',
  'jira',
  'json',
  'opsgenie',
  'pagerduty',
  'prometheus',
  'sentry',
  'sns',
  'tocsin',
  'zendesk',
]
