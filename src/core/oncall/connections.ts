/** From the text of `connections.yaml` to outside systems by name; their secrets are named here and never written here. */
import type { Limit } from '../page/carries.ts'
import { readYaml } from '../playbook/document.ts'
import { parseDuration } from '../playbook/duration.ts'
import type { FindingCode } from '../playbook/finding-code.ts'
import { type Finding, hasErrors, type Problem, type Report } from '../playbook/finding.ts'
import { collect, inOrder, refuseNewer } from '../playbook/parse.ts'
import { checkShape } from '../playbook/shape.ts'
import { MINUTE_MS, SECOND_MS } from '../time.ts'
import { CARRIER_URLS, checkCarrierSettings } from './carrier-settings.ts'
import { type CarrierKind, findCarrier } from './carriers.ts'
import { type ASKED_KINDS, CARRIER_KINDS, ConnectionsFile } from './schema.ts'

export interface NamedConnection {
  readonly name: string
  readonly kind: 'webhook' | CarrierKind | AskedKind
  readonly url: string
  /** Where the signing secret, or the token, is found; null: what is sent is not signed. */
  readonly secret: SecretPlace | null
  /** What it falls with, where the file says it. */
  readonly failureDomain?: string
  /** What messages by it may carry of an incident; left out: all. */
  readonly carries?: Limit
  /** Of one that carries pages. */
  readonly carrier?: {
    /** What the vendor signs with what it tells us; null: with `secret`. */
    readonly callbackSecret: SecretPlace | null
    readonly settings: Readonly<Record<string, string>>
  }
  /** Of one that is asked what fires. */
  readonly asked?: {
    /** Name of the source whose alerts it answers for; null: not said. */
    readonly source: string | null
    readonly everyMs: number
    readonly settings: Readonly<Record<string, string>>
  }
}

export interface SecretPlace {
  readonly kind: 'environment' | 'file'
  readonly name: string
}

export type AskedKind = (typeof ASKED_KINDS)[number]
const ASKED_EVERY_MS = 5 * MINUTE_MS
const QUERIED_EVERY_MS = MINUTE_MS
const ASKED_EVERY_MS_MIN = 15 * SECOND_MS

export interface ParsedConnections {
  /** Null when any finding is an error. */
  readonly connections: readonly NamedConnection[] | null
  readonly findings: readonly Finding[]
  readonly place: (problem: Problem) => Finding
}

/** Never throws. */
export function parseConnections(text: string): ParsedConnections {
  const file = refuseNewer(readYaml(text))
  if (file.data === undefined) return { connections: null, findings: inOrder(file.findings), place: file.place }
  if (file.data === null) return { connections: [], findings: inOrder(file.findings), place: file.place }
  const { report, findings } = collect(file)
  const shape = checkShape(ConnectionsFile, file.data, report)
  const connections = (shape?.connections ?? []).map((entry, index) => build(entry, index, report))
  for (const [index, { name }] of connections.entries()) {
    if (connections.findIndex((other) => other.name === name) === index) continue
    report({
      code: 'duplicate-id',
      severity: 'error',
      path: ['connections', index, 'name'],
      message: `A connection is called "${name}" already.`,
      fix: 'Rename one.',
    })
  }
  const found = findings()
  return { connections: shape === undefined || hasErrors(found) ? null : connections, findings: found, place: file.place }
}

type Entry = NonNullable<ConnectionsFile['connections']>[number]

function build(entry: Entry, index: number, report: Report): NamedConnection {
  const add: Add = (severity, code, key, message, fix): void =>
    report({ code, severity, path: ['connections', index, ...(typeof key === 'string' ? [key] : key)], message, fix })
  const url = readAddress(entry, add)
  checkSecret(entry, { variable: 'secret_env', file: 'secret_file' }, add)
  checkSecret(entry, { variable: 'callback_secret_env', file: 'callback_secret_file' }, add)
  const { name, kind } = entry
  const domain = {
    ...(entry.failure_domain === undefined ? {} : { failureDomain: entry.failure_domain }),
    ...(entry.carries === undefined || entry.carries === 'all' ? {} : { carries: entry.carries }),
  }
  const connection = { name, kind, url, secret: secretOf(entry.secret_env, entry.secret_file), ...domain }
  if (kind === 'webhook') {
    if (connection.secret === null) {
      const message = `What is sent to "${name}" is not signed: its receiver cannot tell it from a forgery.`
      add('warning', 'connection-unsigned', 'name', message, 'Add secret_env.')
    }
    return connection
  }
  if (isCarrier(kind)) return { ...connection, carrier: readCarrier(entry, kind, add) }
  const everyMs = readEvery(entry, add)
  if (entry.source === undefined) {
    const message = `Nobody says whose alerts "${name}" answers for: it is not asked.`
    add('error', 'missing-key', 'name', message, 'Add source, the name of the source that these alerts arrive by.')
  }
  return { ...connection, asked: { source: entry.source ?? null, everyMs, settings: entry.settings ?? {} } }
}

