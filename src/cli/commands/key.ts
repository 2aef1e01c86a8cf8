/** `tocsin key`: integration keys, which open the ingest doors alone, and API keys, which act as a person. */
import { Command } from 'commander'
import { ApiKey, type ApiKeyBody, ApiKeyCreated, listOf, Source, type SourceBody, SourceCreated } from '../../api/schema.ts'
import type { Api } from '../client.ts'
import { type CliContext, type JsonOption, UsageError } from '../context.ts'
import { columns, safeLine, timeIn } from '../layout.ts'
import { listAll } from '../list.ts'

interface Options extends JsonOption {
  readonly api?: boolean
}
interface CreateOptions extends Options {
  readonly kind?: string
  readonly expires?: string
}

const SOURCES_PATH = '/api/v1/sources'
const API_KEYS_PATH = '/api/v1/keys'

export function keyCommand(context: CliContext): Command {
  const key = new Command('key')
    .summary('make, list and revoke keys')
    .description('Integration keys of monitoring sources; with --api, API keys.')
  key
    .command('create')
    .summary('make a key; it is shown this once')
    .description(
      'Makes an integration key, which opens the ingest doors and nothing else; with --api, a key that acts as you. It is shown this once.',
    )
    .argument('<name>', 'what will use it, such as prometheus-eu')
    .option('--api', 'an API key instead')
    .option('-k, --kind <kind>', 'let an integration key open only the doors of this kind of source')
    .option('--expires <days>', 'end an API key after so many days')
    .option('--json', 'print the key as the API answers it')
    .action((name: string, options: CreateOptions) => create(context, name, options))
  key
    .command('list')
    .summary('list keys')
    .description('Lists integration keys by the first characters of each; with --api, API keys.')
    .option('--api', 'API keys instead')
    .option('--json', 'print a list as the API answers it')
    .action((options: Options) => list(context, options))
  key
    .command('revoke')
    .summary('revoke a key at once')
    .description('Revokes a key at once. Messages with it are refused from then on.')
    .argument('<key>', 'name, id, or the first characters as `key list` shows them')
    .option('--api', 'an API key')
    .option('--json', 'print what was revoked')
    .action((wanted: string, options: Options) => revoke(context, wanted, options))
  return key
}

async function create(context: CliContext, name: string, options: CreateOptions): Promise<void> {
  const isApi = options.api === true
  if (isApi && options.kind !== undefined) throw new UsageError('--kind is for integration keys; leave out --api')
  if (!isApi && options.expires !== undefined) throw new UsageError('--expires is for API keys; add --api')
  const made = isApi ? await createApiKey(context.api(), name, options) : await createSource(context.api(), name, options)
  if (options.json === true) {
    context.print(JSON.stringify(made))
    return
  }
  context.print(made.key)
  // On standard error, so that KEY=$(tocsin key create x) holds the key alone.
  context.warn(`This is the only time it is shown. ${isApi ? 'It acts as you.' : 'It opens the ingest doors and nothing else.'}`)
}

async function createSource(api: Api, name: string, options: CreateOptions): Promise<SourceCreated> {
  const body: SourceBody = { name, kind: options.kind ?? null }
  return api.post(SOURCES_PATH, body, SourceCreated)
}

async function createApiKey(api: Api, name: string, options: CreateOptions): Promise<ApiKeyCreated> {
  const days = options.expires === undefined ? null : Number(options.expires)
  if (days !== null && !(Number.isInteger(days) && days > 0)) throw new UsageError('--expires: expected a whole number of days')
  const body: ApiKeyBody = { name, expires_in_days: days }
  return api.post(API_KEYS_PATH, body, ApiKeyCreated)
}

async function list(context: CliContext, options: Options): Promise<void> {
  const api = context.api()
  if (options.api === true) {
    const keys = await listAll(api, API_KEYS_PATH, listOf(ApiKey))
    const rows = keys.map((key) => [
      safeLine(key.name),
      key.prefix,
      safeLine(key.person.email),
      lastUse(context, key),
      stateOf(key),
      key.id,
    ])
    context.print(
      options.json === true ? JSON.stringify(keys) : columns([['NAME', 'BEGINS', 'ACTS AS', 'LAST USED', 'STATE', 'ID'], ...rows]),
    )
    return
  }
  const sources = await listAll(api, SOURCES_PATH, listOf(Source))
  const rows = sources.map((source) => [safeLine(source.name), source.key_prefix, source.kind ?? 'any', stateOf(source), source.id])
  context.print(options.json === true ? JSON.stringify(sources) : columns([['NAME', 'BEGINS', 'OPENS', 'STATE', 'ID'], ...rows]))
}

function lastUse(context: CliContext, key: ApiKey): string {
  return key.last_used_at === null ? 'never' : timeIn(context.zone, key.last_used_at)
}

function stateOf(key: { revoked_at: string | null; expires_at?: string | null }): string {
  if (key.revoked_at !== null) return 'revoked'
  return key.expires_at === null || key.expires_at === undefined ? 'in use' : `until ${key.expires_at.slice(0, 10)}`
}

async function revoke(context: CliContext, wanted: string, options: Options): Promise<void> {
  const api = context.api()
  const isApi = options.api === true
  const keys = isApi
    ? (await listAll(api, API_KEYS_PATH, listOf(ApiKey))).map((key) => ({
        id: key.id,
        name: key.name,
        prefix: key.prefix,
        ended: key.revoked_at !== null,
      }))
    : (await listAll(api, SOURCES_PATH, listOf(Source))).map((key) => ({
        id: key.id,
        name: key.name,
        prefix: key.key_prefix,
        ended: key.revoked_at !== null,
      }))
  const matching = keys.filter((key) => !key.ended && [key.id, key.name, key.prefix].includes(wanted))
  const [found, second] = matching
  if (found === undefined) throw new UsageError(`no ${isApi ? 'API' : 'integration'} key in use is called ${safeLine(wanted)}`)
  if (second !== undefined) throw new UsageError(`${matching.length} keys are called ${safeLine(wanted)}; give the id`)
  await api.remove(`${isApi ? API_KEYS_PATH : SOURCES_PATH}/${encodeURIComponent(found.id)}`)
  context.print(
    options.json === true ? JSON.stringify({ id: found.id, name: found.name, revoked: true }) : `${safeLine(found.name)} is revoked.`,
  )
}
