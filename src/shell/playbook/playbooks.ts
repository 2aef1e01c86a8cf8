/**
 * The playbook folder as the server runs it: loaded at start, taken again when a file changes, each version stored by
 * digest. A file with an error never takes effect: the one of before stays, and that is said loudly.
 */
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { NamedConnection } from '../../core/oncall/connections.ts'
import { type FolderTexts, PLAYBOOK_FILE } from '../../core/oncall/lint.ts'
import type { OnCall } from '../../core/oncall/oncall.ts'
import { type FileChange, placesOf } from '../../core/playbook/diff/folder.ts'
import type { FileFinding } from '../../core/playbook/finding.ts'
import type { ParsedPlaybook } from '../../core/playbook/parse.ts'
import type { Instant } from '../../core/time.ts'
import type { Database } from '../database/database.ts'
import type { Playbooks } from '../ports.ts'
import { markOf, readFolder } from './folder.ts'
import { meaningOf } from './meaning.ts'
import { saveText, type SaveResult, type Saving } from './save.ts'
import { look, lookAt, report, start, take, toFolder } from './take.ts'
import { cacheVersions } from './versions.ts'
import { watchFolder } from './watch.ts'
import { whyNotWritable } from './writable.ts'

export interface FolderStatus {
  readonly folder: string
  /** Number of the version in force. */
  readonly version: number
  /** By the database's clock; when this process took the version in force. */
  readonly loadedAt: Instant
  /** Files whose present content was refused; what was in force before still is. */
  readonly refused: readonly string[]
  /** Of the folder as it was when last looked at. */
  readonly findings: readonly FileFinding[]
}

/** The playbook's file as it lies in the folder now, which may be another text than the one in force. */
export interface PlaybookText {
  readonly texts: FolderTexts
  readonly digest: string
  readonly findings: readonly FileFinding[]
  /** Why the server may not write it; null when it may. */
  readonly whyNotWritable: string | null
}

export interface PlaybookService extends Playbooks {
  readonly onCall: () => OnCall
  readonly connections: () => readonly NamedConnection[]
  readonly status: () => FolderStatus
  /** Looks at the folder now, as SIGHUP asks for. Never throws: what is wrong is in the status and in the log. */
  readonly reload: () => Promise<FolderStatus>
  /** Puts a new text in the place of playbook.yaml and takes it. @throws when the database is away */
  readonly save: (saving: Saving) => Promise<SaveResult & { readonly changes: readonly FileChange[] }>
  readonly readText: () => Promise<PlaybookText>
  /** The text in force with its lines, as long as it is what lies in the folder. */
  readonly textInForce: () => { readonly text: string; readonly parsed: ParsedPlaybook } | null
  /** Called after anything of the folder took effect. @returns how to stop listening */
  readonly onChange: (listener: () => void) => () => void
  readonly stop: () => void
}

export interface PlaybookOptions {
  /** How often the folder is looked at. */
  readonly pollMs?: number
  /** PATH and HOME, for git; without them nothing is committed where git is not in the usual places. */
  readonly environment?: Readonly<Record<string, string>>
}

const POLL_MS = 1_000
/** @throws PlaybookFolderError at the first start with a folder that has errors */
export async function openPlaybooks(
  database: Database,
  folder: string,
  log: Logger,
  options: PlaybookOptions = {},
): Promise<PlaybookService> {
  const versions = cacheVersions()
  const listeners = new Set<() => void>()
  let mark = await markOf(folder)
  let found = await look(folder)
  let inForce = await start({ database, folder, log }, found)
  report(log, folder, found)
  versions.remember(inForce.playbook)

  const status = (): FolderStatus => ({
    folder,
    version: inForce.version,
    loadedAt: inForce.loadedAt,
    refused: found.refused,
    findings: found.findings,
  })
  const takeAgain = async (): Promise<FolderStatus> => {
    const seen = await markOf(folder)
    const looked = await look(folder)
    const before = inForce
    const after = await take({ database, log }, looked, before)
    versions.remember(after.playbook)
    inForce = after
    mark = seen
    found = looked
    report(log, folder, looked)
    if (after.playbook.digest !== before.playbook.digest) log.info({ version: after.version }, 'a new version of the playbook is in force')
    for (const listener of listeners) listener()
    return status()
  }
  let last: Promise<unknown> = Promise.resolve()
  /** One after the other: a file that is being written is not read, and none is taken before one that was read earlier. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work)
    last = next.catch(() => undefined)
    return next
  }
  const takeSafely = (): Promise<FolderStatus> =>
    takeAgain().catch((error: unknown) => {
      // The mark is as before, so that the next look tries again.
      log.error({ err: error }, 'the playbook folder could not be taken; the versions of before stay in force')
      return status()
    })
  const reload = (): Promise<FolderStatus> => inTurn(takeSafely)
  const save: PlaybookService['save'] = (saving) =>
    inTurn(async () => {
      const [before, lookedBefore] = [inForce, found]
      const saved = await saveText({ database, folder, environment: options.environment ?? {} }, saving)
      if (saved.kind !== 'saved') return { ...saved, changes: [] }
      await takeSafely()
      const places = { before: placesOf(lookedBefore.linted), after: placesOf(found.linted) }
      return { ...saved, changes: meaningOf(toFolder(before), toFolder(inForce), { from: inForce.loadedAt, log, places }) }
    })
  const watcher = watchFolder({ look: () => markOf(folder), known: () => mark, changed: reload, pollMs: options.pollMs ?? POLL_MS })

  return {
    current: () => inForce.playbook,
    load: versions.load,
    onCall: () => inForce.onCall,
    connections: () => inForce.connections,
    status,
    reload,
    save,
    textInForce: () => {
      const { texts, linted, digest } = found
      const isInForce = digest === inForce.playbook.digest
      return isInForce && texts.playbook !== null && linted.playbook !== null ? { text: texts.playbook, parsed: linted.playbook } : null
    },
    readText: async () => ({ ...lookAt(await readFolder(folder)), whyNotWritable: await whyNotWritable(join(folder, PLAYBOOK_FILE)) }),
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: () => watcher.stop(),
  }
}
