/** Fills the alert table with history, as years of use would. */
import { openConnection } from '../support/record-store.ts'

const CHUNK = 250_000

/** Adds resolved alerts until there are `total`; answers how many there are then. */
export async function fillHistory(databaseUrl: string, total: number): Promise<number> {
  const client = await openConnection(databaseUrl)
  try {
    const counted = await client.query<{ count: string }>('select count(*)::text as count from alert')
    let stored = Number(counted.rows[0]?.count ?? 0)
    while (stored < total) {
      const chunk = Math.min(CHUNK, total - stored)
      await client.query(
        `insert into alert (id, source_id, fingerprint, alarm, title, labels, first_at, last_at, resolved_at, incident_id)
         select gen_random_uuid(), (select id from source order by created_at limit 1), gen_random_uuid(), 'HistoryAlarm',
                'History ' || n, jsonb_build_object('alertname', 'HistoryAlarm', 'instance', 'old-' || n, 'service', 'api'),
                now() - (n + 60) * interval '1 second', now() - (n + 30) * interval '1 second', now() - n * interval '1 second', null
         from generate_series($1::bigint, $2::bigint) as n`,
        [stored + 1, stored + chunk],
      )
      stored += chunk
    }
    await client.query('analyze alert')
    return stored
  } finally {
    await client.end()
  }
}
