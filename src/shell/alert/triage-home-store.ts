/** SQL of the homes of unknown alarms: the open triage incident that took an alarm of that name last. */
import type { Tx } from '../database/database.ts'

export interface TriageHome {
  readonly groupKey: string
  readonly alarm: string
  readonly incidentId: string
}

/** Of those names, the ones that are in an open incident, or went into one by a merge. Not locked: lock the incidents, then look again whether they are open. */
export async function findHomes(tx: Tx, asked: readonly Omit<TriageHome, 'incidentId'>[]): Promise<TriageHome[]> {
  if (asked.length === 0) return []
  const { rows } = await tx.query<{ group_key: string; alarm: string; incident_id: string }>({
    name: 'find-triage-homes',
    text: `select home.group_key, home.alarm, goes_on.id as incident_id
           from (select distinct * from unnest($1::text[], $2::text[]) as asked (group_key, alarm)) asked
           join triage_home home using (group_key, alarm)
           join incident on incident.id = home.incident_id
           join incident goes_on on goes_on.id = coalesce(incident.merged_into, incident.id) and goes_on.open`,
    values: [asked.map(({ groupKey }) => groupKey), asked.map(({ alarm }) => alarm)],
  })
  return rows.map((row) => ({ groupKey: row.group_key, alarm: row.alarm, incidentId: row.incident_id }))
}

/** The last one counts. */
export async function keepHomes(tx: Tx, homes: readonly TriageHome[]): Promise<void> {
  if (homes.length === 0) return
  await tx.query({
    name: 'keep-triage-homes',
    text: `insert into triage_home (group_key, alarm, incident_id)
           select * from unnest($1::text[], $2::text[], $3::uuid[]) order by 1, 2
           on conflict (group_key, alarm) do update set incident_id = excluded.incident_id`,
    values: [homes.map(({ groupKey }) => groupKey), homes.map(({ alarm }) => alarm), homes.map(({ incidentId }) => incidentId)],
  })
}

/** Those of incidents that are over: the next alarm of that name opens or joins another. */
export const FORGET_HOMES = `delete from triage_home where not exists (
  select from incident join incident goes_on on goes_on.id = coalesce(incident.merged_into, incident.id) and goes_on.open
  where incident.id = triage_home.incident_id)`
