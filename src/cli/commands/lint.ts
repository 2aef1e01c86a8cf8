/** `tocsin lint`: all that is wrong with a playbook folder, without a server; one line a finding, as compilers write them. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { type FileFinding, formatFinding } from '../../core/playbook/finding.ts'
import { type CliContext, EXIT_FINDINGS, type JsonOption, UsageError } from '../context.ts'

interface Options extends JsonOption {
  readonly strict?: boolean
}

/** Far above any playbook that people can read. */
const FILE_BYTES_MAX = 4 * 1024 * 1024

export function lintCommand(context: CliContext): Command {
  return new Command('lint')
    .summary('check a playbook folder')
    .description(
      'Checks playbook.yaml, oncall.yaml and connections.yaml of a folder. Prints `file:line:column code message`. ' +
        'Needs no server. Errors keep a file from taking effect; warnings do not, and change the exit code only with --strict.',
    )
    .argument('[dir]', 'the folder (default: TOCSIN_PLAYBOOK, else ./playbook)')
    .option('--strict', 'let warnings count as findings')
    .option('--json', 'print a list of findings')
    .action(async (given: string | undefined, options: Options) => {
      const folder = given ?? context.env['TOCSIN_PLAYBOOK'] ?? 'playbook'
      const findings = await lint(folder)
      if (options.json === true) context.print(JSON.stringify(findings))
      else tell(context, folder, findings)
      if (findings.some((finding) => finding.severity === 'error' || options.strict === true)) context.finish(EXIT_FINDINGS)
    })
}

async function lint(folder: string): Promise<readonly FileFinding[]> {
  const found = await stat(folder).catch(() => null)
  if (found?.isDirectory() !== true) throw new UsageError(`${folder} is no folder; give the one that holds playbook.yaml`)
  // Loaded here: it is half of what the command line would load, and no other command needs it.
  const core = await import('../../core/oncall/lint.ts')
  const texts = {
    playbook: await readText(join(folder, core.PLAYBOOK_FILE)),
    onCall: await readText(join(folder, core.ONCALL_FILE)),
    connections: await readText(join(folder, core.CONNECTIONS_FILE)),
  }
  return core.lintFolder(texts, { today: new Date().toISOString().slice(0, 10) }).findings
}

/** Null when there is no such file. @throws {UsageError} when it cannot be read, or is no text that a playbook can be. */
async function readText(file: string): Promise<string | null> {
  try {
    const { size } = await stat(file)
    if (size > FILE_BYTES_MAX) throw new UsageError(`${file} is larger than ${FILE_BYTES_MAX} bytes: this is no playbook`)
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file))
  } catch (error) {
    if (error instanceof UsageError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ENOENT') return null
    if (error instanceof TypeError) throw new UsageError(`${file} is not UTF-8 text`)
    throw new UsageError(`${file} cannot be read: ${code}`)
  }
}

/** Findings alone on standard output, for editors and scripts. */
function tell(context: CliContext, folder: string, findings: readonly FileFinding[]): void {
  for (const finding of findings) context.print(formatFinding({ ...finding, file: join(folder, finding.file) }))
  const errors = findings.filter((finding) => finding.severity === 'error').length
  const warnings = findings.length - errors
  context.warn(findings.length === 0 ? 'No findings.' : `${count(errors, 'error')}, ${count(warnings, 'warning')}`)
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}
