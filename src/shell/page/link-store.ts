/**
 * Links that acknowledge: for one person and the incidents that one message told of, good for one act, for a day. Only the
 * token's SHA-256 is kept. Looking one up changes nothing, so that mail scanners and link previews acknowledge nothing.
 */
import { asId, type IncidentId, type PersonId } from '../../core/id.ts'
import { DAY_MS, type Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { hashToken } from '../person/token.ts'
import { lockIncidents } from '../incident/store.ts'
import { recordSeen } from './ledger-store.ts'

export const ACKNOWLEDGE_LINK_MS = DAY_MS

/** So many incidents one link acknowledges at the most; a message that stands for more leaves the rest to the console. */
export const LINKED_OTHERS_MAX = 200

export interface NewLink {
  readonly personId: PersonId
  readonly incidentId: IncidentId
  readonly expiresAt: Instant
  /** From `freshToken`; never stored. */
  readonly token: string
  /** The channel it goes out on. */
  readonly channel?: string
  /** The effect whose message it is in: the link is also for what that message carries. */
  readonly effectKey?: string
}

export interface AcknowledgeLink {
  readonly personId: PersonId
  /** What the message is about. */
  readonly incidentId: IncidentId
  /** What it told of besides, the gravest first. */
  readonly others: readonly IncidentId[]
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
    text: `insert into link (token_hash, purpose, person_id, incident_id, created_at, expires_at, channel, effect_key, others)
           select token_hash, 'acknowledge', new.person_id, new.incident_id, $5, new.expires_at, new.channel, new.effect_key,
             array(select effect.incident_id from effect join incident on incident.id = effect.incident_id
                   where effect.carried_by = new.effect_key and effect.state = 'pending' and effect.incident_id <> new.incident_id
                   group by effect.incident_id, incident.severity_rank, incident.opened_at
                   order by incident.severity_rank, incident.opened_at, effect.incident_id limit $8)
           from unnest($1::bytea[], $2::uuid[], $3::uuid[], $4::timestamptz[], $6::text[], $7::text[])
             as new (token_hash, person_id, incident_id, expires_at, channel, effect_key)
           where exists (select from person where person.id = new.person_id)`,
    values: [
      links.map((link) => hashToken(link.token)),
      links.map((link) => link.personId),
      links.map((link) => link.incidentId),
      links.map((link) => new Date(link.expiresAt)),
      new Date(tx.now),
      links.map((link) => link.channel ?? null),
      links.map((link) => link.effectKey ?? null),
      LINKED_OTHERS_MAX,
    ],
  })
}

interface LinkRow {
  readonly person_id: string
  readonly incident_id: string
  readonly others: string[]
  readonly expires_at: Date
  readonly used_at: Date | null
  readonly disabled_at: Date | null
}

/** Shows; never acts. @returns undefined for a token that never was one of these. */
export async function findAcknowledgeLink(tx: Tx, token: string): Promise<AcknowledgeLink | undefined> {
  const { rows } = await tx.query<LinkRow>(
    `select link.person_id, link.incident_id, link.others, link.expires_at, link.used_at, person.disabled_at
     from link join person on person.id = link.person_id
     where link.token_hash = $1 and link.purpose = 'acknowledge' and link.incident_id is not null`,
    [hashToken(token)],
  )
  return rows[0] === undefined ? undefined : toLink(rows[0], tx.now)
}

/**
 * Spends the link, in the transaction of the act that it allows. Whoever acts by it has seen the message it came in:
 * the ledger is told. Locks its incidents, as the act will, so that both lock them before their effects.
 * @returns whom it speaks for; undefined when it is unknown, spent, expired, or its person is disabled.
 */
export async function useAcknowledgeLink(tx: Tx, token: string): Promise<AcknowledgeLink | undefined> {
  const { rows } = await tx.query<LinkRow & { readonly channel: string | null }>(
    `update link set used_at = $2 from person
     where link.token_hash = $1 and link.purpose = 'acknowledge' and link.incident_id is not null and link.used_at is null
       and link.expires_at > $2 and person.id = link.person_id and person.disabled_at is null
     returning link.person_id, link.incident_id, link.others, link.expires_at, link.used_at, person.disabled_at, link.channel`,
    [hashToken(token), new Date(tx.now)],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const link = toLink(row, tx.now)
  const { channel } = row
  if (channel === null) return link
  const told = [link.incidentId, ...link.others]
  await lockIncidents(tx, told)
  for (const incidentId of told) await recordSeen(tx, { personId: link.personId, incidentId, channel })
  return link
}

function toLink(row: LinkRow, now: Instant): AcknowledgeLink {
  return {
    personId: asId<PersonId>(row.person_id),
    incidentId: asId<IncidentId>(row.incident_id),
    others: row.others.map((id) => asId<IncidentId>(id)),
    expiresAt: row.expires_at.getTime(),
    usedAt: row.used_at === null ? null : row.used_at.getTime(),
    usable: row.used_at === null && row.disabled_at === null && row.expires_at.getTime() > now,
  }
}

/** One incident of a link, as its person has it. */
export interface LinkedIncident {
  readonly id: IncidentId
  readonly number: number
  readonly title: string
  readonly severity: string
  readonly severityRank: number
  readonly private: boolean
  readonly open: boolean
  /** The person is being paged about it; or has acknowledged it, and is not. */
  readonly paging: boolean
  readonly acknowledged: boolean
}

/** In the order given; those that are gone are left out. */
export async function listLinked(tx: Tx, personId: PersonId, ids: readonly IncidentId[]): Promise<LinkedIncident[]> {
  const { rows } = await tx.query<{
    id: string
    number: string | number
    title: string
    severity: string
    severity_rank: number
    private: boolean
    open: boolean
    paging: boolean
    acknowledged: boolean
  }>({
    name: 'list-linked',
    text: `select incident.id, incident.number, incident.title, incident.severity, incident.severity_rank, incident.private, incident.open,
             coalesce(bool_or(page.state = 'paging'), false) as paging,
             coalesce(bool_or(page.state = 'acknowledged') and not bool_or(page.state = 'paging'), false) as acknowledged
           from unnest($2::uuid[]) with ordinality as asked (id, place)
           join incident on incident.id = asked.id
           left join page on page.incident_id = incident.id and page.person_id = $1
           group by asked.place, incident.id order by asked.place`,
    values: [personId, ids],
  })
  return rows.map((row) => ({
    id: asId<IncidentId>(row.id),
    number: Number(row.number),
    title: row.title,
    severity: row.severity,
    severityRank: row.severity_rank,
    private: row.private,
    open: row.open,
    paging: row.paging,
    acknowledged: row.acknowledged,
  }))
}
