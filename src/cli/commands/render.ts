/**
 * `tocsin render`: the playbook as the document that people read, as Markdown, a web page or a PDF; or the alert rules that it
 * needs in the monitoring.
 */
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { asId, type PlaybookDigest } from '../../core/id.ts'
import { formatFinding } from '../../core/playbook/finding.ts'
import type { DocumentFormat } from '../../shell/playbook/document.ts'
import { type CliContext, EXIT_FINDINGS, type JsonOption, UsageError } from '../context.ts'

interface Options extends JsonOption {
  readonly format: DocumentFormat
  readonly out?: string
  readonly prometheusRules?: true
  readonly cloudwatchAlarms?: true
}

type RulesFormat = 'prometheus-rules' | 'cloudwatch-alarms'

const FORMATS: readonly DocumentFormat[] = ['markdown', 'html', 'pdf']
const PLAYBOOK_FILE = 'playbook.yaml'

export function renderCommand(context: CliContext): Command {
  return new Command('render')
    .summary('write the playbook as a document, or the alert rules that it needs')
    .description(
      'Writes the document that people read from playbook.yaml: Markdown, one page of HTML that loads nothing, or a PDF. ' +
        'Importing the Markdown gives the same playbook. Or writes the alert rules that the playbook needs, with its thresholds, ' +
        'and says on standard error what is left to a person. Needs no server; a playbook with errors is not rendered.',
    )
    .argument('[dir]', 'the folder (default: TOCSIN_PLAYBOOK, else ./playbook)')
    .addOption(new Option('-f, --format <format>', 'the form of the document').choices([...FORMATS]).default('markdown'))
    .addOption(new Option('--prometheus-rules', 'write a rule file of Prometheus instead').conflicts('format'))
    .addOption(
      new Option('--cloudwatch-alarms', 'write a CloudFormation template of CloudWatch alarms instead').conflicts([
        'format',
        'prometheusRules',
      ]),
    )
    .option('-o, --out <file>', 'write it there (default: standard output)')
    .option('--json', 'print it within JSON; a PDF in base64')
    .action(async (given: string | undefined, options: Options) => {
      const folder = given ?? context.env['TOCSIN_PLAYBOOK'] ?? 'playbook'
      const rules = rulesFormat(options)
      const bytes = rules === null ? await render(context, folder, options.format) : await renderRules(context, folder, rules)
      if (bytes === null) return context.finish(EXIT_FINDINGS)
      if (options.out !== undefined) await save(options.out, bytes)
      if (options.json === true) context.print(JSON.stringify(describe(bytes, rules ?? options.format, options.out)))
      else if (options.out === undefined) context.write(bytes)
      else context.warn(`Wrote ${options.out}.`)
    })
}

function rulesFormat({ prometheusRules, cloudwatchAlarms }: Options): RulesFormat | null {
  if (prometheusRules === true) return 'prometheus-rules'
  return cloudwatchAlarms === true ? 'cloudwatch-alarms' : null
}

/** Null after its findings were printed. @throws {UsageError} */
async function renderRules(context: CliContext, folder: string, format: RulesFormat): Promise<Uint8Array | null> {
  const text = await readPlaybookText(context, folder)
  if (text === null) return null
  const { parsePlaybook } = await import('../../core/playbook/parse.ts')
  const { playbook, findings } = parsePlaybook(text, asId<PlaybookDigest>('rendered'))
  if (playbook === null) {
    for (const finding of findings) context.warn(formatFinding({ ...finding, file: join(folder, PLAYBOOK_FILE) }))
    return null
  }
  const { text: rules, toDo } =
    format === 'prometheus-rules'
      ? (await import('../../core/playbook/rules/prometheus-rules.ts')).renderPrometheusRules(playbook)
      : (await import('../../core/playbook/rules/cloudwatch-alarms.ts')).renderCloudWatchAlarms(playbook)
  for (const line of toDo) context.warn(`To fill in: ${line}`)
  return Buffer.from(rules)
}

/** Null after its findings were printed. @throws {UsageError} */
async function render(context: CliContext, folder: string, format: DocumentFormat): Promise<Uint8Array | null> {
  const text = await readPlaybookText(context, folder)
  if (text === null) return null
  const { renderAs } = await import('../../shell/playbook/document.ts')
  const rendering = await renderAs(text, format)
  if (rendering.kind === 'document') return rendering.bytes
  for (const finding of rendering.findings) context.warn(formatFinding({ ...finding, file: join(folder, PLAYBOOK_FILE) }))
  return null
}

/** Null after its findings were printed. @throws {UsageError} */
async function readPlaybookText(context: CliContext, folder: string): Promise<string | null> {
  const found = await stat(folder).catch(() => null)
  if (found?.isDirectory() !== true) throw new UsageError(`${folder} is no folder; give the one that holds playbook.yaml`)
  const { readFolder } = await import('../../shell/playbook/folder.ts')
  const { texts, findings } = await readFolder(folder)
  if (texts.playbook === null) throw new UsageError(`${folder} has no ${PLAYBOOK_FILE}`)
  const unread = findings.filter((finding) => finding.file === PLAYBOOK_FILE)
  for (const finding of unread) context.warn(formatFinding({ ...finding, file: join(folder, PLAYBOOK_FILE) }))
  return unread.length > 0 ? null : texts.playbook
}

/** @throws {UsageError} */
async function save(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes)
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`)
  }
}

function describe(bytes: Uint8Array, format: DocumentFormat | RulesFormat, out: string | undefined): unknown {
  const encoding = format === 'pdf' ? 'base64' : 'utf8'
  return out === undefined
    ? { format, encoding, content: Buffer.from(bytes).toString(encoding) }
    : { format, file: out, bytes: bytes.length }
}
