/**
 * The judge of a fault run. It compares what the senders were promised, what the vendors saw and what the database holds,
 * and answers with every broken promise in words. Pure: it can be tested with planted faults, and is (`checker.test.ts`).
 */
import { referenceOf } from '../../src/shell/outbox/render.ts'
import type { VendorRequest } from './fake-vendor.ts'
import type { StoredAttempt, StoredEffect, StoredRecord } from './record-store.ts'

/** One message that was answered with 2xx: from then on it must survive anything. */
export interface AcceptedSignal {
  /** A word that occurs in the message and nowhere else. */
  readonly token: string
  /** The alert it belongs to. */
  readonly dedupKey: string
  readonly status: 'firing' | 'resolved'
  readonly at: number
}

/** An acknowledgement that was answered with 2xx. */
export interface AcceptedAcknowledgement {
  readonly incidentId: string
  /** When the answer had arrived: the commit is older. */
  readonly answeredAt: number
}

export interface Evidence {
  readonly record: StoredRecord
  readonly accepted: readonly AcceptedSignal[]
  readonly acknowledged: readonly AcceptedAcknowledgement[]
  readonly vendorRequests: readonly VendorRequest[]
  /** When the servers were started again after the fault; null when none was. */
  readonly restartedAt: number | null
  /** The outside channels that a page of this run goes to. */
  readonly channels: readonly string[]
}

export const RESUME_MS_MAX = 20_000

/** Every broken promise; empty when all held. */
export function findViolations(evidence: Evidence): string[] {
  return [
    ...lostSignals(evidence),
    ...unappliedSignals(evidence),
    ...doubleIncidents(evidence),
    ...latePages(evidence),
    ...wrongRepeats(evidence),
    ...sendsAfterAcknowledgement(evidence),
    ...openEndsOfIncidents(evidence),
    ...gapsInStreams(evidence),
  ]
}

function lostSignals({ record, accepted }: Evidence): string[] {
  const kept = record.receipts.filter((receipt) => receipt.refused === null).map((receipt) => receipt.text)
  const all = kept.join('\n')
  return accepted.filter((signal) => !all.includes(signal.token)).map((signal) => `accepted signal ${signal.token} has no receipt`)
}

/** Each alert must exist, belong to an incident, and be in the state that its sender was last promised. */
function unappliedSignals({ record, accepted }: Evidence): string[] {
  const lastOf = new Map<string, AcceptedSignal>()
  for (const signal of accepted) {
    const before = lastOf.get(signal.dedupKey)
    if (before === undefined || signal.at >= before.at) lastOf.set(signal.dedupKey, signal)
  }
  return [...lastOf.values()].flatMap((signal) => {
    const episodes = record.alerts.filter((alert) => keyOf(alert) === signal.dedupKey)
    const fired = accepted.some((other) => other.dedupKey === signal.dedupKey && other.status === 'firing')
    if (!fired) return []
    if (episodes.length === 0) return [`accepted signal ${signal.token} was not applied: no alert ${signal.dedupKey}`]
    const firing = episodes.filter((alert) => alert.resolved_at === null)
    return [
      ...(firing.length > 1 ? [`alert ${signal.dedupKey} fires in ${firing.length} episodes at once`] : []),
      ...(signal.status === 'firing' && firing.length === 0 ? [`alert ${signal.dedupKey} should fire and does not`] : []),
      ...(signal.status === 'resolved' && firing.length > 0 ? [`alert ${signal.dedupKey} should be resolved and fires`] : []),
      ...episodes.filter((alert) => alert.incident_id === null).map(() => `alert ${signal.dedupKey} belongs to no incident`),
    ]
  })
}

/** The sender's own key, or the label that the tests put there where the door has none. */
export function keyOf(alert: { dedup_key: string | null; labels: Readonly<Record<string, string>> }): string {
  return alert.labels['fault_key'] ?? alert.dedup_key ?? ''
}

function doubleIncidents({ record }: Evidence): string[] {
  const open = record.incidents.filter((incident) => incident.open && incident.group_key !== null)
  return open
    .filter((incident, place) => open.findIndex((other) => other.group_key === incident.group_key) !== place)
    .map((incident) => `a second open incident for ${incident.group_key}: ${incident.id}`)
}

/** A page that was due before the fault, or came with a signal accepted before it, is with the vendor 20 s after the restart. */
function latePages({ record, vendorRequests, restartedAt, channels }: Evidence): string[] {
  const wanted = record.effects.filter(
    (effect) => effect.kind === 'page' && channels.includes(effect.channel) && effect.state !== 'cancelled',
  )
  return wanted.flatMap((effect) => {
    const seen = requestsFor(effect, vendorRequests).filter((request) => request.taken)
    const first = seen[0]
    if (first === undefined) return [`page ${effect.key} (${effect.state}) never reached the vendor`]
    const from = Math.max(effect.created_at.getTime(), restartedAt ?? 0)
    return first.at - from > RESUME_MS_MAX ? [`page ${effect.key} reached the vendor ${first.at - from} ms after it could`] : []
  })
}

