/** What to paste into a monitoring system so that it sends here. Pure; `origin` is Tocsin's address, `key` the ingest key. */
export interface Snippet {
  readonly id: string
  readonly title: string
  readonly code: string
  readonly hint?: string
}

export function snippetsFor(origin: string, key: string): readonly Snippet[] {
  const { protocol, host } = new URL(origin)
  const scheme = protocol.replace(':', '')
  return [
    {
      id: 'curl',
      title: 'curl, to try it',
      code: `curl -sS ${origin}/v2/enqueue -H 'content-type: application/json' -d '${JSON.stringify({
        routing_key: key,
        event_action: 'trigger',
        dedup_key: 'try-it',
        payload: {
          summary: 'API 5xx above 50 % for 10 min',
          source: 'checkout-api',
          severity: 'critical',
          custom_details: { alertname: 'API5xxAlarm' },
        },
      })}'`,
      hint: 'With the default playbook this opens an incident of the highest severity and pages its roles. Send it again with "event_action":"resolve" to clear it.',
    },
    {
      id: 'prometheus',
      title: 'Prometheus',
      code: [
        '# prometheus.yml',
        'alerting:',
        '  alertmanagers:',
        `    - scheme: ${scheme}`,
        '      path_prefix: /alertmanager',
        '      authorization:',
        `        credentials: ${key}`,
        '      static_configs:',
        `        - targets: ['${host}']`,
      ].join('\n'),
    },
    {
      id: 'alertmanager',
      title: 'Alertmanager webhook',
      code: [
        '# alertmanager.yml',
        'receivers:',
        '  - name: tocsin',
        '    webhook_configs:',
        `      - url: ${origin}/hooks/alertmanager/${key}`,
        '        send_resolved: true',
      ].join('\n'),
    },
    {
      id: 'alertmanager-pagerduty',
      title: 'Alertmanager’s PagerDuty notifier',
      code: [
        '# alertmanager.yml',
        'receivers:',
        '  - name: tocsin',
        '    pagerduty_configs:',
        `      - routing_key: ${key}`,
        `        url: ${origin}/v2/enqueue`,
        '        send_resolved: true',
      ].join('\n'),
    },
    {
      id: 'pdjs',
      title: '@pagerduty/pdjs',
      code: [
        "import { event } from '@pagerduty/pdjs'",
        '',
        'await event({',
        `  server: '${host}',`,
        '  data: {',
        `    routing_key: '${key}',`,
        "    event_action: 'trigger',",
        "    dedup_key: 'checkout-5xx',",
        "    payload: { summary: 'API 5xx above 50 %', source: 'checkout-api', severity: 'critical' },",
        '  },',
        '})',
      ].join('\n'),
      ...(protocol === 'http:' ? { hint: 'pdjs speaks https only: this Tocsin is on plain http, so put TLS before it first.' } : {}),
    },
  ]
}
