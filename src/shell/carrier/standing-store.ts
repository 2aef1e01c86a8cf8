/** SQL of how things stand for somebody who answers by phone: what pages them, and who else has acknowledged. */
import { asId, type IncidentId, type PersonId } from '../../core/id.ts'
import { MINUTE_MS } from '../../core/time.ts'
import type { AnswerView } from '../../integration.ts'
import type { Tx } from '../database/database.ts'

/** Names of others that are told; more are not read on a phone. */
const NAMES_MAX = 5

interface StandingRow {
  readonly name: string
  readonly zone: string
  readonly number: string | number
  readonly title: string
  readonly severity: string
  readonly first_step: string | null
  readonly private: boolean
  readonly open: boolean
  readonly paging: boolean
  readonly acknowledged: boolean
  readonly others: string[]
}

/** Undefined when the person or the incident is gone. */
export async function findStanding(
  tx: Tx,
  personId: PersonId,
  incidentId: IncidentId,
): Promise<Omit<AnswerView, 'done' | 'othersCount'> | undefined> {
  const { rows } = await tx.query<StandingRow>({
    name: 'carrier-standing',
    text: `select person.name, person.zone, incident.number, incident.title, incident.severity, incident.state ->> 'firstStep' as first_step,
             incident.private, incident.open, coalesce(own.paging, false) as paging,
             coalesce(own.acknowledged, false) and not coalesce(own.paging, false) as acknowledged,
             array(select distinct other.name from page join person other on other.id = page.person_id
                   where page.incident_id = incident.id and page.state = 'acknowledged' and page.person_id <> person.id
                   order by other.name limit $3) as others
           from person, incident
           cross join lateral (
             select bool_or(page.state = 'paging') as paging, bool_or(page.state = 'acknowledged') as acknowledged
             from page where page.incident_id = incident.id and page.person_id = $1
           ) own
           where person.id = $1 and incident.id = $2`,
    values: [personId, incidentId, NAMES_MAX],
  })
  const [row] = rows
  if (row === undefined) return undefined
  const number = Number(row.number)
  return {
    person: { name: row.name, zone: row.zone },
    incident: {
      number,
      title: row.private ? `Private incident #${number}` : row.title,
      severity: row.severity,
      firstStep: row.private ? '' : (row.first_step ?? ''),
      open: row.open,
    },
    paging: row.paging,
    acknowledged: row.acknowledged,
    othersAcknowledged: row.others,
  }
}

/** What pages somebody, or did so a short while ago. */
export interface PagedIncident {
  readonly personId: PersonId
  readonly incidentId: IncidentId
  readonly number: number
  readonly severity: string
  readonly open: boolean
  readonly paging: boolean
  readonly acknowledged: boolean
  /** Keys of the messages by phone that told of it. */
  readonly effectKeys: readonly string[]
}

const LOOK_BACK_MS = 24 * 60 * MINUTE_MS
const INCIDENTS_MAX = 200

/** Everybody who is reached by that number and may sign in; two people may share one. The gravest incident first. */
export async function listPagedByNumber(tx: Tx, number: string): Promise<PagedIncident[]> {
  const { rows } = await tx.query<{
    person_id: string
    incident_id: string
    number: string | number
    severity: string
    open: boolean
    paging: boolean
    acknowledged: boolean
    effect_keys: string[]
  }>({
    name: 'paged-by-number',
    text: `with reached as (
             select distinct contact.person_id from contact join person on person.id = contact.person_id
             where contact.address = $1 and split_part(contact.channel, ':', 1) in ('sms', 'voice') and person.disabled_at is null
           )
           select page.person_id, incident.id as incident_id, incident.number, incident.severity, incident.open,
             bool_or(page.state = 'paging') as paging, bool_or(page.state = 'acknowledged') and not bool_or(page.state = 'paging') as acknowledged,
             array(select coalesce(effect.carried_by, effect.key) from effect
                   where effect.incident_id = incident.id and effect.person_id = page.person_id
                     and split_part(effect.channel, ':', 1) = 'sms' and effect.kind = 'page') as effect_keys
           from reached join page on page.person_id = reached.person_id join incident on incident.id = page.incident_id
           where page.created_at > $2 or page.state = 'paging'
           group by page.person_id, incident.id
           order by incident.severity_rank, incident.number desc limit $3`,
    values: [number, new Date(tx.now - LOOK_BACK_MS), INCIDENTS_MAX],
  })
  return rows.map((row) => ({
    personId: asId<PersonId>(row.person_id),
    incidentId: asId<IncidentId>(row.incident_id),
    number: Number(row.number),
    severity: row.severity,
    open: row.open,
    paging: row.paging,
    acknowledged: row.acknowledged,
    effectKeys: row.effect_keys,
  }))
}

/** Whose number it is; empty: a stranger's. */
export async function listPeopleByNumber(tx: Tx, number: string): Promise<PersonId[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select distinct person.id from contact join person on person.id = contact.person_id
     where contact.address = $1 and split_part(contact.channel, ':', 1) in ('sms', 'voice') and person.disabled_at is null`,
    [number],
  )
  return rows.map((row) => asId<PersonId>(row.id))
}

/** Channels by which the person was written to about the incident. */
export async function listSmsChannels(tx: Tx, personId: PersonId, incidentId: IncidentId): Promise<string[]> {
  const { rows } = await tx.query<{ channel: string }>(
    `select distinct channel from effect where person_id = $1 and incident_id = $2 and split_part(channel, ':', 1) = 'sms'`,
    [personId, incidentId],
  )
  return rows.map((row) => row.channel)
}

/**
 * Takes the message for ours to answer, or finds what was answered. Whoever asks for the same at the same time waits.
 * @returns undefined when it is new
 */
export async function findWrittenAnswer(tx: Tx, connection: string, messageId: string): Promise<string | undefined> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 7))', [`vendor-answer/${connection}/${messageId}`])
  const { rows } = await tx.query<{ answer: string }>('select answer from vendor_answer where connection = $1 and message_id = $2', [
    connection,
    messageId,
  ])
  return rows[0]?.answer
}

export async function keepWrittenAnswer(tx: Tx, connection: string, messageId: string, answer: string): Promise<void> {
  await tx.query('insert into vendor_answer (connection, message_id, answer) values ($1, $2, $3)', [connection, messageId, answer])
}
