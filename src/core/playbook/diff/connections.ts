/** Changes of the outside systems that pages go through. Addresses are told by their host: the rest may hold a secret. */
import type { NamedConnection } from '../../oncall/connections.ts'
import type { Change } from './change.ts'
import { diffFields } from './fields.ts'
import { shown } from './words.ts'

type Connections = readonly NamedConnection[]

export function diffConnections(before: Connections, after: Connections): readonly Change[] {
  const was = new Map(before.map((connection, index) => [connection.name, { connection, index }]))
  const is = new Set(after.map((connection) => connection.name))
  return [
    ...after.flatMap((connection, index): readonly Change[] => {
      const old = was.get(connection.name)?.connection
      if (old !== undefined) return diffConnection(old, connection, index)
      const sentence = `New connection ${shown(connection.name)} to ${hostOf(connection.url)}, ${signing(connection)}`
      return [{ code: 'connection-added', effect: 'behaviour', path: ['connections', index], side: 'after', sentence }]
    }),
    ...[...was.values()]
      .filter(({ connection }) => !is.has(connection.name))
      .map(({ connection, index }): Change => {
        const sentence = `There is no connection ${shown(connection.name)} any more: nobody is reached by it`
        return { code: 'connection-removed', effect: 'pages-less', path: ['connections', index], side: 'before', sentence }
      }),
  ]
}

function diffConnection(before: NamedConnection, now: NamedConnection, index: number): readonly Change[] {
  const change = (key: string, sentence: string): Change => ({
    code: 'connection-changed',
    effect: 'pages-otherwise',
    path: ['connections', index, key],
    side: 'after',
    sentence: `Connection ${shown(now.name)} ${sentence}`,
  })
  const changes: Change[] = []
  if (before.url !== now.url) {
    const [is, was] = [hostOf(now.url), hostOf(before.url)]
    changes.push(change('url', is === was ? `leads to another address at ${is} now` : `leads to ${is} now, before to ${was}`))
  }
  if (JSON.stringify(before.secret) !== JSON.stringify(now.secret)) {
    changes.push(change(now.secret?.kind === 'file' ? 'secret_file' : 'secret_env', `is ${signing(now)} now, before ${signing(before)}`))
  }
  const rest = { what: `Connection ${shown(now.name)}`, path: ['connections', index], known: ['name', 'url', 'secret'] }
  return [...changes, ...diffFields(before, now, rest)]
}

function hostOf(url: string): string {
  return URL.canParse(url) ? shown(new URL(url).host) : 'an address that cannot be read'
}

/** Names of variables and files are no secrets; what they hold is. */
function signing({ secret }: NamedConnection): string {
  return secret === null ? 'not signed' : `signed with ${shown(secret.name)}`
}
