/**
 * Messages of vendors in shapes that nobody has published: any one field is missing, null, or of another type. Whatever was
 * an alarm pages still, plainly if need be, and is never taken for something of no concern.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hookContext, hookMessage } from '../../test/support/hook.ts'
import { integrations } from './index.ts'

type Path = readonly (string | number)[]

const sample = (id: string, name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, id, 'fixtures', name), 'utf8'))
const setupOf = (id: string): unknown => JSON.parse(integrations.find((one) => one.id === id)?.setup?.sample.body ?? '')
const failed = (over: object) => ({ ...(sample('github', 'webhook.workflow_run.json') as { workflow_run: object }), ...over })
const run = sample('github', 'webhook.workflow_run.json') as { workflow_run: object }

/** Each one pages as it is. */
const ALARMS: readonly (readonly [name: string, id: string, body: unknown, headers: Readonly<Record<string, string>>])[] = [
  ['an issue alert', 'sentry', sample('sentry', 'webhook.event_alert.triggered.json'), { 'sentry-hook-resource': 'event_alert' }],
  ['an issue', 'sentry', sample('sentry', 'webhook.issue.created.json'), { 'sentry-hook-resource': 'issue' }],
  ['an issue without its header', 'sentry', sample('sentry', 'webhook.issue.created.json'), {}],
  [
    'a metric alert',
    'sentry',
    { ...(sample('sentry', 'webhook.metric_alert.resolved.json') as object), action: 'critical' },
    { 'sentry-hook-resource': 'metric_alert' },
  ],
  ['the plugin', 'sentry', sample('sentry', 'legacy-webhook.plugin.json'), {}],
  ['a contact point', 'grafana', sample('grafana', 'webhook.firing.json'), {}],
  ['OnCall', 'grafana', sample('grafana', 'oncall.formatted_webhook.json'), {}],
  ['a channel of before', 'grafana', sample('grafana', 'legacy.test-notification.json'), {}],
  ['our template', 'datadog', setupOf('datadog'), {}],
  ['the default', 'datadog', sample('datadog', 'default-payload.filled-by-hand.json'), {}],
  ['an event', 'zendesk', sample('zendesk', 'event.ticket.created.json'), {}],
  ['our trigger', 'zendesk', setupOf('zendesk'), {}],
  ['a webhook', 'jira', { ...(sample('jira', 'webhook.issue_updated.json') as object), webhookEvent: 'jira:issue_created' }, {}],
  ['our rule', 'jira', setupOf('jira'), {}],
  ['a deployment that failed', 'github', setupOf('github'), { 'x-github-event': 'deployment_status' }],
  [
    'a workflow that failed',
    'github',
    failed({ workflow_run: { ...run.workflow_run, conclusion: 'failure' } }),
    { 'x-github-event': 'workflow_run' },
  ],
  ['a structured event', 'cloudevents', setupOf('cloudevents'), { 'content-type': 'application/cloudevents+json' }],
]

const REPLACEMENTS: readonly unknown[] = [undefined, null, 42, {}, [], '', 'something else']
const DEPTH_MAX = 5

/** Fields that say what happened: another word in them is another thing, which may be of no concern. */
const DECIDES =
  /^(?:action|state|status|conclusion|webhookEvent|type|event|ref|head_branch|default_branch|environment|production_environment|full_name|alert_transition|alert_type|status_category|key|name)$/

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || at.length === DEPTH_MAX) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = [...at, Array.isArray(value) ? Number(name) : name]
    return [path, ...pathsOf(inner, path)]
  })
}

function replaced(body: unknown, path: Path, by: unknown): unknown {
  const copy: unknown = structuredClone(body)
  let place = copy as Record<string | number, unknown>
  for (const part of path.slice(0, -1)) place = place[part] as Record<string | number, unknown>
  const last = path.at(-1) ?? ''
  if (by === undefined) delete place[last]
  else place[last] = by
  return copy
}

test.each(ALARMS)('%s of %s pages still, whatever one field of it is', (_name, id, body, headers) => {
  const door = integrations.find((one) => one.id === id)?.doors[0]
  if (door === undefined) throw new Error(`there is no door of ${id}`)
  const pages = (given: unknown) => {
    const received = door.receive(hookMessage(given, headers), hookContext())
    if (received.kind === 'refused') return received.page
    return received.kind === 'signals' && received.signals.some((signal) => signal.status === 'firing' && signal.title.trim() !== '')
  }
  expect(pages(body)).toBe(true)
  const silent = pathsOf(body).flatMap((path) =>
    REPLACEMENTS.filter((by) => by === undefined || by === null || !DECIDES.test(String(path.at(-1))))
      .filter((by) => !pages(replaced(body, path, by)))
      .map((by) => `${path.join('.')} = ${JSON.stringify(by)}`),
  )
  expect(silent).toEqual([])
})
