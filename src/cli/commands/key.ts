/** `tocsin key`: integration keys, which open the ingest doors alone, and API keys, which act as a person. */
import { Command } from 'commander'
import { ApiKey, type ApiKeyBody, ApiKeyCreated, listOf } from '../../api/schema.ts'
import type { Api } from '../client.ts'
import { type CliContext, type JsonOption, UsageError } from '../context.ts'
import { columns, safeLine, timeIn } from '../layout.ts'
import { listAll } from '../list.ts'
import { aliasCommand, createSource, listSourceKeys, listSources, revokeSource, rotateCommand } from './key-source.ts'

interface Options extends JsonOption {
  readonly api?: boolean
}
interface CreateOptions extends Options {
  readonly kind?: string
  readonly team?: string
  readonly observe?: boolean
  readonly expires?: string
}
interface RevokeOptions extends Options {
  readonly only?: string
}

const API_KEYS_PATH = '/api/v1/keys'

export function keyCommand(context: CliContext): Command {
  const key = new Command('key')
    .summary('make, list, rotate, take over and revoke keys')
    .description('Integration keys of monitoring sources; with --api, API keys.')
  key
    .command('create')
    .summary('make a key; it is shown this once')
    .description(
      'Makes a source with an integration key, which opens the ingest doors and nothing else; with --api, a key that acts as you. It is shown this once.',
    )
    .argument('<name>', 'what will use it, such as prometheus-eu')
    .option('--api', 'an API key instead')
    .option('-k, --kind <kind>', 'let an integration key open only the doors of this kind of source')
    .option('--team <team>', 'whose source it is: a team of the playbook')
    .option('--observe', 'start in observe mode: it opens nothing and pages nobody until that is ended in the console')
    .option('--expires <days>', 'end an API key after so many days')
    .option('--json', 'print the key as the API answers it')
    .action((name: string, options: CreateOptions) => create(context, name, options))
  key
    .command('list')
    .summary('list keys')
    .description('Lists sources by the first characters of the newest key of each, or all keys of one source; with --api, API keys.')
    .argument('[source]', 'name or id of a source')
    .option('--api', 'API keys instead')
    .option('--json', 'print a list as the API answers it')
    .action((source: string | undefined, options: Options) => list(context, source, options))
  key.addCommand(rotateCommand(context))
  key.addCommand(aliasCommand(context))
  key
    .command('revoke')
    .summary('revoke a key at once')
    .description('Revokes a source with all its keys, one key of it, or an API key, at once. Messages with it are refused from then on.')
    .argument('<key>', 'name, id, or the first characters as `key list` shows them')
    .option('--only <key>', 'this key of the source alone: its id or first characters')
    .option('--api', 'an API key')
    .option('--json', 'print what was revoked')
    .action((wanted: string, options: RevokeOptions) => revoke(context, wanted, options))
  return key
}

async function create(context: CliContext, name: string, options: CreateOptions): Promise<void> {
  const isApi = options.api === true
  const forSources = options.kind !== undefined || options.team !== undefined || options.observe !== undefined
  if (isApi && forSources) throw new UsageError('--kind, --team and --observe are for integration keys; leave out --api')
  if (!isApi && options.expires !== undefined) throw new UsageError('--expires is for API keys; add --api')
  const made = isApi ? await createApiKey(context.api(), name, options) : await createSource(context.api(), { ...options, name })
  if (options.json === true) {
    context.print(JSON.stringify(made))
    return
  }
  context.print(made.key)
  // On standard error, so that KEY=$(tocsin key create x) holds the key alone.
  context.warn(`This is the only time it is shown. ${isApi ? 'It acts as you.' : 'It opens the ingest doors and nothing else.'}`)
}

async function createApiKey(api: Api, name: string, options: CreateOptions): Promise<ApiKeyCreated> {
  const days = options.expires === undefined ? null : Number(options.expires)
  if (days !== null && !(Number.isInteger(days) && days > 0)) throw new UsageError('--expires: expected a whole number of days')
  const body: ApiKeyBody = { name, expires_in_days: days }
  return api.post(API_KEYS_PATH, body, ApiKeyCreated)
}

async function list(context: CliContext, source: string | undefined, options: Options): Promise<void> {
  const isJson = options.json === true
  if (options.api !== true) return source === undefined ? listSources(context, isJson) : listSourceKeys(context, source, isJson)
  if (source !== undefined) throw new UsageError('API keys belong to no source; leave out --api')
  const keys = await listAll(context.api(), API_KEYS_PATH, listOf(ApiKey))
  const rows = keys.map((key) => [safeLine(key.name), key.prefix, safeLine(key.person.email), lastUse(context, key), stateOf(key), key.id])
  context.print(isJson ? JSON.stringify(keys) : columns([['NAME', 'BEGINS', 'ACTS AS', 'LAST USED', 'STATE', 'ID'], ...rows]))
}

function lastUse(context: CliContext, key: ApiKey): string {
  return key.last_used_at === null ? 'never' : timeIn(context.zone, key.last_used_at)
}

function stateOf(key: ApiKey): string {
  if (key.revoked_at !== null) return 'revoked'
  return key.expires_at === null ? 'in use' : `until ${key.expires_at.slice(0, 10)}`
}

async function revoke(context: CliContext, wanted: string, options: RevokeOptions): Promise<void> {
  const isJson = options.json === true
  if (options.api !== true) return revokeSource(context, wanted, { only: options.only, isJson })
  if (options.only !== undefined) throw new UsageError('--only is for integration keys; leave out --api')
  const keys = await listAll(context.api(), API_KEYS_PATH, listOf(ApiKey))
  const matching = keys.filter((key) => key.revoked_at === null && [key.id, key.name, key.prefix].includes(wanted))
  const [found, second] = matching
  if (found === undefined) throw new UsageError(`no API key in use is called ${safeLine(wanted)}`)
  if (second !== undefined) throw new UsageError(`${matching.length} keys are called ${safeLine(wanted)}; give the id`)
  await context.api().remove(`${API_KEYS_PATH}/${encodeURIComponent(found.id)}`)
  context.print(isJson ? JSON.stringify({ id: found.id, name: found.name, revoked: true }) : `${safeLine(found.name)} is revoked.`)
}
