/** What "Connect a source" shows for whoever moves from Opsgenie. */
import type { SourceSetup } from '../../integration.ts'

const SAMPLE = {
  message: 'API 5xx above 50 % for 10 min',
  alias: 'API5xxAlarm',
  description: 'The share of 5xx answers of the public API.',
  responders: [{ type: 'team', name: 'DevSecOps' }],
  tags: ['api', 'production'],
  details: { service: 'api', region: 'eu-west-1' },
  entity: 'api',
  source: 'opsgenie-sample',
  priority: 'P1',
}

export const setup: SourceSetup = {
  purpose: 'Takes the alerts and heartbeats of everything that sends to Opsgenie or to the alert API of Jira Service Management.',
  steps: [
    'Change the host name in the client from api.opsgenie.com (or api.eu.opsgenie.com) to {{host}}; nothing else.',
    'Give it this key as its API key, or take the key it has over as an alias of this source: then not even that changes.',
    'Send a test, and see below what the playbook does with it.',
  ],
  snippets: [
    {
      title: 'Alertmanager',
      language: 'yaml',
      text: `receivers:
  - name: tocsin
    opsgenie_configs:
      - api_url: {{url}}/
        api_key: {{key}}
        send_resolved: true
        # the default leaves priority out
        priority: '{{ if eq .CommonLabels.severity "critical" }}P1{{ else }}P3{{ end }}'`,
    },
    {
      title: 'curl',
      language: 'sh',
      text: `curl -X POST {{url}}/v2/alerts -H 'Authorization: GenieKey {{key}}' -H 'Content-Type: application/json' \\
  -d '${JSON.stringify({ message: SAMPLE.message, alias: SAMPLE.alias, priority: SAMPLE.priority })}'`,
    },
    {
      title: 'opsgenie-sdk for Node',
      language: 'js',
      text: `opsgenie.configure({ host: '{{url}}', api_key: '{{key}}' })`,
    },
  ],
  signing: null,
  sample: { headers: { 'content-type': 'application/json', authorization: 'GenieKey {{key}}' }, body: JSON.stringify(SAMPLE) },
  askable: false,
}
