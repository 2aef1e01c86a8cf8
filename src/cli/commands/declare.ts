/** `tocsin declare`: a person says that something is wrong; the playbook decides whom that pages. */
import { Command } from 'commander'
import { type DeclareBody, Incident } from '../../api/schema.ts'
import type { CliContext, JsonOption } from '../context.ts'
import { safeLine, timeIn } from '../layout.ts'

interface Options extends JsonOption {
  readonly severity?: string
  readonly type?: string
  readonly summary?: string
  readonly reason?: string
  readonly private?: boolean
}

export function declareCommand(context: CliContext): Command {
  return new Command('declare')
    .summary('declare an incident')
    .description('Declares an incident. Its severity pages whom the playbook names for it.')
    .argument('<title>', 'what is wrong, in one line')
    .option('-s, --severity <severity>', 'a row of the severity matrix (default: of the type, else of the playbook)')
    .option('-t, --type <type>', 'an incident type of the playbook')
    .option('-m, --summary <text>', 'what is known so far')
    .option('-r, --reason <text>', 'why this severity')
    .option('--private', 'show it to its members only')
    .option('--json', 'print the incident as the API answers it')
    .action(async (title: string, options: Options) => {
      const body: DeclareBody = {
        title,
        severity: options.severity ?? null,
        type: options.type ?? null,
        summary: options.summary ?? '',
        reason: options.reason ?? '',
        private: options.private ?? false,
      }
      const api = context.api()
      const incident = await api.post('/api/v1/incidents', body, Incident)
      if (options.json === true) {
        context.print(JSON.stringify(incident))
        return
      }
      context.print(`Incident ${incident.number} declared: ${incident.severity}, ${safeLine(incident.title)}`)
      if (incident.next_clock !== null && incident.next_due !== null) {
        context.print(`Next: ${safeLine(incident.next_clock.clause)}, due ${timeIn(context.zone, incident.next_due)}`)
      }
      context.print(`${api.url}/incidents/${incident.id}`)
    })
}
