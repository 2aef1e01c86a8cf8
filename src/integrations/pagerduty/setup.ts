/** What "Connect a source" shows for whoever moves from PagerDuty. */
import type { SourceSetup } from '../../integration.ts'

const SAMPLE = {
  routing_key: '{{key}}',
  event_action: 'trigger',
  dedup_key: 'api-5xx',
  payload: {
    summary: 'API 5xx above 50 % for 10 min',
    source: 'api',
    severity: 'critical',
    component: 'gateway',
    class: 'API5xxAlarm',
    custom_details: { service: 'api', region: 'eu-west-1', value: 0.62 },
  },
  client: 'Tocsin',
  links: [{ href: 'https://runbooks.example.com/api-5xx', text: 'Runbook' }],
}

export const setup: SourceSetup = {
  purpose: 'Takes events of everything that pages through the PagerDuty Events API, version 1 or 2.',
  steps: [
    'Change the host name in the client from events.pagerduty.com to {{host}}; the paths stay.',
    'Give it this key as its integration key (routing_key, in version 1 service_key), or take the key it has over as an alias of this source: then not even that changes.',
    'Send a test, and see below what the playbook does with it.',
  ],
  snippets: [
    {
      title: 'Alertmanager',
      language: 'yaml',
      text: `receivers:
  - name: tocsin
    pagerduty_configs:
      - url: {{url}}/v2/enqueue
        routing_key: {{key}}
        send_resolved: true`,
    },
    {
      title: 'curl',
      language: 'sh',
      text: `curl -X POST {{url}}/v2/enqueue -H 'Content-Type: application/json' \\
  -d '{"routing_key":"{{key}}","event_action":"trigger","dedup_key":"api-5xx","payload":{"summary":"API5xxAlarm","source":"api","severity":"critical"}}'`,
    },
    {
      title: '@pagerduty/pdjs for Node',
      language: 'js',
      text: `event({ server: '{{host}}', data: { routing_key: '{{key}}', event_action: 'trigger', payload } })`,
    },
  ],
  signing: null,
  sample: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(SAMPLE) },
  askable: false,
}
