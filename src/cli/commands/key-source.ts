/** The part of `tocsin key` that is about sources: their keys made, listed, rotated, taken over and revoked. */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import {
  listOf,
  Source,
  type SourceBody,
  SourceCreated,
  SourceDetail,
  type SourceKey,
  type SourceKeyBody,
  SourceKeyCreated,
  type SourceRotateBody,
  SourceRotated,
} from '../../api/schema.ts'
import { parseDuration } from '../../core/playbook/duration.ts'
import { HOUR_MS } from '../../core/time.ts'
import type { Api } from '../client.ts'
import { type CliContext, type JsonOption, UsageError } from '../context.ts'
import { columns, safeLine, timeIn } from '../layout.ts'
import { listAll } from '../list.ts'

const PATH = '/api/v1/sources'
/** Standard input. */
const STDIN = '-'

interface RotateOptions extends JsonOption {
  readonly overlap: string
  readonly key?: string
}
interface AliasOptions extends JsonOption {
  readonly label?: string
}

export function rotateCommand(context: CliContext): Command {
  return new Command('rotate')
    .summary('make a new key for a source; the old ones end after an overlap')
    .description('Makes a new key for a source and shows it this once. The keys that were made before still open for the overlap.')
    .argument('<source>', 'name, id, or the first characters of its key')
    .option('--overlap <duration>', 'so long the old keys still open, such as "48 h"; "0" ends them at once', '24 h')
    .option('--key <key>', 'end this key alone: its id or first characters; also ends one that was taken over')
    .option('--json', 'print the new key as the API answers it')
    .action((source: string, options: RotateOptions) => rotate(context, source, options))
}

export function aliasCommand(context: CliContext): Command {
  return new Command('alias')
    .summary('take over a key of PagerDuty, Opsgenie or another system')
    .description('Lets a key that another system made open a source here, so that its senders need only another host name.')
    .argument('<source>', 'name, id, or the first characters of its key')
    .argument('<key>', 'the key as it is, 8 to 256 characters; `-` reads it from standard input')
    .option('--label <text>', 'what is said of it in lists')
    .option('--json', 'print the key as the API answers it')
    .action((source: string, key: string, options: AliasOptions) => alias(context, source, { key, options }))
}

export async function createSource(
  api: Api,
  given: { name: string; kind?: string; team?: string; observe?: boolean },
): Promise<SourceCreated> {
  const { name, kind = null, team = null, observe = false } = given
  const body: SourceBody = { name, kind, team, observe }
  return api.post(PATH, body, SourceCreated)
}

export async function listSources(context: CliContext, isJson: boolean): Promise<void> {
  const sources = await listAll(context.api(), PATH, listOf(Source))
  const rows = sources.map((source) => [
    safeLine(source.name),
    safeLine(source.key_prefix),
    source.kind ?? 'any',
    time(context, source.last_seen_at),
    String(source.today.messages),
    stateOf(source),
    source.id,
  ])
  context.print(isJson ? JSON.stringify(sources) : columns([['NAME', 'BEGINS', 'OPENS', 'LAST SEEN', 'TODAY', 'STATE', 'ID'], ...rows]))
}

function stateOf(source: Source): string {
  return source.observe_since !== null && source.revoked_at === null ? `${source.health}, observed` : source.health
}

export async function listSourceKeys(context: CliContext, wanted: string, isJson: boolean): Promise<void> {
  const { keys } = await findDetail(context.api(), wanted)
  const rows = keys.map((key) => [
    safeLine(key.prefix),
    key.origin,
    safeLine(key.label),
    time(context, key.last_used_at),
    stateOfKey(context, key),
    key.id,
  ])
  context.print(isJson ? JSON.stringify(keys) : columns([['BEGINS', 'ORIGIN', 'LABEL', 'LAST USED', 'STATE', 'ID'], ...rows]))
}

function stateOfKey(context: CliContext, key: SourceKey): string {
  if (key.revoked_at !== null) return 'revoked'
  if (!key.in_use) return 'ended'
  return key.expires_at === null ? 'in use' : `until ${timeIn(context.zone, key.expires_at)}`
}

