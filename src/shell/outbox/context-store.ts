/** SQL that gathers all a message says, at the moment it is sent. */
import { asId, type PageKey, type PlaybookDigest } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import type { Claimed } from './claim.ts'

export interface SendContext {
  readonly leaseLeftMs: number
  /** Since it was due for the first time, by the database's clock. */
  readonly sinceDueMs: number
  readonly wanted: boolean
  readonly about: string | null
  readonly pageKeys: readonly PageKey[]
  readonly roles: readonly string[]
  /** Of the latest of its pages; null for a notice. */
  readonly place: { readonly round: number; readonly step: number } | null
  readonly handedOverAt: Instant | null
  readonly playbook: PlaybookDigest
  readonly incident: {
    readonly id: string
    readonly number: number
    readonly title: string
    readonly severity: string
    readonly summary: string
    readonly firstStep: string
    /** What is hit, as the playbook names it. */
    readonly service: string | null
    readonly private: boolean
    readonly openedAt: Instant
  }
  /** Null when the person is gone. */
  readonly person: { readonly name: string; readonly zone: string; readonly email: string; readonly disabled: boolean } | null
  /** The person's own address on this channel. */
  readonly contact: string | null
  /** The vendor's id of a message whose outcome never came back, and of which the vendor has told since: it is there. */
  readonly heardOf: string | null
}

interface ContextRow {
  readonly lease_left_ms: number
  readonly since_due_ms: number
  readonly wanted: boolean
  readonly about: string | null
  readonly page_keys: PageKey[]
  readonly roles: string[]
  readonly round: number | null
  readonly step: number | null
  readonly handed_over_at: number | null
  readonly playbook_digest: string
  readonly id: string
  readonly number: number | string
  readonly title: string
  readonly severity: string
  readonly summary: string
  readonly first_step: string | null
  readonly service: string | null
  readonly private: boolean
  readonly opened_at: Date
  readonly person_name: string | null
  readonly zone: string | null
  readonly email: string | null
  readonly disabled_at: Date | null
  readonly contact: string | null
  readonly heard_of: string | null
}

/** @returns undefined when the effect is not ours any more. */
export async function findSendContext(tx: Tx, claimed: Claimed): Promise<SendContext | undefined> {
  const { rows } = await tx.query<ContextRow>({
    name: 'send-context',
    text: `select extract(epoch from effect.lease_until - clock_timestamp())::float8 * 1000 as lease_left_ms,
             extract(epoch from clock_timestamp() - effect.due_at)::float8 * 1000 as since_due_ms,
             incident.open and (effect.kind <> 'page' or paging.pages > 0) as wanted,
             effect.about, effect.page_keys, coalesce(paging.roles, '{}') as roles, paging.round, paging.step,
             (select min((page ->> 'handedOverAt')::float8) from jsonb_array_elements(incident.state -> 'pages') page
              where page ->> 'key' = any(effect.page_keys)) as handed_over_at,
             incident.playbook_digest, incident.id, incident.number, incident.title, incident.severity, incident.summary,
             incident.state ->> 'firstStep' as first_step, incident.service, incident.private, incident.opened_at,
             person.name as person_name, person.zone, person.email, person.disabled_at, contact.address as contact,
             (select external_id from vendor_report where vendor_report.effect_key = effect.key order by heard_at limit 1) as heard_of
           from effect
           join incident on incident.id = effect.incident_id
           left join person on person.id = effect.person_id
           left join contact on contact.person_id = effect.person_id and contact.channel = effect.channel
           cross join lateral (
             select count(*) filter (where page.state = 'paging')::int as pages,
               array_agg(distinct page.role) filter (where page.state = 'paging') as roles,
               max(page.round) filter (where page.state = 'paging') as round, max(page.step) filter (where page.state = 'paging') as step
             from page where page.key = any(effect.page_keys)
           ) paging
           where effect.key = $1 and effect.fence = $2 and effect.state = 'pending'`,
    values: [claimed.key, claimed.fence],
  })
  return rows[0] === undefined ? undefined : toContext(rows[0])
}

function toContext(row: ContextRow): SendContext {
  return {
    leaseLeftMs: row.lease_left_ms,
    sinceDueMs: row.since_due_ms,
    wanted: row.wanted,
    about: row.about,
    pageKeys: row.page_keys,
    roles: row.roles,
    place: row.round === null || row.step === null ? null : { round: row.round, step: row.step },
    handedOverAt: row.handed_over_at,
    playbook: asId<PlaybookDigest>(row.playbook_digest),
    incident: {
      id: row.id,
      number: Number(row.number),
      title: row.title,
      severity: row.severity,
      summary: row.summary,
      firstStep: row.first_step ?? '',
      service: row.service,
      private: row.private,
      openedAt: row.opened_at.getTime(),
    },
    person:
      row.person_name === null
        ? null
        : { name: row.person_name, zone: row.zone ?? 'UTC', email: row.email ?? '', disabled: row.disabled_at !== null },
    contact: row.contact,
    heardOf: row.heard_of,
  }
}
