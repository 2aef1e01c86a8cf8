/** SQL of what vendors tell of messages that they carry. */
import { asId, type IncidentId, type PageKey, type PersonId } from '../../core/id.ts'
import type { VendorReport } from '../../integration.ts'
import type { Tx } from '../database/database.ts'
import { hashToken } from '../person/token.ts'

/** A message, found by the token that went out in it. */
export interface CarriedMessage {
  readonly effectKey: string
  readonly incidentId: IncidentId
  readonly personId: PersonId
  readonly channel: string
  readonly pageKeys: readonly PageKey[]
}

interface MessageRow {
  readonly key: string
  readonly incident_id: string
  readonly person_id: string
  readonly channel: string
  readonly page_keys: PageKey[]
}
const MESSAGE_COLUMNS = 'effect.key, effect.incident_id, effect.person_id, effect.channel, effect.page_keys'

/** Also of one whose link has been used or has expired: the vendor may still tell of it. */
export async function findByToken(tx: Tx, token: string): Promise<CarriedMessage | undefined> {
  const { rows } = await tx.query<MessageRow>(
    `select ${MESSAGE_COLUMNS} from link join effect on effect.key = link.effect_key where link.token_hash = $1`,
    [hashToken(token)],
  )
  return rows[0] === undefined ? undefined : toMessage(rows[0])
}

function toMessage(row: MessageRow): CarriedMessage {
  return {
    effectKey: row.key,
    incidentId: asId<IncidentId>(row.incident_id),
    personId: asId<PersonId>(row.person_id),
    channel: row.channel,
    pageKeys: row.page_keys,
  }
}

/** @returns false when the same was told before, and then nothing was written. */
export async function insertReport(tx: Tx, effectKey: string, { externalId, word, machine }: VendorReport): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into vendor_report (effect_key, external_id, word, machine) values ($1, $2, $3, $4) on conflict do nothing`,
    [effectKey, externalId, word, machine ?? false],
  )
  return rowCount === 1
}

/**
 * Brings the ledger to what the vendor says: also of a message whose outcome is not written yet, and of the pages that went out
 * in it. What arrived once stays arrived; what failed may still prove to have arrived.
 */
export async function applyReport(tx: Tx, effectKey: string, { externalId, outcome, sentence }: VendorReport): Promise<void> {
  await tx.query(
    `update effect set
       external_id = case when key = $1 then coalesce(external_id, $2) else external_id end,
       delivered_at = case when $3 = 'delivered' then coalesce(delivered_at, $5) else delivered_at end,
       failed_at = case when $3 = 'failed' and delivered_at is null then coalesce(failed_at, $5) when $3 = 'delivered' then null else failed_at end,
       word = case when $4 = '' or ($3 = 'failed' and delivered_at is not null) then word else $4 end
     where (key = $1 or carried_by = $1) and attempts > 0 and state in ('pending', 'delivered')
        or carried_by = $1 and state = 'delivered'`,
    [effectKey, externalId, outcome, sentence, new Date(tx.now)],
  )
}

/** True when it was no person that answered that call. */
export async function wasMachine(tx: Tx, effectKey: string, externalId: string): Promise<boolean> {
  const { rowCount } = await tx.query('select from vendor_report where effect_key = $1 and external_id = $2 and machine', [
    effectKey,
    externalId,
  ])
  return (rowCount ?? 0) > 0
}

export interface FollowedMessage extends CarriedMessage {
  readonly externalId: string
  readonly contact: string | null
  /** Incidents that its person is to answer by it. */
  readonly incidentIds: readonly IncidentId[]
  /** Somebody may still answer it. */
  readonly wanted: boolean
}

/** Messages that may still be answered at their vendor; oldest first. @param kinds of channels */
export async function listFollowed(tx: Tx, kinds: readonly string[], asked: { readonly sinceMs: number; readonly max: number }) {
  const { rows } = await tx.query<MessageRow & { external_id: string; contact: string | null; incident_ids: string[]; wanted: boolean }>({
    name: 'list-followed',
    text: `select ${MESSAGE_COLUMNS}, effect.external_id, contact.address as contact,
             array(select distinct one.incident_id from effect one where one.key = effect.key or one.carried_by = effect.key) as incident_ids,
             exists (select from effect one join page on page.key = any(one.page_keys)
                     where (one.key = effect.key or one.carried_by = effect.key) and page.state = 'paging') as wanted
           from effect left join contact on contact.person_id = effect.person_id and contact.channel = effect.channel
           where effect.external_id is not null and effect.seen_at is null and effect.kind = 'page' and effect.state = 'delivered'
             and effect.sent_at > $2 and split_part(effect.channel, ':', 1) = any($1::text[])
             and not exists (select from vendor_report where vendor_report.effect_key = effect.key and vendor_report.word = 'over')
           order by effect.sent_at limit $3`,
    values: [kinds, new Date(tx.now - asked.sinceMs), asked.max],
  })
  return rows.map(
    (row): FollowedMessage => ({
      ...toMessage(row),
      externalId: row.external_id,
      contact: row.contact,
      incidentIds: row.incident_ids.map((id) => asId<IncidentId>(id)),
      wanted: row.wanted,
    }),
  )
}
