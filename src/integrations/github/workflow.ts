/** Runs of workflows, once they are over. One workflow on the default branch is one alert: its next success ends a failure. */
import { toLinks, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField } from '../../core/alert/json.ts'
import { toLine } from '../../core/alert/text.ts'
import { toInstant } from '../../core/alert/time-text.ts'
import { objectField, present } from '../../integration-hook.ts'
import type { Report } from './receive.ts'
import { repositoryOf } from './repository.ts'

const FAILED = new Set(['failure', 'timed_out', 'startup_failure'])

export function readWorkflowRun(body: JsonObject): Report | null {
  const run = field(body, 'workflow_run')
  if (!isObject(run)) return null
  const action = textField(body, 'action')
  if (action !== null && action !== 'completed') return {}
  const conclusion = textField(run, 'conclusion')?.toLowerCase() ?? null
  if (conclusion === null || textField(run, 'head_branch') === null) return null
  if (!isOfDefaultBranch(run, body)) return {}
  const repository = repositoryOf(body)
  const name = textField(objectField(body, 'workflow'), 'name') ?? textField(run, 'name') ?? 'A workflow'
  const branch = textField(run, 'head_branch')
  const number = textField(run, 'run_number')
  const title = `Workflow ${name} of ${repository.name} on ${branch ?? ''}: ${conclusion}`
  const links = toLinks([[field(run, 'html_url'), number === null ? 'Run' : `Run ${number}`]])
  const details = present({
    repository: repository.name,
    workflow: name,
    branch,
    sha: textField(run, 'head_sha'),
    event: textField(run, 'event'),
    conclusion,
    actor: textField(objectField(run, 'actor'), 'login'),
  })
  const change = { title: toLine(title, 1_024), source: repository.name, at: toInstant(field(run, 'updated_at')), links, details }
  const failed = FAILED.has(conclusion)
  // Cancelled, skipped and the like say nothing about whether it works.
  if (!failed && conclusion !== 'success') return { changes: [change] }
  const signal = toSignal({
    alarm: 'GitHubWorkflowFailed',
    status: failed ? 'firing' : 'resolved',
    title,
    summary: textField(objectField(run, 'head_commit'), 'message'),
    dedupKey: `workflow:${repository.name}:${textField(run, 'workflow_id') ?? name}:${branch ?? ''}`,
    severityHint: failed ? 'error' : null,
    labels: details,
    links,
  })
  return { changes: [change], signals: [signal] }
}

/** Where nobody says which one it is. */
const USUAL_BRANCHES = new Set(['main', 'master', 'trunk'])

/** A stranger's fork may call its branch like our default one: a run for a pull request is none of the default branch. */
function isOfDefaultBranch(run: JsonObject, body: JsonObject): boolean {
  const { defaultBranch } = repositoryOf(body)
  const own = textField(objectField(body, 'repository'), 'full_name')
  if (textField(run, 'event')?.startsWith('pull_request') === true) return false
  const head = textField(objectField(run, 'head_repository'), 'full_name')
  if (head !== null && own !== null && head !== own) return false
  const branch = textField(run, 'head_branch') ?? ''
  return defaultBranch === null ? USUAL_BRANCHES.has(branch) : branch === defaultBranch
}
