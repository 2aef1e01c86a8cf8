/** `tocsin ack`: I have it. Ends the pages of the person whose key is used; asked twice it stays acknowledged. */
import { Command } from 'commander'
import { Incident } from '../../api/schema.ts'
import type { CliContext, JsonOption } from '../context.ts'
import { safeLine, timeIn } from '../layout.ts'

export function ackCommand(context: CliContext): Command {
  return new Command('ack')
    .summary('acknowledge an incident')
    .description('Acknowledges an incident as the person whose key is used. Roles that others hold are still paged, as the playbook says.')
    .argument('<incident>', 'id or number')
    .option('--json', 'print the incident as the API answers it')
    .action(async (id: string, options: JsonOption) => {
      const api = context.api()
      const incident = await api.post(`/api/v1/incidents/${encodeURIComponent(id)}/acknowledge`, {}, Incident)
      if (options.json === true) {
        context.print(JSON.stringify(incident))
        return
      }
      const since = incident.acknowledged_at === null ? '' : ` since ${timeIn(context.zone, incident.acknowledged_at)}`
      context.print(`Incident ${incident.number} is acknowledged${since}: ${incident.severity}, ${safeLine(incident.title)}`)
      if (incident.first_step !== '') context.print(`First step: ${safeLine(incident.first_step)}`)
    })
}
