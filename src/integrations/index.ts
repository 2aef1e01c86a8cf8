/** The one list of integrations; nothing else outside their folders names them. */
import type { AskSource, Door, InnerDoor, IntegrationManifest } from '../integration.ts'
import { askedDoor } from '../integration-asked.ts'
import { alertmanager } from './alertmanager/manifest.ts'
import { cloudevents } from './cloudevents/manifest.ts'
import { datadog } from './datadog/manifest.ts'
import { cloudwatch } from './cloudwatch/manifest.ts'
import { eventbridge } from './eventbridge/manifest.ts'
import { github } from './github/manifest.ts'
import { form } from './form/manifest.ts'
import { grafana } from './grafana/manifest.ts'
import { jira } from './jira/manifest.ts'
import { json } from './json/manifest.ts'
import { mail } from './mail/manifest.ts'
import { measure } from './measure/manifest.ts'
import { opsgenie } from './opsgenie/manifest.ts'
import { pagerduty } from './pagerduty/manifest.ts'
import { prometheus } from './prometheus/manifest.ts'
import { sentry } from './sentry/manifest.ts'
import { sns } from './sns/manifest.ts'
import { zendesk } from './zendesk/manifest.ts'

export const integrations: readonly IntegrationManifest[] = [
  alertmanager,
  cloudwatch,
  cloudevents,
  datadog,
  eventbridge,
  github,
  form,
  grafana,
  jira,
  json,
  mail,
  measure,
  opsgenie,
  pagerduty,
  prometheus,
  sentry,
  sns,
  zendesk,
]

/** Every door with the integration it belongs to, which is the "source kind" that playbook rules name. */
export const doors: readonly { readonly door: Door; readonly kind: string }[] = integrations.flatMap(({ id, doors: own }) =>
  own.map((door) => ({ door, kind: id })),
)

/** Sources that can be asked what fires, each with its integration. */
export const askSources: readonly { readonly ask: AskSource; readonly kind: string }[] = integrations.flatMap(({ id, ask = [] }) =>
  [ask].flat().map((one) => ({ ask: one, kind: id })),
)

/** Receipts of these are handed in by routes, or made of what was asked; they are read again as those of doors are. */
export const innerDoors: readonly { readonly door: InnerDoor; readonly kind: string }[] = [
  ...integrations.flatMap(({ id, innerDoors: own = [] }) => own.map((door) => ({ door, kind: id }))),
  ...askSources.map(({ ask, kind }) => ({ door: askedDoor(ask.kind), kind })),
]
