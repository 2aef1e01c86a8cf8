/** SQL of effects: written, cancelled, found due, claimed. Leases are judged by the database's real clock alone. */
import { asId, type IncidentId, type PageKey, type PersonId } from '../../core/id.ts'
import type { Tx } from '../database/database.ts'
import { freshToken } from '../person/token.ts'
import { type Claimed, needsLink } from './claim.ts'
import type { NewEffect } from './enqueue.ts'
import type { Folding } from './fold-store.ts'
import type { EffectKind } from './gate.ts'

export interface Lessee {
  readonly leaseMs: number
  readonly serverId: string
}

/** @returns the keys that were not there before. Claimed rows get their lease, fence 1 and first attempt at once. */
export async function insertEffects(
  tx: Tx,
  rows: readonly (NewEffect & Folding & { readonly claimed: boolean })[],
  lessee: Lessee,
): Promise<ReadonlySet<string>> {
  const { rows: written } = await tx.query<{ key: string }>({
    name: 'insert-effects',
    text: `with written as (
             insert into effect (key, kind, incident_id, person_id, channel, page_keys, about, created_at, due_at, lease_until, fence, attempts,
               folded, carried_by)
             select key, kind, incident_id, person_id, channel, array(select jsonb_array_elements_text(page_keys)), about, created_at,
               clock_timestamp() + wait_ms * interval '1 ms', case when claimed then clock_timestamp() + $2 * interval '1 ms' end,
               claimed::int, claimed::int, folded, carried_by
             from jsonb_to_recordset($1::jsonb) as new (key text, kind text, incident_id uuid, person_id uuid, channel text,
               page_keys jsonb, about text, created_at timestamptz, claimed boolean, folded boolean, carried_by text, wait_ms float8)
             order by carried_by nulls first, key -- two writers of the same keys wait for each other in one order
             on conflict (key) do nothing
             returning key, fence
           ), tried as (
             insert into attempt (effect_key, number, server_id, fence, repeat)
             select key, 1, $3, 1, false from written where fence = 1
           )
           select key from written`,
    values: [JSON.stringify(rows.map(toRow)), lessee.leaseMs, lessee.serverId],
  })
  return new Set(written.map((row) => row.key))
}

function toRow(row: NewEffect & Folding & { readonly claimed: boolean }): Record<string, unknown> {
  return {
    key: row.key,
    kind: row.kind,
    incident_id: row.incidentId,
    person_id: row.personId,
    channel: row.channel,
    page_keys: row.pageKeys,
    about: row.about,
    created_at: new Date(row.createdAt).toISOString(),
    claimed: row.claimed,
    folded: row.folded,
    carried_by: row.carriedBy,
    wait_ms: row.waitMs,
  }
}

/** The fence moves on, so that a worker who lost its lease before cannot write over it. */
export async function cancelPending(tx: Tx, incidentId: IncidentId, pageKeys: readonly PageKey[]): Promise<void> {
  await tx.query({
    name: 'cancel-effects',
    text: `update effect set state = 'cancelled', ended_at = $3, lease_until = null, fence = fence + 1,
             reason = 'Not needed any more.'
           where incident_id = $1 and kind = 'page' and state = 'pending' and page_keys && $2::text[]
             and (lease_until is null or lease_until < clock_timestamp())
             and not coalesce((select bool_or(page.state = 'paging' and page.key <> all($2::text[])) from page
                               where page.key = any(effect.page_keys)), false)`,
    values: [incidentId, pageKeys, new Date(tx.now)],
  })
}

/** What a server was sending when it died need not wait for its leases: the claim finds them run out. */
export async function endLeasesOf(tx: Tx, serverId: string): Promise<void> {
  await tx.query(
    `update effect set lease_until = clock_timestamp()
     where state = 'pending' and carried_by is null and lease_until > clock_timestamp()
       and exists (select from attempt where effect_key = effect.key and server_id = $1 and finished_at is null)`,
    [serverId],
  )
}

/** Channels with something due. */
export async function listWaitingChannels(tx: Tx, kind: EffectKind): Promise<string[]> {
  const { rows } = await tx.query<{ channel: string }>({
    name: 'waiting-channels',
    text: `select distinct channel from effect
           where state = 'pending' and kind = $1 and due_at <= clock_timestamp() and carried_by is null
             and (lease_until is null or lease_until < clock_timestamp())`,
    values: [kind],
  })
  return rows.map((row) => row.channel)
}

/**
 * Whether one of those pages still calls. Asked by key alone: a plan of calm times takes "all that call" for nothing, and a
 * storm makes thousands of it.
 */
export function isPaging(keys: string): string {
  return `coalesce((select bool_or(page.state = 'paging') from page where page.key = any(${keys})), false)`
}

/**
 * An effect is wanted while its incident is open and, for a page, one of its pages still is; the claim asks anew, and
 * the send asks once more, so that nothing stale goes out after a stall.
 */
const WANTED = `(incident.open and (effect.kind <> 'page' or ${isPaging('effect.page_keys')}))`

export interface ClaimRequest extends Lessee {
  readonly kind: EffectKind
  readonly channel: string
  readonly room: number
  /** Keys that this process is sending: their outcome may still be on its way though the lease has run out. */
  readonly running: readonly string[]
}

