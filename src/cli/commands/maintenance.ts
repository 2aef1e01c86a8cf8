/** `tocsin maintenance`: windows by calendar in which alerts are held. */
import { Command } from 'commander'
import { z } from 'zod'
import { Maintenance, type MaintenanceBody, MaintenanceSchedule, MutePreview } from '../../api/schema.ts'
import { type CliContext, type JsonOption, UsageError } from '../context.ts'
import { columns, safeLine, safeText, timeIn } from '../layout.ts'
import { readSpan } from '../span.ts'
import { printPreview, toMatch } from './silence.ts'

interface ScopeOptions {
  readonly service?: readonly string[]
  readonly type?: readonly string[]
  readonly source?: readonly string[]
  readonly match?: readonly string[]
  readonly reason?: string
}
interface AddOptions extends JsonOption, ScopeOptions {
  readonly once?: string
  readonly weekly?: string
  readonly monthly?: string
  readonly at?: string
  readonly for?: string
  readonly firstDay?: string
  readonly lastDay?: string
  readonly zone?: string
}

const PATH = '/api/v1/maintenance'
const List = z.object({ items: z.array(Maintenance) })

export function maintenanceCommand(context: CliContext): Command {
  const maintenance = new Command('maintenance')
    .summary('plan windows in which alerts are held')
    .description(
      'A window holds alerts of services, incident types, sources or labels while it runs: once, weekly or monthly, by the clock of a zone.',
    )
  scoped(
    maintenance
      .command('add')
      .summary('plan a window')
      .description('Plans a window: one of --once, --weekly and --monthly says when.')
      .argument('<title>', 'what is done')
      .option('--once <from/to>', 'such as 2026-12-01T22:00/2026-12-02T02:00')
      .option('--weekly <days>', 'such as mon,thu')
      .option('--monthly <day>', 'such as 1, last, first-sun or last-fri')
      .option('--at <time>', 'time of day at which a recurring one begins, such as 22:00')
      .option('--for <duration>', 'how long a recurring one lasts, such as "2 h"')
      .option('--first-day <day>', 'a recurring one begins on no day before, such as 2026-12-01')
      .option('--last-day <day>', 'nor on a day after')
      .option('--zone <zone>', 'whose clock, such as Europe/Berlin (default: yours)'),
  )
    .option('--json', 'print the window as the API answers it')
    .action((title: string, options: AddOptions) => add(context, title, options))
  maintenance
    .command('list')
    .summary('list windows')
    .description('Lists windows: those that run, then those to come.')
    .option('-a, --all', 'those that are over, too')
    .option('--json', 'print a list as the API answers it')
    .action((options: JsonOption & { all?: boolean }) => list(context, options))
  maintenance
    .command('end')
    .summary('end a window for good')
    .description('Ends windows for good, the occurrence that runs included. What they hold and fires still is paged.')
    .argument('<ids...>', 'as `maintenance list` shows them')
    .option('--json', 'print what is over')
    .action((ids: string[], options: JsonOption) => end(context, ids, options))
  scoped(
    maintenance
      .command('preview')
      .summary('show what a window would hold')
      .description(
        'Shows which alerts of now and of the last week a window would hold, and which it would not, and why. Nothing is changed.',
      ),
  )
    .option('--json', 'print the preview as the API answers it')
    .action((options: JsonOption & ScopeOptions) => preview(context, options))
  return maintenance
}

function scoped(command: Command): Command {
  return command
    .option('--service <names...>', 'services of the playbook')
    .option('--type <ids...>', 'ids of incident types')
    .option('--source <names...>', 'names of sources')
    .option('--match <matchers...>', 'matchers, as for `silence add`')
    .option('-r, --reason <text>', 'why; the playbook wants one for its most severe rows')
}

function scopeOf({ service, type, source, match, reason }: ScopeOptions) {
  return {
    services: [...(service ?? [])],
    types: [...(type ?? [])],
    sources: [...(source ?? [])],
    match: (match ?? []).map(toMatch),
    reason: reason ?? '',
  }
}

