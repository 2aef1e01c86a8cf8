/** `tocsin render`: the playbook as the document that people read, as Markdown, a web page or a PDF. */
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { formatFinding } from '../../core/playbook/finding.ts'
import type { DocumentFormat } from '../../shell/playbook/document.ts'
import { type CliContext, EXIT_FINDINGS, type JsonOption, UsageError } from '../context.ts'

interface Options extends JsonOption {
  readonly format: DocumentFormat
  readonly out?: string
}

const FORMATS: readonly DocumentFormat[] = ['markdown', 'html', 'pdf']
const PLAYBOOK_FILE = 'playbook.yaml'

export function renderCommand(context: CliContext): Command {
  return new Command('render')
    .summary('write the playbook as a document')
    .description(
      'Writes the document that people read from playbook.yaml: Markdown, one page of HTML that loads nothing, or a PDF. ' +
        'Importing the Markdown gives the same playbook. Needs no server; a playbook with errors is not rendered.',
    )
    .argument('[dir]', 'the folder (default: TOCSIN_PLAYBOOK, else ./playbook)')
    .addOption(new Option('-f, --format <format>', 'the form of the document').choices([...FORMATS]).default('markdown'))
    .option('-o, --out <file>', 'write it there (default: standard output)')
    .option('--json', 'print it within JSON; a PDF in base64')
    .action(async (given: string | undefined, options: Options) => {
      const folder = given ?? context.env['TOCSIN_PLAYBOOK'] ?? 'playbook'
      const bytes = await render(context, folder, options.format)
      if (bytes === null) return context.finish(EXIT_FINDINGS)
      if (options.out !== undefined) await save(options.out, bytes)
      if (options.json === true) context.print(JSON.stringify(describe(bytes, options)))
      else if (options.out === undefined) context.write(bytes)
      else context.warn(`Wrote ${options.out}.`)
    })
}

/** Null after its findings were printed. @throws {UsageError} */
async function render(context: CliContext, folder: string, format: DocumentFormat): Promise<Uint8Array | null> {
  const found = await stat(folder).catch(() => null)
  if (found?.isDirectory() !== true) throw new UsageError(`${folder} is no folder; give the one that holds playbook.yaml`)
  const { readFolder } = await import('../../shell/playbook/folder.ts')
  const { renderAs } = await import('../../shell/playbook/document.ts')
  const { texts, findings } = await readFolder(folder)
  const unread = findings.filter((finding) => finding.file === PLAYBOOK_FILE)
  if (texts.playbook === null) throw new UsageError(`${folder} has no ${PLAYBOOK_FILE}`)
  const rendering = unread.length > 0 ? ({ kind: 'refused', findings: unread } as const) : await renderAs(texts.playbook, format)
  if (rendering.kind === 'document') return rendering.bytes
  for (const finding of rendering.findings) context.warn(formatFinding({ ...finding, file: join(folder, PLAYBOOK_FILE) }))
  return null
}

/** @throws {UsageError} */
async function save(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes)
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`)
  }
}

function describe(bytes: Uint8Array, { format, out }: Options): unknown {
  const encoding = format === 'pdf' ? 'base64' : 'utf8'
  return out === undefined
    ? { format, encoding, content: Buffer.from(bytes).toString(encoding) }
    : { format, file: out, bytes: bytes.length }
}
