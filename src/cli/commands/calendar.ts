/** `tocsin calendar`: addresses by which calendars subscribe to shifts. */
import { Command } from 'commander'
import { CalendarFeed, listOf, MadeCalendarFeed } from '../../api/schema.ts'
import type { CliContext, JsonOption } from '../context.ts'
import { columns, safeLine, timeIn } from '../layout.ts'

const PATH = '/api/v1/calendar_feeds'
const List = listOf(CalendarFeed)

export function calendarCommand(context: CliContext): Command {
  const calendar = new Command('calendar')
    .summary('subscribe to shifts by iCal')
    .description('An address that calendars fetch. Whoever has it reads the calendar; it is shown once and can be revoked.')
  calendar
    .command('add')
    .summary('make an address to subscribe to')
    .description('Make an address to subscribe to.')
    .argument('[schedule]', 'id of a schedule, or its role (default: all that you hold)')
    .option('--json', 'print the calendar as the API answers it')
    .action(async (schedule: string | undefined, options: JsonOption) => {
      const made = await context.api().post(PATH, schedule === undefined ? {} : { schedule }, MadeCalendarFeed)
      context.print(options.json === true ? JSON.stringify(made) : made.url)
    })
  calendar
    .command('list')
    .summary('list addresses that are in force')
    .description('List addresses that are in force.')
    .option('--json', 'print a list as the API answers it')
    .action((options: JsonOption) => list(context, options))
  calendar
    .command('revoke')
    .summary('let addresses open nothing from now on')
    .description('Let addresses open nothing from now on.')
    .argument('<ids...>', 'as `calendar list` shows them')
    .option('--json', 'print what is revoked')
    .action(async (ids: string[], options: JsonOption) => {
      for (const id of ids) await context.api().remove(`${PATH}/${encodeURIComponent(id)}`)
      context.print(
        options.json === true
          ? JSON.stringify(ids.map((id) => ({ id })))
          : ids.map((id) => `${safeLine(id)} opens nothing any more.`).join('\n'),
      )
    })
  return calendar
}

async function list(context: CliContext, options: JsonOption): Promise<void> {
  const found = await context.api().get(PATH, List)
  if (options.json === true) {
    context.print(JSON.stringify(found))
    return
  }
  if (found.items.length === 0) {
    context.print('Nobody subscribes to anything.')
    return
  }
  context.print(
    columns([
      ['ID', 'OF', 'MADE BY', 'LAST FETCHED'],
      ...found.items.map(({ id, schedule, person, last_used_at: used }) => [
        id,
        schedule === null ? 'all that they hold' : safeLine(schedule),
        safeLine(person.name),
        used === null ? 'never' : timeIn(context.zone, used),
      ]),
    ]),
  )
}