/** No request without an attempt; a second one only when the first's outcome was no success, and marked when it was unknown. */
function wrongRepeats({ record, vendorRequests }: Evidence): string[] {
  return record.effects.flatMap((effect) => {
    const requests = requestsFor(effect, vendorRequests)
    const attempts = record.attempts.filter((attempt) => attempt.effect_key === effect.key)
    return [
      ...(requests.length > attempts.length
        ? [`${effect.key}: the vendor saw ${requests.length} requests, the database knows ${attempts.length} attempts`]
        : []),
      ...(new Set(requests.map((request) => request.reference)).size > 1 ? [`${effect.key}: attempts carry different references`] : []),
      ...attempts.flatMap((attempt, place) => judgeAttempt(effect, attempt, attempts.slice(0, place))),
      ...requests.flatMap((request, place) => judgeRequest(effect, request, requests.slice(0, place))),
    ]
  })
}

function judgeAttempt(effect: StoredEffect, attempt: StoredAttempt, before: readonly StoredAttempt[]): string[] {
  const name = `${effect.key} attempt ${attempt.number}`
  const doubtful = before.some((earlier) => earlier.outcome === null || earlier.outcome === 'unknown')
  return [
    ...(before.some((earlier) => earlier.outcome === 'delivered') ? [`${name} follows a delivered one`] : []),
    ...(doubtful && !attempt.repeat ? [`${name} follows an unknown outcome and is not marked as a repeat`] : []),
    ...(!doubtful && attempt.repeat ? [`${name} is marked as a repeat without an unknown outcome before it`] : []),
  ]
}

/** What the vendor took may reach a person twice: then the second says so itself. */
function judgeRequest(effect: StoredEffect, request: VendorRequest, before: readonly VendorRequest[]): string[] {
  const takenBefore = before.some((earlier) => earlier.taken)
  return takenBefore && !request.repeat ? [`${effect.key}: the vendor took it twice and the second does not say "repeat"`] : []
}

/** Compared with the answer to the acknowledgement, which is later than its commit: an attempt that ran already may finish. */
function sendsAfterAcknowledgement({ record, acknowledged }: Evidence): string[] {
  return acknowledged.flatMap(({ incidentId, answeredAt }) => {
    const ended = endedPages(record, incidentId)
    const effects = record.effects.filter(
      (effect) => effect.kind === 'page' && effect.page_keys.length > 0 && effect.page_keys.every((key) => ended.has(key)),
    )
    return effects.flatMap((effect) =>
      record.attempts
        .filter((attempt) => attempt.effect_key === effect.key && attempt.started_at.getTime() > answeredAt)
        .map(
          (attempt) =>
            `${effect.key} attempt ${attempt.number} began ${attempt.started_at.getTime() - answeredAt} ms after the acknowledgement`,
        ),
    )
  })
}

function endedPages(record: StoredRecord, incidentId: string): Set<string> {
  const events = record.events.filter((event) => event.stream_id === incidentId && event.type === 'incident.acknowledged')
  return new Set(events.flatMap((event) => (Array.isArray(event.data['pages']) ? event.data['pages'].map(String) : [])))
}

/** An open incident whose pages nobody answered must have a next moment, unless its fallback is used up and it says so. */
function openEndsOfIncidents({ record }: Evidence): string[] {
  return record.incidents
    .filter((incident) => incident.open && incident.wake_at === null)
    .filter((incident) => record.pages.some((page) => page.incident_id === incident.id && page.state === 'paging'))
    .filter((incident) => !record.effects.some((effect) => effect.incident_id === incident.id && effect.state === 'pending'))
    .filter((incident) => !record.events.some((event) => event.stream_id === incident.id && event.type === 'incident.escalation-exhausted'))
    .map((incident) => `open incident ${incident.id} pages people and has no next step`)
}

function gapsInStreams({ record }: Evidence): string[] {
  const versions = new Map<string, number>()
  return record.events.flatMap((event) => {
    const expected = (versions.get(event.stream_id) ?? 0) + 1
    versions.set(event.stream_id, event.version)
    return event.version === expected ? [] : [`stream ${event.stream_id} jumps from ${expected - 1} to ${event.version}`]
  })
}

function requestsFor(effect: StoredEffect, requests: readonly VendorRequest[]): readonly VendorRequest[] {
  return requests.filter((request) => belongsTo(effect, request))
}

/** The message names its delivery by the reference; a mail wraps it into its Message-ID. */
function belongsTo(effect: StoredEffect, request: VendorRequest): boolean {
  return request.reference.includes(referenceOf(effect.key))
}
