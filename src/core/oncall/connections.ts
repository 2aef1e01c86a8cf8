/** From the text of `connections.yaml` to outside systems by name; their secrets are named here and never written here. */
import { readYaml } from '../playbook/document.ts'
import { parseDuration } from '../playbook/duration.ts'
import type { FindingCode } from '../playbook/finding-code.ts'
import { type Finding, hasErrors, type Problem, type Report } from '../playbook/finding.ts'
import { collect, inOrder, refuseNewer } from '../playbook/parse.ts'
import { checkShape } from '../playbook/shape.ts'
import { MINUTE_MS, SECOND_MS } from '../time.ts'
import { type ASKED_KINDS, ConnectionsFile } from './schema.ts'

export interface NamedConnection {
  readonly name: string
  readonly kind: 'webhook' | AskedKind
  readonly url: string
  /** Where the signing secret is found; null: what is sent is not signed. */
  readonly secret: { readonly kind: 'environment' | 'file'; readonly name: string } | null
  /** Of one that is asked what fires. */
  readonly asked?: {
    /** Name of the source whose alerts it answers for; null: not said. */
    readonly source: string | null
    readonly everyMs: number
    readonly settings: Readonly<Record<string, string>>
  }
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
  const add = (severity: 'error' | 'warning', code: FindingCode, key: string, message: string, fix: string): void =>
    report({ code, severity, path: ['connections', index, key], message, fix })
  const url = URL.canParse(entry.url) ? new URL(entry.url) : null
  if (url === null || !/^https?:$/.test(url.protocol)) add('error', 'bad-url', 'url', 'This is not an http or https address.', '')
  else if (url.username !== '' || url.password !== '') {
    add(
      'error',
      'secret-in-file',
      'url',
      'The address holds a name or password.',
      'Keep it out of the file: sign with secret_env or secret_file.',
    )
  }
  // What does not look like a variable's name is most likely the secret itself: it is not repeated.
  if (entry.secret_env !== undefined && !/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(entry.secret_env)) {
    add(
      'error',
      'secret-in-file',
      'secret_env',
      'This is not the name of an environment variable.',
      'Put the secret into one and name it here.',
    )
  }
  if (entry.secret_env !== undefined && entry.secret_file !== undefined) {
    add('error', 'two-secrets', 'secret_file', 'There is a secret_env as well.', 'Keep one of the two.')
  }
  if (entry.kind === 'webhook' && entry.secret_env === undefined && entry.secret_file === undefined) {
    add(
      'warning',
      'connection-unsigned',
      'name',
      `What is sent to "${entry.name}" is not signed: its receiver cannot tell it from a forgery.`,
      'Add secret_env.',
    )
  }
  const connection = { name: entry.name, kind: entry.kind, url: entry.url, secret: secretOf(entry) }
  if (entry.kind === 'webhook') return connection
  const everyMs = readEvery(entry, add)
  if (entry.source === undefined) {
    const message = `Nobody says whose alerts "${entry.name}" answers for: it is not asked.`
    add('error', 'missing-key', 'name', message, 'Add source, the name of the source that these alerts arrive by.')
  }
  return { ...connection, asked: { source: entry.source ?? null, everyMs, settings: entry.settings ?? {} } }
}

type Add = (severity: 'error' | 'warning', code: FindingCode, key: string, message: string, fix: string) => void

function readEvery({ kind, every }: Entry, add: Add): number {
  if (every === undefined) return kind === 'prometheus-query' ? QUERIED_EVERY_MS : ASKED_EVERY_MS
  const reading = parseDuration(every)
  if (reading.kind === 'unclear') add('error', 'unclear-duration', 'every', reading.message, reading.fix)
  else if (reading.ms < ASKED_EVERY_MS_MIN)
    add('error', 'too-small', 'every', 'This is more often than it can be asked.', 'Write 15 s or more.')
  return reading.kind === 'unclear' ? ASKED_EVERY_MS : Math.max(reading.ms, ASKED_EVERY_MS_MIN)
}

function secretOf(entry: Entry): NamedConnection['secret'] {
  if (entry.secret_env !== undefined) return { kind: 'environment', name: entry.secret_env }
  return entry.secret_file === undefined ? null : { kind: 'file', name: entry.secret_file }
}
