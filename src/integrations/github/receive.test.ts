import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, expectSigned, fixtureText, type Headers, hookContext, hookMessage, onlySignal } from '../../../test/support/hook.ts'
import { receiveGithub } from './receive.ts'

type Body = Record<string, unknown>
const sample = (name: string): Body => JSON.parse(fixtureText(import.meta.dirname, `webhook.${name}.json`))
const read = (body: unknown, event?: string, headers: Headers = {}) =>
  receiveGithub(hookMessage(body, { ...(event === undefined ? {} : { 'x-github-event': event }), ...headers }), hookContext())
const within = (body: Body, name: string, over: Body): Body => ({ ...body, [name]: { ...(body[name] as Body), ...over } })

describe('published messages', () => {
  test('a deployment is a change', () => {
    const received = read(sample('deployment'), 'deployment', { 'x-github-delivery': 'd-1' })
    expect(acceptedOf(received)).toMatchObject({ signals: [], messageId: 'd-1', reply: { status: 200 } })
    expect(acceptedOf(received).changes).toEqual([
      {
        title: 'Deployment of Codertocat/Hello-World (master at f95f852) to production began',
        source: 'Codertocat/Hello-World',
        at: Date.UTC(2019, 4, 15, 15, 20, 53),
        links: [{ href: 'https://github.com/Codertocat/Hello-World/commit/f95f852bd8fca8fcc58a9a2d6c842781e32a215e', text: 'Commit' }],
        details: {
          repository: 'Codertocat/Hello-World',
          environment: 'production',
          ref: 'master',
          sha: 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e',
          actor: 'Codertocat',
        },
      },
    ])
  })

  test('a deployment that succeeded is a change, and ends what failed before it', () => {
    const received = acceptedOf(read(sample('deployment_status'), 'deployment_status'))
    expect(received.changes).toMatchObject([
      {
        title: 'Deployment of Codertocat/Hello-World (master at f95f852) to production succeeded',
        at: Date.UTC(2019, 4, 15, 15, 20, 55),
        details: { state: 'success', environment: 'production' },
      },
    ])
    expect(received.signals).toMatchObject([
      { alarm: 'GitHubDeploymentFailed', status: 'resolved', dedupKey: 'deployment:Codertocat/Hello-World:production' },
    ])
  })

  test('a workflow that succeeded on the default branch', () => {
    const received = acceptedOf(read(sample('workflow_run'), 'workflow_run'))
    expect(received.changes).toMatchObject([
      {
        title: 'Workflow test of octo-org/octo-repo on master: success',
        source: 'octo-org/octo-repo',
        at: Date.UTC(2020, 9, 5, 16, 33, 49),
        links: [{ href: 'https://github.com/octo-org/octo-repo/actions/runs/289782451', text: 'Run 163' }],
      },
    ])
    expect(received.signals).toMatchObject([{ status: 'resolved', dedupKey: 'workflow:octo-org/octo-repo:2823525:master' }])
  })

  test('a release', () => {
    expect(acceptedOf(read(sample('release'), 'release')).changes).toEqual([
      {
        title: 'Release 0.0.1 of Codertocat/Hello-World published',
        source: 'Codertocat/Hello-World',
        at: Date.UTC(2019, 4, 15, 15, 20, 53),
        links: [{ href: 'https://github.com/Codertocat/Hello-World/releases/tag/0.0.1', text: 'Release' }],
        details: { repository: 'Codertocat/Hello-World', tag: '0.0.1', actor: 'Codertocat' },
      },
    ])
  })

  test('a push of a tag', () => {
    expect(acceptedOf(read(sample('push'), 'push')).changes).toEqual([
      {
        title: 'Tag simple-tag of Codertocat/Hello-World: Adding a .gitignore file',
        source: 'Codertocat/Hello-World',
        at: Date.UTC(2019, 4, 15, 15, 20, 41),
        links: [{ href: 'https://github.com/Codertocat/Hello-World/compare/simple-tag', text: 'Compare' }],
        details: {
          repository: 'Codertocat/Hello-World',
          ref: 'refs/tags/simple-tag',
          sha: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
          actor: 'Codertocat',
        },
      },
    ])
  })

  test.each(['ping', 'issues', 'issues.labeled'])('%s is kept and changes nothing', (name) => {
    const event = name.split('.')[0] ?? ''
    expect(acceptedOf(read(sample(name), event))).toMatchObject({ signals: [], changes: [], reply: { status: 200 } })
  })
})

