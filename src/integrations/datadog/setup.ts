/** What "Connect a source" shows for Datadog. */
import type { SourceSetup } from '../../integration.ts'
import { SAMPLE, TEMPLATE } from './template.ts'

const PAYLOAD = JSON.stringify(TEMPLATE, null, 2)

const TERRAFORM = `resource "datadog_webhook" "tocsin" {
  name           = "tocsin"
  url            = "{{url}}/hooks/datadog"
  encode_as      = "json"
  custom_headers = jsonencode({ Authorization = "Bearer {{key}}" })
  payload        = <<-JSON
${PAYLOAD.replace(/^/gm, '    ')}
  JSON
}

resource "datadog_monitor" "api_5xx" {
  name    = "API5xxAlarm"
  type    = "query alert"
  query   = "sum(last_10m):100 * sum:trace.http.request.errors{service:api}.as_count() / sum:trace.http.request.hits{service:api}.as_count() > 50"
  message = <<-TEXT
    More than half of all calls fail.
    value: {{value}}
    @webhook-tocsin
  TEXT
  priority            = 1
  renotify_interval   = 0     # Tocsin escalates by itself
  notify_no_data      = true  # silence is not health
  require_full_window = false
}
`

export const setup: SourceSetup = {
  purpose: 'Takes what Datadog’s monitors notify: triggered, warning, no data, recovered, each alert by its own cycle.',
  steps: [
    'In Datadog, open Integrations, Webhooks, and add one with the name tocsin and the URL {{url}}/hooks/datadog.',
    'Custom Headers: {"Authorization": "Bearer {{key}}"}. Where no header can be set, {{url}}/hooks/datadog/{{key}} does it alone.',
    'Replace the payload by the one below: the default says neither which alert it is nor that it has recovered. Leave "Encode as form" off.',
    'Write @webhook-tocsin into the message of each monitor that shall page, outside of {{#is_alert}}, so that the recovery is sent too.',
    'Write a line "value: {{value}}" into the message as well: no variable of a webhook holds the value, and rules with a threshold want it.',
    'Datadog sends no security notifications by webhook from accounts with HIPAA enabled; have those sent as e-mail.',
  ],
  snippets: [
    { title: 'Payload', language: 'json', text: PAYLOAD },
    { title: 'Custom headers', language: 'json', text: '{"Authorization": "Bearer {{key}}"}' },
    { title: 'Terraform, with a monitor', language: 'hcl', text: TERRAFORM },
  ],
  signing: null,
  sample: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(SAMPLE) },
  askable: false,
}
