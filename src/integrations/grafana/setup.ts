/** What "Connect a source" shows for Grafana. */
import type { SourceSetup } from '../../integration.ts'

const SAMPLE = {
  receiver: 'tocsin',
  status: 'firing',
  orgId: 1,
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'API5xxAlarm', grafana_folder: 'Production', service: 'api', severity: 'critical' },
      annotations: { summary: 'API answers 61 % with 5xx', runbook_url: 'https://runbooks.example.com/api-5xx' },
      startsAt: '2026-11-24T09:45:12.345Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'https://grafana.example.com/alerting/grafana/abc/view?orgId=1',
      fingerprint: 'c6eadffa33fcdf37',
      silenceURL: 'https://grafana.example.com/alerting/silence/new?alertmanager=grafana',
      dashboardURL: '',
      panelURL: '',
      values: { B: 61.2, C: 1 },
    },
  ],
  groupLabels: { alertname: 'API5xxAlarm' },
  commonLabels: { alertname: 'API5xxAlarm' },
  commonAnnotations: {},
  externalURL: 'https://grafana.example.com/',
  version: '1',
  groupKey: '{}:{alertname="API5xxAlarm"}',
  truncatedAlerts: 0,
  title: '[FIRING:1] API5xxAlarm',
  state: 'alerting',
  message: 'API answers 61 % with 5xx',
}

const PROVISIONING = `apiVersion: 1
contactPoints:
  - orgId: 1
    name: tocsin
    receivers:
      - uid: tocsin
        type: webhook
        disableResolveMessage: false # without the end an alert here never turns green
        settings:
          url: {{url}}/hooks/grafana
          httpMethod: POST
          authorization_scheme: Bearer
          authorization_credentials: {{key}}
          maxAlerts: '0' # none is left out
          # Grafana 12 and later; the same secret as this source's signing secret:
          # hmacConfig:
          #   secret: $TOCSIN_SIGNING_SECRET
          #   timestampHeader: X-Grafana-Alerting-Signature-Timestamp
policies:
  - orgId: 1
    receiver: tocsin
    group_by: [grafana_folder, alertname]
    group_wait: 0s # Tocsin groups; Grafana's 30 s would be added to every first page
    group_interval: 1m
    repeat_interval: 1h
`

const TERRAFORM = `resource "grafana_contact_point" "tocsin" {
  name = "tocsin"
  webhook {
    url                       = "{{url}}/hooks/grafana"
    http_method               = "POST"
    authorization_scheme      = "Bearer"
    authorization_credentials = "{{key}}"
    disable_resolve_message   = false # without the end an alert here never turns green
    max_alerts                = 0
    # Grafana 12 and later; the same secret as this source's signing secret:
    # hmac_config {
    #   secret           = var.tocsin_signing_secret
    #   timestamp_header = "X-Grafana-Alerting-Signature-Timestamp"
    # }
  }
}
`

export const setup: SourceSetup = {
  purpose: 'Takes the alerts of Grafana Alerting, with their values, panels and ends.',
  steps: [
    'In Grafana, open Alerting, Contact points, and add one of the integration Webhook.',
    'URL: {{url}}/hooks/grafana, HTTP method POST; under the optional settings, Authorization Header scheme Bearer, credentials {{key}}. Where no header can be set, {{url}}/hooks/grafana/{{key}} does it alone.',
    'Leave "Disable resolved message" off and "Max Alerts" at 0.',
    'From Grafana 12 on, set HMAC Signature: the secret is this source’s signing secret. Set a timestamp header too, under any name: without it an old message can be sent again.',
    'Choose the contact point in the notification policy, with a group wait of 0 s: Tocsin groups by itself and never delays a first page for it.',
  ],
  snippets: [
    { title: 'Provisioning file', language: 'yaml', text: PROVISIONING },
    { title: 'Terraform', language: 'hcl', text: TERRAFORM },
  ],
  signing: {
    header: 'X-Grafana-Alerting-Signature, or the name set there',
    secretFrom: 'You choose it, and give the same to the contact point (HMAC Signature, Secret).',
  },
  sample: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(SAMPLE) },
  askable: false,
}
