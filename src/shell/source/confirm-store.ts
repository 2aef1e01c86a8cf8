/** SQL of messages that wait to be checked, and of who may speak. */
import { hash } from 'node:crypto'
import { asId, type SourceId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Signal } from '../../core/alert/signal.ts'
import type { SourceDemands } from '../../integration.ts'
import { fingerprintOf } from '../alert/fingerprint.ts'
import type { Tx } from '../database/database.ts'
import { freshId } from '../fresh-id.ts'

export interface NewUnchecked {
  readonly sourceId: SourceId
  readonly door: string
  readonly topic: string
  readonly messageId: string
  readonly certificateUrl: string
  readonly body: Buffer
  readonly receivedAt: Instant
}

export interface UncheckedRow extends Omit<NewUnchecked, 'body'> {
  readonly id: string
  readonly body: Buffer
  readonly tries: number
}

/** Messages of one source that may wait: whoever has its key could send more. */
export const UNCHECKED_MAX = 1_000

/** A repeat of one that waits changes nothing. @returns false when too many wait and this one will not be checked */
export async function insertUnchecked(tx: Tx, message: NewUnchecked, dueAt: Instant): Promise<boolean> {
  const values = [
    freshId(),
    message.sourceId,
    message.door,
    message.topic,
    message.messageId,
    hash('sha256', message.body, 'buffer'),
    message.certificateUrl,
    message.body,
    new Date(message.receivedAt),
    new Date(dueAt),
  ]
  const { rows } = await tx.query<{ room: boolean }>(
    `with room as (select count(*) < ${UNCHECKED_MAX} as room from unchecked_message where source_id = $2 and due_at is not null),
     added as (
       insert into unchecked_message (id, source_id, door, topic, message_id, digest, certificate_url, body, received_at, state, due_at)
       select $1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', $10 from room where room
       on conflict (source_id, digest) do nothing)
     select room from room`,
    values,
  )
  return rows[0]?.room ?? false
}

export async function claimUnchecked(tx: Tx, bounds: { leaseMs: number; limit: number }): Promise<UncheckedRow[]> {
  const { rows } = await tx.query<{
    id: string
    source_id: string
    door: string
    topic: string
    message_id: string
    certificate_url: string
    body: Buffer | null
    received_at: Date
    tries: number
  }>(
    `update unchecked_message set tries = tries + 1, due_at = $1::timestamptz + make_interval(secs => $2::float8 / 1000)
     where id in (select id from unchecked_message where due_at <= $1 order by due_at, received_at limit $3 for update skip locked)
     returning id, source_id, door, topic, message_id, certificate_url, body, received_at, tries`,
    [new Date(tx.now), bounds.leaseMs, bounds.limit],
  )
  return rows
    .map((row) => ({
      id: row.id,
      sourceId: asId<SourceId>(row.source_id),
      door: row.door,
      topic: row.topic,
      messageId: row.message_id,
      certificateUrl: row.certificate_url,
      body: row.body ?? Buffer.alloc(0),
      receivedAt: row.received_at.getTime(),
      tries: row.tries,
    }))
    .sort((one, other) => one.receivedAt - other.receivedAt)
}

export async function waitLonger(tx: Tx, id: string, wait: { afterMs: number; reason: string }): Promise<void> {
  await tx.query(`update unchecked_message set due_at = $2, reason = $3 where id = $1 and due_at is not null`, [
    id,
    new Date(tx.now + wait.afterMs),
    wait.reason,
  ])
}

/** @returns false when it was decided before */
export async function decideUnchecked(
  tx: Tx,
  id: string,
  decided: { state: 'good' | 'forged' | 'given-up'; reason: string | null },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update unchecked_message set state = $2, reason = $3, decided_at = $4, due_at = null, body = null where id = $1 and due_at is not null`,
    [id, decided.state, decided.reason, new Date(tx.now)],
  )
  return rowCount > 0
}

/** An owner has given the certificate: what waits for it is looked at now. */
export async function hurryUnchecked(tx: Tx, certificateUrl: string): Promise<void> {
  await tx.query('update unchecked_message set due_at = $2 where certificate_url = $1 and due_at is not null', [
    certificateUrl,
    new Date(tx.now),
  ])
}

/** Decided long ago. */
export async function dropDecided(tx: Tx, before: Instant): Promise<void> {
  await tx.query('delete from unchecked_message where decided_at < $1', [new Date(before)])
}

export interface CertificateCount {
  readonly url: string
  readonly state: 'fetched' | 'given' | 'missing'
  readonly waiting: number
  readonly good: number
  readonly forged: number
  readonly givenUp: number
  readonly reason: string | null
}

/** Certificates that messages of a source waited for, with what became of those messages; the latest first. */
export async function countUnchecked(tx: Tx, sourceId: SourceId): Promise<CertificateCount[]> {
  const { rows } = await tx.query<Omit<CertificateCount, 'givenUp'> & { given_up: number }>(
    `select u.certificate_url as url, coalesce(max(c.origin), 'missing') as state,
       count(*) filter (where u.state = 'waiting')::int as waiting, count(*) filter (where u.state = 'good')::int as good,
       count(*) filter (where u.state = 'forged')::int as forged, count(*) filter (where u.state = 'given-up')::int as given_up,
       (array_agg(u.reason order by u.received_at desc) filter (where u.reason is not null))[1] as reason
     from unchecked_message u left join signing_certificate c on c.url = u.certificate_url
     where u.source_id = $1 group by u.certificate_url order by max(u.received_at) desc limit 100`,
    [sourceId],
  )
  return rows.map(({ given_up: givenUp, ...row }) => ({ ...row, givenUp }))
}

/** A source that may speak, with what its owner demands of its messages. */
export interface Speaker {
  readonly id: SourceId
  readonly name: string
  readonly demands: SourceDemands
}

/** Undefined when there is none, or no key opens it any more. */
export async function findSpeaker(tx: Tx, sourceId: SourceId): Promise<Speaker | undefined> {
  const { rows } = await tx.query<{ id: string; name: string; topics: string[]; signed_only: boolean }>(
    'select id, name, topics, signed_only from source where id = $1 and revoked_at is null',
    [sourceId],
  )
  return rows.map((row) => ({ id: asId<SourceId>(row.id), name: row.name, demands: { topics: row.topics, signed: row.signed_only } }))[0]
}

/** How many messages made this signal's alert fire; 0 when it does not. */
export async function firingCount(tx: Tx, sourceId: SourceId, signal: Signal): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    'select count::int as count from alert where fingerprint = $1 and resolved_at is null',
    [fingerprintOf(sourceId, signal)],
  )
  return rows[0]?.count ?? 0
}

/** Messages of each topic of a source that wait to be checked. */
export async function countWaiting(tx: Tx, sourceId: SourceId): Promise<ReadonlyMap<string, number>> {
  const { rows } = await tx.query<{ topic: string; count: number }>(
    `select topic, count(*)::int as count from unchecked_message where source_id = $1 and due_at is not null group by topic`,
    [sourceId],
  )
  return new Map(rows.map((row) => [row.topic, row.count]))
}
