/** Versions, findings and changes in the API's shapes. */
import type { PlaybookChange, PlaybookFinding, PlaybookVersion } from '../../api/schema.ts'
import type { PlaybookDigest } from '../../core/id.ts'
import type { FileChange } from '../../core/playbook/diff/folder.ts'
import type { FileFinding } from '../../core/playbook/finding.ts'
import type { VersionRow } from './version-list-store.ts'

export function showVersion(row: VersionRow, current: PlaybookDigest): PlaybookVersion {
  return {
    number: row.number,
    digest: row.digest,
    loaded_at: row.loaded_at.toISOString(),
    author: showAuthor(row),
    reason: row.reason,
    incidents: row.incidents,
    current: row.digest === current,
  }
}

export function showAuthor({ author, author_id }: Pick<VersionRow, 'author' | 'author_id'>): PlaybookVersion['author'] {
  return author === null ? null : { id: author_id, name: author }
}

export function showFinding({ edit, ...finding }: FileFinding): PlaybookFinding {
  return edit === undefined ? { ...finding } : { ...finding, edit: { ...edit } }
}

export function showChange(change: FileChange): PlaybookChange {
  const { file, code, effect, path, side, line, sentence } = change
  return { file, code, effect, path, side, line, sentence }
}