function isCarrier(kind: Entry['kind']): kind is CarrierKind {
  return CARRIER_KINDS.some((carrier) => carrier === kind)
}

function readCarrier(entry: Entry, kind: CarrierKind, add: Add): NonNullable<NamedConnection['carrier']> {
  const settings = entry.settings ?? {}
  for (const { code, setting, message, fix } of checkCarrierSettings(kind, settings))
    add('error', code, setting === null ? 'name' : ['settings', setting], message, fix)
  if (kind !== 'ntfy' && entry.secret_env === undefined && entry.secret_file === undefined) {
    const message = `"${entry.name}" has no credentials: ${kind} takes nothing without.`
    add('error', 'missing-key', 'name', message, 'Add secret_env, the environment variable that holds the token.')
  }
  if (kind === 'twilio' && !/^[A-Za-z0-9._-]+$/.test(entry.name)) {
    const message = `"${entry.name}" stands in the addresses that Twilio calls us at, and cannot.`
    add('error', 'bad-id', 'name', message, 'Use letters, digits, ".", "_" and "-".')
  }
  const callbackSecret = secretOf(entry.callback_secret_env, entry.callback_secret_file)
  if (kind === 'twilio' && settings['api_key'] !== undefined && callbackSecret === null) {
    const message = `What Twilio tells of "${entry.name}" cannot be checked: it signs with the auth token, and no API key has that.`
    const fix = 'Add callback_secret_env, the environment variable that holds the auth token.'
    add('error', 'missing-key', 'name', message, fix)
  }
  return { callbackSecret, settings }
}

/** The vendor's own where pages are carried and nothing else is said. */
function readAddress({ url, kind }: Entry, add: Add): string {
  if (url === undefined) {
    if (isCarrier(kind)) return CARRIER_URLS[kind]
    add('error', 'missing-key', 'name', 'It has no address.', 'Add url.')
    return ''
  }
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) add('error', 'bad-url', 'url', 'This is not an http or https address.', '')
  else if (parsed.username !== '' || parsed.password !== '') {
    const fix = 'Keep it out of the file: sign with secret_env or secret_file.'
    add('error', 'secret-in-file', 'url', 'The address holds a name or password.', fix)
  }
  return url
}

interface SecretKeys {
  readonly variable: 'secret_env' | 'callback_secret_env'
  readonly file: 'secret_file' | 'callback_secret_file'
}

/** What does not look like a variable's name is most likely the secret itself: it is not repeated. */
function checkSecret(entry: Entry, { variable, file }: SecretKeys, add: Add): void {
  const name = entry[variable]
  if (name === undefined) return
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name)) {
    const fix = 'Put the secret into one and name it here.'
    add('error', 'secret-in-file', variable, 'This is not the name of an environment variable.', fix)
  }
  if (entry[file] !== undefined) add('error', 'two-secrets', file, `There is a ${variable} as well.`, 'Keep one of the two.')
}

type Add = (severity: 'error' | 'warning', code: FindingCode, key: string | readonly string[], message: string, fix: string) => void

function readEvery({ kind, every }: Entry, add: Add): number {
  if (every === undefined) return kind === 'prometheus-query' ? QUERIED_EVERY_MS : ASKED_EVERY_MS
  const reading = parseDuration(every)
  if (reading.kind === 'unclear') add('error', 'unclear-duration', 'every', reading.message, reading.fix)
  else if (reading.ms < ASKED_EVERY_MS_MIN)
    add('error', 'too-small', 'every', 'This is more often than it can be asked.', 'Write 15 s or more.')
  return reading.kind === 'unclear' ? ASKED_EVERY_MS : Math.max(reading.ms, ASKED_EVERY_MS_MIN)
}

function secretOf(variable: string | undefined, file: string | undefined): SecretPlace | null {
  if (variable !== undefined) return { kind: 'environment', name: variable }
  return file === undefined ? null : { kind: 'file', name: file }
}

/** What a channel falls with, where the connection that it goes by says it. */
export function failureDomainOf(channel: string, connections: readonly NamedConnection[]): string | undefined {
  return connectionOf(channel, connections)?.failureDomain
}

/** The connection that a channel goes by; undefined: by none, such as e-mail, or by one that is not there. */
export function connectionOf(channel: string, connections: readonly NamedConnection[]): NamedConnection | undefined {
  if (!channel.startsWith(WEBHOOK)) return findCarrier(channel, connections)
  return connections.find(({ kind, name }) => kind === 'webhook' && name === channel.slice(WEBHOOK.length))
}
const WEBHOOK = 'webhook:'
