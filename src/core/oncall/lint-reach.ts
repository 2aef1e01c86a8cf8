/** Whether what is to be sent arrives: channels of people, channels of audiences, connections of mitigations, and their secrets. */
import type { Finding, Path } from '../playbook/finding.ts'
import type { ParsedPlaybook } from '../playbook/parse.ts'
import { normalizeName, suggest, toSlug } from '../playbook/text.ts'
import { findCarrier, readCarried } from './carriers.ts'
import type { NamedConnection, ParsedConnections, SecretPlace } from './connections.ts'
import type { ParsedOnCall } from './parse.ts'

/** What the installation has besides the folder, seen from where lint runs. */
export interface Surroundings {
  /** A mail server is set up. */
  readonly hasMail: boolean
  readonly hasSecret: (secret: NonNullable<NamedConnection['secret']>) => boolean
}

const WEBHOOK = 'webhook:'

/** Channels of people by connections that are not there, and people whom no channel reaches. */
export function findUnreachedPeople(
  { onCall, place }: ParsedOnCall,
  { connections }: ParsedConnections,
  around: Surroundings | null,
): Finding[] {
  if (onCall === null || connections === null) return []
  const known = connections.filter(({ kind }) => kind === 'webhook').map((connection) => connection.name)
  const isLost = (channel: string): boolean =>
    channel.startsWith(WEBHOOK) ? !known.includes(channel.slice(WEBHOOK.length)) : isUncarried(channel, connections)
  const works = (channel: string): boolean => (channel === 'email' ? around?.hasMail !== false : !isLost(channel))
  const ofPeople = onCall.people.flatMap(({ name, channels }, index) => [
    ...channels.flatMap((channel, position) => {
      if (!isLost(channel)) return []
      const { said, fix } = describeLost(channel, known)
      const path = ['people', index, 'channels', position]
      const message = `connections.yaml names no connection ${said}, so ${name} is not reached by it.`
      return [place({ code: 'unknown-connection', severity: 'warning', path, message, fix: fix || ADD_CONNECTION })]
    }),
    ...(channels.length === 0 || channels.some(works) ? [] : [place(unreached(name, channels, ['people', index, 'channels']))]),
  ])
  if (onCall.people.length > 0 || around?.hasMail !== false) return ofPeople
  const message = 'Nobody is listed: the owner is paged for every role, and without a mail server is reached in the console only.'
  const fix = 'List people with their channels, or set up a mail server (TOCSIN_MAIL_URL).'
  return [place({ code: 'no-channel', severity: 'warning', path: ['people'], message, fix })]
}

const ADD_CONNECTION = 'Add it to connections.yaml.'

/** A channel of a vendor without a connection to go by. */
function isUncarried(channel: string, connections: readonly NamedConnection[]): boolean {
  return readCarried(channel) !== undefined && findCarrier(channel, connections) === undefined
}

function describeLost(channel: string, known: readonly string[]): { readonly said: string; readonly fix: string } {
  const carried = readCarried(channel)
  if (carried === undefined) {
    const connection = channel.slice(WEBHOOK.length)
    return { said: `"${connection}"`, fix: suggest(connection, known) }
  }
  const settings = carried.needs.length === 0 ? '' : ` with ${carried.needs.join(' or ')}`
  const kind = `of the kind "${carried.carrier}"${settings}`
  const said = carried.connection === null ? kind : `"${carried.connection}" ${kind}`
  return { said, fix: '' }
}

function unreached(name: string, channels: readonly string[], path: Path): Parameters<ParsedOnCall['place']>[0] {
  const why = channels.includes('email') ? 'no mail server is set up here (TOCSIN_MAIL_URL)' : 'none of the connections is there'
  const message = `${name} has no channel that works but the console: ${why}.`
  const fix = channels.includes('email')
    ? 'Set up a mail server, or add a webhook to channels.'
    : 'Add "email" to channels, or a connection that is there.'
  return { code: 'no-channel', severity: 'warning', path, message, fix }
}

