/** Changes of a whole playbook folder, each with the line where it stands. */
import type { NamedConnection } from '../../oncall/connections.ts'
import { CONNECTIONS_FILE, type LintedFolder, ONCALL_FILE, PLAYBOOK_FILE } from '../../oncall/lint.ts'
import type { OnCall } from '../../oncall/oncall.ts'
import type { Instant } from '../../time.ts'
import type { Finding, Path, Problem } from '../finding.ts'
import { dutyRolesOf, type Playbook } from '../playbook.ts'
import { byGravity, type Change } from './change.ts'
import { diffConnections } from './connections.ts'
import { diffRenamed } from './diff.ts'
import { diffOnCall } from './on-call.ts'
import { findRenames } from './rename.ts'

export interface FolderInForce {
  readonly playbook: Playbook
  /** Null: the folder has no such file and is not asked about it. */
  readonly onCall: OnCall | null
  readonly connections: readonly NamedConnection[] | null
}

/** A change as people and scripts are shown it. */
export interface FileChange extends Omit<Change, 'path'> {
  /** Name within the folder. */
  readonly file: string
  /** Keys from the top of the file, such as `severities.0.response_time`. */
  readonly path: string
  /** From 1, in the text of that side; null where the text is not known. */
  readonly line: number | null
}

type Place = (problem: Problem) => Finding
/** Finds lines in the three files of one side. */
export type Places = Readonly<Partial<Record<string, Place>>>

export interface FolderDiffOptions {
  readonly from: Instant | null
  readonly places: { readonly before: Places; readonly after: Places }
}

/** The gravest first, of all files together. */
export function diffFolders(before: FolderInForce, after: FolderInForce, options: FolderDiffOptions): readonly FileChange[] {
  const renames = findRenames(before.playbook, after.playbook)
  const onCall =
    before.onCall === null || after.onCall === null
      ? []
      : diffOnCall(before.onCall, after.onCall, {
          from: options.from,
          renamed: renames.dutyRoles,
          dutyRoles: dutyRolesOf(after.playbook),
        })
  const connections =
    before.connections === null || after.connections === null ? [] : diffConnections(before.connections, after.connections)
  const inFile = (file: string, changes: readonly Change[]): FileChange[] =>
    changes.map((change) => ({
      ...change,
      file,
      path: change.path.join('.'),
      line: lineOf(options.places[change.side][file], change.path),
    }))
  const all = [
    ...inFile(PLAYBOOK_FILE, diffRenamed(renames, after.playbook)),
    ...inFile(ONCALL_FILE, onCall),
    ...inFile(CONNECTIONS_FILE, connections),
  ]
  return byGravity(all)
}

/** What a path cannot reach is shown at what it would stand in; an escalation that a row does not have, at the common one. */
function lineOf(place: Place | undefined, path: Path): number | null {
  if (place === undefined) return null
  const at = (to: Path): Finding => place({ code: 'wrong-value', severity: 'warning', path: to, message: '', fix: '' })
  const found = at(path)
  if (path.length !== 3 || path[2] !== 'escalation') return found.line
  const row = at(path.slice(0, 2))
  const isOwn = found.line !== row.line || found.column !== row.column
  const common = at(['escalation'])
  return isOwn || (common.line === 1 && common.column === 1) ? found.line : common.line
}

export function placesOf({ playbook, onCall, connections }: LintedFolder): Places {
  return {
    ...(playbook === null ? {} : { [PLAYBOOK_FILE]: playbook.place }),
    [ONCALL_FILE]: onCall.place,
    [CONNECTIONS_FILE]: connections.place,
  }
}
