/** SQL of maintenance windows. */
import type { Actor } from '../../core/incident/event.ts'
import type { Maintenance } from '../../core/silence/maintenance.ts'
import type { Matcher } from '../../core/silence/matcher.ts'
import type { WindowSchedule } from '../../core/silence/window.ts'
import type { Tx } from '../database/database.ts'

const at = (column: string) => `(extract(epoch from ${column}) * 1000)::float8 as ${column}`
const COLUMNS = `id, version, title, reason, matchers, services, types, sources, zone, schedule, author, ${at('created_at')},
  ${at('updated_at')}, ${at('ended_at')}`

interface Row {
  readonly id: string
  readonly version: number
  readonly title: string
  readonly reason: string
  readonly matchers: readonly Matcher[]
  readonly services: readonly string[]
  readonly types: readonly string[]
  readonly sources: readonly string[]
  readonly zone: string
  readonly schedule: WindowSchedule
  readonly author: Actor
  readonly created_at: number
  readonly updated_at: number
  readonly ended_at: number | null
}

function toMaintenance({ created_at: createdAt, updated_at: updatedAt, ended_at: endedAt, ...rest }: Row): Maintenance {
  return {
    ...rest,
    createdAt: Math.round(createdAt),
    updatedAt: Math.round(updatedAt),
    endedAt: endedAt === null ? null : Math.round(endedAt),
  }
}

/** Inserts it, or writes an edit of it. */
export async function saveMaintenance(tx: Tx, window: Maintenance): Promise<void> {
  await tx.query(
    `insert into maintenance (id, version, title, reason, matchers, services, types, sources, zone, schedule, author, created_at,
       updated_at, ended_at)
     values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10::jsonb, $11::jsonb, to_timestamp($12::float8 / 1000),
       to_timestamp($13::float8 / 1000), to_timestamp($14::float8 / 1000))
     on conflict (id) do update set version = excluded.version, title = excluded.title, reason = excluded.reason,
       matchers = excluded.matchers, services = excluded.services, types = excluded.types, sources = excluded.sources,
       zone = excluded.zone, schedule = excluded.schedule, updated_at = excluded.updated_at, ended_at = excluded.ended_at`,
    [
      window.id,
      window.version,
      window.title,
      window.reason,
      JSON.stringify(window.matchers),
      window.services,
      window.types,
      window.sources,
      window.zone,
      JSON.stringify(window.schedule),
      JSON.stringify(window.author),
      window.createdAt,
      window.updatedAt,
      window.endedAt,
    ],
  )
}

export async function findMaintenance(tx: Tx, id: string): Promise<Maintenance | undefined> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from maintenance where id = $1`, [id])
  return rows[0] === undefined ? undefined : toMaintenance(rows[0])
}

export async function lockMaintenance(tx: Tx, id: string): Promise<Maintenance | undefined> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from maintenance where id = $1 for update`, [id])
  return rows[0] === undefined ? undefined : toMaintenance(rows[0])
}

/** Those that nobody has ended; one whose last occurrence is over is among them. */
export async function loadOpenMaintenance(tx: Tx, limit: number): Promise<Maintenance[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from maintenance where ended_at is null order by updated_at desc, id desc limit $1`,
    [limit],
  )
  return rows.map(toMaintenance)
}

/** Newest edit first. */
export async function listMaintenance(tx: Tx, limit: number): Promise<Maintenance[]> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from maintenance order by updated_at desc, id desc limit $1`, [limit])
  return rows.map(toMaintenance)
}

/** Of these, those that are as they were read; none of them can change before this transaction ends. */
export async function keepMaintenance(
  tx: Tx,
  asked: readonly { readonly id: string; readonly version: number }[],
): Promise<ReadonlySet<string>> {
  if (asked.length === 0) return new Set()
  const { rows } = await tx.query<{ id: string; version: number }>({
    name: 'keep-maintenance',
    text: 'select id, version from maintenance where id = any($1::uuid[]) and ended_at is null order by id for share',
    values: [asked.map(({ id }) => id)],
  })
  return new Set(rows.filter((row) => asked.some((one) => one.id === row.id && one.version === row.version)).map((row) => row.id))
}
