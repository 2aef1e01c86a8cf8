/** The list of signals: receipts read again by their doors, each signal with what became of it. */
import type { Signal, SignalRaw } from '../../api/schema.ts'
import { readAgain } from '../alert/recover.ts'
import type { Tx } from '../database/database.ts'
import { findHidden, findReceipt, type ListedReceipt, listReceipts } from './signal-list-store.ts'

/** Receipts looked through for one answer, so that a search that finds nothing ends. */
const RECEIPTS_MAX = 2_000
/** Messages may be large, and are parsed again here, in the process that pages: few at a time, and not for long. */
const CHUNK = 20
const WORK_MS_MAX = 250

export interface SignalPlace {
  readonly receiptId: number
  readonly index: number
}

/** `<receipt>-<index>`: the id of a signal, and where a list goes on. */
export function parseSignalId(id: string): SignalPlace | null {
  const match = /^(\d{1,15})-(\d{1,6})$/.exec(id)
  return match === null ? null : { receiptId: Number(match[1]), index: Number(match[2]) }
}

/** Newest first, at most `limit`, fewer where the work took too long; `next` is where to go on, null at the end. */
export async function listSignals(
  tx: Tx,
  viewer: string,
  search: string | null,
  page: { limit: number; after: SignalPlace | null },
): Promise<{ items: Signal[]; next: string | null }> {
  const items: Signal[] = []
  const startedMs = performance.now()
  let looked = 0
  let before = page.after === null ? null : page.after.receiptId + 1
  while (looked < RECEIPTS_MAX && (looked === 0 || performance.now() - startedMs < WORK_MS_MAX)) {
    const receipts = await listReceipts(tx, { before, limit: CHUNK })
    const shown = await withoutHidden(tx, viewer, receipts.flatMap(signalsOf))
    for (const signal of shown) {
      if (page.after !== null && !isBehind(signal.id, page.after)) continue
      if (search !== null && !`${signal.title} ${signal.source}`.toLowerCase().includes(search.toLowerCase())) continue
      items.push(signal)
      if (items.length === page.limit) return { items, next: signal.id }
    }
    looked += receipts.length
    const last = receipts.at(-1)
    if (receipts.length < CHUNK || last === undefined) return { items, next: null }
    before = last.id
  }
  return { items, next: before === null ? null : `${before}-999999` }
}

export async function findSignal(tx: Tx, viewer: string, place: SignalPlace): Promise<{ signal: Signal; raw: SignalRaw } | undefined> {
  const receipt = await findReceipt(tx, place.receiptId)
  if (receipt === undefined) return undefined
  const [signal] = await withoutHidden(
    tx,
    viewer,
    signalsOf(receipt).filter((candidate) => candidate.id === `${place.receiptId}-${place.index}`),
  )
  return signal === undefined ? undefined : { signal, raw: showRaw(signal.id, receipt) }
}

/** In their order in the message; one entry at least, whatever the message was. */
function signalsOf(receipt: ListedReceipt): Signal[] {
  const item = readAgain(receipt)
  const titles =
    item.signals.length > 0
      ? item.signals.map((signal) => signal.title)
      : item.changes.length > 0
        ? item.changes.map((change) => change.title)
        : [item.refused === null ? 'A message without a signal' : `Refused: ${item.refused}`]
  return titles.map((title, index) => {
    const outcome = receipt.outcomes?.[index]
    return {
      id: `${receipt.id}-${index}`,
      title,
      source: receipt.sourceName,
      source_id: receipt.sourceId,
      received_at: new Date(receipt.receivedAt).toISOString(),
      outcome: outcome?.why ?? WAITING,
      outcome_kind: outcome?.kind ?? 'waiting',
      incident_id: outcome?.incidentId ?? null,
      alert_id: null,
    }
  })
}
const WAITING = 'Waits to be applied.'

async function withoutHidden(tx: Tx, viewer: string, signals: readonly Signal[]): Promise<Signal[]> {
  const ids = [...new Set(signals.flatMap((signal) => signal.incident_id ?? []))]
  const hidden = await findHidden(tx, viewer, ids)
  return signals.filter((signal) => signal.incident_id === null || !hidden.has(signal.incident_id))
}

function isBehind(id: string, after: SignalPlace): boolean {
  const place = parseSignalId(id)
  if (place === null) return false
  return place.receiptId < after.receiptId || (place.receiptId === after.receiptId && place.index > after.index)
}

function showRaw(id: string, receipt: ListedReceipt): SignalRaw {
  return {
    id,
    received_at: new Date(receipt.receivedAt).toISOString(),
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
