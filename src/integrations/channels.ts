/** Every way out: the one place outside their folders that names the channels. */
import { servesChannel } from '../core/oncall/carriers.ts'
import type { PushDevices } from '../integration-push.ts'
import type { CarrierConnection, Carriers, Channel, ChannelAddress, ChannelBook, Connections, FoundChannel, Hear } from '../integration.ts'
import { consoleChannel } from './console/channel.ts'
import { emailChannel } from './email/channel.ts'
import { ntfyChannel } from './ntfy/channel.ts'
import { pushoverChannel } from './pushover/channel.ts'
import { webPushChannel } from './web-push/channel.ts'
import { hearTwilio } from './twilio/hear.ts'
import { smsChannel } from './twilio/sms.ts'
import { voiceChannel } from './twilio/voice.ts'
import { webhookChannel } from './webhook/channel.ts'

export { isPushEndpoint } from './web-push/channel.ts'

export interface ChannelSettings {
  readonly mailUrl: string | null
  readonly mailFrom: string
  readonly connections: Connections
  /** Connections through which vendors carry pages. */
  readonly carriers: Carriers
  /** The public address of this server, without a trailing slash. */
  readonly publicUrl: string
  /** The wall clock in milliseconds. */
  readonly now: () => number
  /** Devices that take push messages; left out: none do. */
  readonly push?: PushSettings
}

export interface PushSettings {
  readonly devices: PushDevices
  /** `https:` or `mailto:`, by which a push service can reach whoever runs this. */
  readonly subject: string
}

/** By the kind of a connection: how its vendor's callbacks are read. */
export const HEARD: ReadonlyMap<string, Hear> = new Map([['twilio', hearTwilio]])

export function openChannels(settings: ChannelSettings): ChannelBook {
  const email = settings.mailUrl === null ? null : emailChannel({ url: settings.mailUrl, from: settings.mailFrom })
  const webhook = webhookChannel({ now: settings.now })
  const carried = carriedChannels(settings)
  const push = settings.push === undefined ? null : webPushChannel({ ...settings.push, now: settings.now })
  return {
    find: (channelId, contact) => {
      const [kind, connectionId] = splitOnce(channelId)
      if (kind === 'console') return { kind: 'found', channel: consoleChannel, address: { to: 'console', secret: null } }
      if (kind === 'email') return findEmail(email, contact)
      if (kind === 'webhook') return findWebhook(webhook, connectionId ?? '', settings.connections)
      if (kind === 'push') return findPush(push, contact)
      const channel = carried.get(kind)
      if (channel !== undefined) return findCarried(channel, settings.carriers.find(channelId), contact)
      return { kind: 'missing', reason: `there is no channel of the kind ${kind.slice(0, 40)}` }
    },
    list: () => [
      ...(email === null ? [] : [{ id: 'email', channel: email, address: null }]),
      ...settings.connections.ids().flatMap((id) => {
        const found = findWebhook(webhook, id, settings.connections)
        return found.kind === 'found' ? [{ id: `webhook:${id}`, channel: webhook, address: found.address }] : []
      }),
      ...settings.carriers
        .list()
        .flatMap((carrier) =>
          [...carried]
            .filter(([kind]) => servesChannel(kind, carrier))
            .map(([kind, channel]) => ({ id: `${kind}:${carrier.name}`, channel, address: addressOf(carrier, '') })),
        ),
      // Push is each person's own, device by device: the doctor tells of those that ended.
      { id: 'console', channel: consoleChannel, address: null },
    ],
  }
}

/** By kind. */
function carriedChannels({ publicUrl, now }: ChannelSettings): ReadonlyMap<string, Channel> {
  const channels: readonly Channel[] = [
    ntfyChannel({ publicUrl, now }),
    pushoverChannel({ now }),
    smsChannel({ publicUrl, now }),
    voiceChannel({ publicUrl, now }),
  ]
  return new Map(channels.map((channel) => [channel.kind, channel]))
}

function findCarried(channel: Channel, carrier: CarrierConnection | undefined, contact: string | null): FoundChannel {
  if (carrier === undefined) return { kind: 'missing', reason: 'connections.yaml names no connection that carries it' }
  if (contact === null) return { kind: 'missing', reason: 'oncall.yaml has no address of this person for it' }
  return { kind: 'found', channel, address: addressOf(carrier, contact) }
}

function addressOf(carrier: CarrierConnection, to: string): ChannelAddress {
  return { to, secret: carrier.secret, carrier }
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

/** The person's own address on it is the id of the device. */
function findPush(push: Channel | null, contact: string | null): FoundChannel {
  if (push === null) return { kind: 'missing', reason: 'push messages are not set up here' }
  if (contact === null) return { kind: 'missing', reason: 'this device is not subscribed any more' }
  return { kind: 'found', channel: push, address: { to: contact, secret: null } }
}

function findWebhook(webhook: Channel, id: string, connections: Connections): FoundChannel {
  const connection = connections.find(id)
  if (connection === undefined) return { kind: 'missing', reason: 'connections.yaml names no such connection' }
  return { kind: 'found', channel: webhook, address: { to: connection.url, secret: connection.secret } }
}
