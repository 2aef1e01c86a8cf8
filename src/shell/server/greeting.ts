/** What the terminal shows when the server is up: where to go, how to sign in, and a line that makes it ring. */

export interface Greeting {
  readonly url: string
  readonly publicUrl: string | null
  readonly signInToken: string | null
  readonly ownerEmail: string
  readonly ingestKey: string | null
}

/** Names an alarm of the default playbook, so that the line opens an incident of its most urgent row. */
const TRIAL_ALARM = 'API5xxAlarm'

/** Plain text, for people; nothing parses it. */
export function greet(greeting: Greeting): string {
  const lines = [`Tocsin is ready: ${greeting.url}`]
  if (greeting.publicUrl !== null) lines.push(`For outsiders (ingest, acknowledgements): ${greeting.publicUrl}`)
  if (greeting.signInToken !== null) {
    lines.push('', `Sign in as ${greeting.ownerEmail}, once, within 24 hours:`, `  ${greeting.url}/sign-in/${greeting.signInToken}`)
  }
  lines.push('', ...describeIngest(greeting))
  return `\n${lines.join('\n')}\n\n`
}

function describeIngest({ url, ingestKey }: Greeting): string[] {
  if (ingestKey === null) return ['Send alarms with an integration key; `tocsin key` makes one.']
  return [
    `Integration key: ${ingestKey}`,
    `  Prometheus      ${url}/alertmanager  (path_prefix: /alertmanager, authorization: Bearer <key>)`,
    `  Alertmanager    ${url}/hooks/alertmanager/${encodeURIComponent(ingestKey)}`,
    `  PagerDuty API   ${url}/v2/enqueue`,
    '',
    'Try it: this opens an incident and pages whoever is on call.',
    `  ${trialLine(url, ingestKey)}`,
  ]
}

/** One line for a POSIX shell. */
export function trialLine(url: string, ingestKey: string): string {
  const body = {
    routing_key: ingestKey,
    event_action: 'trigger',
    dedup_key: 'try-tocsin',
    payload: {
      summary: 'API 5xx rate above 5 % for 5 minutes',
      source: 'api-gateway',
      severity: 'critical',
      custom_details: { alertname: TRIAL_ALARM },
    },
  }
  return `curl -sS ${quote(`${url}/v2/enqueue`)} -H 'content-type: application/json' -d ${quote(JSON.stringify(body))}`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
