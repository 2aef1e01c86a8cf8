/** What a channel may carry of an incident: the playbook says it for a kind of channel, connections.yaml for a connection; the lesser counts. */
import { connectionOf, type NamedConnection } from '../oncall/connections.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { type Ceiling, CEILINGS, LIMITED_KINDS } from './carries.ts'

export function ceilingOf(channel: string, playbook: Pick<Playbook, 'carries'>, connections: readonly NamedConnection[]): Ceiling {
  const kind = LIMITED_KINDS.find((one) => one === channel.split(':', 1)[0])
  const ofKind = kind === undefined ? 'all' : (playbook.carries?.[kind] ?? 'all')
  const ofConnection = connectionOf(channel, connections)?.carries ?? 'all'
  return CEILINGS.find((ceiling) => ceiling === ofKind || ceiling === ofConnection) ?? 'all'
}

/** The parts of a message that tell of incidents. */
interface Telling {
  readonly incident: Told & { readonly summary: string; readonly firstStep: string; readonly service?: unknown }
  readonly others?: readonly Told[]
}
interface Told {
  readonly number: number
  readonly title: string
}

/** What may be said by itself stays; what may not is named by its number. */
export function withinCeiling<Message extends Telling>(message: Message, ceiling: Ceiling): Message {
  if (ceiling === 'all') return message
  const named = <One extends Told>(one: One): One => (ceiling === 'title' ? one : { ...one, title: `Incident #${one.number}` })
  const incident = { ...named(message.incident), summary: '', firstStep: '', ...('service' in message.incident ? { service: null } : {}) }
  return { ...message, incident, ...(message.others === undefined ? {} : { others: message.others.map(named) }) }
}
