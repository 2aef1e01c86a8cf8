/**
 * Commands of `tocsin` in a test. In the test's own process they get another world and are the same otherwise; a process
 * of their own costs half a second of work, and is for what only a process has: its exit code, its streams, its environment.
 */
import { randomUUID } from 'node:crypto'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect } from '../../src/cli/client.ts'
import { type CliContext, EXIT_GOOD, type ExitCode } from '../../src/cli/context.ts'
import { buildProgram, run } from '../../src/cli/program.ts'
import { compiledCode, NODE, ROOT } from './server.ts'

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

type Environment = Readonly<Record<string, string>>

/** @returns what it printed and ended with; `bytes` is what it wrote as it is: documents. */
export async function runCommand(args: readonly string[], env: Environment = {}): Promise<Ran & { readonly bytes: Buffer }> {
  const out: string[] = []
  const err: string[] = []
  const bytes: Uint8Array[] = []
  let outcome: ExitCode = EXIT_GOOD
  const context: CliContext = {
    env,
    print: (line) => void out.push(`${line}\n`),
    write: (written) => void bytes.push(written),
    warn: (line) => void err.push(`${line}\n`),
    colour: false,
    zone: 'UTC',
    api: () => connect(env, randomUUID),
    finish: (code) => {
      outcome = code
    },
    outcome: () => outcome,
  }
  const code = await run(buildProgram(context, '0.0.0'), args, context)
  return { code, out: out.join(''), err: err.join(''), bytes: Buffer.concat(bytes) }
}

/** The same as people and scripts run it. @param input what comes through the pipe */
export async function runProcess(args: readonly string[], env: Environment = {}, input = ''): Promise<Ran> {
  const child = spawn(NODE, [join(ROOT, 'src/cli/tocsin.ts'), ...args], {
    cwd: ROOT,
    // Answers are in UTC, whatever the machine says.
    env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...compiledCode(), ...env },
  })
  child.stdin.on('error', () => undefined).end(input)
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await exit, out, err }
}
