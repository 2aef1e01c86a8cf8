/** What "Connect a source" shows for GitHub. */
import type { SourceSetup } from '../../integration.ts'

const SAMPLE = {
  action: 'created',
  deployment_status: {
    state: 'failure',
    environment: 'production',
    description: 'Health check did not pass',
    created_at: '2026-11-24T09:45:12Z',
    log_url: 'https://github.com/example/api/actions/runs/1',
  },
  deployment: {
    ref: 'main',
    sha: 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e',
    environment: 'production',
    production_environment: true,
    task: 'deploy',
    created_at: '2026-11-24T09:40:00Z',
  },
  repository: { full_name: 'example/api', default_branch: 'main', html_url: 'https://github.com/example/api' },
  sender: { login: 'octocat' },
}

const CLI = `gh api repos/OWNER/REPO/hooks -X POST --input - <<'JSON'
{
  "name": "web",
  "active": true,
  "events": ["deployment", "deployment_status", "workflow_run", "release", "push", "issues"],
  "config": { "url": "{{url}}/hooks/github/{{key}}", "content_type": "json", "insecure_ssl": "0", "secret": "THE SIGNING SECRET" }
}
JSON`

const TERRAFORM = `resource "github_repository_webhook" "tocsin" {
  repository = "REPO"
  events     = ["deployment", "deployment_status", "workflow_run", "release", "push", "issues"]
  configuration {
    url          = "{{url}}/hooks/github/{{key}}"
    content_type = "json" # the default is a form
    secret       = var.tocsin_signing_secret
  }
}
`

export const setup: SourceSetup = {
  purpose:
    'Shows deployments, releases and pushes beside incidents, and takes what failed on the default branch, or on the way to production, as alerts.',
  steps: [
    'In the repository or the organisation, open Settings, Webhooks, Add webhook.',
    'Payload URL {{url}}/hooks/github/{{key}}, content type application/json (the default is a form; that is read too), secret: this source’s signing secret.',
    'Choose "Let me select individual events": Deployments, Deployment statuses, Workflow runs, Releases, Pushes, Issues. Others are kept and change nothing.',
    'An issue with the label "incident" is an alert until it is closed; a second label such as "sev-1" says how bad it is.',
    'GitHub does not repeat what could not be delivered: after a downtime, "Redeliver" on the page of the webhook; what came before is not counted twice.',
  ],
  snippets: [
    { title: 'gh', language: 'sh', text: CLI },
    { title: 'Terraform', language: 'hcl', text: TERRAFORM },
  ],
  signing: { header: 'X-Hub-Signature-256', secretFrom: 'You choose it, and give the same to the webhook (Secret).' },
  sample: { headers: { 'content-type': 'application/json', 'x-github-event': 'deployment_status' }, body: JSON.stringify(SAMPLE) },
  askable: false,
}
