/** `tocsin override`: stand in on a schedule until a time, and take the pager now. */
import { Command } from 'commander'
import { listOf, Override, type OverrideBody, type TakeBody } from '../../api/schema.ts'
import { type CliContext, EXIT_FINDINGS, type JsonOption } from '../context.ts'
import { columns, safeLine, timeIn } from '../layout.ts'
import { readEnd, readMomentOption, type SpanOptions } from '../span.ts'

interface AddOptions extends JsonOption, SpanOptions {
  readonly from?: string
  readonly person?: string
  readonly instead?: string
  readonly reason?: string
}

const PATH = '/api/v1/overrides'
const List = listOf(Override)
export const UNTIL = 'until then, such as 2026-12-24T18:00 (your zone) or "2026-12-24T18:00 Europe/Berlin"'

export function overrideCommand(context: CliContext): Command {
  const override = new Command('override')
    .summary('stand in on a schedule, or take the pager')
    .description('Somebody holds a schedule instead of whoever would, until a time. The next page goes to them.')
  override
    .command('add')
    .summary('let somebody stand in until a time')
    .description('Let somebody stand in until a time.')
    .argument('<schedule>', 'id of a schedule, or its role')
    .option('--person <who>', 'e-mail address of who stands in (default: you)')
    .option('--instead <who>', 'only where this person would hold it (default: whoever would)')
    .option('--from <time>', 'from then on (default: now)')
    .option('--until <time>', UNTIL)
    .option('--for <duration>', 'for so long, such as "2 h"')
    .option('-r, --reason <text>', 'why')
    .option('--json', 'print the override as the API answers it')
    .action(async (schedule: string, options: AddOptions) => {
      const { from, until } = readShift(context, options)
      const body: OverrideBody = {
        schedule,
        from,
        until,
        reason: options.reason ?? '',
        ...(options.person === undefined ? {} : { person: options.person }),
        ...(options.instead === undefined ? {} : { instead_of: options.instead }),
      }
      show(context, await context.api().post(PATH, body, Override), options)
    })
  override
    .command('take')
    .summary('take the pager now')
    .description('You hold the schedule from now to the end of the shift that runs, or to a time.')
    .argument('<schedule>', 'id of a schedule, or its role')
    .option('--until <time>', UNTIL)
    .option('-r, --reason <text>', 'why')
    .option('--json', 'print the override as the API answers it')
    .action(async (schedule: string, options: JsonOption & { until?: string; reason?: string }) => {
      const until = options.until === undefined ? {} : { until: readMomentOption('--until', options.until, context) }
      const body: TakeBody = { schedule, reason: options.reason ?? '', ...until }
      show(context, await context.api().post('/api/v1/oncall/take', body, Override), options)
    })
  override
    .command('list')
    .summary('list overrides that hold now or later')
    .description('List overrides that hold now or later.')
    .option('--json', 'print a list as the API answers it')
    .action((options: JsonOption) => list(context, options))
  override
    .command('end')
    .summary('end overrides now')
    .description('Ends overrides now, or before they begin. The schedule is at once as it was.')
    .argument('<ids...>', 'as `override list` shows them')
    .option('--json', 'print what is over')
    .action(async (ids: string[], options: JsonOption) => {
      for (const id of ids) await context.api().remove(`${PATH}/${encodeURIComponent(id)}`)
      context.print(
        options.json === true ? JSON.stringify(ids.map((id) => ({ id }))) : ids.map((id) => `${safeLine(id)} is over.`).join('\n'),
      )
    })
  return override
}

/** Where nothing is said of the start, it is now. @throws {UsageError} */
export function readShift(context: CliContext, options: SpanOptions & { readonly from?: string }): { from: string; until: string } {
  const from = options.from === undefined ? new Date().toISOString() : readMomentOption('--from', options.from, context)
  const end = readEnd(options.until === undefined ? options : { until: readMomentOption('--until', options.until, context) })
  const until = 'ends_at' in end ? end.ends_at : new Date(Date.parse(from) + end.duration_seconds * 1_000).toISOString()
  return { from, until }
}

function show(context: CliContext, made: Override, { json }: JsonOption): void {
  if (made.warnings.length > 0) context.finish(EXIT_FINDINGS)
  if (json === true) {
    context.print(JSON.stringify(made))
    return
  }
  const instead = made.instead_of === null ? '' : ` instead of ${safeLine(made.instead_of.name)}`
  context.print(
    `${safeLine(made.person.name)} holds ${safeLine(made.role)}${instead} from ${timeIn(context.zone, made.from)} to ${timeIn(context.zone, made.until)}.`,
  )
  context.print(`To end it: tocsin override end ${made.id}`)
  for (const warning of made.warnings) context.print(safeLine(warning))
}

async function list(context: CliContext, options: JsonOption): Promise<void> {
  const found = await context.api().get(PATH, List)
  if (options.json === true) {
    context.print(JSON.stringify(found))
    return
  }
  const rows = found.items.filter(({ state }) => state !== 'over')
  if (rows.length === 0) {
    context.print('Nobody stands in: the schedules hold as they are.')
    return
  }
  context.print(
    columns([
      ['ID', 'SCHEDULE', 'WHO', 'INSTEAD OF', 'FROM', 'UNTIL', 'REASON'],
      ...rows.map((row) => [
        row.id,
        safeLine(row.schedule),
        safeLine(row.person.name),
        row.instead_of === null ? '-' : safeLine(row.instead_of.name),
        timeIn(context.zone, row.from),
        timeIn(context.zone, row.until),
        safeLine(row.reason),
      ]),
    ]),
  )
}
