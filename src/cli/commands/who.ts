/** `tocsin who`: who is on call, for a duty role or for all roles that a severity pages; now or at any instant. */
import { Command } from 'commander'
import { listOf, OncallItem, PlaybookView } from '../../api/schema.ts'
import { type Moment, readMoment } from '../../core/oncall/moment.ts'
import { toRfc3339 } from '../../core/time.ts'
import type { Api } from '../client.ts'
import { type CliContext, EXIT_FINDINGS, type JsonOption, UsageError } from '../context.ts'
import { columns, safeLine, timeIn } from '../layout.ts'

interface Options extends JsonOption {
  readonly at?: string
}

const Oncall = listOf(OncallItem)

export function whoCommand(context: CliContext): Command {
  return new Command('who')
    .summary('show who is on call')
    .description('Shows who holds each role. A role that nobody holds is a finding: its pages go to the owners.')
    .argument('[role]', 'a role, or a severity whose roles to show (default: all)')
    .option(
      '--at <time>',
      'at that time, such as "2026-12-24T18:00 Europe/Berlin", 2026-12-24T18:00 (your zone) or 2026-12-24T17:00:00Z (default: now)',
    )
    .option('--json', 'print a list of on-call items')
    .action(async (wanted: string | undefined, options: Options) => {
      const api = context.api()
      const moment = options.at === undefined ? null : parseTime(options.at, context.zone)
      if (moment?.told !== null && moment !== null) context.warn(moment.told)
      const asked: readonly (string | null)[] = moment === null ? [null] : moment.instants.map(toRfc3339)
      const found: { at: string | null; items: readonly OncallItem[] }[] = []
      for (const at of asked) {
        const { items } = await api.get(`/api/v1/oncall${at === null ? '' : `?at=${encodeURIComponent(at)}`}`, Oncall)
        found.push({ at, items: await choose(api, items, wanted) })
      }
      print(context, found, options)
      if (found.some(({ items }) => items.some((item) => item.kind === 'duty' && item.person === null))) context.finish(EXIT_FINDINGS)
    })
}

/** The items of that role, else of the roles that the severity of that name pages. @throws {UsageError} when it is neither. */
async function choose(api: Api, items: readonly OncallItem[], wanted: string | undefined): Promise<readonly OncallItem[]> {
  if (wanted === undefined) return items
  const same = (name: string) => name.toLowerCase() === wanted.toLowerCase()
  const ofRole = items.filter((item) => same(item.role))
  if (ofRole.length > 0) return ofRole
  const { severities } = await api.get('/api/v1/playbook', PlaybookView)
  const row = severities.find((severity) => same(severity.id))
  if (row !== undefined) return items.filter((item) => item.kind === 'duty' && row.roles.includes(item.role))
  const known = [...new Set(items.map((item) => item.role)), ...severities.map((severity) => severity.id)]
  throw new UsageError(`no role and no severity is called ${safeLine(wanted)}. Known: ${known.map(safeLine).join(', ')}`)
}

/** Both readings of a time that has two, each with its instant. */
function print(context: CliContext, found: readonly { at: string | null; items: readonly OncallItem[] }[], options: Options): void {
  if (options.json === true) {
    const list =
      found.length === 1 ? found.flatMap(({ items }) => items) : found.flatMap(({ at, items }) => items.map((item) => ({ at, ...item })))
    context.print(JSON.stringify(list))
    return
  }
  for (const { at, items } of found) {
    if (found.length > 1 && at !== null) context.print(`At ${timeIn(context.zone, at)}:`)
    context.print(describe(items, context.zone))
  }
}

function describe(items: readonly OncallItem[], zone: string): string {
  if (items.length === 0) return 'Nobody is paged at this severity: its incidents wait in the queue.'
  return columns([
    ['ROLE', 'WHO', 'UNTIL', 'NEXT'],
    ...items.map((item) => [
      safeLine(item.role),
      whoHolds(item, zone),
      item.until === null ? '-' : timeIn(zone, item.until),
      item.next === null ? '-' : safeLine(item.next.name),
    ]),
  ])
}

function whoHolds(item: OncallItem, zone: string): string {
  if (item.person === null) return 'nobody (pages go to the owners)'
  const others = item.people.length > 1 ? ` and ${item.people.length - 1} more` : ''
  return `${safeLine(item.person.name)} <${safeLine(item.person.email)}>${others}${item.stand_in ? ' (stands in)' : ''}${quietOf(item, zone)}`
}

function quietOf({ person, quiet }: OncallItem, zone: string): string {
  const own = quiet.find(({ id }) => id === person?.id)
  return own === undefined ? '' : ` (quiet until ${timeIn(zone, own.until)})`
}

/** @throws {UsageError} */
function parseTime(text: string, zone: string): Moment {
  const moment = readMoment(text, zone)
  if (moment === null)
    throw new UsageError('--at: expected a time such as "2026-12-24T18:00 Europe/Berlin", 2026-12-24T18:00 or 2026-12-24T17:00:00Z')
  return moment
}
