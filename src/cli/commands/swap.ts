/** `tocsin swap`: ask for a swap or a cover, and answer. */
import { Command } from 'commander'
import { listOf, type SwapBody, SwapRequest } from '../../api/schema.ts'
import type { CliContext, JsonOption } from '../context.ts'
import { columns, safeLine, timeIn } from '../layout.ts'
import { readMomentOption, type SpanOptions } from '../span.ts'
import { readShift, UNTIL } from './override.ts'

interface AskOptions extends JsonOption, SpanOptions {
  readonly from?: string
  readonly of?: string[]
  readonly person?: string
  readonly note?: string
  readonly expires?: string
  readonly returnFrom?: string
  readonly returnUntil?: string
  readonly returnSchedule?: string
}

const PATH = '/api/v1/swaps'
const List = listOf(SwapRequest)

export function swapCommand(context: CliContext): Command {
  const swap = new Command('swap')
    .summary('ask for a swap or a cover, and answer')
    .description('One person asks, another accepts, and the shifts change hands at once. Until then nothing changes.')
  swap
    .command('ask')
    .summary('ask others to hold a shift')
    .description('Asks for a swap where a shift in return is named, else for a cover. Without --of whoever may can accept.')
    .argument('<schedule>', 'id of a schedule, or its role')
    .option('--from <time>', 'start of the shift (default: now)')
    .option('--until <time>', UNTIL)
    .option('--for <duration>', 'for so long, such as "2 h"')
    .option('--of <who...>', 'e-mail addresses of who is asked; one for a swap')
    .option('--return-from <time>', 'start of the shift that is held in return')
    .option('--return-until <time>', 'end of the shift that is held in return')
    .option('--return-schedule <schedule>', 'its schedule, where it is another')
    .option('--person <who>', 'whose shift it is (default: yours)')
    .option('--note <text>', 'what they should know')
    .option('--expires <time>', 'until when an answer is waited for (default: as late as it is of use)')
    .option('--json', 'print the request as the API answers it')
    .action((schedule: string, options: AskOptions) => ask(context, schedule, options))
  swap
    .command('list')
    .summary('list what is asked')
    .description('List what is asked.')
    .option('--json', 'print a list as the API answers it')
    .action((options: JsonOption) => list(context, options))
  for (const [verb, summary] of [
    ['accept', 'accept: the shifts change hands at once'],
    ['decline', 'decline'],
    ['withdraw', 'take back what was asked'],
  ] as const) {
    swap
      .command(verb)
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
      .argument('<id>', 'as `swap list` shows it')
      .option('--person <who>', 'for somebody who cannot answer; for who manages people')
      .option('--json', 'print the request as the API answers it')
      .action(async (id: string, options: JsonOption & { person?: string }) => {
        const body = options.person === undefined ? {} : { person: options.person }
        show(context, await context.api().post(`${PATH}/${encodeURIComponent(id)}/${verb}`, body, SwapRequest), options)
      })
  }
  return swap
}

async function ask(context: CliContext, schedule: string, options: AskOptions): Promise<void> {
  const { returnFrom, returnUntil, returnSchedule, expires, note, person, of = [] } = options
  const inReturn =
    returnFrom === undefined && returnUntil === undefined
      ? {}
      : {
          in_return: {
            from: readMomentOption('--return-from', returnFrom ?? '', context),
            until: readMomentOption('--return-until', returnUntil ?? '', context),
            ...(returnSchedule === undefined ? {} : { schedule: returnSchedule }),
          },
        }
  const body: SwapBody = {
    schedule,
    ...readShift(context, options),
    of: [...of],
    note: note ?? '',
    ...(person === undefined ? {} : { person }),
    ...(expires === undefined ? {} : { expires_at: readMomentOption('--expires', expires, context) }),
    ...inReturn,
  }
  show(context, await context.api().post(PATH, body, SwapRequest), options)
}

function show(context: CliContext, request: SwapRequest, { json }: JsonOption): void {
  context.print(json === true ? JSON.stringify(request) : `${request.id}: ${sentenceOf(context, request)}`)
}

function sentenceOf({ zone }: CliContext, request: SwapRequest): string {
  const shift = `${safeLine(request.shift.role)} from ${timeIn(zone, request.shift.from)} to ${timeIn(zone, request.shift.until)}`
  const name = safeLine(request.person.name)
  if (request.state === 'accepted') return `${safeLine(request.accepted_by?.name ?? '')} holds ${shift} instead of ${name}.`
  if (request.state !== 'open') return `${name} keeps ${shift}: it is ${request.state}.`
  const who = request.of.length === 0 ? 'whoever may' : request.of.map((person) => safeLine(person.name)).join(', ')
  return `${name} asks ${who} to hold ${shift}, until ${timeIn(zone, request.expires_at)}.`
}

async function list(context: CliContext, options: JsonOption): Promise<void> {
  const found = await context.api().get(PATH, List)
  if (options.json === true) {
    context.print(JSON.stringify(found))
    return
  }
  if (found.items.length === 0) {
    context.print('Nobody asks for anything.')
    return
  }
  context.print(columns([['ID', 'STATE', 'WHAT'], ...found.items.map((row) => [row.id, row.state, sentenceOf(context, row)])]))
}
