/** `tocsin resolve`: it is over, or it is not though its alerts are clear. */
import { Command } from 'commander'
import { Incident } from '../../api/schema.ts'
import { type CliContext, type JsonOption, UsageError } from '../context.ts'
import { safeLine } from '../layout.ts'

interface Options extends JsonOption {
  readonly reason?: string
  readonly notYet?: boolean
}

export function resolveCommand(context: CliContext): Command {
  return new Command('resolve')
    .summary('resolve an incident, or decline its proposed resolution')
    .description(
      'Resolves an incident, also while alerts still fire. With --not-yet it stays open though all its alerts are clear: it is neither ' +
        'resolved by itself nor proposed again before an alert fires.',
    )
    .argument('<incident>', 'id or number')
    .option('-r, --reason <text>', 'what ended it, or why it is not over')
    .option('--not-yet', 'keep it open')
    .option('--json', 'print the incident as the API answers it')
    .action((id: string, options: Options) => resolve(context, id, options))
}

async function resolve(context: CliContext, id: string, { reason = '', notYet, json }: Options): Promise<void> {
  if (reason.trim() === '') throw new UsageError('give a --reason: it stays on the timeline')
  const path = `/api/v1/incidents/${encodeURIComponent(id)}/${notYet === true ? 'keep-open' : 'resolve'}`
  const incident = await context.api().post(path, { reason }, Incident)
  if (json === true) {
    context.print(JSON.stringify(incident))
    return
  }
  const state = notYet === true ? 'stays open' : 'is resolved'
  context.print(`Incident ${incident.number} ${state}: ${incident.severity}, ${safeLine(incident.title)}`)
  if (incident.alerts_firing > 0) context.print(`${incident.alerts_firing} of its alerts still fire.`)
}
