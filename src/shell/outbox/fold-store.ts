/**
 * SQL of pages that one message stands for: `carried_by` names the effect whose message that is. Its list is complete once it
 * is claimed: whoever adds to it holds the row, which the claim then leaves alone.
 */
import { asId, type IncidentId, type PageKey, type PersonId } from '../../core/id.ts'
import type { Recent } from '../../core/page/bound.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { isPaging } from './outbox-store.ts'

/** What is looked at in an effect. */
export interface Foldable extends Reached {
  readonly key: string
  readonly kind: 'page' | 'notice'
  readonly incidentId: IncidentId
  /** Left out: at once. */
  readonly dueAt?: Instant
  readonly held?: true
}

/** From now, in real time. */
export interface Within {
  readonly fromMs: number
  readonly untilMs: number
}

export interface Folding {
  /** Goes out with others. */
  readonly folded: boolean
  /** The effect whose message it goes out with; null: it is that effect, or goes out by itself. */
  readonly carriedBy: string | null
  /** In real time, from now. */
  readonly waitMs: number
}

export interface Reached {
  readonly personId: PersonId
  readonly channel: string
}

export function reachKey({ personId, channel }: Reached): string {
  return `${personId}/${channel}`
}

/** What each got by itself since then, counted no further than `max`. */
export async function findRecentPages(tx: Tx, reached: readonly Reached[], since: Instant, max: number): Promise<Map<string, Recent>> {
  const { rows } = await tx.query<{ person_id: string; channel: string; singles: number | string; gravest: number | null }>({
    name: 'recent-pages',
    text: `select asked.person_id, asked.channel, count(sent.*)::int as singles, min(sent.severity_rank) as gravest
           from unnest($1::uuid[], $2::text[]) as asked (person_id, channel)
           left join lateral (
             select incident.severity_rank from effect join incident on incident.id = effect.incident_id
             where effect.person_id = asked.person_id and effect.channel = asked.channel and effect.kind = 'page' and not effect.folded
               and effect.carried_by is null and effect.created_at > to_timestamp($3::float8 / 1000) and effect.state <> 'cancelled'
             order by effect.created_at desc limit $4
           ) sent on true
           group by asked.person_id, asked.channel`,
    values: [reached.map(({ personId }) => personId), reached.map(({ channel }) => channel), since, max],
  })
  return new Map(
    rows.map((row) => [
      reachKey({ personId: asId<PersonId>(row.person_id), channel: row.channel }),
      { singles: Number(row.singles), gravest: row.gravest },
    ]),
  )
}

/** The message due within that time that waits for company, held until this transaction ends; undefined: there is none that can still be joined. */
export async function holdCarrier(tx: Tx, { personId, channel }: Reached, due: Within): Promise<string | undefined> {
  const { rows } = await tx.query<{ key: string }>({
    name: 'hold-carrier',
    text: `select key from effect
           where person_id = $1 and channel = $2 and kind = 'page' and state = 'pending' and folded and carried_by is null
             and attempts = 0 and lease_until is null
             and due_at between clock_timestamp() + $3 * interval '1 ms' and clock_timestamp() + $4 * interval '1 ms'
           order by created_at, key limit 1 for share skip locked`,
    values: [personId, channel, due.fromMs, due.untilMs],
  })
  return rows[0]?.key
}

/** In how many milliseconds, in real time, the next such message may go out. */
export async function waitForNextFold(tx: Tx, { personId, channel }: Reached, everyMs: number, gatherMs: number): Promise<number> {
  const { rows } = await tx.query<{ wait_ms: number | null }>({
    name: 'next-fold',
    text: `select greatest($4::float8, extract(epoch from max(due_at) - clock_timestamp()) * 1000 + $3::float8) as wait_ms from effect
           where person_id = $1 and channel = $2 and kind = 'page' and folded and carried_by is null and state <> 'cancelled'
             -- What waits for the end of quiet hours is no message of now.
             and due_at > clock_timestamp() - $3 * interval '1 ms' and due_at < clock_timestamp() + ($3 + $4) * interval '1 ms'`,
    values: [personId, channel, everyMs, gatherMs],
  })
  return Math.max(gatherMs, Math.ceil(rows[0]?.wait_ms ?? gatherMs))
}

/** What the message stands for besides its own page, the gravest first; what nobody waits for any more is left out. */
export interface Carried {
  readonly key: string
  readonly incidentId: IncidentId
  readonly number: number
  readonly title: string
  readonly severity: string
  readonly private: boolean
  readonly pageKeys: readonly PageKey[]
}

export async function listCarried(tx: Tx, carrier: string): Promise<Carried[]> {
  const { rows } = await tx.query<{
    key: string
    incident_id: string
    number: string | number
    title: string
    severity: string
    private: boolean
    page_keys: PageKey[]
  }>({
    name: 'list-carried',
    // Neither is "all that is open" what this begins with, though plans of calm times take it for nothing.
    text: `with carried as materialized (
             select key, incident_id, page_keys from effect where carried_by = $1 and state = 'pending'
           )
           select carried.key, carried.incident_id, incident.number, incident.title, incident.severity, incident.private, carried.page_keys
           from carried join incident on incident.id = carried.incident_id
           where incident.open is not false and ${isPaging('carried.page_keys')}
           order by incident.severity_rank, incident.opened_at, carried.key`,
    values: [carrier],
  })
  return rows.map((row) => ({
    key: row.key,
    incidentId: asId<IncidentId>(row.incident_id),
    number: Number(row.number),
    title: row.title,
    severity: row.severity,
    private: row.private,
    pageKeys: row.page_keys,
  }))
}

/** @returns false when it has been carried on by another message meanwhile, or is not wanted any more. */
export async function endCarried(
  tx: Tx,
  key: string,
  carrier: string,
  end: { readonly state: 'delivered' | 'rejected'; readonly reason: string; readonly externalId: string | null },
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'end-carried',
    text: `update effect set state = $3, reason = $4, external_id = $5, fence = fence + 1, ended_at = $6,
             sent_at = case when $3 = 'delivered' then $6::timestamptz end
           where key = $1 and carried_by is not distinct from $2 and state = 'pending'`,
    values: [key, carrier, end.state, end.reason, end.externalId, new Date(tx.now)],
  })
  return rowCount === 1
}

/**
 * Those whose message is over without them, because it was not needed any more or a server died between the two: the first
 * of each person carries the others.
 */
export async function adoptOrphans(tx: Tx): Promise<void> {
  await tx.query({
    name: 'adopt-orphans',
    text: `with orphan as (
             select effect.key, first_value(effect.key) over (partition by effect.person_id, effect.channel order by effect.created_at, effect.key)
               as carrier
             from effect join effect carrier on carrier.key = effect.carried_by
             where effect.state = 'pending' and effect.carried_by is not null and carrier.state <> 'pending'
               and (carrier.state = 'cancelled'
                 or not exists (select from attempt where effect_key = carrier.key and finished_at > clock_timestamp() - interval '30 s'))
           )
           update effect set carried_by = nullif(orphan.carrier, effect.key), due_at = greatest(effect.due_at, clock_timestamp())
           from orphan where effect.key = orphan.key and effect.state = 'pending'`,
    values: [],
  })
}
