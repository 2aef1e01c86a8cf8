/** What "Connect a source" shows for Sentry. */
import type { SourceSetup } from '../../integration.ts'

const SAMPLE = {
  action: 'triggered',
  actor: { id: 'sentry', name: 'Sentry', type: 'application' },
  data: {
    event: {
      event_id: 'e4874d664c3540c1a32eab185f12c5ab',
      issue_id: '1117540176',
      title: 'EXC_BAD_ACCESS: crash when the app starts',
      level: 'fatal',
      platform: 'cocoa',
      environment: 'production',
      release: 'ios@4.2.0',
      culprit: 'AppDelegate.didFinishLaunching',
      tags: [
        ['level', 'fatal'],
        ['environment', 'production'],
      ],
      web_url: 'https://sentry.io/organizations/example/issues/1117540176/events/e4874d664c3540c1a32eab185f12c5ab/',
    },
    triggered_rule: 'SEV-1 crash surge',
    issue_alert: { title: 'SEV-1 crash surge', settings: [] },
  },
  installation: { uuid: 'a8e5d37a-696c-4c54-adb5-b3f28d64c7de' },
}

export const setup: SourceSetup = {
  purpose: 'Takes issue alerts, metric alerts and the state of issues from Sentry, and closes with the issue.',
  steps: [
    'In Sentry, open Settings, Developer Settings, and create a new internal integration.',
    'As its webhook URL give {{url}}/hooks/sentry/{{key}}, and switch "Alert Rule Action" on.',
    'Give it the permission "Issue & Event: Read" and tick the webhook "issue": without it Sentry never says that an issue is resolved. It also sends every new issue, and each fires here: where that is too much, silence those with the label resource="issue", or leave it unticked and resolve by hand.',
    'Save, and copy the client secret into this source as its signing secret.',
    'In each alert rule that shall page, add the action "Send a notification via" this integration.',
    'An event of level fatal, or a rule whose name holds SEV-1, counts as the worst; name others SEV-2 or P3 as you mean them.',
  ],
  snippets: [
    { title: 'Webhook URL', language: 'text', text: '{{url}}/hooks/sentry/{{key}}' },
    {
      title: 'Try it without a signature',
      language: 'sh',
      text: `curl -X POST {{url}}/hooks/sentry/{{key}} -H 'Content-Type: application/json' -H 'Sentry-Hook-Resource: event_alert' \\
  -d '${JSON.stringify({ action: 'triggered', data: { event: { title: 'Crash on start', level: 'fatal', issue_id: '1' }, triggered_rule: 'SEV-1 crash surge' } })}'`,
    },
  ],
  signing: { header: 'Sentry-Hook-Signature', secretFrom: 'The client secret on the page of the integration in Sentry.' },
  sample: { headers: { 'content-type': 'application/json', 'sentry-hook-resource': 'event_alert' }, body: JSON.stringify(SAMPLE) },
  askable: false,
}
