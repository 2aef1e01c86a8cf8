/** The connections in force with their secrets, which are looked up each time so that a changed one needs no restart. */
import { readFileSync } from 'node:fs'
import type { NamedConnection } from '../../core/oncall/connections.ts'
import { CARRIED_CHANNELS, findCarrier, servesChannel } from '../../core/oncall/carriers.ts'
import type { CarrierConnection, Carriers, Connection, Connections } from '../../integration.ts'
import type { PlaybookService } from './playbooks.ts'

export interface ConnectionService extends Connections {
  /** Connections whose secret is named and cannot be found: what is sent to them is not signed. */
  readonly withoutSecret: () => readonly string[]
  /** Those through which vendors carry pages to people. */
  readonly carriers: Carriers
  /** Ids of the channels that they carry. */
  readonly carriedChannels: () => readonly string[]
  /** Those that are asked what fires; `secretMissing`: one is named and cannot be found. */
  readonly asked: () => readonly AskedConnection[]
}

export interface AskedConnection extends Connection {
  readonly name: string
  readonly kind: string
  readonly secretMissing: boolean
  readonly source: string | null
  readonly everyMs: number
  readonly settings: Readonly<Record<string, string>>
}

/** @param findSecret of an environment variable by name, as the configuration does it */
export function openConnections(playbooks: PlaybookService, findSecret: (name: string) => string | null): ConnectionService {
  const resolve = (connection: NamedConnection): Connection => ({ url: connection.url, secret: readSecret(connection, findSecret) })
  const carriersNow = (): readonly CarryingConnection[] => playbooks.connections().filter((connection) => carries(connection))
  const resolveCarrier = (connection: CarryingConnection): CarrierConnection => {
    const { callbackSecret, settings } = connection.carrier
    const own = resolve(connection)
    return {
      ...own,
      name: connection.name,
      kind: connection.kind,
      callbackSecret: callbackSecret === null ? own.secret : readSecret({ secret: callbackSecret }, findSecret),
      settings,
    }
  }
  const carrierOf = (connection: CarryingConnection | undefined): CarrierConnection | undefined =>
    connection === undefined ? undefined : resolveCarrier(connection)
  return {
    find: (name) => {
      const connection = playbooks.connections().find((candidate) => candidate.name === name && candidate.kind === 'webhook')
      return connection === undefined ? undefined : resolve(connection)
    },
    ids: () =>
      playbooks
        .connections()
        .filter(({ kind }) => kind === 'webhook')
        .map((connection) => connection.name),
    carriers: {
      find: (channelId) => carrierOf(findCarrier(channelId, carriersNow())),
      named: (name) => carrierOf(carriersNow().find((connection) => connection.name === name)),
      list: () => carriersNow().map(resolveCarrier),
    },
    carriedChannels: () => {
      const all = carriersNow()
      return Object.keys(CARRIED_CHANNELS).flatMap((kind) => {
        const own = all.filter((connection) => servesChannel(kind, connection))
        return own.length === 0 ? [] : [kind, ...own.map(({ name }) => `${kind}:${name}`)]
      })
    },
    asked: () =>
      playbooks.connections().flatMap((connection) => {
        if (connection.asked === undefined) return []
        const { url, secret } = resolve(connection)
        const secretMissing = connection.secret !== null && secret === null
        return [{ name: connection.name, kind: connection.kind, url, secret, secretMissing, ...connection.asked }]
      }),
    withoutSecret: () =>
      playbooks
        .connections()
        .filter(({ secret, carrier }) =>
          [secret, carrier?.callbackSecret ?? null].some((place) => place !== null && readSecret({ secret: place }, findSecret) === null),
        )
        .map((connection) => connection.name),
  }
}

type CarryingConnection = NamedConnection & { readonly carrier: NonNullable<NamedConnection['carrier']> }

function carries(connection: NamedConnection): connection is CarryingConnection {
  return connection.carrier !== undefined
}

/** Null where there is none. A page without a signature is better than no page: the receiver decides, and `doctor` tells. */
export function readSecret({ secret }: Pick<NamedConnection, 'secret'>, findSecret: (name: string) => string | null): string | null {
  if (secret === null) return null
  try {
    const found = secret.kind === 'environment' ? findSecret(secret.name) : readFileSync(secret.name, 'utf8').replace(/\r?\n$/, '')
    return found === '' ? null : found
  } catch {
    return null
  }
}
