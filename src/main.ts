/**
 * The server's process: reads the environment, starts the parts, and ends when it is told to or when something that
 * must not happen has happened. It does not try to live on in an unknown state: what is committed is found again at
 * the next start.
 */
import pino from 'pino'
import { ConfigError, readConfig, type Config } from './config.ts'
import { FolderInUseError } from './shell/database/folder-lock.ts'
import { MigrationError } from './shell/database/migration-store.ts'
import { armFailpoint } from './shell/failpoint.ts'
import { ListenerError } from './shell/http/listeners-error.ts'
import { PlaybookFolderError } from './shell/playbook/take.ts'
import { startServer, type RunningServer } from './shell/server/start.ts'

/** After this an orderly end has failed; leases and unfinished attempts are made for that. */
const STOP_MS_MAX = 25_000
const EXIT_FAULT = 1
const EXIT_USAGE = 2

await main()

async function main(): Promise<void> {
  // A terminal or a log file that has gone away must not end the server.
  process.stdout.on('error', () => undefined)
  process.stderr.on('error', () => undefined)
  const config = configOrExit()
  const log = openLog(config)
  process.on('uncaughtException', (error) => die(log, error))
  process.on('unhandledRejection', (error) => die(log, error))
  for (const warning of config.warnings) log.warn(warning)
  armFailpoint(config)
  const asked = whenAskedToStop(log)
  const server = await startOrExit(config, log)
  process.stdout.write(server.greeting)
  process.on('SIGHUP', () => void server.reload())
  const signal = await asked
  log.info({ signal }, 'stopping')
  await server.stop()
  log.info('stopped')
  process.exit(0)
}

/** The first signal asks for an orderly end, also while starting; a second one, or a long wait, ends at once. */
function whenAskedToStop(log: pino.Logger): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false
    const hear = (signal: NodeJS.Signals) => {
      if (asked) process.exit(EXIT_FAULT)
      asked = true
      resolve(signal)
      setTimeout(() => {
        log.error(`not stopped after ${STOP_MS_MAX} ms: ending all the same`)
        process.exit(EXIT_FAULT)
      }, STOP_MS_MAX).unref()
    }
    process.on('SIGTERM', hear).on('SIGINT', hear)
  })
}

function configOrExit(): Config {
  try {
    return readConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(EXIT_USAGE)
  }
}

/** What an operator can put right is told in a sentence; anything else with its stack. */
async function startOrExit(config: Config, log: pino.Logger): Promise<RunningServer> {
  try {
    return await startServer(config, log)
  } catch (error) {
    const plain = [FolderInUseError, MigrationError, PlaybookFolderError, ListenerError].some((kind) => error instanceof kind)
    if (plain && error instanceof Error) process.stderr.write(`${error.message}\n`)
    else log.fatal({ err: error }, 'Tocsin could not start')
    process.exit(EXIT_FAULT)
  }
}

/** Lines of JSON on standard output. Names of fields that could hold a secret are struck out, wherever they are. */
function openLog(config: Config): pino.Logger {
  const names = ['token', 'password', 'secret', 'apiKey', 'ingestKey', 'authorization', 'cookie', 'databaseUrl', 'mailUrl']
  const destination = pino.destination({ fd: 1, sync: true })
  destination.on('error', () => undefined)
  const redact = { paths: names.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[struck out]' }
  return pino({ level: config.logLevel, base: null, redact, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}

function die(log: pino.Logger, error: unknown): never {
  log.fatal({ err: error }, 'something that must not happen has happened: ending, so that a fresh start finds what is committed')
  process.exit(EXIT_FAULT)
}
