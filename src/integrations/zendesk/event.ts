/** Events about tickets that a webhook subscribes to. */
import { toLinks } from '../../core/alert/build.ts'
import { field, type JsonObject, textField } from '../../core/alert/json.ts'
import type { Signal, SignalStatus } from '../../core/alert/signal.ts'
import { objectField } from '../../integration-hook.ts'
import { toTicketSignal } from '../../integration-ticket.ts'

const OVER = new Set(['solved', 'closed', 'deleted', 'archived', 'scrubbed'])
/** From the least. */
const PRIORITIES = ['low', 'normal', 'high', 'urgent']
const HIGH = PRIORITIES.indexOf('high')

/** @returns null for what changes nothing here, `unknown` for an event about a ticket that has no id */
export function readTicketEvent(type: string, body: JsonObject): Signal | null | 'unknown' {
  const name = /^zen:event-type:ticket\.(\w{1,60})$/.exec(type)?.[1]
  if (name === undefined) return null
  const detail = objectField(body, 'detail')
  const status = statusOf(name, objectField(body, 'event'), detail)
  if (status === null) return null
  const id = textField(detail, 'id') ?? /^zen:ticket:(\d{1,32})$/.exec(textField(body, 'subject') ?? '')?.[1]
  if (id === undefined) return 'unknown'
  const tags = field(detail, 'tags')
  return toTicketSignal({
    desk: 'Zendesk',
    id,
    key: null,
    status,
    subject: textField(detail, 'subject'),
    description: textField(detail, 'description'),
    priority: textField(detail, 'priority'),
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
    labels: {
      status: textField(detail, 'status')?.toLowerCase() ?? null,
      type: textField(detail, 'type')?.toLowerCase() ?? null,
      channel: textField(objectField(detail, 'via'), 'channel'),
      account: textField(body, 'account_id'),
      group_id: textField(detail, 'group_id'),
      organization_id: textField(detail, 'organization_id'),
    },
    links: toLinks([[field(detail, 'url'), 'Ticket']]),
  })
}

function statusOf(name: string, event: JsonObject, detail: JsonObject): SignalStatus | null {
  const isOver = OVER.has(textField(detail, 'status')?.toLowerCase() ?? '')
  switch (name) {
    case 'created':
    case 'undeleted':
      return isOver ? 'resolved' : 'firing'
    case 'status_changed': {
      const was = textField(event, 'previous')?.toLowerCase() ?? ''
      if (OVER.has(textField(event, 'current')?.toLowerCase() ?? '') || isOver) return 'resolved'
      return OVER.has(was) ? 'firing' : null
    }
    case 'priority_changed': {
      const rank = (side: string) => PRIORITIES.indexOf(textField(event, side)?.toLowerCase() ?? '')
      return !isOver && rank('current') >= HIGH && rank('current') > rank('previous') ? 'firing' : null
    }
    case 'soft_deleted':
    case 'permanently_deleted':
    case 'merged':
    case 'marked_as_spam':
      return 'resolved'
    default:
      return null
  }
}
