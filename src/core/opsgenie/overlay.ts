/** What Opsgenie's clients have made of an alert, beside what its signals say: an overlay that each act changes. Pure. */
import type { Instant } from '../time.ts'
import { type Act, type Said } from './act.ts'
import { type AlertPayload, DEFAULT_PRIORITY, DETAILS_MAX, type Priority, type Recipient, TAGS_MAX } from './payload.ts'

export interface Overlay {
  readonly message: string
  readonly description: string
  readonly priority: Priority
  readonly entity: string
  readonly source: string
  readonly tags: readonly string[]
  readonly details: Readonly<Record<string, string>>
  readonly actions: readonly string[]
  readonly responders: readonly Recipient[]
  readonly owner: string
  /** By this API; the incident's own acknowledgement counts as well. */
  readonly acknowledgedAt: Instant | null
  readonly acknowledgedBy: string
  /** Since then an acknowledgement of before counts no more. */
  readonly unacknowledgedAt: Instant | null
  readonly closedBy: string
  readonly snoozedUntil: Instant | null
  /** The snooze has acknowledged the incident, so its end calls again. */
  readonly snoozeQuieted: boolean
  readonly deletedAt: Instant | null
}

/** As it was created. */
export function overlayOf(alert: AlertPayload): Overlay {
  return {
    message: alert.message,
    description: alert.description ?? '',
    priority: alert.priority ?? DEFAULT_PRIORITY,
    entity: alert.entity ?? '',
    source: alert.source ?? '',
    tags: alert.tags,
    details: alert.details,
    actions: alert.actions,
    responders: alert.responders,
    owner: '',
    acknowledgedAt: null,
    acknowledgedBy: '',
    unacknowledgedAt: null,
    closedBy: '',
    snoozedUntil: null,
    snoozeQuieted: false,
    deletedAt: null,
  }
}

export interface Changed {
  readonly overlay: Overlay
  /** A sentence for the alert's log. */
  readonly log: string
}

const RESPONDERS_MAX = 50

export function change(overlay: Overlay, act: Act, now: Instant): Changed {
  const by = speaker(act)
  switch (act.kind) {
    case 'acknowledge':
      return { overlay: { ...overlay, acknowledgedAt: now, acknowledgedBy: by, owner: overlay.owner || by }, log: 'Alert acknowledged' }
    case 'unacknowledge':
      return {
        overlay: { ...withoutSnooze(overlay), unacknowledgedAt: now, acknowledgedAt: null, acknowledgedBy: '' },
        log: 'Alert unacknowledged',
      }
    case 'close':
      return { overlay: { ...withoutSnooze(overlay), closedBy: by }, log: 'Alert closed' }
    case 'delete':
      return { overlay: { ...withoutSnooze(overlay), closedBy: by, deletedAt: now }, log: 'Alert deleted' }
    case 'snooze':
      return { overlay: { ...overlay, snoozedUntil: act.until }, log: `Alert snoozed until ${new Date(act.until).toISOString()}` }
    case 'note':
      return { overlay, log: 'Note added' }
    case 'add-tags': {
      const tags = [...new Set([...overlay.tags, ...act.tags])].slice(0, TAGS_MAX)
      return { overlay: { ...overlay, tags }, log: `Tags added: ${act.tags.join(', ')}` }
    }
    case 'remove-tags': {
      const tags = overlay.tags.filter((tag) => !act.tags.includes(tag))
      return { overlay: { ...overlay, tags }, log: `Tags removed: ${act.tags.join(', ')}` }
    }
    case 'add-details': {
      const details = Object.fromEntries(Object.entries({ ...overlay.details, ...act.details }).slice(0, DETAILS_MAX))
      return { overlay: { ...overlay, details }, log: `Details added: ${Object.keys(act.details).join(', ')}` }
    }
    case 'remove-details': {
      const details = Object.fromEntries(Object.entries(overlay.details).filter(([name]) => !act.keys.includes(name)))
      return { overlay: { ...overlay, details }, log: `Details removed: ${act.keys.join(', ')}` }
    }
    case 'message':
      return { overlay: { ...overlay, message: act.message }, log: 'Message updated' }
    case 'description':
      return { overlay: { ...overlay, description: act.description }, log: 'Description updated' }
    case 'priority':
      return { overlay: { ...overlay, priority: act.priority }, log: `Priority updated from ${overlay.priority} to ${act.priority}` }
    case 'assign':
      return { overlay: { ...overlay, owner: nameOf(act.to) }, log: `Ownership assigned to ${nameOf(act.to)}` }
    case 'escalate':
    case 'respond': {
      const responders = [...overlay.responders, act.to].slice(-RESPONDERS_MAX)
      return {
        overlay: { ...overlay, responders },
        log: `${act.kind === 'escalate' ? 'Escalated to' : 'Responder added:'} ${nameOf(act.to)}`,
      }
    }
    case 'execute':
      return { overlay, log: `Action ${act.action} was asked for; Tocsin runs no custom actions` }
  }
}

/** A snooze is over: what it quieted is open again, unless somebody has acknowledged it since. */
export function wake(overlay: Overlay, now: Instant): Changed {
  const quieted = overlay.snoozeQuieted && overlay.acknowledgedAt === null
  return { overlay: { ...withoutSnooze(overlay), ...(quieted ? { unacknowledgedAt: now } : {}) }, log: 'Snooze ended' }
}

function withoutSnooze(overlay: Overlay): Overlay {
  return { ...overlay, snoozedUntil: null, snoozeQuieted: false }
}

export function speaker(said: Said): string {
  return said.user ?? said.source ?? 'Alert API'
}

export function nameOf(to: Recipient): string {
  return to.name ?? to.id ?? to.type
}
