/** SQL of how many messages each source sent in which hour, and what became of them at the door. */
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

export interface Counts {
  readonly messages: number
  readonly signals: number
  readonly refused: number
  readonly distrusted: number
  readonly repeated: number
  readonly faults: number
}

export interface HourTally extends Counts {
  readonly sourceId: string
  /** The start of the hour. */
  readonly hour: Instant
  /** Its latest message. */
  readonly lastAt: Instant
}

const FIELDS = ['messages', 'signals', 'refused', 'distrusted', 'repeated', 'faults'] as const
/** Ten thousand sources, the most there are, with the hours of two days. */
const ROWS_MAX = 500_000

/** Adds to what is there; rows are taken in one order, so that servers do not block each other crosswise. */
export async function addTallies(tx: Tx, tallies: readonly HourTally[]): Promise<void> {
  const sorted = [...tallies].toSorted((one, other) =>
    one.sourceId < other.sourceId ? -1 : one.sourceId > other.sourceId ? 1 : one.hour - other.hour,
  )
  await tx.query(
    `insert into source_tally (source_id, hour, last_at, ${FIELDS.join(', ')})
     select t.source_id, to_timestamp(t.hour / 1000), to_timestamp(t.last_at / 1000), ${FIELDS.map((field) => `t.${field}`).join(', ')}
     from unnest($1::uuid[], $2::float8[], $3::float8[], ${FIELDS.map((_, index) => `$${index + 4}::bigint[]`).join(', ')})
       as t (source_id, hour, last_at, ${FIELDS.join(', ')})
     where exists (select from source s where s.id = t.source_id)
     on conflict (source_id, hour) do update set last_at = greatest(source_tally.last_at, excluded.last_at),
       ${FIELDS.map((field) => `${field} = source_tally.${field} + excluded.${field}`).join(', ')}`,
    [
      sorted.map((tally) => tally.sourceId),
      sorted.map((tally) => tally.hour),
      sorted.map((tally) => tally.lastAt),
      ...FIELDS.map((field) => sorted.map((tally) => tally[field])),
    ],
  )
}

type Row = Record<(typeof FIELDS)[number], number> & { readonly source_id: string; readonly hour: Date; readonly last_at: Date }

/** Of all sources, or of one, since that instant and each source's latest hour before it; by source and hour. */
export async function listTallies(tx: Tx, since: Instant, sourceId: string | null): Promise<HourTally[]> {
  const { rows } = await tx.query<Row>(
    `select source_id, hour, last_at, ${FIELDS.join(', ')} from source_tally
     where hour >= to_timestamp($1 / 1000.0) and ($2::uuid is null or source_id = $2)
     union all
     select t.* from source s cross join lateral (
       select source_id, hour, last_at, ${FIELDS.join(', ')} from source_tally
       where source_id = s.id and hour < to_timestamp($1 / 1000.0) order by hour desc limit 1
     ) t where $2::uuid is null or s.id = $2
     order by source_id, hour limit ${ROWS_MAX}`,
    [since, sourceId],
  )
  return rows.map(({ source_id, hour, last_at, ...counts }) => ({
    ...counts,
    sourceId: source_id,
    hour: hour.getTime(),
    lastAt: last_at.getTime(),
  }))
}

/** A source's latest hour stays: it says when it was last heard. */
export const FORGET_TALLIES = `delete from source_tally t where t.hour < now() - interval '90 days'
  and exists (select from source_tally later where later.source_id = t.source_id and later.hour > t.hour)`
