/** SQL of what observe mode held back. */
import type { SourceId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

export interface ObservedAlert {
  readonly alarm: string
  readonly title: string
  readonly summary: string | null
  readonly dedupKey: string | null
  readonly labels: Readonly<Record<string, string>>
  readonly links: readonly { readonly href: string; readonly text: string }[]
  readonly severityHint: string | null
  readonly value: number | null
  readonly fingerprint: string
  readonly sourceKind: string
  readonly plain: boolean
  readonly firstAt: Instant
  readonly resolvedAt: Instant | null
}

/** Held since then, newest first. */
export async function listObserved(tx: Tx, sourceId: SourceId, since: Instant, limit: number): Promise<ObservedAlert[]> {
  const { rows } = await tx.query<Omit<ObservedAlert, 'firstAt' | 'resolvedAt'> & { firstAt: Date; resolvedAt: Date | null }>(
    `select a.alarm, a.title, h.summary, a.dedup_key as "dedupKey", a.labels, a.links, a.severity_hint as "severityHint", a.value, a.fingerprint,
       h.source_kind as "sourceKind", h.plain, a.first_at as "firstAt", a.resolved_at as "resolvedAt"
     from alert_hold h join alert a on a.id = h.alert_id
     where h.by_kind = 'observe' and h.ref_id = $1 and h.held_at >= to_timestamp($2 / 1000.0) order by h.held_at desc, a.id desc limit $3`,
    [sourceId, since, limit],
  )
  return rows.map((row) => ({ ...row, firstAt: row.firstAt.getTime(), resolvedAt: row.resolvedAt?.getTime() ?? null }))
}

/**
 * Of these sources, those that are observed, which stay so until the transaction ends: whoever ends observe mode waits, and
 * then finds what was held meanwhile.
 */
export async function keepObserved(tx: Tx, sourceIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'keep-observed',
    text: `select id from source where id = any($1::uuid[]) and observe_since is not null order by id for share`,
    values: [sourceIds],
  })
  return new Set(rows.map((row) => row.id))
}

/** What it holds is aimed again at once. */
export async function releaseObserved(tx: Tx, sourceId: SourceId): Promise<void> {
  await tx.query(
    `update alert_hold set due_at = to_timestamp($2 / 1000.0) where by_kind = 'observe' and ref_id = $1 and ended_at is null`,
    [sourceId, tx.now],
  )
}
