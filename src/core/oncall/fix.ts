/**
 * What `tocsin lint --fix` writes: older files in the present form, and the findings that say themselves how they are
 * mended. Only the stretches that are understood change; comments, order and spaces around them stay.
 */
import { asId, type PlaybookDigest } from '../id.ts'
import { readYaml } from '../playbook/document.ts'
import type { FindingCode } from '../playbook/finding-code.ts'
import type { Finding, TextEdit } from '../playbook/finding.ts'
import { applyEdits, placeOf, withoutOverlaps } from '../playbook/migrate/edit.ts'
import { migrate } from '../playbook/migrate/migrate.ts'
import { parsePlaybook } from '../playbook/parse.ts'
import { parseConnections } from './connections.ts'
import { CONNECTIONS_FILE, type FolderTexts, ONCALL_FILE, PLAYBOOK_FILE } from './lint.ts'
import { parseOnCall } from './parse.ts'

export interface FixedFile {
  readonly file: string
  readonly before: string
  readonly after: string
  readonly changes: readonly FixedStretch[]
}

/** One thing that was mended, at its place in the text that it was mended in: only a migration of before can have moved it. */
export interface FixedStretch {
  readonly code: FindingCode
  readonly line: number
  readonly column: number
  readonly from: string
  readonly to: string
}

/** A mended key shows what is wrong beneath it, which may be mended in turn; no chain is longer than the language is deep. */
const PASSES_MAX = 8

/** Files that there is something to mend in. Never throws. */
export function fixFolder({ playbook, onCall, connections }: FolderTexts): FixedFile[] {
  return [
    ...fixFile(PLAYBOOK_FILE, playbook, (text) => parsePlaybook(text, asId<PlaybookDigest>('')).findings),
    ...fixFile(ONCALL_FILE, onCall, (text) => parseOnCall(text).findings),
    ...fixFile(CONNECTIONS_FILE, connections, (text) => parseConnections(text).findings),
  ]
}

function fixFile(file: string, before: string | null, find: (text: string) => readonly Finding[]): FixedFile[] {
  const data = before === null ? undefined : readYaml(before).data
  if (before === null || data === undefined) return []
  const changes: FixedStretch[] = []
  let text = before
  const migration = file === PLAYBOOK_FILE ? migrate(before, data) : null
  for (const step of migration?.steps ?? []) {
    changes.push(...step.edits.map((edit) => describe('schema-old', edit, step.text)))
    text = applyEdits(step.text, step.edits)
  }
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const found = find(text).filter((finding): finding is Finding & { edit: TextEdit } => finding.edit !== undefined)
    const edits = withoutOverlaps(found.map((finding) => finding.edit))
    if (edits.length === 0) break
    for (const { code, edit } of found) if (edits.includes(edit)) changes.push(describe(code, edit, text))
    text = applyEdits(text, edits)
  }
  // Two mistyped keys that both mean a third would now stand there twice.
  if (changes.length === 0 || readYaml(text).data === undefined) return []
  return [{ file, before, after: text, changes }]
}

function describe(code: FindingCode, { offset, length, text: to }: TextEdit, text: string): FixedStretch {
  return { code, ...placeOf(text, offset), from: text.slice(offset, offset + length), to }
}
