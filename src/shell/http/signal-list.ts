/** The list of signals: receipts read again by their doors, each signal with what became of it. */
import type { Signal, SignalRaw } from '../../api/schema.ts'
import { type Instant, toRfc3339 } from '../../core/time.ts'
import { readAgain } from '../alert/recover.ts'
import type { Tx } from '../database/database.ts'
import {
  findAlertsOf,
  findHidden,
  findIdBounds,
  findReceipt,
  listHeads,
  type ListedReceipt,
  loadListed,
  type ReceiptHead,
  type SignalAlert,
} from './signal-list-store.ts'

/** Receipts looked through for one answer, so that a search that finds nothing ends. */
const RECEIPTS_MAX = 20_000
/** Heads are cheap: of those alone many are taken at once. */
const HEADS = 1_000
/** Messages may be large, and are parsed again here, in the process that pages: few at a time, and not for long. */
const CHUNK = 20
const WORK_MS_MAX = 250

export interface SignalPlace {
  readonly receiptId: number
  readonly index: number
}

export interface SignalFilter {
  readonly search: string | null
  readonly sourceId: string | null
  /** What became of it; null: whatever. */
  readonly outcomes: ReadonlySet<string> | null
  /** Half-open. */
  readonly from: Instant | null
  readonly until: Instant | null
}

export interface SignalPage {
  readonly items: Signal[]
  /** Where to go on, null at the end. */
  readonly next: string | null
  /** How far back was looked, where that is further than the last item; null at the end. */
  readonly lookedTo: Instant | null
}

interface Candidate {
  readonly signal: Signal
  readonly fingerprint: string | null
  readonly at: Instant
  readonly words: string
}

/** `<receipt>-<index>`: the id of a signal, and where a list goes on. */
export function parseSignalId(id: string): SignalPlace | null {
  const match = /^(\d{1,15})-(\d{1,6})$/.exec(id)
  return match === null ? null : { receiptId: Number(match[1]), index: Number(match[2]) }
}

/** Newest first, at most `limit`, fewer where the work took too long. */
export async function listSignals(
  tx: Tx,
  viewer: string,
  filter: SignalFilter,
  page: { limit: number; after: SignalPlace | null },
): Promise<SignalPage> {
  const bounds = await boundsOf(tx, filter)
  if (bounds === null) return { items: [], next: null, lookedTo: null }
  const items: Signal[] = []
  const startedMs = performance.now()
  const isLate = (): boolean => performance.now() - startedMs >= WORK_MS_MAX
  const size = filter.outcomes === null ? CHUNK : HEADS
  let below = page.after === null ? bounds.below : page.after.receiptId + 1
  let lookedTo: Instant | null = null
  for (let looked = 0; looked < RECEIPTS_MAX && (looked === 0 || !isLate()); looked += size) {
    const heads = await listHeads(tx, { ...bounds, below, sourceId: filter.sourceId, limit: size })
    const wanted = heads.filter((head) => mayHold(head, filter))
    for (let start = 0; start < wanted.length; start += CHUNK) {
      const chunk = wanted.slice(start, start + CHUNK)
      for (const signal of await readSignals(tx, viewer, await loadListed(tx, chunk), filter)) {
        if (page.after !== null && !isBehind(signal.id, page.after)) continue
        items.push(signal)
        if (items.length === page.limit) return { items, next: signal.id, lookedTo: Date.parse(signal.received_at) }
      }
      const last = chunk.at(-1)
      if (last !== undefined && isLate()) return { items, next: `${last.id}-999999`, lookedTo: last.receivedAt }
    }
    const last = heads.at(-1)
    if (heads.length < size || last === undefined) return { items, next: null, lookedTo: null }
    below = last.id
    lookedTo = last.receivedAt
  }
  return { items, next: below === null ? null : `${below}-999999`, lookedTo }
}

async function boundsOf(tx: Tx, { from, until }: SignalFilter): Promise<{ above: number | null; below: number | null } | null> {
  return from === null && until === null ? { above: null, below: null } : findIdBounds(tx, { from, until })
}

function mayHold(head: ReceiptHead, { outcomes, from, until }: SignalFilter): boolean {
  if ((from !== null && head.receivedAt < from) || (until !== null && head.receivedAt >= until)) return false
  if (outcomes === null) return true
  return head.outcomes === null ? outcomes.has(WAITING_KIND) : head.outcomes.some((outcome) => outcomes.has(outcome.kind))
}

