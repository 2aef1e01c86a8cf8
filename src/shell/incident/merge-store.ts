/** SQL of merges: which alerts moved from which incident, and where new alerts of a merged group belong. */
import { asId, type IncidentId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

/** Follows merges so far; more would be a circle. */
const DEPTH_MAX = 32

/** In id order, before incidents are: as whoever applies messages locks them. */
export async function lockAlertsOf(tx: Tx, id: IncidentId): Promise<void> {
  await tx.query('select from alert where incident_id = $1 order by id for update', [id])
}

export async function lockMovedAlerts(tx: Tx, from: IncidentId): Promise<void> {
  await tx.query(`select from alert where id in (select alert_id from merged_alert where from_incident = $1) order by id for update`, [
    from,
  ])
}

/** All alerts of one become the other's; which they were is kept. */
export async function moveAlerts(tx: Tx, from: IncidentId, into: IncidentId): Promise<void> {
  await tx.query(
    `with moved as (update alert set incident_id = $2 where incident_id = $1 returning id)
     insert into merged_alert (from_incident, alert_id) select $1, id from moved on conflict do nothing`,
    [from, into],
  )
}

/** The alerts that moved from it are its own again, wherever they have gone since; merges of those after it forget them. */
export async function moveBack(tx: Tx, to: IncidentId, through: readonly IncidentId[]): Promise<void> {
  await tx.query(
    `with mine as (delete from merged_alert where from_incident = $1 returning alert_id),
       later as (delete from merged_alert m using mine where m.alert_id = mine.alert_id and m.from_incident = any($2::uuid[]))
     update alert set incident_id = $1 from mine where alert.id = mine.alert_id`,
    [to, through],
  )
}

export async function countAlerts(tx: Tx, id: IncidentId): Promise<{ readonly total: number; readonly firing: number }> {
  const { rows } = await tx.query<{ total: string | number; firing: string | number }>(
    'select count(*) as total, count(*) filter (where resolved_at is null) as firing from alert where incident_id = $1',
    [id],
  )
  return { total: Number(rows[0]?.total ?? 0), firing: Number(rows[0]?.firing ?? 0) }
}

/** The incidents that went on in its place, one after the other; the last goes on still. */
export async function followMerges(tx: Tx, id: IncidentId): Promise<IncidentId[]> {
  const { rows } = await tx.query<{ id: string }>(
    `with recursive chain as (
       select merged_into as id, 1 as depth from incident where id = $1 and merged_into is not null
       union all
       select i.merged_into, c.depth + 1 from chain c join incident i on i.id = c.id where i.merged_into is not null and c.depth < $2
     ) select id from chain order by depth`,
    [id, DEPTH_MAX],
  )
  return rows.map((row) => asId<IncidentId>(row.id))
}

/** Open incidents that go on in the place of merged ones, by the group of the merged: new alerts of the group join them. */
export async function findMergedGroups(tx: Tx, keys: readonly string[]): Promise<{ readonly id: string; readonly groupKey: string }[]> {
  if (keys.length === 0) return []
  const { rows } = await tx.query<{ id: string; group_key: string }>({
    name: 'find-merged-groups',
    text: `with recursive chain as (
             select group_key, merged_into as id, opened_at, 1 as depth from incident
             where merged_into is not null and group_key = any($1::text[])
             union all
             select c.group_key, i.merged_into, c.opened_at, c.depth + 1
             from chain c join incident i on i.id = c.id where i.merged_into is not null and c.depth < $2
           )
           select distinct on (c.group_key) c.group_key, i.id from chain c join incident i on i.id = c.id
           where i.open order by c.group_key, c.opened_at desc`,
    values: [keys, DEPTH_MAX],
  })
  return rows.map((row) => ({ id: row.id, groupKey: row.group_key }))
}

/** When the newest alert of each joined. */
export async function findLastJoined(tx: Tx, ids: readonly string[]): Promise<Map<string, Instant>> {
  if (ids.length === 0) return new Map()
  const { rows } = await tx.query<{ id: string; first_at: Date }>({
    name: 'find-last-joined',
    text: `select asked.id, newest.first_at from unnest($1::uuid[]) as asked (id)
           cross join lateral (select first_at from alert where incident_id = asked.id order by id desc limit 1) newest`,
    values: [ids],
  })
  return new Map(rows.map((row) => [row.id, row.first_at.getTime()]))
}

export interface HeldGroup {
  readonly id: string
  readonly groupKey: string
}

/** New alerts of these groups open another incident from now on. What an incident took over by a merge is not its own group. */
export async function releaseGroups(tx: Tx, held: readonly HeldGroup[]): Promise<void> {
  if (held.length === 0) return
  await tx.query(
    `update incident set group_key = null from unnest($1::uuid[], $2::text[]) as held (id, group_key)
     where incident.id = held.id and incident.group_key = held.group_key`,
    [held.map(({ id }) => id), held.map(({ groupKey }) => groupKey)],
  )
}

/** One that opens again while another of its group is open leaves the group to that one. */
export async function yieldGroup(tx: Tx, id: IncidentId): Promise<void> {
  await tx.query(
    `update incident set group_key = null
     where id = $1 and group_key is not null
       and exists (select 1 from incident other where other.open and other.id <> $1 and other.group_key = incident.group_key)`,
    [id],
  )
}

/** When alerts of that group turned red or green in the incident before, if it ended no longer ago than `since`. */
export async function findEarlierTurns(tx: Tx, groupKey: string, since: Instant): Promise<readonly Instant[]> {
  const { rows } = await tx.query<{ turns: Instant[] | null }>({
    name: 'find-earlier-turns',
    text: `select state->'turns' as turns from incident
           where group_key = $1 and not open and resolved_at > to_timestamp($2::float8 / 1000) order by opened_at desc limit 1`,
    values: [groupKey, since],
  })
  return (rows[0]?.turns ?? []).filter((turn) => turn > since)
}
