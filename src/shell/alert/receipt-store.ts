/** SQL of receipts: the raw messages, committed before a sender hears "yes". */
import type { InboundMessage } from '../../integration.ts'
import { hash } from 'node:crypto'
import { zstdCompressSync, zstdDecompressSync, constants } from 'node:zlib'
import type { Instant } from '../../core/time.ts'
import type { Database, Tx } from '../database/database.ts'
import { arrayText } from './array-text.ts'

export interface NewReceipt {
  readonly receivedAt: Instant
  readonly sourceId: string
  readonly door: string
  readonly path: string
  /** JSON object, cleaned, without keys. */
  readonly headers: string
  readonly body: Buffer
  readonly refused: string | null
}

export interface StoredBody {
  readonly encoding: 'identity' | 'zstd'
  readonly bytes: Buffer
  /** SHA-256 of the bytes as stored, hex: what the audit leaf covers. */
  readonly digest: string
}

const COMPRESS_OVER_BYTES = 512
const COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
/** No door takes more; a stored body that claims to is damaged. */
const BODY_BYTES_MAX = 8_388_608

export function toStored(body: Buffer): StoredBody {
  const compressed = body.length > COMPRESS_OVER_BYTES ? zstdCompressSync(body, COMPRESSION) : body
  const small = compressed.length < body.length
  const bytes = small ? compressed : body
  return { encoding: small ? 'zstd' : 'identity', bytes, digest: hash('sha256', bytes, 'hex') }
}

export function fromStored(encoding: string, bytes: Buffer): Buffer {
  return encoding === 'zstd' ? zstdDecompressSync(bytes, { maxOutputLength: BODY_BYTES_MAX }) : bytes
}

/**
 * Inserts in the given order, for a server that has not been taken for dead meanwhile: whoever takes over its receipts
 * closes its row first, and the lock here makes the two take turns. Bodies travel as one binary value. One statement, one
 * round trip, one commit.
 * @returns their ids in order, rising; an empty list when the server was closed and nothing was inserted
 */
export async function insertReceipts(
  database: Pick<Database, 'query'>,
  server: { readonly id: string; readonly shared: boolean },
  receipts: readonly NewReceipt[],
  bodies: readonly StoredBody[],
): Promise<number[]> {
  let offset = 1
  const starts = bodies.map((body) => {
    const start = offset
    offset += body.bytes.length
    return start
  })
  const guard = server.shared ? 'where exists (select from server where id = $1 and stopped_at is null for key share)' : ''
  const query = {
    name: server.shared ? 'insert-receipts-shared' : 'insert-receipts',
    text: `insert into receipt (received_at, server_id, source_id, door, path, headers, encoding, body, refused)
           select to_timestamp(r.at / 1000), $1, r.source, r.door, r.path, r.headers, r.encoding, substr($2::bytea, r.start, r.size), r.refused
           from unnest($3::float8[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[], $8::text[], $9::int[], $10::int[], $11::text[])
             as r (at, source, door, path, headers, encoding, start, size, refused)
           ${guard}
           returning id`,
    values: [
      server.id,
      Buffer.concat(bodies.map((body) => body.bytes)),
      arrayText(receipts.map((receipt) => receipt.receivedAt)),
      arrayText(receipts.map((receipt) => receipt.sourceId)),
      receipts.map((receipt) => receipt.door),
      receipts.map((receipt) => receipt.path),
      receipts.map((receipt) => receipt.headers),
      bodies.map((body) => body.encoding),
      arrayText(starts),
      arrayText(bodies.map((body) => body.bytes.length)),
      receipts.map((receipt) => receipt.refused),
    ],
  }
  const { rows } = await database.query<{ id: number }>(query, undefined, 'ingest')
  return rows.map((row) => row.id)
}

export interface StoredReceipt {
  readonly id: number
  readonly receivedAt: Instant
  readonly serverId: string
  readonly sourceId: string
  readonly sourceName: string
  readonly door: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly digest: string
  readonly refused: string | null
}

