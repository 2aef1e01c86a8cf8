/** SQL that reads what people have changed of schedules, as the core takes it. */
import type { Absence, Override } from '../../core/oncall/change.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { instantOf, sqlInstant } from './sql-time.ts'

/** More overrides or absences than this are not made: a question about all times stays bounded. */
export const CHANGES_MAX = 20_000

export interface StoredChanges {
  readonly overrides: readonly Override[]
  /** Of people who are away for a while, and of those who are disabled, for ever from then on. */
  readonly absences: readonly Absence[]
}

/** All that hold at or after the instant; the newest, where there are more than can be. */
export async function loadChanges(tx: Tx, since: Instant): Promise<StoredChanges> {
  const overrides = await tx.query<Override>({
    name: 'oncall-overrides',
    text: `select id, schedule, holder, instead, "from", until from (
             select made.id, made.position, made.schedule, person.email as holder, other.email as instead,
               ${instantOf('made.starts_at', '"from"')}, ${instantOf('coalesce(ended.ends_at, made.ends_at)', 'until')}
             from oncall_override made join person on person.id = made.person_id left join person other on other.id = made.instead_of
               left join oncall_override_end ended on ended.override_id = made.id
             where made.ends_at > ${sqlInstant(1)} and coalesce(ended.ends_at, made.ends_at) > greatest(${sqlInstant(1)}, made.starts_at)
             order by made.position desc limit ${CHANGES_MAX}
           ) newest order by position`,
    values: [since],
  })
  const absences = await tx.query<{ holder: string; from: number; until: number | null }>({
    name: 'oncall-absences',
    text: `select person.email as holder, ${instantOf('made.starts_at', '"from"')},
             ${instantOf('coalesce(ended.ends_at, made.ends_at)', 'until')}
           from (select * from oncall_absence where ends_at > ${sqlInstant(1)} order by ends_at desc limit ${CHANGES_MAX}) made
             join person on person.id = made.person_id left join oncall_absence_end ended on ended.absence_id = made.id
           where coalesce(ended.ends_at, made.ends_at) > made.starts_at
           union all
           select email, ${instantOf('disabled_at', '"from"')}, null from person where disabled_at is not null
           order by 1, 2`,
    values: [since],
  })
  return {
    overrides: overrides.rows,
    absences: absences.rows.map(({ holder, from, until }) => ({ holder, from, until: until ?? Number.POSITIVE_INFINITY })),
  }
}
