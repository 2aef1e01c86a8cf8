/** Every way out: the one place outside their folders that names the channels. */
import type { Channel, ChannelBook, Connections, FoundChannel } from '../integration.ts'
import { consoleChannel } from './console/channel.ts'
import { emailChannel } from './email/channel.ts'
import { webhookChannel } from './webhook/channel.ts'

export interface ChannelSettings {
  readonly mailUrl: string | null
  readonly mailFrom: string
  readonly connections: Connections
  /** The wall clock in milliseconds. */
  readonly now: () => number
}

export function openChannels(settings: ChannelSettings): ChannelBook {
  const email = settings.mailUrl === null ? null : emailChannel({ url: settings.mailUrl, from: settings.mailFrom })
  const webhook = webhookChannel({ now: settings.now })
  return {
    find: (channelId, contact) => {
      const [kind, connectionId] = splitOnce(channelId)
      if (kind === 'console') return { kind: 'found', channel: consoleChannel, address: { to: 'console', secret: null } }
      if (kind === 'email') return findEmail(email, contact)
      if (kind === 'webhook') return findWebhook(webhook, connectionId ?? '', settings.connections)
      return { kind: 'missing', reason: `there is no channel of the kind ${kind.slice(0, 40)}` }
    },
    list: () => [
      ...(email === null ? [] : [{ id: 'email', channel: email, address: null }]),
      ...settings.connections.ids().flatMap((id) => {
        const found = findWebhook(webhook, id, settings.connections)
        return found.kind === 'found' ? [{ id: `webhook:${id}`, channel: webhook, address: found.address }] : []
      }),
      { id: 'console', channel: consoleChannel, address: null },
    ],
  }
}

function splitOnce(channelId: string): [string, string?] {
  const at = channelId.indexOf(':')
  return at === -1 ? [channelId] : [channelId.slice(0, at), channelId.slice(at + 1)]
}

function findEmail(email: Channel | null, contact: string | null): FoundChannel {
  if (email === null) return { kind: 'missing', reason: 'no mail server is configured (TOCSIN_MAIL_URL)' }
  if (contact === null) return { kind: 'missing', reason: 'this person has no e-mail address' }
  return { kind: 'found', channel: email, address: { to: contact, secret: null } }
}

function findWebhook(webhook: Channel, id: string, connections: Connections): FoundChannel {
  const connection = connections.find(id)
  if (connection === undefined) return { kind: 'missing', reason: 'connections.yaml names no such connection' }
  return { kind: 'found', channel: webhook, address: { to: connection.url, secret: connection.secret } }
}
