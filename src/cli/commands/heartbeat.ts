/** `tocsin heartbeat`: senders whose silence pages people. */
import { Command } from 'commander'
import { Heartbeat, type HeartbeatBody, listOf } from '../../api/schema.ts'
import { parseDuration } from '../../core/playbook/duration.ts'
import { SECOND_MS } from '../../core/time.ts'
import { type CliContext, type JsonOption, UsageError } from '../context.ts'
import { columns, safeLine, timeIn } from '../layout.ts'

interface AddOptions extends JsonOption {
  readonly every: string
  readonly grace?: string
  readonly alarm?: string
  readonly label?: readonly string[]
}

const PATH = '/api/v1/heartbeats'

export function heartbeatCommand(context: CliContext): Command {
  const heartbeat = new Command('heartbeat')
    .summary('declare, list and ping heartbeats')
    .description('Something says every so often that it is alive; people are paged by the playbook when it stops.')
  heartbeat
    .command('list')
    .summary('list heartbeats')
    .description('Lists heartbeats, with when each is late if nothing comes.')
    .option('--json', 'print the list as the API answers it')
    .action((options: JsonOption) => list(context, options))
  heartbeat
    .command('add')
    .summary('declare a heartbeat')
    .description('Declares a heartbeat and prints the address of its ping. Nothing is missed before the first ping.')
    .argument('<name>', 'stands in the address of its ping')
    .requiredOption('-e, --every <duration>', 'how often a ping is expected at least, such as "5 min" or "1 d"')
    .option('-g, --grace <duration>', 'how much later it may come; a tenth of the interval, a minute at least, when left out')
    .option('-a, --alarm <alarm>', 'a firing alert of this name counts as a ping, such as Watchdog')
    .option('-l, --label <label...>', 'name=value: what such an alert must have, and what its alarm carries')
    .option('--json', 'print the heartbeat as the API answers it')
    .action((name: string, options: AddOptions) => add(context, name, options))
  heartbeat
    .command('remove')
    .summary('remove a heartbeat')
    .description('Removes a heartbeat. Its alarm ends, if it is raised.')
    .argument('<name>', 'name or id')
    .option('--json', 'print what was removed')
    .action(async (name: string, options: JsonOption) => {
      const row = await context.api().get(`${PATH}/${encodeURIComponent(name)}`, Heartbeat)
      await context.api().remove(`${PATH}/${encodeURIComponent(row.id)}`)
      context.print(options.json === true ? JSON.stringify(row) : `Heartbeat ${safeLine(row.name)} is removed.`)
    })
  heartbeat
    .command('ping')
    .summary('say that it is alive')
    .description('Pings a heartbeat with the API key. Jobs do it with an integration key and curl alone; `add` prints how.')
    .argument('<name>', 'name or id')
    .option('--json', 'print the heartbeat as the API answers it')
    .action(async (name: string, options: JsonOption) => {
      const row = await context.api().post(`${PATH}/${encodeURIComponent(name)}/ping`, {}, Heartbeat)
      context.print(options.json === true ? JSON.stringify(row) : `${safeLine(row.name)} is ${row.state}; late ${dueIn(context, row)}`)
    })
  return heartbeat
}

async function list(context: CliContext, options: JsonOption): Promise<void> {
  const { items } = await context.api().get(PATH, listOf(Heartbeat))
  if (options.json === true) {
    context.print(JSON.stringify(items))
    return
  }
  const rows = items.map((row) => [
    safeLine(row.name),
    row.state,
    `${row.interval_seconds} s`,
    row.last_ping_at === null ? 'never' : timeIn(context.zone, row.last_ping_at),
    dueIn(context, row),
  ])
  context.print(columns([['NAME', 'STATE', 'EVERY', 'LAST PING', 'LATE'], ...rows]))
}

function dueIn(context: CliContext, { due_at, late_since }: Heartbeat): string {
  if (late_since !== null) return `since ${timeIn(context.zone, late_since)}`
  return due_at === null ? 'not yet counted' : `from ${timeIn(context.zone, due_at)}`
}

async function add(context: CliContext, name: string, options: AddOptions): Promise<void> {
  const body: HeartbeatBody = {
    name,
    interval_seconds: seconds('--every', options.every),
    ...(options.grace === undefined ? {} : { grace_seconds: seconds('--grace', options.grace) }),
    ...(options.alarm === undefined ? {} : { alarm: options.alarm }),
    labels: readLabels(options.label ?? []),
  }
  const api = context.api()
  const row = await api.post(PATH, body, Heartbeat)
  if (options.json === true) {
    context.print(JSON.stringify(row))
    return
  }
  context.print(`curl -fsS --retry 5 --retry-all-errors ${api.url}/hooks/heartbeat/<integration key>/${encodeURIComponent(row.name)}`)
  context.warn(`Heartbeat ${safeLine(row.name)} waits for its first ping; \`tocsin key create\` makes a key.`)
}

function seconds(option: string, text: string): number {
  const reading = parseDuration(text)
  if (reading.kind === 'unclear') throw new UsageError(`${option}: ${reading.message} ${reading.fix}`)
  return Math.round(reading.ms / SECOND_MS)
}

function readLabels(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const place = pair.indexOf('=')
      if (place < 1) throw new UsageError(`--label: expected name=value, not ${pair}`)
      return [pair.slice(0, place), pair.slice(place + 1)]
    }),
  )
}
