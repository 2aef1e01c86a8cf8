/** `tocsin rebuild`: do the views of incidents say what their events say, and if not, make them anew. */
import { Command } from 'commander'
import { Rebuilt } from '../../api/doctor.ts'
import { type CliContext, EXIT_FINDINGS, type JsonOption } from '../context.ts'

/** Some hundred incidents a second. */
const TIMEOUT_MS = 10 * 60_000

interface Options extends JsonOption {
  readonly check?: boolean
}

export function rebuildCommand(context: CliContext): Command {
  return new Command('rebuild')
    .summary('make the views of incidents anew out of their events')
    .description(
      'The events of an incident are the truth; lists, pages and clocks are views of them. This compares all views with the events ' +
        'and writes those anew that differ, one incident at a time, while people work.',
    )
    .option('--check', 'only compare; what differs is a finding')
    .option('--json', 'print what was found')
    .action(async (options: Options) => {
      const write = options.check !== true
      const found = await context.api().post('/api/v1/views/rebuild', { write }, Rebuilt, { timeoutMs: TIMEOUT_MS })
      context.print(options.json === true ? JSON.stringify(found) : describe(found))
      if (!write && found.differing.length > 0) context.finish(EXIT_FINDINGS)
    })
}

function describe({ incidents, differing, written }: Rebuilt): string {
  const looked = `${incidents} incidents compared with their events`
  if (differing.length === 0) return `${looked}: every view says what they say.`
  const lines = differing.map(({ number, parts }) => `  ${number}: ${parts.join(', ')}`)
  return [`${looked}: ${differing.length} differed${written ? ' and were written anew' : ''}.`, ...lines].join('\n')
}