describe('a deployment', () => {
  const status = (over: Body, deployment: Body = {}) =>
    acceptedOf(read(within(within(sample('deployment_status'), 'deployment_status', over), 'deployment', deployment), 'deployment_status'))

  test.each(['failure', 'error'])('that ended in %s of the default branch is an alert, which the next success ends', (state) => {
    const failed = status({ state, log_url: 'https://ci.example/1', description: 'Health check' })
    expect(failed.signals).toMatchObject([
      {
        alarm: 'GitHubDeploymentFailed',
        status: 'firing',
        title: 'Deployment of Codertocat/Hello-World (master at f95f852) to production failed',
        summary: 'Health check',
        severityHint: 'error',
        labels: { repository: 'Codertocat/Hello-World', environment: 'production', state },
      },
    ])
    expect(failed.signals[0]?.links[0]).toEqual({ href: 'https://ci.example/1', text: 'Log' })
    expect(status({}).signals[0]?.dedupKey).toBe(failed.signals[0]?.dedupKey)
  })

  test('of another branch is an alert on the way to production, and a change elsewhere', () => {
    const failed = { state: 'failure' }
    expect(status({ ...failed, environment: 'staging' }, { ref: 'topic', environment: 'staging' }).signals).toEqual([])
    expect(status({ ...failed, environment: 'staging' }, { ref: 'topic', environment: 'staging' }).changes).toHaveLength(1)
    expect(status(failed, { ref: 'v1.2.3' }).signals).toHaveLength(1)
    expect(
      status({ ...failed, environment: 'eu' }, { ref: 'topic', environment: 'eu', production_environment: true }).signals,
    ).toHaveLength(1)
  })

  test.each(['pending', 'queued', 'in_progress', 'waiting', 'inactive'])('that is %s is neither', (state) => {
    expect(status({ state })).toMatchObject({ signals: [], changes: [] })
  })
})

describe('a run of a workflow', () => {
  const run = (over: Body) => acceptedOf(read(within(sample('workflow_run'), 'workflow_run', over), 'workflow_run'))

  test.each(['failure', 'timed_out', 'startup_failure'])(
    'that ended in %s on the default branch is an alert, which the next success ends',
    (conclusion) => {
      const [signal] = run({ conclusion }).signals
      expect(signal).toMatchObject({
        alarm: 'GitHubWorkflowFailed',
        status: 'firing',
        title: `Workflow test of octo-org/octo-repo on master: ${conclusion}`,
        summary: 'build(test): check workflow run event payload',
        severityHint: 'error',
      })
      expect(run({}).signals[0]?.dedupKey).toBe(signal?.dedupKey)
    },
  )

  test.each(['cancelled', 'skipped', 'neutral', 'action_required'])('that is %s says nothing about whether it works', (conclusion) => {
    expect(run({ conclusion })).toMatchObject({ signals: [], changes: [{}] })
  })

  test.each([
    ['another branch', { head_branch: 'topic' }],
    ['a pull request', { event: 'pull_request' }],
    ["a stranger's fork with a branch of that name", { head_repository: { full_name: 'stranger/octo-repo' } }],
  ])('of %s is neither alert nor change', (_name, over) => {
    expect(run({ conclusion: 'failure', ...over })).toMatchObject({ signals: [], changes: [] })
  })

  test('that has only begun is neither', () => {
    expect(acceptedOf(read({ ...sample('workflow_run'), action: 'requested' }, 'workflow_run'))).toMatchObject({ signals: [], changes: [] })
  })
})

describe('an issue', () => {
  const label = (name: string) => ({ name })
  const issue = (action: string, labels: string[], over: Body = {}, changed?: string) =>
    acceptedOf(
      read(
        {
          ...within(sample('issues.labeled'), 'issue', { labels: labels.map(label), ...over }),
          action,
          label: changed === undefined ? undefined : label(changed),
        },
        'issues',
      ),
    ).signals

  test('with the label incident is an alert until it is closed', () => {
    const [opened] = issue('opened', ['incident', 'sev-1'])
    expect(opened).toEqual({
      alarm: 'GitHubIncident',
      status: 'firing',
      title: 'Spelling error in the README file',
      summary: "It looks like you accidently spelled 'commit' with two 't's.",
      dedupKey: 'issue:Codertocat/Hello-World#1',
      severityHint: 'sev-1',
      value: null,
      labels: { repository: 'Codertocat/Hello-World', issue: '1', labels: 'incident,sev-1' },
      links: [{ href: 'https://github.com/Codertocat/Hello-World/issues/1', text: 'Issue' }],
      startsAt: null,
      endsAt: null,
    })
    expect(issue('closed', ['incident'], { state: 'closed' })).toMatchObject([{ status: 'resolved', dedupKey: opened?.dedupKey }])
  })

  test.each([
    ['labeled', ['incident'], {}, 'incident', 'firing'],
    ['labeled', ['type: incident'], {}, 'type: incident', 'firing'],
    ['labeled', ['incident', 'P1'], {}, 'P1', 'firing'],
    ['labeled', ['incident', 'bug'], {}, 'bug', null],
    ['labeled', ['not an incident'], {}, 'not an incident', null],
    ['labeled', ['incident'], { state: 'closed' }, 'incident', null],
    ['unlabeled', [], {}, 'incident', 'resolved'],
    ['unlabeled', ['incident'], {}, 'bug', null],
    ['reopened', ['incident'], {}, undefined, 'firing'],
    ['opened', ['bug'], {}, undefined, null],
    ['closed', ['bug'], { state: 'closed' }, undefined, null],
    ['deleted', ['incident'], {}, undefined, 'resolved'],
    ['edited', ['incident'], {}, undefined, null],
  ])('%s with the labels %j and %j about %s is %s', (action, labels, over, changed, status) => {
    expect(issue(action, labels, over, changed).map((signal) => signal.status)).toEqual(status === null ? [] : [status])
  })
})

