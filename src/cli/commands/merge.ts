/** `tocsin merge`: two incidents that are one, and back. */
import { Command } from 'commander'
import { Incident } from '../../api/schema.ts'
import { type CliContext, type JsonOption, UsageError } from '../context.ts'
import { safeLine } from '../layout.ts'

interface Options extends JsonOption {
  readonly into?: string
  readonly undo?: boolean
  readonly reason?: string
}

export function mergeCommand(context: CliContext): Command {
  return new Command('merge')
    .summary('merge an incident into another, or undo it')
    .description(
      'Merges an incident into another, which goes on with its alerts; the pages of the first end. With --undo it has its alerts again, and whoever had not answered is paged.',
    )
    .argument('<incident>', 'id or number of the one that ends')
    .option('-i, --into <incident>', 'id or number of the one that goes on')
    .option('--undo', 'take it out of the incident that it was merged into')
    .option('-r, --reason <text>', 'why, for the record')
    .option('--json', 'print the incident as the API answers it')
    .action((id: string, options: Options) => merge(context, id, options))
}

async function merge(context: CliContext, id: string, { into, undo, reason = '', json }: Options): Promise<void> {
  if ((into === undefined) === (undo !== true)) throw new UsageError('give one of --into and --undo')
  const path = `/api/v1/incidents/${encodeURIComponent(id)}`
  const api = context.api()
  const incident =
    into === undefined
      ? await api.post(`${path}/unmerge`, { reason }, Incident)
      : await api.post(`${path}/merge`, { into, reason }, Incident)
  if (json === true) {
    context.print(JSON.stringify(incident))
    return
  }
  const { merged_into: target } = incident
  context.print(
    target === null
      ? `Incident ${incident.number} goes on by itself: ${incident.severity}, ${safeLine(incident.title)}`
      : `Incident ${incident.number} goes on as incident ${target.number}. Undo: tocsin merge ${incident.number} --undo`,
  )
}
