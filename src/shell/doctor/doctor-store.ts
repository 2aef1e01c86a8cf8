/** SQL of the doctor: what the database says about itself, about pages sent, and about who can be reached. Reads only. */
import type { Tx } from '../database/database.ts'

export interface DatabaseFacts {
  readonly fsync: string
  readonly synchronousCommit: string
  readonly fullPageWrites: string
  readonly role: string
  readonly superuser: boolean
  /** Tables that the role of the app owns; should be none. */
  readonly owned: number
}

export async function readDatabaseFacts(tx: Tx): Promise<DatabaseFacts> {
  const { rows } = await tx.query<DatabaseFacts>(
    `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as "synchronousCommit",
       current_setting('full_page_writes') as "fullPageWrites", current_user as role,
       (select rolsuper from pg_roles where rolname = current_user) as superuser,
       (select count(*)::int from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
          and c.relowner = (select oid from pg_roles where rolname = current_user)) as owned`,
  )
  const [facts] = rows
  if (facts === undefined) throw new Error('the database answered nothing about itself')
  return facts
}

/** The database's real clock, Unix milliseconds. */
export async function readDatabaseClock(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ ms: number }>(`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`)
  return rows[0]?.ms ?? Number.NaN
}

export interface OutboxFacts {
  readonly pending: number
  /** Since the oldest pending effect has been due; null when none is. */
  readonly oldestDueMs: number | null
}

export async function readOutbox(tx: Tx): Promise<OutboxFacts> {
  const { rows } = await tx.query<OutboxFacts>(
    `select count(*)::int + (select count(*)::int from effect where state = 'pending' and carried_by is not null) as pending,
       (extract(epoch from clock_timestamp() - min(due_at) filter (where due_at <= clock_timestamp())) * 1000)::float8 as "oldestDueMs"
     from effect where state = 'pending' and carried_by is null`,
  )
  return rows[0] ?? { pending: 0, oldestDueMs: null }
}

export interface ChannelFacts {
  readonly channel: string
  /** Latest page, notice or test page that the channel took; null when none ever. */
  readonly lastDeliveredAt: Date | null
  /** Of the latest attempts, newest first: the outcomes. */
  readonly latest: readonly string[]
  /** From the page made to the channel asked for the first time, milliseconds; null without pages. */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  readonly pages: number
}

/** Only the newest effects of each channel are looked at, so that the cost does not grow with history. */
const PAGES_LOOKED_AT = 500
export const ATTEMPTS_LOOKED_AT = 5

export async function listChannelFacts(tx: Tx, channels: readonly string[]): Promise<ChannelFacts[]> {
  const { rows } = await tx.query<ChannelFacts>(
    `select asked.channel, greatest(facts."lastDeliveredAt", proof.taken_at) as "lastDeliveredAt", facts."p50Ms", facts."p99Ms", facts.pages, coalesce(tried.latest, '{}') as latest
     from unnest($1::text[]) asked(channel)
     left join channel_proof proof on proof.channel = asked.channel
     cross join lateral (
       select max(recent.sent_at) as "lastDeliveredAt", count(first.waited)::int as pages,
         percentile_cont(0.5) within group (order by first.waited) as "p50Ms",
         percentile_cont(0.99) within group (order by first.waited) as "p99Ms"
       from (select * from effect where effect.channel = asked.channel order by created_at desc limit $2) recent
       left join lateral (
         select (extract(epoch from attempt.started_at - recent.created_at) * 1000)::float8 as waited
         from attempt where attempt.effect_key = recent.key and attempt.number = 1 and recent.kind = 'page'
       ) first on true
     ) facts
     left join lateral (
       select array_agg(outcome order by started_at desc) as latest from (
         select attempt.outcome, attempt.started_at
         from (select key from effect where effect.channel = asked.channel order by created_at desc limit $2) recent
         join attempt on attempt.effect_key = recent.key
         where attempt.outcome is not null and attempt.outcome <> 'withdrawn'
         order by attempt.started_at desc limit $3
       ) newest
     ) tried on true`,
    [channels, PAGES_LOOKED_AT, ATTEMPTS_LOOKED_AT],
  )
  return rows
}

/** A test page was taken by this channel now. */
export async function recordProof(tx: Tx, proof: { readonly channel: string; readonly tookMs: number }): Promise<void> {
  await tx.query(
    `insert into channel_proof (channel, taken_at, took_ms) values ($1, clock_timestamp(), $2)
     on conflict (channel) do update set taken_at = excluded.taken_at, took_ms = excluded.took_ms`,
    [proof.channel, Math.round(proof.tookMs)],
  )
}

export interface PersonFacts {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: string
  readonly contacts: readonly { readonly channel: string; readonly address: string }[]
}

/** Everybody who is not disabled. */
export async function listPeopleFacts(tx: Tx): Promise<PersonFacts[]> {
  const { rows } = await tx.query<PersonFacts>(
    `select id, email, name, role,
       coalesce((select jsonb_agg(jsonb_build_object('channel', channel, 'address', address) order by place)
                 from contact where person_id = person.id), '[]') as contacts
     from person where disabled_at is null order by email`,
  )
  return rows
}

/** Since an auditor last held its lease, on any server; null when none ever did. `left` is what it still has. */
export async function readAuditorLease(tx: Tx): Promise<{ readonly leftMs: number } | null> {
  const { rows } = await tx.query<{ leftMs: number }>(
    `select (extract(epoch from until - clock_timestamp()) * 1000)::float8 as "leftMs" from lease where name = 'auditor'`,
  )
  return rows[0] ?? null
}