/** Those of the receipts that pass the filter and that the reader may see, with their alerts. */
async function readSignals(tx: Tx, viewer: string, receipts: readonly ListedReceipt[], filter: SignalFilter): Promise<Signal[]> {
  const search = filter.search?.toLowerCase() ?? null
  const passed = receipts
    .flatMap(candidatesOf)
    .filter(({ signal, words }) => (search === null || words.includes(search)) && (filter.outcomes?.has(signal.outcome_kind) ?? true))
  return showVisible(tx, viewer, passed)
}

export async function findSignal(tx: Tx, viewer: string, place: SignalPlace): Promise<{ signal: Signal; raw: SignalRaw } | undefined> {
  const receipt = await findReceipt(tx, place.receiptId)
  if (receipt === undefined) return undefined
  const id = `${place.receiptId}-${place.index}`
  const wanted = candidatesOf(receipt).filter((candidate) => candidate.signal.id === id)
  const [signal] = await showVisible(tx, viewer, wanted)
  return signal === undefined ? undefined : { signal, raw: showRaw(signal.id, receipt) }
}

/** In their order in the message; one entry at least, whatever the message was. */
function candidatesOf(receipt: ListedReceipt): Candidate[] {
  const item = readAgain(receipt)
  const titles =
    item.signals.length > 0
      ? item.signals.map((signal) => signal.title)
      : item.changes.length > 0
        ? item.changes.map((change) => change.title)
        : [item.refused === null ? 'A message without a signal' : `Refused: ${item.refused}`]
  return titles.map((title, index) => {
    const outcome = receipt.outcomes?.[index]
    const said = item.signals[index]
    const labels = said === undefined ? [] : [said.alarm, said.dedupKey ?? '', ...Object.entries(said.labels).map((pair) => pair.join('='))]
    return {
      fingerprint: item.fingerprints[index] ?? null,
      at: receipt.receivedAt,
      words: [title, receipt.sourceName, ...labels].join('\n').toLowerCase(),
      signal: {
        id: `${receipt.id}-${index}`,
        title,
        source: receipt.sourceName,
        source_id: receipt.sourceId,
        received_at: toRfc3339(receipt.receivedAt),
        outcome: outcome?.why ?? WAITING,
        outcome_kind: outcome?.kind ?? WAITING_KIND,
        incident_id: outcome?.incidentId ?? null,
        alert_id: null,
      },
    }
  })
}
const WAITING = 'Waits to be applied.'
const WAITING_KIND = 'waiting'

/** Neither the incident it went to nor that of its alert may be hidden from the reader. */
async function showVisible(tx: Tx, viewer: string, candidates: readonly Candidate[]): Promise<Signal[]> {
  const known = candidates.flatMap(({ fingerprint, at }) => (fingerprint === null ? [] : [{ fingerprint, at }]))
  const found = (await findAlertsOf(tx, known)).values()
  const alerts = candidates.map(({ fingerprint }): SignalAlert | null => (fingerprint === null ? null : (found.next().value ?? null)))
  const incidentIds = [...candidates.map(({ signal }) => signal.incident_id), ...alerts.map((alert) => alert?.incidentId ?? null)]
  const hidden = await findHidden(tx, viewer, [...new Set(incidentIds.filter((id) => id !== null))])
  return candidates.flatMap(({ signal }, index) => {
    const alert = alerts[index] ?? null
    const mayNot = [signal.incident_id, alert?.incidentId ?? null].some((id) => id !== null && hidden.has(id))
    return mayNot ? [] : [{ ...signal, alert_id: alert?.id ?? null }]
  })
}

function isBehind(id: string, after: SignalPlace): boolean {
  const place = parseSignalId(id)
  if (place === null) return false
  return place.receiptId < after.receiptId || (place.receiptId === after.receiptId && place.index > after.index)
}

function showRaw(id: string, receipt: ListedReceipt): SignalRaw {
  return {
    id,
    received_at: toRfc3339(receipt.receivedAt),
    door: receipt.door,
    path: receipt.path,
    headers: { ...receipt.headers },
    body: readText(receipt.body),
    body_base64: receipt.body.toString('base64'),
    refused: receipt.refused,
  }
}

function readText(body: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return null
  }
}
