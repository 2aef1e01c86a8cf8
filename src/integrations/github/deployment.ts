/** Deployments and how they went. One environment of one repository is one alert: a later success of it ends a failure. */
import { toLinks, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField } from '../../core/alert/json.ts'
import { toLine } from '../../core/alert/text.ts'
import { toInstant } from '../../core/alert/time-text.ts'
import { objectField, present } from '../../integration-hook.ts'
import type { Report } from './receive.ts'
import { actorOf, branchIn, type Repository, repositoryOf, shortSha } from './repository.ts'

interface Deployment {
  readonly environment: string
  readonly ref: string | null
  readonly sha: string | null
  readonly repository: Repository
  /** What somebody relies on: GitHub's own word for it, its usual name, or the default branch. */
  readonly isLive: boolean
  readonly details: Readonly<Record<string, string>>
}

export function readDeployment(body: JsonObject): Report | null {
  const given = field(body, 'deployment')
  if (!isObject(given)) return null
  if ((textField(body, 'action') ?? 'created') !== 'created') return {}
  const deployment = toDeployment(given, body)
  const change = {
    title: toLine(`Deployment of ${versionOf(deployment)} to ${deployment.environment} began`, 1_024),
    source: deployment.repository.name,
    at: toInstant(field(given, 'created_at')),
    links: linksOf(body, deployment),
    details: deployment.details,
  }
  return { changes: [change] }
}

export function readDeploymentStatus(body: JsonObject): Report | null {
  const status = field(body, 'deployment_status')
  const given = field(body, 'deployment')
  const state = isObject(status) ? textField(status, 'state')?.toLowerCase() : undefined
  if (!isObject(status) || !isObject(given) || state === undefined) return null
  const failed = state === 'failure' || state === 'error'
  // It waits, runs, or was replaced by a later one.
  if (!failed && state !== 'success') return {}
  const deployment = toDeployment({ ...given, environment: textField(status, 'environment') ?? given['environment'] }, body)
  const { repository, environment } = deployment
  const title = `Deployment of ${versionOf(deployment)} to ${environment} ${failed ? 'failed' : 'succeeded'}`
  const links = toLinks([
    [field(status, 'log_url'), 'Log'],
    [field(status, 'target_url'), 'Deployment'],
    [field(status, 'environment_url'), environment],
    ...linksOf(body, deployment).map(({ href, text }) => [href, text] as const),
  ])
  const change = {
    title: toLine(title, 1_024),
    source: repository.name,
    at: toInstant(field(status, 'created_at')),
    links,
    details: { ...deployment.details, state },
  }
  if (!deployment.isLive) return { changes: [change] }
  const signal = toSignal({
    alarm: 'GitHubDeploymentFailed',
    status: failed ? 'firing' : 'resolved',
    title,
    summary: textField(status, 'description'),
    dedupKey: `deployment:${repository.name}:${environment}`,
    severityHint: failed ? 'error' : null,
    labels: { ...deployment.details, state },
    links,
  })
  return { changes: [change], signals: [signal] }
}

function toDeployment(given: JsonObject, body: JsonObject): Deployment {
  const repository = repositoryOf(body)
  const environment = textField(given, 'environment') ?? textField(given, 'original_environment') ?? 'an environment'
  const ref = branchIn(textField(given, 'ref'))
  const isDefault = ref !== null && ref === repository.defaultBranch
  const sha = textField(given, 'sha')
  const task = textField(given, 'task')
  return {
    repository,
    environment,
    ref,
    sha,
    isLive: isDefault || given['production_environment'] === true || /^prod(?:uction)?\b/i.test(environment),
    details: present({ repository: repository.name, environment, ref, sha, task: task === 'deploy' ? null : task, actor: actorOf(body) }),
  }
}

function versionOf({ repository, ref, sha }: Deployment): string {
  const version = [ref, shortSha(sha)].filter((part) => part !== null).join(' at ')
  return version === '' ? repository.name : `${repository.name} (${version})`
}

function linksOf(body: JsonObject, { repository, sha }: Deployment) {
  return toLinks([
    [field(objectField(body, 'workflow_run'), 'html_url'), 'Workflow run'],
    [repository.url === null || sha === null ? null : `${repository.url}/commit/${encodeURIComponent(sha)}`, 'Commit'],
  ])
}
