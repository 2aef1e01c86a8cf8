/**
 * Findings as annotations of a GitHub workflow, one command a line. In messages "%" and line ends are escaped, in properties
 * ":" and "," as well. Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands and
 * `escapeData`, `escapeProperty` of the toolkit's core/src/command.ts (read 2026-11-24).
 */
import type { FileFinding } from '../../core/playbook/finding.ts'

/** @param findings with `file` as a path from the top of the repository */
export function toAnnotations(findings: readonly FileFinding[]): string[] {
  return findings.map(({ file, severity, line, column, code, message, fix }) => {
    const properties = Object.entries({ file, line, col: column, title: code })
    return `::${severity} ${properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',')}::${escapeData(`${message} ${fix}`)}`
  })
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