async function add(context: CliContext, title: string, options: AddOptions): Promise<void> {
  const body: MaintenanceBody = { title, zone: options.zone ?? context.zone, schedule: scheduleOf(options), ...scopeOf(options) }
  const made = await context.api().post(PATH, body, Maintenance)
  if (options.json === true) {
    context.print(JSON.stringify(made))
    return
  }
  context.print(made.id)
  const next = made.current ?? made.next[0]
  context.warn(
    `${safeLine(made.schedule_text)}; ${next === undefined ? 'it never comes' : `from ${timeIn(context.zone, next.starts_at)}`}.`,
  )
  for (const warning of made.warnings) context.warn(safeText(warning))
}

/** @throws {UsageError} */
function scheduleOf(options: AddOptions): MaintenanceSchedule {
  const given = [options.once, options.weekly, options.monthly].filter((one) => one !== undefined)
  if (given.length !== 1) throw new UsageError('give one of --once, --weekly and --monthly')
  const parsed = MaintenanceSchedule.safeParse(rawSchedule(options))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new UsageError(`the window is not understood: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`)
}

function rawSchedule(options: AddOptions): unknown {
  if (options.once !== undefined) {
    const [from, to] = options.once.split('/')
    return { kind: 'once', from, to }
  }
  if (options.at === undefined || options.for === undefined) throw new UsageError('a recurring window needs --at and --for')
  const shared = {
    at: options.at,
    minutes: Math.round(readSpan('--for', options.for) / 60),
    ...(options.firstDay === undefined ? {} : { from: options.firstDay }),
    ...(options.lastDay === undefined ? {} : { until: options.lastDay }),
  }
  if (options.weekly !== undefined) return { kind: 'weekly', days: options.weekly.toLowerCase().split(/[\s,]+/), ...shared }
  return { kind: 'monthly', on: monthDayOf(options.monthly ?? ''), ...shared }
}

const NTHS: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4, last: -1 }

function monthDayOf(text: string): unknown {
  const [nth = '', weekday] = text.toLowerCase().split('-')
  if (weekday !== undefined && nth !== '') return { nth: NTHS[nth], weekday }
  return { day: text.toLowerCase() === 'last' ? -1 : Number(text) }
}

async function list(context: CliContext, options: JsonOption & { all?: boolean }): Promise<void> {
  const { items } = await context.api().get(`${PATH}?limit=500`, List)
  const shown = options.all === true ? items : items.filter((window) => window.state !== 'expired')
  if (options.json === true) {
    context.print(JSON.stringify(shown))
    return
  }
  if (shown.length === 0) {
    context.print('No maintenance is planned.')
    return
  }
  context.print(
    columns([
      ['ID', 'STATE', 'HOLDS', 'NEXT', 'WHEN', 'ABOUT', 'TITLE'],
      ...shown.map((window) => {
        const next = window.current ?? window.next[0]
        return [
          window.id,
          window.state,
          String(window.holding),
          next === undefined ? '-' : timeIn(context.zone, next.starts_at),
          safeLine(window.schedule_text),
          safeLine(window.text),
          safeLine(window.title),
        ]
      }),
    ]),
  )
}

async function end(context: CliContext, ids: readonly string[], options: JsonOption): Promise<void> {
  const api = context.api()
  for (const id of ids) await api.remove(`${PATH}/${encodeURIComponent(id)}`)
  const over = ids.map((id) => ({ id, state: 'expired' }))
  context.print(options.json === true ? JSON.stringify(over) : ids.map((id) => `${safeLine(id)} is over.`).join('\n'))
}

async function preview(context: CliContext, options: JsonOption & ScopeOptions): Promise<void> {
  printPreview(context, await context.api().post(`${PATH}/preview`, scopeOf(options), MutePreview), options)
}
