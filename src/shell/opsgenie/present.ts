/** An alert as Opsgenie's API shows it: in a list, and by itself. */
import type { Recipient } from '../../core/opsgenie/payload.ts'
import { type Instant, toRfc3339 } from '../../core/time.ts'
import type { OpsgenieAlert } from './alert-store.ts'

export interface Showing {
  readonly now: Instant
  readonly source: { readonly id: string; readonly name: string }
}

export function showAlert(alert: OpsgenieAlert, { now, source }: Showing): Record<string, unknown> {
  const { overlay } = alert
  const open = alert.resolvedAt === null
  const acknowledgedAt = overlay.acknowledgedAt ?? (overlay.unacknowledgedAt === null ? alert.incidentAcknowledgedAt : null)
  const acknowledged = open && acknowledgedAt !== null
  const snoozed = open && overlay.snoozedUntil !== null && overlay.snoozedUntil > now
  return {
    seen: acknowledged,
    id: alert.id,
    tinyId: String(alert.tinyId),
    alias: alert.alias,
    message: overlay.message,
    status: open ? 'open' : 'closed',
    acknowledged,
    isSeen: acknowledged,
    tags: overlay.tags,
    snoozed,
    ...(snoozed && overlay.snoozedUntil !== null ? { snoozedUntil: toRfc3339(overlay.snoozedUntil) } : {}),
    count: alert.count,
    lastOccurredAt: toRfc3339(alert.lastAt),
    createdAt: toRfc3339(alert.firstAt),
    updatedAt: toRfc3339(alert.updatedAt),
    source: overlay.source,
    owner: overlay.owner,
    priority: overlay.priority,
    responders: overlay.responders.map(showResponder),
    integration: { id: source.id, name: source.name, type: 'API' },
    report: {
      ...(acknowledgedAt === null ? {} : { ackTime: Math.max(0, acknowledgedAt - alert.firstAt), acknowledgedBy: overlay.acknowledgedBy }),
      ...(alert.resolvedAt === null ? {} : { closeTime: alert.resolvedAt - alert.firstAt, closedBy: overlay.closedBy }),
    },
  }
}

export function showWholeAlert(alert: OpsgenieAlert, showing: Showing): Record<string, unknown> {
  const { actions, entity, description, details } = alert.overlay
  return { ...showAlert(alert, showing), actions, entity, description, details }
}

const RESPONDER_TYPES = new Set(['user', 'team', 'escalation', 'schedule'])

/** Opsgenie resolves names to ids of its own; here the name stands for itself. */
function showResponder({ type, id, name }: Recipient): Record<string, string> {
  return { type: RESPONDER_TYPES.has(type) ? type : 'team', id: id ?? name ?? type }
}
