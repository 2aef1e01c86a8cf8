/**
 * GitHub's webhooks. Deployments, workflow runs, releases and pushes are changes, shown beside incidents; what failed on the
 * default branch, or on the way to production, and issues with the label `incident` are alerts. Everything else that may be
 * ticked on GitHub's page is kept and changes nothing.
 * Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads (read 2026-11-24). GitHub repeats nothing by itself.
 */
import { isObject, type JsonObject, textField } from '../../core/alert/json.ts'
import type { ChangeReport, Signal } from '../../core/alert/signal.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { accept, distrust, misread, objectOf, readPlainly } from '../../integration-hook.ts'
import { verifyHmac } from '../../integration-signature.ts'
import { readDeployment, readDeploymentStatus } from './deployment.ts'
import { readIssue } from './issue.ts'
import { readPush, readRelease } from './release.ts'
import { readWorkflowRun } from './workflow.ts'

const SENDER = 'A GitHub webhook'

/** What one event comes to; both empty for what is of no concern here. */
export interface Report {
  readonly signals?: readonly Signal[]
  readonly changes?: readonly ChangeReport[]
}

/** Each answers null when the event lacks what it is about. */
const READERS: ReadonlyMap<string, (body: JsonObject) => Report | null> = new Map([
  ['deployment', readDeployment],
  ['deployment_status', readDeploymentStatus],
  ['workflow_run', readWorkflowRun],
  ['release', readRelease],
  ['push', readPush],
  ['issues', readIssue],
])

export function receiveGithub(message: InboundMessage, context: ReceiveContext): Received {
  const fault = faultOfSignature(message, context.signingSecret)
  if (fault !== null) return distrust(fault)
  const body = objectOf(message, context)
  if (!isObject(body)) return misread(body, SENDER, 400)
  const messageId = message.headers['x-github-delivery'] ?? null
  const event = message.headers['x-github-event'] ?? guessEvent(body)
  if (event === null) return readPlainly(body, SENDER, messageId)
  const reader = READERS.get(event)
  const report = reader === undefined ? {} : reader(body)
  return report === null ? readPlainly(body, SENDER, messageId) : accept({ ...report, messageId })
}

/** `sha256=` and hex over the raw body, also where that is a form. */
function faultOfSignature({ headers, body }: InboundMessage, secret: string | null): string | null {
  if (secret === null) return null
  const given = headers['x-hub-signature-256']
  if (given === undefined) return 'it has no X-Hub-Signature-256'
  const hex = /^sha256=(.*)$/.exec(given)?.[1] ?? ''
  return verifyHmac({ algorithm: 'sha256', secret, signed: body, given: hex, encoding: 'hex' }) ? null : 'its X-Hub-Signature-256 is wrong'
}

/** A proxy may have lost the header. */
function guessEvent(body: JsonObject): string | null {
  const has = (name: string) => isObject(body[name])
  if (has('deployment_status')) return 'deployment_status'
  if (has('workflow_run')) return 'workflow_run'
  if (has('deployment')) return 'deployment'
  if (has('release')) return 'release'
  if (has('issue')) return 'issues'
  if (textField(body, 'zen') !== null) return 'ping'
  return textField(body, 'ref') !== null && textField(body, 'after') !== null ? 'push' : null
}
