/** What is wrong with a file of the playbook folder, where it is, and what to do about it. */
import type { FindingCode } from './finding-code.ts'

/** An `error` keeps the file from taking effect; a `warning` does not. */
type FindingSeverity = 'error' | 'warning'

export interface Finding {
  readonly code: FindingCode
  readonly severity: FindingSeverity
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
  /** One sentence for people: what is wrong. */
  readonly message: string
  /** What to do about it. Never empty. */
  readonly fix: string
  /** Keys from the top of the file, such as `severities.0.response_time`; empty for the file as a whole. */
  readonly path: string
  /** What `tocsin lint --fix` writes; absent where only a person can know what was meant. */
  readonly edit?: TextEdit
}

/** One stretch of a text and what stands there instead. In UTF-16 code units from the start of the text. */
export interface TextEdit {
  readonly offset: number
  readonly length: number
  readonly text: string
}

/** A finding of one of the files in a folder. */
export interface FileFinding extends Finding {
  /** Name within the folder, such as `oncall.yaml`. */
  readonly file: string
}

/** Keys and places from the top of a document to one value in it. */
export type Path = readonly (string | number)[]

/** What a check knows before the place in the file is looked up. */
export interface Problem {
  readonly code: FindingCode
  readonly severity: FindingSeverity
  readonly path: Path
  readonly message: string
  /** Empty: what is always to be done about this code. */
  readonly fix: string
  /** Where within the value's text, in characters; for conditions. */
  readonly offset?: number
  /** Points at the key rather than at its value. */
  readonly atKey?: boolean
  /** The same thing as it should be written: what the key or the value is replaced with. */
  readonly replacement?: string
}

export type Report = (problem: Problem) => void

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error')
}

/** `playbook.yaml:12:5 unknown-severity No severity is called SEV-9. Did you mean SEV-4?` */
export function formatFinding(finding: FileFinding): string {
  const level = finding.severity === 'warning' ? 'warning: ' : ''
  return `${finding.file}:${finding.line}:${finding.column} ${finding.code} ${level}${finding.message} ${finding.fix}`.trimEnd()
}
