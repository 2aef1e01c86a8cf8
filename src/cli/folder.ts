/** Playbook folders and files as commands are given them, without errors. */
import { stat } from 'node:fs/promises'
import type { LintedFolder } from '../core/oncall/lint.ts'
import { formatFinding } from '../core/playbook/finding.ts'
import type { Playbook } from '../core/playbook/playbook.ts'
import type { ReadFolder } from '../shell/playbook/folder.ts'
import { UsageError } from './context.ts'

export interface GivenFolder extends Omit<ReadFolder, 'findings'> {
  readonly linted: LintedFolder
  readonly playbook: Playbook
  /** `file`: one playbook.yaml was given, and nothing is known of who is on call. */
  readonly kind: 'folder' | 'file'
}

const ERRORS_SHOWN_MAX = 5

/** A folder with playbook.yaml, or such a file by itself. @throws {UsageError} when it is neither, or has errors */
export async function loadGiven(path: string): Promise<GivenFolder> {
  // Loaded here: it is half of what the command line would load, and most commands do not need it.
  const { readFolder, readPlaybookFile } = await import('../shell/playbook/folder.ts')
  const { lintRead } = await import('../shell/playbook/lint-read.ts')
  const found = await stat(path).catch(() => null)
  if (found === null) throw new UsageError(`there is no ${path}`)
  const kind = found.isDirectory() ? 'folder' : 'file'
  const read = kind === 'file' ? await readPlaybookFile(path) : await readFolder(path)
  const linted = lintRead(read)
  const errors = linted.findings.filter((finding) => finding.severity === 'error')
  const playbook = linted.playbook?.playbook ?? null
  if (errors.length === 0 && playbook !== null) return { ...read, linted, playbook, kind }
  const lines = errors.slice(0, ERRORS_SHOWN_MAX).map((finding) => `  ${formatFinding(finding)}`)
  throw new UsageError(`${path} has errors, see \`tocsin lint\`:\n${lines.join('\n')}`)
}
