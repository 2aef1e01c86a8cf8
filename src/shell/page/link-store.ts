/**
 * Links that acknowledge: for one person and one incident, good for one act, for a day. Only the token's SHA-256 is
 * kept. Looking one up changes nothing, so that mail scanners and link previews acknowledge nothing.
 */
import { asId, type IncidentId, type PersonId } from '../../core/id.ts'
import { DAY_MS, type Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { hashToken } from '../person/token.ts'
import { recordSeen } from './ledger-store.ts'

export const ACKNOWLEDGE_LINK_MS = DAY_MS

export interface NewLink {
  readonly personId: PersonId
  readonly incidentId: IncidentId
  readonly expiresAt: Instant
  /** From `freshToken`; never stored. */
  readonly token: string
  /** The channel it goes out on. */
  readonly channel?: string
}

export interface AcknowledgeLink {
  readonly personId: PersonId
  readonly incidentId: IncidentId
  readonly expiresAt: Instant
  readonly usedAt: Instant | null
  /** Good to act with: not used, not expired, and its person may still sign in. */
  readonly usable: boolean
}

export async function createAcknowledgeLink(tx: Tx, link: NewLink): Promise<void> {
  await createAcknowledgeLinks(tx, [link])
}

export async function createAcknowledgeLinks(tx: Tx, links: readonly NewLink[]): Promise<void> {
  if (links.length === 0) return
  await tx.query({
    name: 'create-acknowledge-links',
    text: `insert into link (token_hash, purpose, person_id, incident_id, created_at, expires_at, channel)
           select token_hash, 'acknowledge', new.person_id, new.incident_id, $5, new.expires_at, new.channel
           from unnest($1::bytea[], $2::uuid[], $3::uuid[], $4::timestamptz[], $6::text[])
             as new (token_hash, person_id, incident_id, expires_at, channel)
           where exists (select from person where person.id = new.person_id)`,
    values: [
      links.map((link) => hashToken(link.token)),
      links.map((link) => link.personId),
      links.map((link) => link.incidentId),
      links.map((link) => new Date(link.expiresAt)),
      new Date(tx.now),
      links.map((link) => link.channel ?? null),
    ],
  })
}

interface LinkRow {
  readonly person_id: string
  readonly incident_id: string
  readonly expires_at: Date
  readonly used_at: Date | null
  readonly disabled_at: Date | null
}

/** Shows; never acts. @returns undefined for a token that never was one of these. */
export async function findAcknowledgeLink(tx: Tx, token: string): Promise<AcknowledgeLink | undefined> {
  const { rows } = await tx.query<LinkRow>(
    `select link.person_id, link.incident_id, link.expires_at, link.used_at, person.disabled_at
     from link join person on person.id = link.person_id
     where link.token_hash = $1 and link.purpose = 'acknowledge' and link.incident_id is not null`,
    [hashToken(token)],
  )
  return rows[0] === undefined ? undefined : toLink(rows[0], tx.now)
}

/**
 * Spends the link, in the transaction of the act that it allows. Whoever acts by it has seen the message it came in:
 * the ledger is told. Locks the incident, as the act will, so that both lock it before its effects.
 * @returns whom it speaks for; undefined when it is unknown, spent, expired, or its person is disabled.
 */
export async function useAcknowledgeLink(tx: Tx, token: string): Promise<AcknowledgeLink | undefined> {
  const { rows } = await tx.query<LinkRow & { readonly channel: string | null }>(
    `update link set used_at = $2 from person
     where link.token_hash = $1 and link.purpose = 'acknowledge' and link.incident_id is not null and link.used_at is null
       and link.expires_at > $2 and person.id = link.person_id and person.disabled_at is null
     returning link.person_id, link.incident_id, link.expires_at, link.used_at, person.disabled_at, link.channel`,
    [hashToken(token), new Date(tx.now)],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const link = toLink(row, tx.now)
  if (row.channel !== null) {
    await tx.query('select from incident where id = $1 for update', [link.incidentId])
    await recordSeen(tx, { ...link, channel: row.channel })
  }
  return link
}

function toLink(row: LinkRow, now: Instant): AcknowledgeLink {
  return {
    personId: asId<PersonId>(row.person_id),
    incidentId: asId<IncidentId>(row.incident_id),
    expiresAt: row.expires_at.getTime(),
    usedAt: row.used_at === null ? null : row.used_at.getTime(),
    usable: row.used_at === null && row.disabled_at === null && row.expires_at.getTime() > now,
  }
}