describe('a push', () => {
  const push = (over: Body) => acceptedOf(read({ ...sample('push'), ...over }, 'push')).changes

  test('to the default branch is a change with its commits, to another it is none', () => {
    expect(push({ ref: 'refs/heads/master', commits: [{}, {}] })).toMatchObject([
      { title: 'Push to master of Codertocat/Hello-World, 2 commits: Adding a .gitignore file', details: { commits: '2' } },
    ])
    expect(push({ ref: 'refs/heads/topic' })).toEqual([])
  })

  test('says that it was forced, or that a tag is gone', () => {
    expect(push({ ref: 'refs/heads/master', forced: true })[0]?.title).toContain('master of Codertocat/Hello-World, forced')
    expect(push({ deleted: true, head_commit: null })[0]?.title).toBe('Tag simple-tag of Codertocat/Hello-World, deleted')
  })
})

describe('what else may come', () => {
  test("GitHub's default, a form, says the same as JSON", () => {
    const form = new URLSearchParams({ payload: JSON.stringify(sample('release')) }).toString()
    expect(read(form, 'release', { 'content-type': 'application/x-www-form-urlencoded' })).toEqual(read(sample('release'), 'release'))
  })

  test.each(['deployment', 'deployment_status', 'workflow_run', 'release', 'push', 'issues', 'ping'])(
    'without its header %s is known by what is in it',
    (name) => {
      expect(read(sample(name))).toEqual(read(sample(name), name))
    },
  )

  test('an event that is of no concern is kept quietly; a shape that nobody knows pages plainly', () => {
    expect(acceptedOf(read({ action: 'started', sender: {} }, 'watch'))).toMatchObject({ signals: [], changes: [] })
    expect(onlySignal(read({ message: 'Something of our own' }))).toMatchObject({ title: 'Something of our own' })
    expect(read({ action: 'created' }, 'deployment_status')).toMatchObject({ kind: 'refused', page: true })
    expect(read('')).toMatchObject({ kind: 'refused', page: true, reply: { status: 400 } })
  })

  test('a repository that says little of itself is not lost', () => {
    const { changes } = acceptedOf(read({ deployment: { environment: 'production' } }, 'deployment'))
    expect(changes).toMatchObject([{ title: 'Deployment of a repository to production began' }])
  })
})

test('signatures: a good one is believed, all others are not, and the one of before (SHA-1) is none', () => {
  const sign = (body: Buffer, { secret }: { secret: string }) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  })
  const body = fixtureText(import.meta.dirname, 'webhook.deployment.json')
  expectSigned(receiveGithub, body, sign, { 'x-github-event': 'deployment' }, { stamped: false })
  const old = { 'x-hub-signature': `sha1=${createHmac('sha1', 's').update(body).digest('hex')}` }
  expect(receiveGithub(hookMessage(body, old), hookContext('s')).kind).toBe('distrusted')
})

test('whatever stands in the places of an event, nothing throws', () => {
  const event = fc.constantFrom('deployment', 'deployment_status', 'workflow_run', 'release', 'push', 'issues', 'x')
  const keys = fc.constantFrom(
    'action',
    'deployment',
    'deployment_status',
    'workflow_run',
    'release',
    'issue',
    'label',
    'ref',
    'commits',
    'head_commit',
    'repository',
  )
  const body = fc.dictionary(keys, fc.jsonValue())
  fc.assert(
    fc.property(
      event,
      fc.oneof(body, fc.jsonValue(), fc.uint8Array()),
      (name, given) => void read(given instanceof Uint8Array ? Buffer.from(given) : given, name),
    ),
  )
})
