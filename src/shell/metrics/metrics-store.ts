/** SQL of the numbers that only the database knows: one short statement a scrape, on indexed rows. */
import type { Tx } from '../database/database.ts'

export interface DatabaseNumbers {
  readonly pending: number
  readonly oldestDueSeconds: number
  /** Private ones are not counted: a count would tell that they exist. */
  readonly incidentsOpen: number
  /** Alerts that are held now, by kind of hold; none is left out. */
  readonly held: Readonly<Record<string, number>>
  /** Unix seconds of the database's real clock. */
  readonly clock: number
}

export async function readDatabaseNumbers(tx: Tx): Promise<DatabaseNumbers> {
  const { rows } = await tx.query<DatabaseNumbers>({
    name: 'database-numbers',
    text: `select effects.pending + carried.pending as pending, effects."oldestDueSeconds",
             (select count(*)::int from incident where open and not private) as "incidentsOpen",
             (select coalesce(jsonb_object_agg(by_kind, held), '{}')
              from (select by_kind, count(*)::int as held from alert_hold where ended_at is null group by by_kind) holds) as held,
             extract(epoch from clock_timestamp())::float8 as clock
           from (select count(*)::int as pending,
                   coalesce(extract(epoch from clock_timestamp() - min(due_at) filter (where due_at <= clock_timestamp())), 0)::float8
                     as "oldestDueSeconds"
                 from effect where state = 'pending' and carried_by is null) effects,
                (select count(*)::int as pending from effect where state = 'pending' and carried_by is not null) carried`,
  })
  const [numbers] = rows
  if (numbers === undefined) throw new Error('the database gave no numbers')
  return numbers
}
