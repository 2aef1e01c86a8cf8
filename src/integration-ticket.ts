/** Customers' tickets, from whichever desk: one alarm for all of them, so that one rule of the playbook can name them. */
import { toLabels, toSignal } from './core/alert/build.ts'
import type { Signal, SignalStatus } from './core/alert/signal.ts'
import { present, severityIn } from './integration-hook.ts'

/** The same that a report by form or mail has. */
export const TICKET_ALARM = 'CustomerTicket'

export interface Ticket {
  /** The desk's name, such as `Zendesk`. */
  readonly desk: string
  /** Of the desk: what all messages of the ticket have in common. */
  readonly id: string
  /** What people call it, where that is not the id. */
  readonly key: string | null
  readonly status: SignalStatus
  readonly subject: string | null
  readonly description: string | null
  readonly priority: string | null
  readonly tags: readonly string[]
  readonly labels: Readonly<Record<string, string | null>>
  readonly links: Signal['links']
}

const TAGS_MAX = 50

export function toTicketSignal(ticket: Ticket): Signal {
  const { desk, id, key, priority } = ticket
  const tags = ticket.tags.slice(0, TAGS_MAX)
  const name = `${desk} ticket ${key ?? id}`
  return toSignal({
    alarm: TICKET_ALARM,
    status: ticket.status,
    title: ticket.subject === null ? name : `${name}: ${ticket.subject}`,
    summary: ticket.description,
    dedupKey: id,
    severityHint: tags.map(severityIn).find((hint) => hint !== null) ?? priority?.toLowerCase() ?? null,
    labels: toLabels(
      present({
        ...ticket.labels,
        ticket: key ?? id,
        priority: priority?.toLowerCase() ?? null,
        tags: tags.join(',') || null,
      }),
    ),
    links: ticket.links,
  })
}
