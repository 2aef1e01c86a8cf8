/** The body of our trigger, and what can be read of it when a customer's words have broken its JSON. */
import { toLinks } from '../../core/alert/build.ts'
import { field, type JsonObject, textField } from '../../core/alert/json.ts'
import type { Signal, SignalStatus } from '../../core/alert/signal.ts'
import { searchKey } from '../../integration-door.ts'
import { toTicketSignal } from '../../integration-ticket.ts'

/** Names of ours, placeholders of Zendesk's. Long texts stand last: what they may break is the least. */
export const TEMPLATE = {
  ticket_id: '{{ticket.id}}',
  status: '{{ticket.status}}',
  priority: '{{ticket.priority}}',
  type: '{{ticket.ticket_type}}',
  url: '{{ticket.link}}',
  via: '{{ticket.via}}',
  brand: '{{ticket.brand.name}}',
  group: '{{ticket.group.name}}',
  organization: '{{ticket.organization.name}}',
  tags: '{{ticket.tags}}',
  subject: '{{ticket.title}}',
  description: '{{ticket.description}}',
} as const

/** @returns null when it names no ticket */
export function readTemplate(body: JsonObject): Signal | null {
  const id = textField(body, 'ticket_id')
  if (id === null || id.includes('{{')) return null
  return toTicketSignal({
    desk: 'Zendesk',
    id,
    key: null,
    status: toStatus(textField(body, 'status')),
    subject: textField(body, 'subject') ?? textField(body, 'title'),
    description: textField(body, 'description'),
    priority: priorityOf(textField(body, 'priority')),
    // Zendesk writes them with blanks between.
    tags: (textField(body, 'tags') ?? '')
      .slice(0, 4_096)
      .split(/[\s,]+/)
      .filter((tag) => tag !== ''),
    labels: {
      status: textField(body, 'status')?.toLowerCase() ?? null,
      type: textField(body, 'type')?.toLowerCase() ?? null,
      channel: textField(body, 'via'),
      brand: textField(body, 'brand'),
      group: textField(body, 'group'),
      organization: textField(body, 'organization'),
    },
    links: toLinks([[withScheme(field(body, 'url')), 'Ticket']]),
  })
}

/** A quotation mark in a subject ends its text too early: the ticket is known all the same, and so is its end. */
export function readBroken(body: Buffer): Signal | null {
  const id = searchKey(body, 'ticket_id')
  if (id === null || !/^\d{1,32}$/.test(id)) return null
  const status = searchKey(body, 'status')
  return toTicketSignal({
    desk: 'Zendesk',
    id,
    key: null,
    status: toStatus(status),
    subject: 'its message was not valid JSON, open it in Zendesk',
    description: null,
    priority: priorityOf(searchKey(body, 'priority')),
    tags: [],
    labels: { status: status?.toLowerCase() ?? null },
    links: toLinks([[withScheme(searchKey(body, 'url')), 'Ticket']]),
  })
}

function toStatus(status: string | null): SignalStatus {
  return /^(?:solved|closed|deleted)$/i.test(status?.trim() ?? '') ? 'resolved' : 'firing'
}

/** `-` where the ticket has none. */
function priorityOf(priority: string | null): string | null {
  return priority === null || priority === '-' ? null : priority
}

/** `{{ticket.url}}` comes without one. */
function withScheme(url: unknown): unknown {
  return typeof url === 'string' && /^[a-z0-9.-]+\.zendesk\.com\//i.test(url) ? `https://${url}` : url
}
