/** Makes the message from the state of this moment. A private incident goes out under its number: mail is read by many. */
import { createHash } from 'node:crypto'
import type { Ceiling } from '../../core/page/carries.ts'
import { withinCeiling } from '../../core/page/ceiling.ts'
import { severityRow } from '../../core/playbook/playbook.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { findService } from '../../core/playbook/service.ts'
import type { Instant } from '../../core/time.ts'
import type { PageMessage } from '../../integration.ts'
import type { Claimed } from './claim.ts'
import type { SendContext } from './context-store.ts'
import type { Carried } from './fold-store.ts'

export interface Rendering {
  readonly claimed: Claimed
  readonly context: SendContext
  /** Incidents that the message stands for besides its own. */
  readonly others: readonly Carried[]
  readonly person: NonNullable<SendContext['person']>
  readonly playbook: Playbook
  readonly now: Instant
  /** Public address without a trailing slash. */
  readonly url: string
  /** What the channel may carry. */
  readonly ceiling: Ceiling
}

export function renderMessage({ claimed, context, others, person, playbook, now, url, ceiling }: Rendering): PageMessage {
  const { incident } = context
  const shown = incident.private ? { title: `Private incident #${incident.number}`, summary: '', firstStep: '' } : incident
  const message: PageMessage = {
    reference: referenceOf(claimed.key),
    repeat: claimed.repeat,
    incident: {
      id: incident.id,
      number: incident.number,
      title: shown.title,
      severity: incident.severity,
      summary: shown.summary,
      firstStep: shown.firstStep,
      service: incident.private ? null : serviceFor(playbook, incident.service),
      openedAt: incident.openedAt,
    },
    others: othersOf(others, incident.id),
    roles: context.roles,
    person: { name: person.name, zone: person.zone },
    acknowledgeUrl: claimed.token === null ? '' : `${url}/a/${claimed.token}`,
    ...(claimed.token === null ? {} : { token: claimed.token }),
    incidentUrl: `${url}/incidents/${incident.id}`,
    purpose: claimed.kind,
    escalatesAt: escalationOf(context, playbook, now),
    notice: claimed.kind === 'notice' ? noticeOf(context.about) : '',
  }
  const limited = withinCeiling(message, ceiling)
  // What is private says no more than its number and severity on any channel, in words of its own.
  return incident.private ? { ...limited, incident: message.incident } : limited
}

/** What is hit, as the playbook that the incident runs by has it. */
function serviceFor(playbook: Playbook, name: string | null): NonNullable<PageMessage['incident']['service']> | null {
  if (name === null) return null
  const found = findService(playbook, name)
  return { name, tier: found?.tier ?? null, links: found?.links ?? [] }
}

/** Each incident once, in the order given. */
function othersOf(carried: readonly Carried[], own: string): NonNullable<PageMessage['others']> {
  const seen = new Map(carried.filter(({ incidentId }) => incidentId !== own).map((one) => [one.incidentId, one]))
  return [...seen.values()].map(({ number, title, severity, private: isPrivate }) => ({
    number,
    severity,
    title: isPrivate ? `Private incident #${number}` : title,
  }))
}

/** 128 bits of the effect's key: the same for every attempt, and it gives nothing away. */
export function referenceOf(key: string): string {
  return `tocsin-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`
}

function noticeOf(about: string | null): string {
  switch (about) {
    case 'queue-overdue':
      return 'Nobody has taken this incident within its response time.'
    case 'green':
      return 'All of its alerts have been clear for a while. It waits for somebody to resolve it.'
    case 'exhausted':
      return 'Everybody whom the escalation names was paged, and nobody has answered.'
    default:
      return 'Something about this incident needs to be known.'
  }
}

/** When somebody else is paged; null when nobody is, or the time has passed. */
function escalationOf(context: SendContext, playbook: Playbook, now: Instant): Instant | null {
  if (context.place === null) return null
  const { steps, rounds } = severityRow(playbook, context.incident.severity).escalation
  const waitMs = steps[context.place.step]?.waitMs
  const isLast = context.place.step + 1 >= steps.length && context.place.round + 1 >= rounds
  if (waitMs === undefined || isLast) return null
  const at = (context.handedOverAt ?? now) + waitMs
  return at > now ? at : null
}
