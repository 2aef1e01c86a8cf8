/** What a new text of the folder means, said in the log and in the audit log before it takes effect. */
import type { Logger } from 'pino'
import { diffFolders, type FileChange, type FolderInForce, type Places } from '../../core/playbook/diff/folder.ts'
import type { Instant } from '../../core/time.ts'

const LOGGED_CHANGES_MAX = 50

export interface MeaningOptions {
  readonly from: Instant
  readonly log: Logger
  /** Finds lines; without it changes have none. */
  readonly places?: { readonly before: Places; readonly after: Places }
}

/** Empty where nothing was in force before. A comparison that fails must not keep a sound playbook from taking effect. */
export function meaningOf(
  before: FolderInForce | null,
  after: FolderInForce,
  { from, log, places }: MeaningOptions,
): readonly FileChange[] {
  if (before === null) return []
  try {
    return diffFolders(before, after, { from, places: places ?? { before: {}, after: {} } })
  } catch (error) {
    log.error({ err: error }, 'what the new playbook changes could not be told; it takes effect all the same')
    return []
  }
}

/** A warning where somebody is paged less: that is what nobody may miss. */
export function logMeaning(log: Logger, version: number, changes: readonly FileChange[]): void {
  if (changes.length === 0) return
  const lines = changes.slice(0, LOGGED_CHANGES_MAX).map(({ file, effect, sentence }) => `${file} ${effect}: ${sentence}`)
  const pagesLess = changes.some((change) => change.effect === 'pages-less')
  const entry = { version, changes: lines, more: Math.max(0, changes.length - LOGGED_CHANGES_MAX) }
  if (pagesLess) log.warn(entry, 'the playbook changes, and somebody is paged less')
  else log.info(entry, 'the playbook changes')
}
