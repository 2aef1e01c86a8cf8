/** `tocsin silence`: keep alerts from paging for a while, by matchers as Alertmanager's. */
import { Command } from 'commander'
import { z } from 'zod'
import { MutePreview, Silence, type SilenceBody } from '../../api/schema.ts'
import { type CliContext, EXIT_FINDINGS, type JsonOption } from '../context.ts'
import { columns, safeLine, safeText, timeIn } from '../layout.ts'
import { readEnd, readTime, type SpanOptions } from '../span.ts'

interface AddOptions extends JsonOption, SpanOptions {
  readonly from?: string
  readonly reason?: string
}
interface ListOptions extends JsonOption {
  readonly all?: boolean
}

const PATH = '/api/v1/silences'
const List = z.object({ items: z.array(Silence) })

export function silenceCommand(context: CliContext): Command {
  const silence = new Command('silence')
    .summary('keep alerts from paging for a while')
    .description(
      'Alerts that a silence holds are kept and shown, open no incident, and page nobody; what fires still when it ends is paged.',
    )
  silence
    .command('add')
    .summary('silence alerts by matchers')
    .description(
      'Silences alerts that all matchers fit: name="value", !=, =~ (a regular expression), !~. A bare word is the name of an alarm.',
    )
    .argument('<matchers...>', 'such as API5xxAlarm \'env=~"stag.*"\'')
    .option('--for <duration>', 'for so long, such as "2 h"')
    .option('--until <time>', 'until then, such as 2026-12-24T18:00 (your zone) or 2026-12-24T17:00:00Z')
    .option('--from <time>', 'from then on (default: now)')
    .option('-r, --reason <text>', 'why; the playbook wants one for its most severe rows')
    .option('--json', 'print the silence as the API answers it')
    .action((matchers: string[], options: AddOptions) => add(context, matchers, options))
  silence
    .command('list')
    .summary('list silences')
    .description('Lists silences that run or will, with how many firing alerts each holds.')
    .option('-a, --all', 'those that are over, too')
    .option('--json', 'print a list as the API answers it')
    .action((options: ListOptions) => list(context, options))
  silence
    .command('extend')
    .summary('give a silence another end')
    .description('Gives a silence that runs or will another end: from now, or a time.')
    .argument('<id>', 'as `silence list` shows it')
    .option('--for <duration>', 'for so long from now, such as "2 h"')
    .option('--until <time>', 'until then')
    .option('--json', 'print the silence as the API answers it')
    .action((id: string, options: JsonOption & SpanOptions) => extend(context, id, options))
  silence
    .command('expire')
    .summary('end silences now')
    .description('Ends silences now. What they hold and fires still is paged.')
    .argument('<ids...>', 'as `silence list` shows them')
    .option('--json', 'print what is over')
    .action((ids: string[], options: JsonOption) => expire(context, ids, options))
  silence
    .command('preview')
    .summary('show what a silence would hold')
    .description(
      'Shows which alerts of now and of the last week a silence would hold, and which it would not, and why. Nothing is changed.',
    )
    .argument('<matchers...>', 'as for `silence add`')
    .option('-r, --reason <text>', 'as for `silence add`')
    .option('--json', 'print the preview as the API answers it')
    .action((matchers: string[], options: JsonOption & { reason?: string }) => preview(context, matchers, options))
  return silence
}

/** As amtool: a word without an operator is the name of an alarm. */
export function toMatch(text: string): string {
  return text.includes('=') || text.includes('!~') ? text : `alertname="${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

async function add(context: CliContext, matchers: readonly string[], options: AddOptions): Promise<void> {
  const body: SilenceBody = {
    match: matchers.map(toMatch),
    ...(options.from === undefined ? {} : { starts_at: readTime('--from', options.from) }),
    ...readEnd(options),
    reason: options.reason ?? '',
  }
  show(context, await context.api().post(PATH, body, Silence), options)
}

function show(context: CliContext, silence: Silence, { json }: JsonOption): void {
  if (json === true) {
    context.print(JSON.stringify(silence))
    return
  }
  context.print(silence.id)
  context.warn(`${safeLine(silence.text)} is silenced until ${timeIn(context.zone, silence.ends_at)}.`)
  for (const warning of silence.warnings) context.warn(safeText(warning))
}

async function list(context: CliContext, options: ListOptions): Promise<void> {
  const { items } = await context.api().get(`${PATH}?limit=500`, List)
  const shown = options.all === true ? items : items.filter((silence) => silence.state !== 'expired')
  if (options.json === true) {
    context.print(JSON.stringify(shown))
    return
  }
  if (shown.length === 0) {
    context.print('Nothing is silenced.')
    return
  }
  context.print(
    columns([
      ['ID', 'STATE', 'HOLDS', 'UNTIL', 'BY', 'MATCHERS', 'REASON'],
      ...shown.map((silence) => [
        silence.id,
        silence.state,
        String(silence.holding),
        timeIn(context.zone, silence.ends_at),
        safeLine(silence.created_by),
        safeLine(silence.text),
        safeLine(silence.reason),
      ]),
    ]),
  )
}

async function extend(context: CliContext, id: string, options: JsonOption & SpanOptions): Promise<void> {
  const end = readEnd(options)
  const ends_at = 'ends_at' in end ? end.ends_at : new Date(Date.now() + end.duration_seconds * 1_000).toISOString()
  show(context, await context.api().patch(`${PATH}/${encodeURIComponent(id)}`, { ends_at }, Silence), options)
}

async function expire(context: CliContext, ids: readonly string[], options: JsonOption): Promise<void> {
  const api = context.api()
  for (const id of ids) await api.remove(`${PATH}/${encodeURIComponent(id)}`)
  const over = ids.map((id) => ({ id, state: 'expired' }))
  context.print(options.json === true ? JSON.stringify(over) : ids.map((id) => `${safeLine(id)} is over.`).join('\n'))
}

async function preview(context: CliContext, matchers: readonly string[], options: JsonOption & { reason?: string }): Promise<void> {
  const body = { match: matchers.map(toMatch), reason: options.reason ?? '' }
  printPreview(context, await context.api().post(`${PATH}/preview`, body, MutePreview), options)
}

/** A finding where it would hold what needs a reason that is not given. */
export function printPreview(context: CliContext, found: MutePreview, { json, reason }: JsonOption & { reason?: string }): void {
  if (found.reason_required && (reason ?? '').trim() === '') context.finish(EXIT_FINDINGS)
  if (json === true) {
    context.print(JSON.stringify(found))
    return
  }
  const more = found.cut ? ' or more' : ''
  context.print(`Firing now: ${found.current_total}${more}. In the last week besides: ${found.last_week_total}${more}.`)
  const rows = [...found.current, ...found.last_week].slice(0, SHOWN_MAX)
  if (rows.length > 0) {
    context.print(
      columns([
        ['STATE', 'SEVERITY', 'ALARM', 'LAST SEEN', 'WHAT'],
        ...rows.map((item) => [item.state, item.severity, safeLine(item.alarm), timeIn(context.zone, item.last_at), safeLine(item.why)]),
      ]),
    )
  }
  for (const warning of found.warnings) context.print(safeText(warning))
}
const SHOWN_MAX = 40
