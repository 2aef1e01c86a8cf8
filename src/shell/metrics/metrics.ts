/**
 * Every number Tocsin tells about itself, in one registry. Labels are bounded by configuration (doors, channel kinds,
 * pools, routes): never a title, a person, an incident, a key, nor anything that arrives from outside.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export const registry = new Registry()
const registers = [registry]
collectDefaultMetrics({ register: registry })

let refresh: () => Promise<void> = async () => undefined

/** What is read from the database is read when somebody asks for the numbers; see scrape.ts. */
export function onScrape(listener: () => Promise<void>): void {
  refresh = listener
}
/** For numbers that a scrape refreshes; `refresh` runs once for all that ask at the same time. */
const collect = () => refresh()

/** Seconds; fine where a page must be quick, with a tail that still tells 10 s from a minute. */
const QUICK_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 30, 60]
/** Seconds; for what people do. */
const HUMAN_BUCKETS = [5, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 14_400, 86_400]

// The way in ------------------------------------------------------------------------------------------------------

export type IngestOutcome = 'accepted' | 'refused' | 'distrusted' | 'unknown_key' | 'too_large' | 'overload' | 'unavailable'

export const ingestRequestsTotal = new Counter({
  name: 'tocsin_ingest_requests_total',
  help: 'Messages at the ingest doors, by door and by what the sender was told.',
  labelNames: ['door', 'outcome'] as const,
  registers,
})

export const signalsReceivedTotal = new Counter({
  name: 'tocsin_signals_received_total',
  help: 'Signals in committed receipts, by door; one message may hold many.',
  labelNames: ['door'] as const,
  registers,
})

export const receiptCommitSeconds = new Histogram({
  name: 'tocsin_receipt_commit_seconds',
  help: 'Time to commit one group of receipts; senders wait for it.',
  buckets: QUICK_BUCKETS,
  registers,
})

export const receiptsBacklog = new Gauge({
  name: 'tocsin_receipts_backlog',
  help: 'Receipts of this process that are committed and not applied yet.',
  registers,
})

export const receiptsAppliedTotal = new Counter({
  name: 'tocsin_receipts_applied_total',
  help: 'Receipts whose signals have become alerts and incidents.',
  registers,
})

export const applyBatchSeconds = new Histogram({
  name: 'tocsin_apply_batch_seconds',
  help: 'Time to apply one batch of receipts in its transaction.',
  buckets: QUICK_BUCKETS,
  registers,
})

export const applyFailuresTotal = new Counter({
  name: 'tocsin_apply_failures_total',
  help: 'Signals that made apply throw, were singled out, kept, and paged plainly.',
  registers,
})

export const alertsHeld = new Gauge({
  name: 'tocsin_alerts_held',
  help: 'Alerts that fire and open nothing since something holds them, by what does: silence, maintenance, inhibition, snooze, observe.',
  labelNames: ['by'] as const,
  collect,
  registers,
})

export const pagesWithheldTotal = new Counter({
  name: 'tocsin_pages_withheld_total',
  help: 'Alerts that would have opened or joined an incident and were held instead, by what held them first; each counts once, however many people it would have paged.',
  labelNames: ['by'] as const,
  registers,
})

// Pages and the outbox --------------------------------------------------------------------------------------------

export const pageHandoverSeconds = new Histogram({
  name: 'tocsin_page_handover_seconds',
  help: 'From the signal received (else the incident declared) to the first page handed to the channel, by kind of channel.',
  labelNames: ['channel'] as const,
  buckets: QUICK_BUCKETS,
  registers,
})

export const pageAcknowledgeSeconds = new Histogram({
  name: 'tocsin_page_acknowledge_seconds',
  help: 'From a page made to its acknowledgement by a person.',
  buckets: HUMAN_BUCKETS,
  registers,
})

export const outboxAttemptsTotal = new Counter({
  name: 'tocsin_outbox_attempts_total',
  help: 'Attempts to send, by kind of channel and outcome (delivered, retry, rejected, unknown).',
  labelNames: ['channel', 'outcome'] as const,
  registers,
})

export const outboxAttemptSeconds = new Histogram({
  name: 'tocsin_outbox_attempt_seconds',
  help: 'How long one attempt took, by kind of channel.',
  labelNames: ['channel'] as const,
  buckets: QUICK_BUCKETS,
  registers,
})

export const outboxPending = new Gauge({
  name: 'tocsin_outbox_pending',
  help: 'Effects in the database that are neither delivered, rejected nor cancelled; all servers.',
  collect,
  registers,
})

export const outboxOldestPendingSeconds = new Gauge({
  name: 'tocsin_outbox_oldest_pending_seconds',
  help: 'How long the oldest pending effect has been due; 0 when none is due.',
  collect,
  registers,
})

export const outboxBreakerState = new Gauge({
  name: 'tocsin_outbox_breaker_state',
  help: 'Circuit breaker of a kind of channel: 0 closed (sending), 1 trying again, 2 open (not sending).',
  labelNames: ['channel'] as const,
  registers,
})
export const BREAKER_CLOSED = 0
export const BREAKER_TRYING = 1
export const BREAKER_OPEN = 2

// The watch over the rest -----------------------------------------------------------------------------------------

export const auditorFindingsTotal = new Counter({
  name: 'tocsin_auditor_findings_total',
  help: 'Open incidents that the auditor found with a due step and no effect. Any increase is a defect.',
  registers,
})

export const auditorLastRunTimestampSeconds = new Gauge({
  name: 'tocsin_auditor_last_run_timestamp_seconds',
  help: 'When an auditor last finished a run, on any server; Unix time, 0 for never.',
  collect,
  registers,
})

export const incidentsOpen = new Gauge({
  name: 'tocsin_incidents_open',
  help: 'Open incidents, private ones not counted.',
  collect,
  registers,
})

export const databaseUp = new Gauge({
  name: 'tocsin_database_up',
  help: '1 when the database answered this scrape in time.',
  collect,
  registers,
})

export const databasePoolWaitSeconds = new Histogram({
  name: 'tocsin_database_pool_wait_seconds',
  help: 'Time waited for a connection, by pool.',
  labelNames: ['pool'] as const,
  buckets: QUICK_BUCKETS,
  registers,
})

export const clockSkewSeconds = new Gauge({
  name: 'tocsin_clock_skew_seconds',
  help: "This server's clock minus the database's.",
  collect,
  registers,
})

export const playbookValid = new Gauge({
  name: 'tocsin_playbook_valid',
  help: '1 when the playbook folder loads as it is; 0 when an older version is in force because of an error in it.',
  registers,
})
// Until somebody has said otherwise, so that a start does not look like an error.
playbookValid.set(1)

export const streamClients = new Gauge({
  name: 'tocsin_stream_clients',
  help: 'Consoles and scripts that follow the live feed of this process.',
  registers,
})

export const httpRequestSeconds = new Histogram({
  name: 'tocsin_http_request_seconds',
  help: 'Time to answer a request of the API or the console, by route pattern, method and class of status.',
  labelNames: ['route', 'method', 'status'] as const,
  buckets: QUICK_BUCKETS,
  registers,
})

export const certificateExpiryTimestampSeconds = new Gauge({
  name: 'tocsin_tls_certificate_expiry_timestamp_seconds',
  help: 'When the certificate being served expires; Unix time, 0 without built-in TLS.',
  registers,
})

/** The kind of a channel id, as metrics name it: `webhook:ops` is `webhook`. */
export function channelLabel(channel: string): string {
  return channel.split(':', 1)[0] ?? channel
}
