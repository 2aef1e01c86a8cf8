/** The command line's entry: gives the commands the real world, and nothing else. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect } from './client.ts'
import { type CliContext, EXIT_GOOD, type ExitCode } from './context.ts'
import { buildProgram, run } from './program.ts'

const { env } = process
let outcome: ExitCode = EXIT_GOOD

const context: CliContext = {
  env,
  print: (text) => void process.stdout.write(`${text}\n`),
  write: (bytes) => void process.stdout.write(bytes),
  warn: (text) => void process.stderr.write(`${text}\n`),
  colour: process.stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  api: () => connect(env, randomUUID),
  finish: (code) => {
    outcome = code
  },
  outcome: () => outcome,
}

// `tocsin key list | head` closes the pipe early; that is no failure. A server outlives its terminal: main.ts sees to that.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (process.argv[2] === 'start') return
  if (error.code !== 'EPIPE') throw error
  process.exit(outcome)
})

process.exitCode = await run(buildProgram(context, readVersion()), process.argv.slice(2), context)

function readVersion(): string {
  const file: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return typeof file === 'object' && file !== null && 'version' in file ? String(file.version) : 'unknown'
}
