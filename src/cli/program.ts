/** All commands on one tree; building it reads nothing and does nothing, so that the documentation is drawn from it. */
import { Command, CommanderError } from 'commander'
import { absenceCommand } from './commands/absence.ts'
import { ackCommand } from './commands/ack.ts'
import { calendarCommand } from './commands/calendar.ts'
import { declareCommand } from './commands/declare.ts'
import { diffCommand } from './commands/diff.ts'
import { doctorCommand } from './commands/doctor.ts'
import { heartbeatCommand } from './commands/heartbeat.ts'
import { importCommand } from './commands/import.ts'
import { explainCommand } from './commands/explain.ts'
import { keyCommand } from './commands/key.ts'
import { lintCommand } from './commands/lint.ts'
import { mergeCommand } from './commands/merge.ts'
import { overrideCommand } from './commands/override.ts'
import { pageCommand } from './commands/page.ts'
import { rebuildCommand } from './commands/rebuild.ts'
import { renderCommand } from './commands/render.ts'
import { maintenanceCommand } from './commands/maintenance.ts'
import { resolveCommand } from './commands/resolve.ts'
import { scheduleCommand } from './commands/schedule.ts'
import { silenceCommand } from './commands/silence.ts'
import { startCommand } from './commands/start.ts'
import { swapCommand } from './commands/swap.ts'
import { userCommand } from './commands/user.ts'
import { whoCommand } from './commands/who.ts'
import { type CliContext, EXIT_FINDINGS, EXIT_GOOD, EXIT_USAGE, type ExitCode, ServerError, UsageError } from './context.ts'

const EPILOGUE = `
Commands that need the server take its address from TOCSIN_URL (default http://127.0.0.1:4600)
and a key from TOCSIN_API_KEY. Exit code: 0 good, 1 findings or refused, 2 usage.`

export function buildProgram(context: CliContext, version: string): Command {
  const program = new Command('tocsin')
    .description('Incident response that runs your playbook.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .addHelpText('after', EPILOGUE)
    .showHelpAfterError('(`tocsin help` lists the commands)')
  const makers = [
    startCommand,
    declareCommand,
    pageCommand,
    ackCommand,
    resolveCommand,
    silenceCommand,
    maintenanceCommand,
    whoCommand,
    scheduleCommand,
    overrideCommand,
    swapCommand,
    absenceCommand,
    calendarCommand,
    mergeCommand,
    doctorCommand,
    lintCommand,
    importCommand,
    renderCommand,
    diffCommand,
    explainCommand,
    rebuildCommand,
    heartbeatCommand,
    keyCommand,
    userCommand,
  ]
  for (const make of makers) program.addCommand(make(context))
  for (const command of [program, ...program.commands, ...program.commands.flatMap((child) => child.commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => context.print(text.trimEnd()),
      writeErr: (text) => context.warn(text.trimEnd()),
    })
    command.configureHelp({ showGlobalOptions: false })
  }
  return program
}

/** Runs one command line; never throws for what people can get wrong. */
export async function run(program: Command, args: readonly string[], context: CliContext): Promise<ExitCode> {
  try {
    if (args.length === 0) {
      program.outputHelp()
      return EXIT_USAGE
    }
    await program.parseAsync(args, { from: 'user' })
    return context.outcome()
  } catch (error) {
    return explain(error, args.includes('--json'), context)
  }
}

function explain(error: unknown, json: boolean, context: CliContext): ExitCode {
  // Commander has printed its own message, also for `--help` and `--version`, which it ends with code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_GOOD : EXIT_USAGE
  if (error instanceof UsageError) {
    context.warn(`tocsin: ${error.message}`)
    return EXIT_USAGE
  }
  if (error instanceof ServerError) {
    context.warn(json ? JSON.stringify(error.problem) : `tocsin: ${error.message}`)
    return EXIT_FINDINGS
  }
  throw error
}
