/** What was read of a playbook folder, linted: a file that could not be read has that finding and no others. */
import { type LintedFolder, lintFolder, type LintOptions } from '../../core/oncall/lint.ts'
import type { ReadFolder } from './folder.ts'

export function lintRead(read: ReadFolder, options: Omit<LintOptions, 'digest'> = {}): LintedFolder {
  const linted = lintFolder(read.texts, { ...options, digest: read.digest })
  const unread = new Set(read.findings.map((finding) => finding.file))
  return { ...linted, findings: [...read.findings, ...linted.findings.filter((finding) => !unread.has(finding.file))] }
}
