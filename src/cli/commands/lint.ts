/** `tocsin lint`: all that is wrong with a playbook folder, without a server; one line a finding, as compilers write them. */
import { stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Surroundings } from '../../core/oncall/lint-reach.ts'
import { type FileFinding, formatFinding } from '../../core/playbook/finding.ts'
import { type CliContext, EXIT_FINDINGS, type JsonOption, UsageError } from '../context.ts'
import { safeLine } from '../layout.ts'

const FORMATS = ['text', 'json', 'sarif', 'github'] as const
type Format = (typeof FORMATS)[number]

interface Options extends JsonOption {
  readonly strict?: boolean
  readonly format: Format
  readonly days: number
  /** False with --no-environment. */
  readonly environment: boolean
  readonly fix?: boolean
}

const DAYS_MAX = 366

export function lintCommand(context: CliContext): Command {
  const command = new Command('lint')
  return command
    .summary('check a playbook folder')
    .description(
      'Checks playbook.yaml, oncall.yaml and connections.yaml of a folder. Prints `file:line:column code message`. ' +
        'Needs no server. Errors keep a file from taking effect; warnings do not, and change the exit code only with --strict. ' +
        'The codes are listed in docs/lint.md.',
    )
    .argument('[dir]', 'the folder (default: TOCSIN_PLAYBOOK, else ./playbook)')
    .option('--strict', 'let warnings count as findings')
    .option('--days <n>', 'how many days ahead schedules are looked at', readDays, 90)
    .addOption(new Option('--format <format>', 'how findings are printed').choices([...FORMATS]).default('text'))
    .option('--json', 'the same as --format json: a list of findings')
    .option('--no-environment', 'say nothing of mail and secrets, which are where the server runs')
    .option('--fix', 'write what can be mended without asking, and show it')
    .action(async (given: string | undefined, options: Options) => {
      const folder = given ?? context.env['TOCSIN_PLAYBOOK'] ?? 'playbook'
      const found = await stat(folder).catch(() => null)
      if (found?.isDirectory() !== true) throw new UsageError(`${folder} is no folder; give the one that holds playbook.yaml`)
      if (options.fix === true) await fix(context, folder)
      const findings = await lint(context, folder, options)
      await print(context, findings, {
        folder,
        format: options.json === true ? 'json' : options.format,
        version: command.parent?.version() ?? '',
      })
      if (findings.some((finding) => finding.severity === 'error' || options.strict === true)) context.finish(EXIT_FINDINGS)
    })
}

function readDays(text: string): number {
  const days = Number(text)
  if (Number.isInteger(days) && days >= 1 && days <= DAYS_MAX) return days
  throw new InvalidArgumentError(`expected a whole number from 1 to ${DAYS_MAX}`)
}

async function lint(context: CliContext, folder: string, { days, environment }: Options): Promise<readonly FileFinding[]> {
  // Loaded here: it is half of what the command line would load, and most commands do not need it.
  const { readFolder } = await import('../../shell/playbook/folder.ts')
  const { lintRead } = await import('../../shell/playbook/lint-read.ts')
  const around = environment ? { surroundings: await lookAround(context) } : {}
  return lintRead(await readFolder(folder), { now: Date.now(), days, ...around }).findings
}

async function lookAround({ env }: CliContext): Promise<Surroundings> {
  const { readSecret } = await import('../../shell/playbook/connections.ts')
  const { findSecret } = await import('../../config.ts')
  return {
    hasMail: (env['TOCSIN_MAIL_URL'] ?? '') !== '',
    hasSecret: (secret) => readSecret({ secret }, (name) => findSecret(env, name)) !== null,
  }
}

/** What was changed goes to standard error: standard output is for what is still to be done. */
async function fix(context: CliContext, folder: string): Promise<void> {
  const { readFolder } = await import('../../shell/playbook/folder.ts')
  const { FileChangedError, replaceFile } = await import('../../shell/playbook/replace-file.ts')
  const { fixFolder } = await import('../../core/oncall/fix.ts')
  const { texts } = await readFolder(folder)
  const fixed = fixFolder(texts)
  for (const { file, before, after, changes } of fixed) {
    const path = join(folder, file)
    try {
      await replaceFile(path, before, after)
    } catch (error) {
      if (error instanceof FileChangedError) throw new UsageError(`${error.message}; nothing of it was written, try again`)
      throw new UsageError(`${path} cannot be written: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`)
    }
    for (const { code, line, column, from, to } of changes) {
      context.warn(safeLine(`${path}:${line}:${column} fixed ${code}: ${from} is now ${to}`))
    }
  }
  if (fixed.length === 0) context.warn('Nothing can be mended without asking.')
}

interface Printing {
  readonly folder: string
  readonly format: Format
  readonly version: string
}

/** Findings alone on standard output, for editors and scripts. */
async function print(context: CliContext, findings: readonly FileFinding[], { folder, format, version }: Printing): Promise<void> {
  const placed = findings.map((finding) => ({ ...finding, file: join(folder, finding.file).split(sep).join('/') }))
  switch (format) {
    case 'json':
      return context.print(JSON.stringify(findings))
    case 'sarif': {
      const { toSarif } = await import('../report/sarif.ts')
      return context.print(JSON.stringify(toSarif(placed, version), null, 2))
    }
    case 'github': {
      const { toAnnotations } = await import('../report/github.ts')
      for (const line of toAnnotations(placed)) context.print(line)
      break
    }
    case 'text':
      for (const finding of placed) context.print(safeLine(formatFinding(finding)))
  }
  const errors = findings.filter((finding) => finding.severity === 'error').length
  const warnings = findings.length - errors
  context.warn(findings.length === 0 ? 'No findings.' : `${count(errors, 'error')}, ${count(warnings, 'warning')}`)
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}
