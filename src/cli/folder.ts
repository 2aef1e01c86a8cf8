/** Playbook folders and files as commands are given them: read whole, bounded, as text. */
import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { FolderTexts, LintedFolder } from '../core/oncall/lint.ts'
import { formatFinding } from '../core/playbook/finding.ts'
import { UsageError } from './context.ts'

export interface GivenFolder {
  readonly linted: LintedFolder
  readonly texts: FolderTexts
  /** `file`: one playbook.yaml was given, and nothing is known of who is on call. */
  readonly kind: 'folder' | 'file'
}

/** Far above any playbook that people can read. */
const FILE_BYTES_MAX = 4 * 1024 * 1024
const ERRORS_SHOWN_MAX = 5

/** A folder with playbook.yaml, or such a file by itself. @throws {UsageError} when it is neither, or has errors */
export async function loadGiven(path: string): Promise<GivenFolder> {
  // Loaded here: it is half of what the command line would load, and most commands do not need it.
  const core = await import('../core/oncall/lint.ts')
  const found = await stat(path).catch(() => null)
  if (found === null) throw new UsageError(`there is no ${path}`)
  const kind = found.isDirectory() ? 'folder' : 'file'
  const texts: FolderTexts =
    kind === 'file'
      ? { playbook: await readText(path), onCall: null, connections: null }
      : {
          playbook: await readText(join(path, core.PLAYBOOK_FILE)),
          onCall: await readText(join(path, core.ONCALL_FILE)),
          connections: await readText(join(path, core.CONNECTIONS_FILE)),
        }
  const linted = core.lintFolder(texts)
  const errors = linted.findings.filter((finding) => finding.severity === 'error')
  if (errors.length === 0) return { linted, texts, kind }
  const lines = errors
    .slice(0, ERRORS_SHOWN_MAX)
    .map((finding) => formatFinding({ ...finding, file: kind === 'file' ? basename(path) : finding.file }))
  throw new UsageError(`${path} has errors, see \`tocsin lint\`:\n${lines.map((line) => `  ${line}`).join('\n')}`)
}

/** Null when there is no such file. @throws {UsageError} when it cannot be read, or is no text that a playbook can be. */
async function readText(file: string): Promise<string | null> {
  try {
    const { size } = await stat(file)
    if (size > FILE_BYTES_MAX) throw new UsageError(`${file} is larger than ${FILE_BYTES_MAX} bytes: this is no playbook`)
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file))
  } catch (error) {
    if (error instanceof UsageError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ENOENT') return null
    if (error instanceof TypeError) throw new UsageError(`${file} is not UTF-8 text`)
    throw new UsageError(`${file} cannot be read: ${code}`)
  }
}
