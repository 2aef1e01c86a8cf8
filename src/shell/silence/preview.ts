/** What a silence or a window would hold if it ran now, and would have held in the last week. Nothing is changed by asking. */
import type { MutePreview } from '../../api/schema.ts'
import type { Signal } from '../../core/alert/signal.ts'
import type { PersonId } from '../../core/id.ts'
import { matcherOf } from '../../core/playbook/match.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { serviceOf } from '../../core/playbook/service.ts'
import { inScope, type MaintenanceScope } from '../../core/silence/maintenance.ts'
import type { CompiledMatcher } from '../../core/silence/matcher.ts'
import { judge } from '../../core/silence/muting.ts'
import { reasonMissing, warningsOf } from '../../core/silence/warnings.ts'
import { DAY_MS } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { listCandidates, PREVIEW_ROWS_MAX, type PreviewRow } from './preview-store.ts'

export interface PreviewAsked {
  readonly scope: Omit<MaintenanceScope, 'matchers'>
  readonly matchers: readonly CompiledMatcher[]
  readonly reason: string
}

const SHOWN_MAX = 100
const LOOK_BACK_MS = 7 * DAY_MS

type Item = MutePreview['current'][number]

interface Looked {
  readonly items: readonly Item[]
  readonly rows: readonly PreviewRow[]
  readonly cut: boolean
}

export async function previewMute(playbook: Playbook, tx: Tx, viewer: PersonId, asked: PreviewAsked): Promise<MutePreview> {
  const look = async (span: Parameters<typeof listCandidates>[2]): Promise<Looked> => {
    const rows = await listCandidates(tx, viewer, span, asked.matchers)
    const found = rows.flatMap((row) => toItem(playbook, row, asked, tx.now))
    return { items: found.map(({ item }) => item), rows: found.map(({ row }) => row), cut: rows.length >= PREVIEW_ROWS_MAX }
  }
  const current = await look({ firing: true })
  const past = await look({ firing: false, since: tx.now - LOOK_BACK_MS })
  const all = [...current.items, ...past.items]
  return {
    current: current.items.slice(0, SHOWN_MAX),
    current_total: current.items.length,
    last_week: past.items.slice(0, SHOWN_MAX),
    last_week_total: past.items.length,
    severities: playbook.severities
      .map((row) => ({ severity: row.id, count: all.filter((item) => item.severity === row.id).length }))
      .filter(({ count }) => count > 0),
    open_incidents: openIncidents(current.rows),
    reason_required: reasonMissing(playbook, { matchers: asked.matchers, types: asked.scope.types, reason: '' }).length > 0,
    warnings: warningsOf(playbook, { ...asked, types: asked.scope.types, startsAt: tx.now, endsAt: tx.now }),
    cut: current.cut || past.cut,
  }
}

function toItem(
  playbook: Playbook,
  row: PreviewRow,
  asked: PreviewAsked,
  now: number,
): { readonly item: Item; readonly row: PreviewRow }[] {
  const match = matcherOf(playbook).match(toSignal(row), row.source_kind ?? '')
  const type = match.kind === 'type' ? match.type : null
  const service = serviceOf(playbook, row.labels)?.name ?? null
  const severity = match.kind === 'type' ? match.severity : playbook.defaultSeverity
  const source = row.source ?? ''
  const { fingerprint, alarm, labels, source_id: sourceId } = row
  const subject = { fingerprint, alarm, labels, sourceId, source, type: type?.id ?? null, service, severity }
  if (!inScope(asked.scope, asked.matchers, subject)) return []
  const verdict = verdictOf(playbook, row, { severity, reason: asked.reason, below: match.kind === 'below', now })
  const item: Item = {
    id: row.id,
    alarm: row.alarm,
    title: row.title,
    state: row.resolved_at === null ? 'firing' : 'resolved',
    source,
    labels: { ...row.labels },
    first_at: row.first_at.toISOString(),
    last_at: row.last_at.toISOString(),
    resolved_at: row.resolved_at?.toISOString() ?? null,
    incident_type: type?.id ?? null,
    service,
    severity,
    incident_id: row.incident_id,
    would_hold: verdict === '',
    why: verdict === '' ? 'It would be held.' : verdict,
  }
  return [{ item, row }]
}

/** Why it would not be held; empty: it would. */
function verdictOf(
  playbook: Playbook,
  row: PreviewRow,
  { severity, reason, below, now }: { readonly severity: string; readonly reason: string; readonly below: boolean; readonly now: number },
): string {
  if (row.resolved_at === null && row.incident_open === true) return `Incident ${row.incident_number ?? ''} is open and stays open.`
  if (below) return 'It pages nobody in any case: its value is too low.'
  const judgement = judge(playbook.muting, severity, { reason, startedAt: now }, now)
  return judgement.kind === 'may' ? '' : `${judgement.why.charAt(0).toUpperCase()}${judgement.why.slice(1)}.`
}

function openIncidents(rows: readonly PreviewRow[]): MutePreview['open_incidents'] {
  const open = new Map<string, MutePreview['open_incidents'][number]>()
  for (const row of rows) {
    if (row.incident_id === null || row.incident_open !== true || open.size >= SHOWN_MAX) continue
    open.set(row.incident_id, {
      id: row.incident_id,
      number: row.incident_number ?? 0,
      title: row.incident_title ?? '',
      severity: row.incident_severity ?? '',
    })
  }
  return [...open.values()]
}

function toSignal(row: PreviewRow): Signal {
  return {
    alarm: row.alarm,
    status: 'firing',
    title: row.title,
    summary: null,
    dedupKey: null,
    severityHint: row.severity_hint,
    value: row.value,
    labels: row.labels,
    links: [],
    startsAt: row.starts_at?.getTime() ?? null,
    endsAt: row.ends_at?.getTime() ?? null,
  }
}
