/** What "Connect a source" shows for Prometheus without an Alertmanager between. */
import type { SourceSetup } from '../../integration.ts'

const SAMPLE = [
  {
    labels: { alertname: 'API5xxAlarm', service: 'api', severity: 'critical' },
    annotations: { summary: 'API answers 61 % with 5xx', value: '0.61' },
    startsAt: '2026-11-24T09:45:12.345Z',
    endsAt: '2099-01-01T00:00:00Z',
    generatorURL: 'https://prometheus.example.com/graph?g0.expr=up',
  },
]

export const setup: SourceSetup = {
  purpose: 'Alerts that Prometheus sends here as if to an Alertmanager.',
  steps: [
    'Add the lines below to prometheus.yml; an Alertmanager that is there already may stay beside them.',
    'Write the alert rules that the playbook needs with "tocsin render --prometheus-rules", and name the file under rule_files.',
    'Start Prometheus with the flag below: what it could not deliver it sends again only with the next resend.',
    'To have it asked after a downtime, add a connection of the kind prometheus to connections.yaml with the name of this source.',
  ],
  snippets: [
    {
      title: 'prometheus.yml',
      language: 'yaml',
      text: `rule_files: [tocsin.rules.yaml]
alerting:
  alertmanagers:
    - scheme: https
      path_prefix: /alertmanager
      authorization: { credentials: '{{key}}' }
      static_configs: [{ targets: ['{{host}}'] }]
`,
    },
    { title: 'Flag', language: 'sh', text: 'prometheus --rules.alert.resend-delay=15s' },
  ],
  signing: null,
  sample: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(SAMPLE) },
  askable: true,
}
