/** The connections in force with their secrets, which are looked up each time so that a changed one needs no restart. */
import { readFileSync } from 'node:fs'
import type { NamedConnection } from '../../core/oncall/connections.ts'
import type { Connection, Connections } from '../../integration.ts'
import type { PlaybookService } from './playbooks.ts'

export interface ConnectionService extends Connections {
  /** Connections whose secret is named and cannot be found: what is sent to them is not signed. */
  readonly withoutSecret: () => readonly string[]
}

/** @param findSecret of an environment variable by name, as the configuration does it */
export function openConnections(playbooks: PlaybookService, findSecret: (name: string) => string | null): ConnectionService {
  const resolve = (connection: NamedConnection): Connection => ({ url: connection.url, secret: readSecret(connection, findSecret) })
  return {
    find: (name) => {
      const connection = playbooks.connections().find((candidate) => candidate.name === name)
      return connection === undefined ? undefined : resolve(connection)
    },
    ids: () => playbooks.connections().map((connection) => connection.name),
    withoutSecret: () =>
      playbooks
        .connections()
        .filter((connection) => connection.secret !== null && readSecret(connection, findSecret) === null)
        .map((connection) => connection.name),
  }
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
