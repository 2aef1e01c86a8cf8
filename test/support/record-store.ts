/** Everything that the checker wants to know from the database, read in one go after the faults. */
import { zstdDecompressSync } from 'node:zlib'
import pg from 'pg'

export interface StoredRecord {
  readonly receipts: readonly { readonly id: string; readonly door: string; readonly refused: string | null; readonly text: string }[]
  readonly alerts: readonly StoredAlert[]
  readonly incidents: readonly StoredIncident[]
  readonly pages: readonly StoredPage[]
  readonly effects: readonly StoredEffect[]
  readonly attempts: readonly StoredAttempt[]
  readonly events: readonly StoredEvent[]
  /** Receipts that no server has applied yet: none once all is quiet. */
  readonly unapplied: number
}

export interface StoredAlert {
  readonly id: string
  readonly dedup_key: string | null
  readonly title: string
  readonly labels: Readonly<Record<string, string>>
  readonly count: number
  readonly resolved_at: Date | null
  readonly incident_id: string | null
}

export interface StoredIncident {
  readonly id: string
  readonly open: boolean
  readonly group_key: string | null
  readonly severity: string
  readonly title: string
  readonly opened_at: Date
  readonly wake_at: Date | null
}

export interface StoredPage {
  readonly key: string
  readonly incident_id: string
  readonly person_id: string
  readonly role: string
  readonly state: string
  readonly created_at: Date
}

export interface StoredEffect {
  readonly key: string
  readonly kind: string
  readonly incident_id: string
  readonly person_id: string
  readonly channel: string
  readonly page_keys: readonly string[]
  readonly state: string
  readonly created_at: Date
  readonly due_at: Date
  readonly delivered_at: Date | null
}

export interface StoredAttempt {
  readonly effect_key: string
  readonly number: number
  readonly server_id: string
  readonly repeat: boolean
  readonly started_at: Date
  readonly finished_at: Date | null
  readonly outcome: string | null
  readonly reason: string | null
}

export interface StoredEvent {
  readonly stream_id: string
  readonly version: number
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
  readonly recorded_at: Date
}

/** Opens a connection of the test's own; the caller ends it. */
export async function openConnection(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl })
  client.on('error', () => undefined) // the database is killed by the tests; the next query tells
  await client.connect()
  return client
}

export async function readRecord(databaseUrl: string): Promise<StoredRecord> {
  const client = await openConnection(databaseUrl)
  try {
    await client.query('begin isolation level repeatable read read only')
    const receipts = await client.query<{ id: string; door: string; refused: string | null; encoding: string; body: Buffer }>(
      'select id::text, door, refused, encoding, body from receipt order by id',
    )
    const read: Omit<StoredRecord, 'unapplied'> = {
      receipts: receipts.rows.map((row) => ({ id: row.id, door: row.door, refused: row.refused, text: decode(row.encoding, row.body) })),
      alerts: await rows(client, 'select id, dedup_key, title, labels, count::int, resolved_at, incident_id from alert'),
      incidents: await rows(client, 'select id, open, group_key, severity, title, opened_at, wake_at from incident'),
      pages: await rows(client, 'select key, incident_id, person_id, role, state, created_at from page'),
      effects: await rows(
        client,
        'select key, kind, incident_id, person_id, channel, page_keys, state, created_at, due_at, delivered_at from effect',
      ),
      attempts: await rows(
        client,
        'select effect_key, number, server_id, repeat, started_at, finished_at, outcome, reason from attempt order by effect_key, number',
      ),
      events: await rows(client, 'select stream_id, version, type, data, recorded_at from event order by stream_id, version'),
    }
    const unapplied = await client.query<{ unapplied: number }>(
      'select count(*)::int as unapplied from receipt join server on server.id = receipt.server_id where receipt.id > server.applied_receipt_id',
    )
    await client.query('commit')
    return { ...read, unapplied: unapplied.rows[0]?.unapplied ?? 0 }
  } finally {
    await client.end()
  }
}

async function rows<Row extends pg.QueryResultRow>(client: pg.Client, sql: string): Promise<Row[]> {
  return (await client.query<Row>(sql)).rows
}

function decode(encoding: string, body: Buffer): string {
  return (encoding === 'zstd' ? zstdDecompressSync(body) : body).toString('utf8')
}

/** As if nobody had looked after heartbeats for so long: the looks are noted in real time, which no test can move. */
export async function ageHeartbeatWatch(url: string, minutes: number): Promise<void> {
  const client = await openConnection(url)
  await client.query("update heartbeat_watch set seen_at = seen_at - $1 * interval '1 minute'", [minutes])
  await client.end()
}