interface ClaimRow {
  readonly key: string
  readonly incident_id: string
  readonly person_id: string
  readonly fence: number | string
  readonly attempts: number
  readonly unsure: boolean
  readonly reason: string | null
}

/**
 * Claims what is due on one channel, the most severe first, and writes the attempts down; cancels what nobody wants
 * any more. A lease that was still set has run out: that attempt's outcome is unknown.
 */
export async function claimDue(tx: Tx, asked: ClaimRequest): Promise<Claimed[]> {
  const { rows } = await tx.query<ClaimRow>({
    name: 'claim-effects',
    text: `with due as (
             select effect.key, ${WANTED} as wanted, effect.lease_until is not null as abandoned
             from effect join incident on incident.id = effect.incident_id
             where effect.state = 'pending' and effect.kind = $1 and effect.channel = $2 and effect.due_at <= clock_timestamp()
               and effect.carried_by is null
               and (effect.lease_until is null or effect.lease_until < clock_timestamp()) and effect.key <> all($3::text[])
             order by incident.severity_rank, effect.due_at
             limit $4
             for update of effect skip locked
           ), cancelled as (
             update effect set state = 'cancelled', ended_at = $5, lease_until = null, fence = fence + 1,
               reason = 'Not needed any more.'
             from due where effect.key = due.key and not due.wanted
           ), lost as (
             update attempt set finished_at = clock_timestamp(), outcome = 'unknown',
               reason = 'The server that sent it was gone before it wrote the outcome down.'
             from due where attempt.effect_key = due.key and due.abandoned and attempt.finished_at is null
           ), claimed as (
             update effect set lease_until = clock_timestamp() + $6 * interval '1 ms', fence = fence + 1, attempts = attempts + 1,
               unsure = unsure or due.abandoned
             from due where effect.key = due.key and due.wanted
             returning effect.key, effect.incident_id, effect.person_id, effect.fence, effect.attempts, effect.unsure, effect.reason
           ), tried as (
             insert into attempt (effect_key, number, server_id, fence, repeat)
             select key, attempts, $7, fence, unsure from claimed
           )
           select key, incident_id, person_id, fence, attempts, unsure, reason from claimed`,
    values: [asked.kind, asked.channel, asked.running, asked.room, new Date(tx.now), asked.leaseMs, asked.serverId],
  })
  return rows.map((row) => toClaimed(row, asked))
}

function toClaimed(row: ClaimRow, { kind, channel }: ClaimRequest): Claimed {
  return {
    key: row.key,
    kind,
    incidentId: asId<IncidentId>(row.incident_id),
    personId: asId<PersonId>(row.person_id),
    channel,
    fence: Number(row.fence),
    attempt: row.attempts,
    repeat: row.unsure,
    failedBefore: row.reason !== null,
    token: needsLink(kind, channel) ? freshToken() : null,
  }
}

/** @returns false when the effect is not ours any more. */
export async function renewLease(tx: Tx, claimed: Claimed, leaseMs: number): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'renew-lease',
    text: `update effect set lease_until = clock_timestamp() + $3 * interval '1 ms' where key = $1 and fence = $2 and state = 'pending'`,
    values: [claimed.key, claimed.fence, leaseMs],
  })
  return rowCount === 1
}

export interface OutcomeRow {
  readonly state: 'pending' | 'delivered' | 'rejected' | 'cancelled'
  readonly outcome: 'delivered' | 'retry' | 'rejected' | 'unknown' | 'withdrawn'
  readonly waitMs: number
  readonly unsure: boolean
  readonly externalId: string | null
  readonly reason: string
}

/**
 * Writes an attempt's outcome. What nobody wants any more is cancelled rather than tried again.
 * @returns the effect's state; undefined when it is not ours any more, and then nothing was written.
 */
export async function writeOutcome(tx: Tx, claimed: Claimed, row: OutcomeRow): Promise<string | undefined> {
  const { rows } = await tx.query<{ state: string }>({
    name: 'write-outcome',
    text: `with judged as (
             select effect.key, case when $3 = 'pending' and not ${WANTED} then 'cancelled' else $3 end as state
             from effect join incident on incident.id = effect.incident_id
             where effect.key = $1 and effect.fence = $2 and effect.state = 'pending'
           ), mine as (
             update effect set state = judged.state, lease_until = null, unsure = $4, reason = $5, external_id = coalesce($6, external_id),
               due_at = clock_timestamp() + $7 * interval '1 ms',
               ended_at = case when judged.state <> 'pending' then $8::timestamptz end,
               sent_at = case when judged.state = 'delivered' then $8::timestamptz end
             from judged where effect.key = judged.key and effect.fence = $2 and effect.state = 'pending'
             returning effect.key, effect.state
           ), finished as (
             update attempt set finished_at = clock_timestamp(), outcome = $9, external_id = $6, reason = $5
             from mine where attempt.effect_key = mine.key and attempt.number = $10
           )
           select state from mine`,
    values: [
      claimed.key,
      claimed.fence,
      row.state,
      row.unsure,
      row.reason,
      row.externalId,
      row.waitMs,
      new Date(tx.now),
      row.outcome,
      claimed.attempt,
    ],
  })
  return rows[0]?.state
}
