/** `tocsin who`: who is on call, for a duty role or for all roles that a severity pages; now or at any instant. */
import { Command } from 'commander'
import { listOf, OncallItem, PlaybookView } from '../../api/schema.ts'
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
    .option('--at <time>', 'at that time, such as 2026-12-24T18:00 (your zone) or 2026-12-24T17:00:00Z (default: now)')
    .option('--json', 'print a list of on-call items')
    .action(async (wanted: string | undefined, options: Options) => {
      const query = options.at === undefined ? '' : `?at=${encodeURIComponent(parseTime(options.at))}`
      const api = context.api()
      const { items } = await api.get(`/api/v1/oncall${query}`, Oncall)
      const chosen = await choose(api, items, wanted)
      context.print(options.json === true ? JSON.stringify(chosen) : describe(chosen, context.zone))
      if (chosen.some((item) => item.kind === 'duty' && item.person === null)) context.finish(EXIT_FINDINGS)
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

function describe(items: readonly OncallItem[], zone: string): string {
  if (items.length === 0) return 'Nobody is paged at this severity: its incidents wait in the queue.'
  return columns([
    ['ROLE', 'WHO', 'UNTIL', 'NEXT'],
    ...items.map((item) => [
      safeLine(item.role),
      item.person === null ? 'nobody (pages go to the owners)' : `${safeLine(item.person.name)} <${safeLine(item.person.email)}>`,
      item.until === null ? '-' : timeIn(zone, item.until),
      item.next === null ? '-' : safeLine(item.next.name),
    ]),
  ])
}

/** RFC 3339 in UTC. A time without an offset is in the reader's zone. @throws {UsageError} */
function parseTime(text: string): string {
  const instant = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (Number.isNaN(instant.getTime())) throw new UsageError('--at: expected a time such as 2026-12-24T18:00 or 2026-12-24T17:00:00Z')
  return instant.toISOString()
}
