/**
 * Findings as a SARIF 2.1.0 log, which code scanning reads.
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html (read 2026-11-24).
 */
import type { Log, ReportingDescriptor, Result } from 'sarif'
import { FINDING_ADVICE } from '../../core/playbook/finding-advice.ts'
import { FINDING_CODES, type FindingCode } from '../../core/playbook/finding-code.ts'
import type { FileFinding } from '../../core/playbook/finding.ts'

const CODES = Object.keys(FINDING_CODES) as FindingCode[]

/** @param findings with `file` as a path from where the tool runs, with slashes. @param version of Tocsin */
export function toSarif(findings: readonly FileFinding[], version: string): Log {
  return {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: { driver: { name: 'tocsin lint', version, rules: CODES.map(toRule) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map(toResult),
      },
    ],
  }
}

function toRule(code: FindingCode): ReportingDescriptor {
  return {
    id: code,
    shortDescription: { text: FINDING_CODES[code] },
    help: { text: FINDING_ADVICE[code].replaceAll('`', '"'), markdown: FINDING_ADVICE[code] },
  }
}

function toResult({ file, code, severity, line, column, message, fix, edit }: FileFinding): Result {
  const artifactLocation = { uri: toUri(file) }
  const replacements =
    edit === undefined
      ? []
      : [{ deletedRegion: { charOffset: edit.offset, charLength: edit.length }, insertedContent: { text: edit.text } }]
  return {
    ruleId: code,
    ruleIndex: CODES.indexOf(code),
    level: severity,
    message: { text: `${message} ${fix}` },
    locations: [{ physicalLocation: { artifactLocation, region: { startLine: line, startColumn: column } } }],
    ...(replacements.length === 0
      ? {}
      : { fixes: [{ description: { text: fix }, artifactChanges: [{ artifactLocation, replacements }] }] }),
  }
}

/** A reference relative to the log's reader: each part of the path escaped, the slashes kept. */
function toUri(path: string): string {
  return path.startsWith('/')
    ? `file://${path.split('/').map(encodeURIComponent).join('/')}`
    : path.split('/').map(encodeURIComponent).join('/')
}
