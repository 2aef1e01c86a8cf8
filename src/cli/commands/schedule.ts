/** `tocsin schedule`: what schedules say, and the shifts that come of it. */
import { Command } from 'commander'
import { type CalendarShift, listOf, OncallCalendar, Schedule } from '../../api/schema.ts'
import { DAY_MS } from '../../core/time.ts'
import { type CliContext, EXIT_FINDINGS, type JsonOption, UsageError } from '../context.ts'
import { columns, safeLine, timeIn } from '../layout.ts'
import { readMomentOption } from '../span.ts'

interface ShowOptions extends JsonOption {
  readonly from?: string
  readonly days?: string
}

const List = listOf(Schedule)
const DAYS_DEFAULT = 14
const DAYS_MAX = 400

export function scheduleCommand(context: CliContext): Command {
  const schedule = new Command('schedule')
    .summary('show schedules and their shifts')
    .description('Shows what oncall.yaml and overrides come to.')
  schedule
    .command('list')
    .summary('list schedules and who holds them')
    .description('List schedules and who holds them.')
    .option('--json', 'print a list as the API answers it')
    .action((options: JsonOption) => list(context, options))
  schedule
    .command('show')
    .summary('show the shifts of a schedule')
    .description('Shows a schedule in words, and its shifts with overrides and absences. Time that nobody holds is a finding.')
    .argument('<schedule>', 'id of a schedule, or its role')
    .option('--from <time>', 'from then on (default: now)')
    .option('--days <count>', `for so many days, at most ${DAYS_MAX}`, String(DAYS_DEFAULT))
    .option('--json', 'print the calendar as the API answers it')
    .action((name: string, options: ShowOptions) => show(context, name, options))
  return schedule
}

async function list(context: CliContext, options: JsonOption): Promise<void> {
  const found = await context.api().get('/api/v1/schedules', List)
  if (options.json === true) {
    context.print(JSON.stringify(found))
    return
  }
  if (found.items.length === 0) {
    context.print('oncall.yaml has no schedule: the owners hold every role.')
    return
  }
  context.print(
    columns([
      ['ID', 'ROLE', 'ZONE', 'ON CALL NOW'],
      ...found.items.map(({ id, role, zone, current }) => [
        id,
        safeLine(role ?? ''),
        zone,
        current.map(({ name }) => safeLine(name)).join(', ') || 'nobody',
      ]),
    ]),
  )
}

async function show(context: CliContext, name: string, options: ShowOptions): Promise<void> {
  const days = Number(options.days ?? DAYS_DEFAULT)
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX) throw new UsageError(`--days: expected a number from 1 to ${DAYS_MAX}`)
  const from = options.from === undefined ? new Date().toISOString() : readMomentOption('--from', options.from, context)
  const until = new Date(Date.parse(from) + days * DAY_MS).toISOString()
  const api = context.api()
  const query = `schedule=${encodeURIComponent(name)}&from=${encodeURIComponent(from)}&until=${encodeURIComponent(until)}`
  const calendar = await api.get(`/api/v1/oncall/calendar?${query}`, OncallCalendar)
  const [item] = calendar.items
  if (item !== undefined && item.gaps.length > 0) context.finish(EXIT_FINDINGS)
  if (options.json === true) {
    context.print(JSON.stringify(calendar))
    return
  }
  const { items: schedules } = await api.get('/api/v1/schedules', List)
  for (const sentence of schedules.find(({ id }) => id === item?.schedule.id)?.prose ?? []) context.print(safeLine(sentence))
  context.print('')
  context.print(columns([['FROM', 'UNTIL', 'WHO', ''], ...(item?.final ?? []).map((shift) => rowOf(context, shift))]))
  for (const { zone, at, by_seconds: bySeconds } of calendar.clock_changes) {
    const way = bySeconds > 0 ? 'forward' : 'back'
    context.print(`The clocks of ${zone} go ${way} by ${Math.abs(bySeconds) / 60} min at ${timeIn(context.zone, at)}.`)
  }
  if (item?.cut === true) context.print('There are more shifts: ask for fewer days.')
}

function rowOf({ zone }: CliContext, shift: CalendarShift): string[] {
  const away = shift.away.length === 0 ? '' : `${shift.away.map(({ name }) => safeLine(name)).join(', ')} away`
  return [
    shift.from === null ? 'always' : timeIn(zone, shift.from),
    shift.until === null ? 'for ever' : timeIn(zone, shift.until),
    shift.people.length === 0 ? 'NOBODY: pages go to the owners' : shift.people.map(({ name }) => safeLine(name)).join(', '),
    shift.cause === 'override' ? 'stands in' : away,
  ]
}
