/** SQL of alerts that inhibit others while they fire. */
import type { Side } from '../../core/silence/inhibition.ts'
import type { Tx } from '../database/database.ts'

export interface InhibitorRow extends Side {
  readonly alertId: string
}

export async function saveInhibitors(tx: Tx, inhibitors: readonly InhibitorRow[]): Promise<void> {
  if (inhibitors.length === 0) return
  await tx.query({
    name: 'save-inhibitors',
    text: `insert into inhibitor (rule, key, alert_id, both_sides) select * from unnest($1::text[], $2::text[], $3::uuid[], $4::bool[])
           on conflict (alert_id, rule) do nothing`,
    values: [
      inhibitors.map((row) => row.rule),
      inhibitors.map((row) => row.key),
      inhibitors.map((row) => row.alertId),
      inhibitors.map((row) => row.both),
    ],
  })
}

export interface FiringInhibitor extends Side {
  readonly fingerprint: string
  readonly title: string
}

/** Of those rules, the ones that have a source, fire it or not: most have none, and nothing need be compared with them. */
export async function findRulesWithSource(tx: Tx, rules: readonly string[]): Promise<string[]> {
  const { rows } = await tx.query<{ rule: string }>({
    name: 'find-rules-with-source',
    text: 'select rule from unnest($1::text[]) as asked (rule) where exists (select from inhibitor where inhibitor.rule = asked.rule)',
    values: [rules],
  })
  return rows.map(({ rule }) => rule)
}

/** Of those rules and keys, alerts that fire and that somebody knows of: they are of an incident, or held themselves. */
export async function findInhibitors(tx: Tx, sides: readonly Side[]): Promise<FiringInhibitor[]> {
  if (sides.length === 0) return []
  const { rows } = await tx.query<{ rule: string; key: string; both_sides: boolean; fingerprint: string; title: string }>({
    name: 'find-inhibitors',
    text: `select distinct on (i.rule, i.key, i.both_sides) i.rule, i.key, i.both_sides, a.fingerprint, a.title
           from unnest($1::text[], $2::text[]) as asked (rule, key)
             join inhibitor i on i.rule = asked.rule and md5(i.key) = md5(asked.key) and i.key = asked.key
             join alert a on a.id = i.alert_id and a.resolved_at is null
           where a.incident_id is not null or exists (select from alert_hold h where h.alert_id = a.id and h.ended_at is null)
           order by i.rule, i.key, i.both_sides, a.id`,
    values: [sides.map((side) => side.rule), sides.map((side) => side.key)],
  })
  return rows.map((row) => ({ rule: row.rule, key: row.key, both: row.both_sides, fingerprint: row.fingerprint, title: row.title }))
}

/** Those of alerts that are over. @returns how many went */
export async function forgetInhibitors(tx: Tx, limit: number): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from inhibitor where ctid = any(array(
       select i.ctid from inhibitor i join alert a on a.id = i.alert_id where a.resolved_at is not null limit $1))`,
    [limit],
  )
  return rowCount
}
