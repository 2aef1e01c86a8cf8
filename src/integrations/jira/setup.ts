/** What "Connect a source" shows for Jira and Jira Service Management. */
import type { SourceSetup } from '../../integration.ts'
import { TEMPLATE } from './template.ts'

const SAMPLE = {
  issue_id: '10042',
  issue_key: 'SUP-42',
  status: 'Waiting for support',
  status_category: 'new',
  priority: 'Highest',
  issue_type: '[System] Incident',
  project: 'SUP',
  labels: 'mobile, login',
  url: 'https://example.atlassian.net/browse/SUP-42',
  summary: 'Nobody of us can sign in',
  description: 'Since half an hour the app says "try again later" to all of our people.',
}

export const setup: SourceSetup = {
  purpose: 'Takes customers’ requests from Jira Service Management, or issues from Jira, and closes with them.',
  steps: [
    'In the project, open Project settings, Automation, and create a rule: when an issue is created (or its priority changes), if it matches what shall wake somebody, such as priority = Highest, then "Send web request".',
    'URL {{url}}/hooks/jira, method POST, header Authorization: Bearer {{key}} (tick "Hidden"), body "Custom data", with the JSON below.',
    'Create a second rule for the end: when the issue is transitioned to a status of the category Done, send the same web request. Without it a ticket here never ends by itself.',
    'Or, as an administrator, under System, WebHooks: URL {{url}}/hooks/jira/{{key}}, events created, updated and deleted of issues, a JQL that selects what shall wake somebody, and a secret, which is this source’s signing secret.',
    'Web requests of the automation are not signed: give the source no signing secret where you use those.',
  ],
  snippets: [{ title: 'Custom data of both rules', language: 'json', text: JSON.stringify(TEMPLATE, null, 2) }],
  signing: {
    header: 'X-Hub-Signature',
    secretFrom: 'The secret of the webhook under System, WebHooks in Jira; it is shown once, when the webhook is made.',
  },
  sample: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(SAMPLE) },
  askable: false,
}
