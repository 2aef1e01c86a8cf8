/** `tocsin start`: the server, in this process, until it is told to stop. */
import { Command } from 'commander'
import type { CliContext } from '../context.ts'

export function startCommand(_context: CliContext): Command {
  return new Command('start')
    .summary('start the server')
    .description(
      'Starts the server and runs until it is told to stop (Ctrl-C, SIGTERM). All settings come from the environment: docs/configuration.md.',
    )
    .action(async () => {
      // Loaded here, because no other command needs the server's parts.
      await import('../../main.ts')
    })
}
