/** What "Connect a source" shows for Alertmanager's webhook. */
import type { SourceSetup } from '../../integration.ts'

const SAMPLE = {
  receiver: 'tocsin',
  status: 'firing',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'API5xxAlarm', service: 'api', severity: 'critical' },
      annotations: { summary: 'API answers 61 % with 5xx', runbook_url: 'https://runbooks.example.com/api-5xx' },
      startsAt: '2026-11-24T09:45:12.345Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'https://prometheus.example.com/graph?g0.expr=up',
      fingerprint: 'c6eadffa33fcdf37',
    },
  ],
  groupLabels: { alertname: 'API5xxAlarm' },
  commonLabels: { alertname: 'API5xxAlarm' },
  commonAnnotations: {},
  externalURL: 'https://alertmanager.example.com',
  version: '4',
  groupKey: '{}:{alertname="API5xxAlarm"}',
  truncatedAlerts: 0,
}

export const setup: SourceSetup = {
  purpose: 'Alerts that an Alertmanager of yours routes, groups and silences before they come here.',
  steps: [
    'Add the receiver below to alertmanager.yml, and name it in the route whose alerts Tocsin is to hear.',
    'Reload Alertmanager.',
    'To have it asked after a downtime, add the connection below to connections.yaml with the name of this source.',
  ],
  snippets: [
    {
      title: 'alertmanager.yml',
      language: 'yaml',
      // No max_alerts: what it leaves out nobody hears of. The group waits are short, because Tocsin groups by itself.
      text: `route:
  receiver: tocsin
  group_by: ['...']
  group_wait: 0s
  group_interval: 1m
  repeat_interval: 1h
receivers:
  - name: tocsin
    webhook_configs:
      - url: '{{url}}/hooks/alertmanager'
        send_resolved: true
        max_alerts: 0
        http_config:
          authorization: { credentials: '{{key}}' }
`,
    },
    {
      title: 'connections.yaml',
      language: 'yaml',
      text: `connections:
  - name: alertmanager
    kind: alertmanager
    url: https://alertmanager.example.com
    source: the name of this source
`,
    },
  ],
  signing: null,
  sample: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(SAMPLE) },
  askable: true,
}
