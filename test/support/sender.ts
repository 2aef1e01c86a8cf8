/**
 * Monitoring systems as they behave: they keep their order for each alert and send a message again until it is accepted.
 * What they were promised is written down for the checker.
 */
import type { AcceptedSignal } from './checker.ts'
import { INGEST_KEY, send } from './server.ts'
import { sleep } from './wait.ts'

export type DoorName = 'pagerduty' | 'prometheus' | 'alertmanager'
export const DOORS: readonly DoorName[] = ['pagerduty', 'prometheus', 'alertmanager']

export interface OutgoingSignal {
  readonly door: DoorName
  /** The alarm's name, on which playbook rules match. */
  readonly alarm: string
  /** Names the alert; unique in the run. */
  readonly dedupKey: string
  /** Occurs in this one message only. */
  readonly token: string
  readonly status: 'firing' | 'resolved'
  /** RFC 3339: the same for all messages of one firing episode. */
  readonly startsAt: string
  readonly labels?: Readonly<Record<string, string>>
}

export interface BuiltRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const RETRY_EVERY_MS = 100

/** The message as that kind of sender writes it. */
export function buildRequest(signal: OutgoingSignal, key = INGEST_KEY): BuiltRequest {
  switch (signal.door) {
    case 'pagerduty':
      return {
        path: '/v2/enqueue',
        headers: {},
        body: JSON.stringify({
          routing_key: key,
          event_action: signal.status === 'firing' ? 'trigger' : 'resolve',
          dedup_key: signal.dedupKey,
          payload: {
            summary: `${signal.alarm} on ${signal.dedupKey}`,
            source: 'fault-test',
            severity: 'critical',
            custom_details: { ...labelsOf(signal), token: signal.token },
          },
        }),
      }
    case 'prometheus':
      return {
        path: '/alertmanager/api/v2/alerts',
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify([prometheusAlert(signal)]),
      }
    case 'alertmanager':
      return { path: `/hooks/alertmanager/${key}`, headers: {}, body: JSON.stringify(alertmanagerMessage([signal])) }
  }
}

function labelsOf(signal: OutgoingSignal): Record<string, string> {
  return { alertname: signal.alarm, fault_key: signal.dedupKey, service: signal.dedupKey, ...signal.labels }
}

function prometheusAlert(signal: OutgoingSignal): Record<string, unknown> {
  // resolved a while ago: Prometheus says it again for 15 minutes, this sender says it once
  const endsAt = signal.status === 'resolved' ? new Date(Date.now() - 2_000) : new Date(Date.now() + 600_000)
  return {
    labels: labelsOf(signal),
    annotations: { summary: `${signal.alarm} on ${signal.dedupKey}`, token: signal.token },
    startsAt: signal.startsAt,
    endsAt: endsAt.toISOString(),
    generatorURL: 'http://prometheus.example/graph',
  }
}

export function alertmanagerMessage(signals: readonly OutgoingSignal[]): Record<string, unknown> {
  return {
    receiver: 'tocsin',
    status: signals.some((signal) => signal.status === 'firing') ? 'firing' : 'resolved',
    alerts: signals.map((signal) => ({
      status: signal.status,
      labels: labelsOf(signal),
      annotations: { summary: `${signal.alarm} on ${signal.dedupKey}`, token: signal.token },
      startsAt: signal.startsAt,
      endsAt: signal.status === 'resolved' ? new Date().toISOString() : '0001-01-01T00:00:00Z',
      generatorURL: '',
      fingerprint: signal.dedupKey,
    })),
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
    version: '4',
    groupKey: `{}:{fault_key="${signals[0]?.dedupKey ?? ''}"}`,
    truncatedAlerts: 0,
  }
}

/**
 * Sends one message until it is accepted, as Prometheus and Alertmanager do.
 * @throws when it is refused for good (4xx but 429), or is still not accepted after `patienceMs`.
 */
export async function sendUntilAccepted(url: string, signal: OutgoingSignal, patienceMs: number): Promise<AcceptedSignal> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const built = buildRequest(signal)
    const answer = await send(url, 'POST', built.path, built.body, built.headers, 5_000).catch(() => undefined)
    const at = Date.now()
    if (answer !== undefined && answer.status >= 200 && answer.status < 300) {
      return { token: signal.token, dedupKey: signal.dedupKey, status: signal.status, at }
    }
    if (answer !== undefined && answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
      throw new Error(`${built.path} refused the message with ${answer.status}: ${answer.text}`)
    }
    if (at > deadline)
      throw new Error(`${built.path} did not accept the message within ${patienceMs} ms (last: ${answer?.status ?? 'no answer'})`)
    await sleep(RETRY_EVERY_MS)
  }
}
