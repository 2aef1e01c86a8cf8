/**
 * Brings the text of an older playbook.yaml into the present version of the language, keeping its comments and lines, so
 * that a finding in the new text has a place in the old one.
 */
import { type Document, parseDocument } from 'yaml'
import type { Finding, TextEdit } from '../finding.ts'
import { SCHEMA_VERSION } from '../schema.ts'
import { applyEdits, lineStart, offsetBefore } from './edit.ts'
import { editsFromVersion0, VERSION_0_KEY } from './version-0.ts'

/** From each older version to the next. */
const STEPS: readonly ((document: Document, text: string) => TextEdit[])[] = [editsFromVersion0]

/** The version that a file says it has, or shows by its keys; null where that is no number. */
export function versionOf(data: unknown): number | null {
  if (typeof data !== 'object' || data === null) return null
  if ('schema_version' in data) return typeof data.schema_version === 'number' ? data.schema_version : null
  return VERSION_0_KEY in data ? 0 : SCHEMA_VERSION
}

export interface Migration {
  readonly from: number
  readonly text: string
  /** Each with the text that it edits, in order. */
  readonly steps: readonly { readonly text: string; readonly edits: readonly TextEdit[] }[]
}

/** Null when the file is not of an older version. @param text well-formed YAML. @param data what stands in it */
export function migrate(text: string, data: unknown): Migration | null {
  const from = versionOf(data)
  if (from === null || !Number.isInteger(from) || from < 0 || from >= SCHEMA_VERSION) return null
  const steps: { text: string; edits: readonly TextEdit[] }[] = []
  let present = text
  for (const step of STEPS.slice(from)) {
    const edits = step(parseDocument(present, { version: '1.2', stringKeys: true }), present)
    steps.push({ text: present, edits })
    present = applyEdits(present, edits)
  }
  return { from, text: present, steps }
}

/** The same finding at its place in the text before the migration. What it would edit stands in the new text only: left out. */
export function findingBefore(migration: Migration, found: Finding): Finding {
  const { code, severity, line, message, fix, path } = found
  let { column } = found
  let { text: after } = migration
  for (const { text, edits } of migration.steps.toReversed()) {
    const offset = offsetBefore(edits, lineStart(after, line) + column - 1)
    column = Math.max(1, offset - lineStart(text, line) + 1)
    after = text
  }
  return { code, severity, line, column, message, fix, path }
}
