/** SQL of alerts that a silence would hold: those that fire, and those of the last days. What a reader may not see is left out. */
import type { PersonId } from '../../core/id.ts'
import type { Matcher } from '../../core/silence/matcher.ts'
import { type Instant, MINUTE_MS } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { visibleTo } from '../incident/list-store.ts'

export interface PreviewRow {
  readonly id: string
  readonly fingerprint: string
  readonly alarm: string
  readonly title: string
  readonly labels: Readonly<Record<string, string>>
  readonly severity_hint: string | null
  readonly value: number | null
  readonly starts_at: Date | null
  readonly ends_at: Date | null
  readonly first_at: Date
  readonly last_at: Date
  readonly resolved_at: Date | null
  readonly source_id: string
  readonly source: string | null
  readonly source_kind: string | null
  readonly incident_id: string | null
  readonly incident_open: boolean | null
  readonly incident_number: number | null
  readonly incident_title: string | null
  readonly incident_severity: string | null
}

/** Looked through for one answer. */
export const PREVIEW_LOOKED_MAX = 20_000
/** Handed on to the matchers. */
export const PREVIEW_ROWS_MAX = 5_000

/** Names whose value is not a label's alone: the matchers look at them later. */
const LATER: readonly string[] = ['source', 'type', 'service']

/** Newest first. Matchers that ask for one value are asked of the database, the others of what it answers. */
export async function listCandidates(
  tx: Tx,
  viewer: PersonId,
  asked: { readonly firing: true } | { readonly firing: false; readonly since: Instant },
  matchers: readonly Matcher[],
): Promise<PreviewRow[]> {
  const exact = matchers.filter((matcher) => matcher.isEqual && !matcher.isRegex && !LATER.includes(matcher.name))
  const { rows } = await tx.query<PreviewRow>(
    `select a.id, a.fingerprint, a.alarm, a.title, a.labels, a.severity_hint, a.value, a.starts_at, a.ends_at, a.first_at, a.last_at,
       a.resolved_at, a.source_id, s.name as source, coalesce(h.source_kind, s.kind) as source_kind, a.incident_id, i.open as incident_open,
       i.number::float8 as incident_number, i.title as incident_title, i.severity as incident_severity
     from (select * from alert w where (w.resolved_at is null) = $2 and w.id >= $3 order by w.id desc limit ${PREVIEW_LOOKED_MAX}) a
       left join source s on s.id = a.source_id left join incident i on i.id = a.incident_id left join alert_hold h on h.alert_id = a.id
     where (i.id is null or ${visibleTo('$1')}) and not exists (
       select from unnest($4::text[], $5::text[]) as wanted (name, value)
       where coalesce(a.labels ->> wanted.name, case wanted.name when 'alertname' then a.alarm else '' end) <> wanted.value)
     order by a.id desc limit ${PREVIEW_ROWS_MAX}`,
    [
      viewer,
      asked.firing,
      asked.firing ? FIRST_ID : idSince(asked.since),
      exact.map((matcher) => matcher.name),
      exact.map((matcher) => matcher.value),
    ],
  )
  return rows
}

const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/** Ids begin with the time at which they were made, in milliseconds; clocks of servers differ a little. */
function idSince(instant: Instant): string {
  const hex = Math.max(0, instant - MINUTE_MS)
    .toString(16)
    .padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`
}