function time(context: CliContext, at: string | null): string {
  return at === null ? 'never' : timeIn(context.zone, at)
}

async function rotate(context: CliContext, wanted: string, options: RotateOptions): Promise<void> {
  const api = context.api()
  const source = await findDetail(api, wanted)
  const body: SourceRotateBody = {
    overlap_hours: readOverlap(options.overlap),
    ...(options.key === undefined ? {} : { key_id: findKey(source.keys, options.key).id }),
  }
  const rotated = await api.post(`${PATH}/${encodeURIComponent(source.id)}/rotate`, body, SourceRotated)
  if (options.json === true) {
    context.print(JSON.stringify(rotated))
    return
  }
  context.print(rotated.key)
  context.warn('This is the only time it is shown. It opens the ingest doors and nothing else.')
  for (const key of rotated.ending)
    context.warn(`${safeLine(key.prefix)}… ${key.in_use ? `still opens ${stateOfKey(context, key)}` : 'opens nothing any more'}.`)
}

function readOverlap(text: string): number {
  if (text.trim() === '0') return 0
  const reading = parseDuration(text)
  if (reading.kind !== 'duration') throw new UsageError('--overlap: expected a duration such as "48 h", or 0')
  return reading.ms / HOUR_MS
}

async function alias(context: CliContext, wanted: string, { key, options }: { key: string; options: AliasOptions }): Promise<void> {
  const api = context.api()
  const source = await findDetail(api, wanted)
  const body: SourceKeyBody = {
    key: key === STDIN ? readFileSync(0, 'utf8').trim() : key,
    ...(options.label === undefined ? {} : { label: options.label }),
  }
  const taken = await api.post(`${PATH}/${encodeURIComponent(source.id)}/keys`, body, SourceKeyCreated)
  context.print(options.json === true ? JSON.stringify(taken) : `${safeLine(taken.prefix)}… opens ${safeLine(source.name)} now.`)
}

export async function revokeSource(
  context: CliContext,
  wanted: string,
  { only, isJson }: { readonly only: string | undefined; readonly isJson: boolean },
): Promise<void> {
  const api = context.api()
  const source = await findSource(api, wanted)
  if (only === undefined) {
    await api.remove(`${PATH}/${encodeURIComponent(source.id)}`)
    context.print(isJson ? JSON.stringify({ id: source.id, name: source.name, revoked: true }) : `${safeLine(source.name)} is revoked.`)
    return
  }
  const key = findKey((await findDetail(api, source.id)).keys, only)
  await api.remove(`${PATH}/${encodeURIComponent(source.id)}/keys/${encodeURIComponent(key.id)}`)
  const said = `${safeLine(key.prefix)}… of ${safeLine(source.name)} is revoked.`
  context.print(isJson ? JSON.stringify({ id: key.id, name: source.name, revoked: true }) : said)
}

/** Of the sources in use. @throws {UsageError} */
async function findSource(api: Api, wanted: string): Promise<Source> {
  const sources = await listAll(api, PATH, listOf(Source))
  const matching = sources.filter((source) => source.revoked_at === null && [source.id, source.name, source.key_prefix].includes(wanted))
  const [found, second] = matching
  if (found === undefined || wanted === '') throw new UsageError(`no integration key in use is called ${safeLine(wanted)}`)
  if (second !== undefined) throw new UsageError(`${matching.length} keys are called ${safeLine(wanted)}; give the id`)
  return found
}

async function findDetail(api: Api, wanted: string): Promise<SourceDetail> {
  const { id } = await findSource(api, wanted)
  return api.get(`${PATH}/${encodeURIComponent(id)}`, SourceDetail)
}

function findKey(keys: readonly SourceKey[], wanted: string): SourceKey {
  const matching = keys.filter((key) => key.in_use && [key.id, key.prefix].includes(wanted))
  const [found, second] = matching
  if (found === undefined) throw new UsageError(`the source has no key in use that begins with ${safeLine(wanted)}`)
  if (second !== undefined) throw new UsageError(`${matching.length} keys begin with ${safeLine(wanted)}; give the id`)
  return found
}
