/** `tocsin absence`: say who is away, and see what it leaves open. */
import { Command } from 'commander'
import { Absence, type AbsenceBody, listOf, MadeAbsence } from '../../api/schema.ts'
import { type CliContext, EXIT_FINDINGS, type JsonOption } from '../context.ts'
import { columns, safeLine, timeIn } from '../layout.ts'
import type { SpanOptions } from '../span.ts'
import { readShift, UNTIL } from './override.ts'

interface AddOptions extends JsonOption, SpanOptions {
  readonly from?: string
  readonly person?: string
  readonly reason?: string
  readonly ask?: boolean
}

const PATH = '/api/v1/absences'
const List = listOf(Absence)

export function absenceCommand(context: CliContext): Command {
  const absence = new Command('absence')
    .summary('say who is away')
    .description('Whoever is away is paged for no schedule. What nobody holds then is named: its pages go to the owners.')
  absence
    .command('add')
    .summary('be away until a time')
    .description('Names the shifts that are left open, and asks others to stand in. A shift that is open is a finding.')
    .option('--person <who>', 'e-mail address of who is away (default: you)')
    .option('--from <time>', 'from then on (default: now)')
    .option('--until <time>', UNTIL)
    .option('--for <duration>', 'for so long, such as "2 h"')
    .option('-r, --reason <text>', 'why')
    .option('--no-ask', 'ask nobody to stand in')
    .option('--json', 'print the absence as the API answers it')
    .action((options: AddOptions) => add(context, options))
  absence
    .command('list')
    .summary('list who is away now or later')
    .description('List who is away now or later.')
    .option('--json', 'print a list as the API answers it')
    .action((options: JsonOption) => list(context, options))
  absence
    .command('end')
    .summary('be back now, or not go at all')
    .description('Be back now, or not go at all.')
    .argument('<ids...>', 'as `absence list` shows them')
    .option('--json', 'print what is over')
    .action(async (ids: string[], options: JsonOption) => {
      for (const id of ids) await context.api().remove(`${PATH}/${encodeURIComponent(id)}`)
      context.print(
        options.json === true ? JSON.stringify(ids.map((id) => ({ id }))) : ids.map((id) => `${safeLine(id)} is over.`).join('\n'),
      )
    })
  return absence
}

async function add(context: CliContext, options: AddOptions): Promise<void> {
  const body: AbsenceBody = {
    ...readShift(context, options),
    reason: options.reason ?? '',
    ask_for_cover: options.ask !== false,
    ...(options.person === undefined ? {} : { person: options.person }),
  }
  const made = await context.api().post(PATH, body, MadeAbsence)
  if (made.gaps.length > 0) context.finish(EXIT_FINDINGS)
  if (options.json === true) {
    context.print(JSON.stringify(made))
    return
  }
  context.print(`${safeLine(made.person.name)} is away from ${timeIn(context.zone, made.from)} to ${timeIn(context.zone, made.until)}.`)
  for (const gap of made.gaps)
    context.print(
      `Nobody holds ${safeLine(gap.role)} from ${timeIn(context.zone, gap.from)} to ${timeIn(context.zone, gap.until)}: the owners stand in.`,
    )
  if (made.requests.length > 0) context.print('Others are asked to stand in: tocsin swap list')
}

async function list(context: CliContext, options: JsonOption): Promise<void> {
  const found = await context.api().get(PATH, List)
  if (options.json === true) {
    context.print(JSON.stringify(found))
    return
  }
  if (found.items.length === 0) {
    context.print('Nobody is away.')
    return
  }
  context.print(
    columns([
      ['ID', 'WHO', 'FROM', 'UNTIL', 'LEAVES OPEN', 'REASON'],
      ...found.items.map((row) => [
        row.id,
        safeLine(row.person.name),
        timeIn(context.zone, row.from),
        timeIn(context.zone, row.until),
        row.gaps.length === 0 ? '-' : [...new Set(row.gaps.map((gap) => safeLine(gap.role)))].join(', '),
        safeLine(row.reason),
      ]),
    ]),
  )
}
