/** `tocsin import`: a document that people wrote becomes playbook.yaml, and what was made of it is said line by line. */
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import type { ImportedDocument } from '../../core/playbook/markdown/import-document.ts'
import type { ImportGroup, ImportNote } from '../../core/playbook/markdown/note.ts'
import { type CliContext, EXIT_FINDINGS, type JsonOption, UsageError } from '../context.ts'
import { painter, safeLine } from '../layout.ts'

interface Options extends JsonOption {
  readonly out: string
}

const PLAYBOOK_FILE = 'playbook.yaml'
/** More than the reader takes, in bytes: a larger file is not even read. */
const DOCUMENT_BYTES_MAX = 2_000_000
/** A file that was there is kept under another name; so many are counted. */
const KEPT_MAX = 100

export function importCommand(context: CliContext): Command {
  return new Command('import')
    .summary('make playbook.yaml of a document')
    .description(
      'Reads an incident response document in Markdown and writes playbook.yaml into a folder. Says what was understood, ' +
        'guessed, kept as prose, and what could not be mapped, each with its line. Needs no server. A playbook.yaml that is ' +
        'there and says something else is kept under another name. docs/importing.md tells how documents are read.',
    )
    .argument('<document>', 'the Markdown file')
    .requiredOption('-o, --out <dir>', 'the folder to write playbook.yaml into')
    .option('--json', 'print what was made of it as JSON')
    .action(async (document: string, options: Options) => {
      const imported = await readDocument(document)
      const { groupOf } = await import('../../core/playbook/markdown/note.ts')
      const written = imported.yaml === null ? null : await write(options.out, imported.yaml)
      const notes = imported.notes.map((note) => ({ ...note, group: groupOf(note) }))
      if (options.json === true) context.print(JSON.stringify({ file: written?.path ?? null, kept: written?.kept ?? null, notes }))
      else tell(context, document, notes, written)
      if (notes.some((note) => note.group === 'unmapped')) context.finish(EXIT_FINDINGS)
    })
}

/** What cannot be read as a document is a finding; what is not there at all is a mistake in the command. @throws {UsageError} */
async function readDocument(path: string): Promise<ImportedDocument> {
  const { importDocument } = await import('../../core/playbook/markdown/import-document.ts')
  const today = new Date().toISOString().slice(0, 10)
  try {
    const { size } = await stat(path)
    if (size > DOCUMENT_BYTES_MAX) return refuse('file-too-large', `The file has ${size} bytes; at most ${DOCUMENT_BYTES_MAX} are read.`)
    return importDocument(new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)), { today })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return refuse('markdown-unreadable', 'The file is not UTF-8 text.')
    if (code !== '') throw new UsageError(`${path} cannot be read: ${code}`)
    throw error
  }
}

function refuse(code: 'file-too-large' | 'markdown-unreadable', message: string): ImportedDocument {
  return { file: null, yaml: null, notes: [{ code, line: 1, column: 1, path: '', text: '', message }] }
}

interface Written {
  readonly path: string
  /** Where the file that was there is now; null: there was none, or it said the same. */
  readonly kept: string | null
}

/** @throws {UsageError} when the folder cannot be written to */
async function write(folder: string, yaml: string): Promise<Written> {
  const path = join(folder, PLAYBOOK_FILE)
  try {
    await mkdir(folder, { recursive: true })
    const before = await readFile(path, 'utf8').catch(() => null)
    if (before === yaml) return { path, kept: null }
    const kept = before === null ? null : await freeName(path)
    const beside = join(folder, `.${PLAYBOOK_FILE}.new`)
    const handle = await open(beside, 'w')
    try {
      await handle.writeFile(yaml)
      await handle.sync()
    } finally {
      await handle.close()
    }
    // Whoever reads the folder meanwhile, a server perhaps, sees the one or the other, whole.
    if (kept !== null) await keep(path, kept)
    await rename(beside, path)
    return { path, kept }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${path} cannot be written: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`)
  }
}

async function keep(path: string, kept: string): Promise<void> {
  const { copyFile, constants } = await import('node:fs/promises')
  await copyFile(path, kept, constants.COPYFILE_EXCL)
}

async function freeName(path: string): Promise<string> {
  for (let count = 1; count <= KEPT_MAX; count += 1) {
    const name = count === 1 ? `${path}.old` : `${path}.old.${count}`
    if ((await stat(name).catch(() => null)) === null) return name
  }
  throw new UsageError(`${path} is there, and so are ${KEPT_MAX} old ones of it; remove some`)
}

type Told = ImportNote & { readonly group: ImportGroup }

const HEADS: readonly (readonly [ImportGroup, string])[] = [
  ['understood', 'Understood'],
  ['guessed', 'Guessed: look whether it is what you mean'],
  ['kept', 'Kept as prose: people read it, nothing runs it'],
  ['unmapped', 'Could not be mapped'],
]

function tell(context: CliContext, document: string, notes: readonly Told[], written: Written | null): void {
  const paint = painter(context.colour)
  for (const [group, head] of HEADS) {
    const told = notes.filter((note) => note.group === group)
    if (told.length === 0) continue
    context.print(paint('bold', `${head} (${told.length})`))
    for (const note of told) context.print(line(document, note))
    context.print('')
  }
  if (written === null) return context.warn('Nothing was written.')
  if (written.kept !== null) context.warn(`What was there is now ${written.kept}.`)
  context.warn(`Wrote ${written.path}. Next: tocsin lint, and tocsin render to see it as a document.`)
}

/** `DOC.md:31:9 not-runnable severities.SEV-5.response_time: "…" cannot be run …` */
function line(document: string, { line: at, column, code, path, text, message, group }: Told): string {
  const about = path === '' ? '' : `${path}: `
  const quoted = text === '' || message.includes(text) || group === 'understood' ? '' : ` (“${text}”)`
  return safeLine(`${document}:${at}:${column} ${code} ${about}${message}${quoted}`)
}
