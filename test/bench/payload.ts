/** What the bench posts: alerts as Prometheus pushes them, the same bytes to Tocsin and to Alertmanager. */

export type PayloadKind = 'repeated-64' | 'new-64' | 'varied-64' | 'single'

export const BATCH_SIZE = 64
/** Distinct alerts behind the single posts. */
const SINGLES = 4_096

export interface PayloadMaker {
  readonly alertsInBody: number
  /** The body of the next request of that connection. */
  readonly next: (connection: number) => string
  /** How many new alerts have been made up so far; the last one is named `new-<count - 1>`. */
  readonly made: () => number
}

/** @param run tells one run's alerts from another's */
export function makePayloads(
  kind: PayloadKind,
  options: { connections: number; run: string; alarm?: string; from?: number },
): PayloadMaker {
  const startsAt = new Date(Date.now() - 60_000).toISOString()
  const endsAt = new Date(Date.now() + 3_600_000).toISOString()
  const alarm = options.alarm ?? 'BenchAlarm'
  const alert = (name: string): string =>
    `{"labels":{"alertname":"${alarm}","instance":"${name}","run":"${options.run}","job":"bench","service":"api","severity":"critical"},` +
    `"annotations":{"summary":"The error rate of ${name} is above its limit","runbook_url":"https://runbooks.example/bench"},` +
    `"startsAt":"${startsAt}","endsAt":"${endsAt}","generatorURL":"http://prometheus.example/graph?g0.expr=rate"}`
  const batch = (names: readonly string[]): string => `[${names.map(alert).join(',')}]`
  let made = options.from ?? 0
  switch (kind) {
    case 'repeated-64': {
      const bodies = Array.from({ length: options.connections }, (_, connection) =>
        batch(Array.from({ length: BATCH_SIZE }, (_unused, place) => `host-${connection}-${place}`)),
      )
      return { alertsInBody: BATCH_SIZE, next: (connection) => bodies[connection] ?? '[]', made: () => 0 }
    }
    case 'new-64':
      return {
        alertsInBody: BATCH_SIZE,
        next: () => batch(Array.from({ length: BATCH_SIZE }, () => `new-${made++}`)),
        made: () => made,
      }
    case 'varied-64':
      return {
        alertsInBody: BATCH_SIZE,
        next: () => `[${Array.from({ length: BATCH_SIZE }, () => variedAlert(made++, { run: options.run, startsAt, endsAt })).join(',')}]`,
        made: () => made,
      }
    case 'single': {
      const bodies = Array.from({ length: SINGLES }, (_, place) => batch([`single-${place}`]))
      let turn = 0
      return { alertsInBody: 1, next: () => bodies[turn++ % SINGLES] ?? '[]', made: () => 0 }
    }
  }
}

const KINDS = 20
/** In how many different ways the alerts of a storm that one type takes may be told apart by service and region. */
export const STORM_SERVICES = 40
const STORM_REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1', 'us-west-2', 'ap-south-1']
const STRANGE_ALARMS = ['HostDown', 'DiskFull', 'QueueBacklog', 'CertificateExpires', 'ReplicaLag']

/**
 * Of twenty alerts of a storm eight are API5xxAlarm, two drift_psi and two BiasAgeAlarm with half their values below the
 * threshold, and eight of alarms that the playbook does not know. No two have the same labels.
 */
function variedAlert(place: number, { run, startsAt, endsAt }: { run: string; startsAt: string; endsAt: string }): string {
  const kind = place % KINDS
  const turn = Math.floor(place / KINDS)
  const labels = {
    alertname: variedAlarm(kind, turn),
    service: `service-${(place * 7) % STORM_SERVICES}`,
    region: STORM_REGIONS[Math.floor(place / STORM_SERVICES) % STORM_REGIONS.length] ?? '',
    instance: `10.${Math.floor(place / 65_536) % 256}.${Math.floor(place / 256) % 256}.${place % 256}:9100`,
    pod: `web-${place}`,
    run,
    severity: kind % 3 === 0 ? 'critical' : 'warning',
  }
  const annotations = { summary: `${labels.alertname} of ${labels.service} in ${labels.region}`, ...variedValue(kind, turn) }
  return JSON.stringify({ labels, annotations, startsAt, endsAt, generatorURL: 'http://prometheus.example/graph?g0.expr=rate' })
}

function variedAlarm(kind: number, turn: number): string {
  if (kind < 8) return 'API5xxAlarm'
  if (kind < 10) return 'drift_psi'
  return kind < 12 ? 'BiasAgeAlarm' : (STRANGE_ALARMS[turn % STRANGE_ALARMS.length] ?? '')
}

function variedValue(kind: number, turn: number): { value?: string } {
  if (kind >= 8 && kind < 10) return { value: turn % 2 === 0 ? '0.31' : '0.12' }
  return kind >= 10 && kind < 12 ? { value: turn % 2 === 0 ? '0.09' : '0.04' } : {}
}