/** Channels of the communication plan without a connection to send by, each system once. */
export function findMissingChannels(
  parsed: ParsedPlaybook | null,
  { connections }: ParsedConnections,
  around: Surroundings | null,
): Finding[] {
  if (parsed?.playbook === null || parsed?.playbook === undefined || connections === null) return []
  const { playbook, file, place } = parsed
  const missing = new Map<string, { readonly name: string; readonly path: Path; readonly audiences: string[] }>()
  for (const [index, row] of playbook.communication.entries()) {
    for (const [position, channel] of row.channels.entries()) {
      const system = systemOf(channel)
      if (
        system === '' ||
        (system === MAIL && around?.hasMail !== false) ||
        connections.some((connection) => serves(connection, channel, system))
      )
        continue
      const listed = Array.isArray(file?.communication?.[index]?.channels)
      const path = ['communication', index, 'channels', ...(listed ? [position] : [])]
      const found = missing.get(system) ?? { name: nameOf(channel), path, audiences: [] }
      if (!found.audiences.includes(row.audience)) found.audiences.push(row.audience)
      missing.set(system, found)
    }
  }
  return [...missing].map(([system, { name, path, audiences }]) => {
    const who = audiences.map((audience) => `"${audience}"`).join(' and ')
    const message = `No connection is there for ${name}, so ${who} ${audiences.length === 1 ? 'is' : 'are'} not told by it.`
    const mail = system === MAIL ? ', or set up a mail server (TOCSIN_MAIL_URL)' : ''
    const fix = `Add a connection called "${system}" to connections.yaml, with its credentials${mail}.`
    return place({ code: 'channel-missing', severity: 'warning', path, message, fix })
  })
}

const MAIL = 'email'

/** "Slack #ops" is by Slack, "StatusPage.io" by statuspage: the first word, without what it ends in as an address. */
function systemOf(channel: string): string {
  const name = nameOf(channel).replace(/\.(io|com|net|org)$/i, '')
  return /^(e-?)?mails?$/i.test(name) ? MAIL : (toSlug(name).split('-')[0] ?? '')
}

function nameOf(channel: string): string {
  return normalizeName(channel).split(' ')[0] ?? ''
}

/** Called as the channel, or as its system with or without more to its name: `slack`, `slack-ops`. */
function serves(connection: NamedConnection, channel: string, system: string): boolean {
  const name = toSlug(connection.name)
  return name === system || name === toSlug(channel) || name.startsWith(`${system}-`)
}

/** Mitigations that run by a connection: `<connection>` or `<connection>:<what>`. */
export function findPowerlessActions(
  parsed: ParsedPlaybook | null,
  { connections }: ParsedConnections,
  around: Surroundings | null,
): Finding[] {
  if (parsed?.playbook === null || parsed?.playbook === undefined || connections === null) return []
  const { playbook, file, place } = parsed
  return playbook.incidentTypes.flatMap((type, index) =>
    type.mitigation.flatMap(({ title, action }, position) => {
      if (action === null) return []
      const name = normalizeName(action.split(':')[0] ?? '')
      const connection = connections.find((candidate) => candidate.name === name)
      const listed = Array.isArray(file?.incident_types[index]?.immediate_mitigation)
      const path = ['incident_types', index, 'immediate_mitigation', ...(listed ? [position] : []), 'action']
      if (connection === undefined) {
        const message = `connections.yaml names no connection "${name}", so "${title}" cannot be run.`
        const fix = suggest(
          name,
          connections.map((candidate) => candidate.name),
        )
        return [place({ code: 'unknown-connection', severity: 'warning', path, message, fix: fix || ADD_CONNECTION })]
      }
      const { secret } = connection
      if (secret !== null && around?.hasSecret(secret) !== false) return []
      const why = secret === null ? 'names no secret' : 'has a secret that is not found here'
      const message = `"${title}" runs by the connection "${name}", which ${why}.`
      const fix = secret === null ? 'Add secret_env or secret_file to the connection.' : whereToPut(secret)
      return [place({ code: 'action-no-credentials', severity: 'warning', path, message, fix })]
    }),
  )
}

const SECRET_KEYS = { environment: 'secret_env', file: 'secret_file' }
const CALLBACK_KEYS = { environment: 'callback_secret_env', file: 'callback_secret_file' }

/** Secrets that connections name and that are not there. */
export function findLostSecrets({ connections, place }: ParsedConnections, around: Surroundings | null): Finding[] {
  if (connections === null || around === null) return []
  return connections.flatMap(({ name, secret, carrier }, index) => {
    const lost = (where: SecretPlace | null | undefined, keys: { readonly environment: string; readonly file: string }, so: string) => {
      if (where === null || where === undefined || around.hasSecret(where)) return []
      const path = ['connections', index, keys[where.kind]]
      const message = `The secret of "${name}" is not found here, so ${so}.`
      return [place({ code: 'secret-not-found', severity: 'warning', path, message, fix: whereToPut(where) })]
    }
    return [
      ...lost(secret, SECRET_KEYS, carrier === undefined ? 'what is sent to it is not signed' : 'no page goes by it'),
      ...lost(carrier?.callbackSecret, CALLBACK_KEYS, 'nothing that it tells is believed'),
    ]
  })
}

function whereToPut(secret: NonNullable<NamedConnection['secret']>): string {
  return secret.kind === 'environment'
    ? `Set ${secret.name}, or ${secret.name}_FILE to a file that holds it, where the server runs.`
    : `Write the secret into ${secret.name}, where the server runs, and let it be read.`
}