interface ReceiptRow {
  readonly id: number
  readonly received_at: Date
  readonly server_id: string
  readonly source_id: string
  readonly source_name: string | null
  readonly door: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly encoding: string
  readonly body: Buffer
  readonly refused: string | null
}

export const RECEIPT_COLUMNS = `r.id, r.received_at, r.server_id, r.source_id, s.name as source_name, r.door, r.path, r.headers, r.encoding, r.body, r.refused`

export interface ReceiptRange {
  readonly serverId: string
  readonly above: number
  /** Null: without end. */
  readonly upTo: number | null
  readonly limit: number
}

/** Receipts of one server, in order. */
export async function loadReceipts(tx: Tx, range: ReceiptRange): Promise<StoredReceipt[]> {
  const { rows } = await tx.query<ReceiptRow>(
    `select ${RECEIPT_COLUMNS} from receipt r left join source s on s.id = r.source_id
     where r.server_id = $1 and r.id > $2 and ($3::bigint is null or r.id <= $3) order by r.id limit $4`,
    [range.serverId, range.above, range.upTo, range.limit],
  )
  return rows.map(toReceipt)
}

export function toReceipt(row: ReceiptRow): StoredReceipt {
  return {
    id: row.id,
    receivedAt: row.received_at.getTime(),
    serverId: row.server_id,
    sourceId: row.source_id,
    sourceName: row.source_name ?? 'a removed source',
    door: row.door,
    path: row.path,
    headers: row.headers,
    body: tryFromStored(row.encoding, row.body),
    digest: hash('sha256', row.body, 'hex'),
    refused: row.refused,
  }
}

/** A damaged body must stop nothing: it is read as it stands, which its door then refuses. */
function tryFromStored(encoding: string, bytes: Buffer): Buffer {
  try {
    return fromStored(encoding, bytes)
  } catch {
    return bytes
  }
}

export function messageOf(receipt: StoredReceipt): InboundMessage {
  return {
    method: 'POST',
    path: receipt.path,
    query: new URLSearchParams(),
    headers: receipt.headers,
    body: receipt.body,
    receivedAt: receipt.receivedAt,
  }
}

/** A server's place: how far its receipts are applied, and whether it has been closed. Undefined when it has no row. */
export async function findServer(
  tx: Tx,
  id: string,
  options: { lock: boolean },
): Promise<{ applied: number; closed: boolean } | undefined> {
  const { rows } = await tx.query<{ applied: number; closed: boolean }>(
    `select applied_receipt_id as applied, stopped_at is not null as closed from server where id = $1 ${options.lock ? 'for update' : ''}`,
    [id],
  )
  return rows[0]
}

/** Opens the row again, or makes it: for a server that lives. */
export async function openServer(tx: Tx, id: string): Promise<{ applied: number }> {
  const { rows } = await tx.query<{ applied: number }>(
    `insert into server (id) values ($1) on conflict (id) do update set stopped_at = null, seen_at = clock_timestamp()
     returning applied_receipt_id as applied`,
    [id],
  )
  return { applied: rows[0]?.applied ?? 0 }
}

/** Nothing of it is left to apply, and it may commit no more: see `insertReceipts`. */
export async function closeServer(tx: Tx, id: string): Promise<void> {
  await tx.query('update server set stopped_at = clock_timestamp() where id = $1', [id])
}

/** Servers that have not said goodbye, but for one: `unseenMs` is how long ago each was last seen, `process` its mark. */
export async function listOtherServers(
  tx: Tx,
  self: string,
): Promise<{ readonly id: string; readonly unseenMs: number; readonly process: string | null }[]> {
  const { rows } = await tx.query<{ id: string; unseen: number; process: string | null }>(
    `select id, (extract(epoch from clock_timestamp() - seen_at) * 1000)::float8 as unseen, process from server
     where id <> $1 and stopped_at is null order by seen_at limit 1000`,
    [self],
  )
  return rows.map((row) => ({ id: row.id, unseenMs: row.unseen, process: row.process }))
}
