/** What a storm has left in the database. */
import { openConnection } from '../support/record-store.ts'

export interface StormRecord {
  /** Alerts of that run, and those of them that belong to an incident. */
  readonly alerts: number
  readonly placed: number
  readonly incidents: number
  /** Of them those that took what would have been one incident too many. */
  readonly storms: number
  /** Messages that stood for others besides their own page, and how many others. */
  readonly carriers: number
  readonly carried: number
  /** Pages on outside channels that are still to go out. */
  readonly pending: number
  /** Pages by the person's name: duties to reach somebody, whatever messages they went out in. */
  readonly pages: Readonly<Record<string, number>>
}

export async function readStorm(databaseUrl: string, run: string): Promise<StormRecord> {
  const client = await openConnection(databaseUrl)
  try {
    const { rows } = await client.query<Omit<StormRecord, 'pages'>>(
      `select (select count(*)::int from alert where labels->>'run' = $1) as alerts,
              (select count(*)::int from alert where labels->>'run' = $1 and incident_id is not null) as placed,
              (select count(*)::int from incident) as incidents,
              (select count(*)::int from incident where group_key like 'storm:%') as storms,
              (select count(distinct carried_by)::int from effect where kind = 'page') as carriers,
              (select count(carried_by)::int from effect where kind = 'page') as carried,
              (select count(*)::int from effect where kind = 'page' and state = 'pending' and channel <> 'console') as pending`,
      [run],
    )
    const pages = await client.query<{ name: string; pages: number }>(
      `select person.name, count(*)::int as pages from page join person on person.id = page.person_id group by person.name order by person.name`,
    )
    const [record] = rows
    if (record === undefined) throw new Error('an aggregate without a group has one row')
    return { ...record, pages: Object.fromEntries(pages.rows.map(({ name, pages: count }) => [name, count])) }
  } finally {
    await client.end()
  }
}
