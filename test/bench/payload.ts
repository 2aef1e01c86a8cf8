/** What the bench posts: alerts as Prometheus pushes them, the same bytes to Tocsin and to Alertmanager. */

export type PayloadKind = 'repeated-64' | 'new-64' | 'single'

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
export function makePayloads(kind: PayloadKind, options: { connections: number; run: string; alarm?: string }): PayloadMaker {
  const startsAt = new Date(Date.now() - 60_000).toISOString()
  const endsAt = new Date(Date.now() + 3_600_000).toISOString()
  const alarm = options.alarm ?? 'BenchAlarm'
  const alert = (name: string): string =>
    `{"labels":{"alertname":"${alarm}","instance":"${name}","run":"${options.run}","job":"bench","service":"api","severity":"critical"},` +
    `"annotations":{"summary":"The error rate of ${name} is above its limit","runbook_url":"https://runbooks.example/bench"},` +
    `"startsAt":"${startsAt}","endsAt":"${endsAt}","generatorURL":"http://prometheus.example/graph?g0.expr=rate"}`
  const batch = (names: readonly string[]): string => `[${names.map(alert).join(',')}]`
  let made = 0
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
    case 'single': {
      const bodies = Array.from({ length: SINGLES }, (_, place) => batch([`single-${place}`]))
      let turn = 0
      return { alertsInBody: 1, next: () => bodies[turn++ % SINGLES] ?? '[]', made: () => 0 }
    }
  }
}
