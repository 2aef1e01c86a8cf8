/** SQL of the auditor: open incidents in order, pages without effects, effects that nobody tries. Reads only. */
import { asId, type IncidentId, type PageKey, type PersonId, type PlaybookDigest } from '../../core/id.ts'
import { type Incident, restoreIncident } from '../../core/incident/incident.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

export interface OpenIncident {
  readonly id: IncidentId
  readonly number: number
  readonly state: Incident
  readonly playbook: PlaybookDigest
  readonly wakeAt: Instant | null
}

interface IncidentRow {
  readonly id: string
  readonly number: number | string
  readonly state: Incident
  readonly playbook_digest: string
  readonly wake_at: Date | null
}

/** Open incidents after `after`, in id order; or those of `only`, open or not. */
export async function listOpenIncidents(
  tx: Tx,
  asked: { readonly after: string; readonly limit: number } | { readonly only: readonly IncidentId[] },
): Promise<OpenIncident[]> {
  const columns = 'select id, number, state, playbook_digest, wake_at from incident'
  const { rows } =
    'only' in asked
      ? await tx.query<IncidentRow>(`${columns} where open and id = any($1::uuid[]) order by id`, [asked.only])
      : await tx.query<IncidentRow>(`${columns} where open and id > $1 order by id limit $2`, [asked.after, asked.limit])
  return rows.map((row) => ({
    id: asId<IncidentId>(row.id),
    number: Number(row.number),
    state: restoreIncident(row.state),
    playbook: asId<PlaybookDigest>(row.playbook_digest),
    wakeAt: row.wake_at?.getTime() ?? null,
  }))
}

export interface LonelyPage {
  readonly incidentId: IncidentId
  readonly number: number
  readonly key: PageKey
  readonly personId: PersonId
}

/** Open pages of open incidents for which nothing was ever to be sent. */
export async function listLonelyPages(tx: Tx, limit: number): Promise<LonelyPage[]> {
  const { rows } = await tx.query<{ incident_id: string; number: number | string; key: string; person_id: string }>(
    `select page.incident_id, incident.number, page.key, page.person_id
     from incident join page on page.incident_id = incident.id
     where incident.open and page.state = 'paging'
       and not exists (select from effect where effect.incident_id = page.incident_id and page.key = any(effect.page_keys))
     order by page.id limit $1`,
    [limit],
  )
  return rows.map((row) => ({
    incidentId: asId<IncidentId>(row.incident_id),
    number: Number(row.number),
    key: asId<PageKey>(row.key),
    personId: asId<PersonId>(row.person_id),
  }))
}

export interface WaitingEffects {
  readonly incidentId: IncidentId
  readonly number: number
  readonly channel: string
  readonly effects: number
}

/** Effects of open incidents that are due for longer than `lateMs` and were never tried, or whose last try was abandoned so long ago. */
export async function listWaitingEffects(tx: Tx, lateMs: number, limit: number): Promise<WaitingEffects[]> {
  const { rows } = await tx.query<{ incident_id: string; number: number | string; channel: string; effects: number | string }>(
    `select effect.incident_id, incident.number, effect.channel, count(*) as effects
     from effect join incident on incident.id = effect.incident_id
     where effect.state = 'pending' and incident.open and effect.carried_by is null
       and (effect.attempts = 0 and effect.due_at < clock_timestamp() - $1 * interval '1 ms'
         or effect.lease_until < clock_timestamp() - $1 * interval '1 ms')
     group by effect.incident_id, incident.number, effect.channel
     order by effect.incident_id limit $2`,
    [lateMs, limit],
  )
  return rows.map((row) => ({
    incidentId: asId<IncidentId>(row.incident_id),
    number: Number(row.number),
    channel: row.channel,
    effects: Number(row.effects),
  }))
}

/** Whether the alert by that key fires: it may have been raised before this process began. */
export async function isAlertFiring(tx: Tx, dedupKey: string): Promise<boolean> {
  const { rowCount } = await tx.query('select from alert where dedup_key = $1 and resolved_at is null limit 1', [dedupKey])
  return rowCount > 0
}
