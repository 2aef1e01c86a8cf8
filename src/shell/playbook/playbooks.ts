/**
 * The playbook folder as the server runs it: loaded at start, taken again when a file changes, each version stored by
 * digest. A file with an error never takes effect: the one of before stays, and that is said loudly.
 */
import type { Logger } from 'pino'
import type { NamedConnection } from '../../core/oncall/connections.ts'
import { type LintedFolder, ONCALL_FILE, CONNECTIONS_FILE, PLAYBOOK_FILE } from '../../core/oncall/lint.ts'
import { noOnCall, type OnCall } from '../../core/oncall/oncall.ts'
import { type FileFinding, formatFinding, hasErrors } from '../../core/playbook/finding.ts'
import { parsePlaybook } from '../../core/playbook/parse.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import type { Instant } from '../../core/time.ts'
import type { Database } from '../database/database.ts'
import { playbookValid } from '../metrics/metrics.ts'
import type { Playbooks } from '../ports.ts'
import { markOf, readFolder, type ReadFolder } from './folder.ts'
import { lintRead } from './lint-read.ts'
import { listVersions, storeVersion } from './version-store.ts'
import { cacheVersions } from './versions.ts'
import { watchFolder } from './watch.ts'

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

export interface PlaybookService extends Playbooks {
  readonly onCall: () => OnCall
  readonly connections: () => readonly NamedConnection[]
  readonly status: () => FolderStatus
  /** Looks at the folder now, as SIGHUP asks for. Never throws: what is wrong is in the status and in the log. */
  readonly reload: () => Promise<FolderStatus>
  /** Called after anything of the folder took effect. @returns how to stop listening */
  readonly onChange: (listener: () => void) => () => void
  readonly stop: () => void
}

export interface PlaybookOptions {
  /** How often the folder is looked at. */
  readonly pollMs?: number
}

/** The folder cannot be used, and no earlier version can stand in for it. */
export class PlaybookFolderError extends Error {
  readonly findings: readonly FileFinding[]

  constructor(folder: string, findings: readonly FileFinding[]) {
    const lines = findings.filter((finding) => finding.severity === 'error').map((finding) => `  ${formatFinding(finding)}`)
    super(`The playbook folder ${folder} has errors:\n${lines.join('\n')}`)
    this.name = 'PlaybookFolderError'
    this.findings = findings
  }
}

/** What is in force. */
interface InForce {
  readonly playbook: Playbook
  readonly version: number
  readonly loadedAt: Instant
  readonly onCall: OnCall
  readonly connections: readonly NamedConnection[]
}

const POLL_MS = 1_000
/** Versions that are tried, newest first, when the file is broken at start. */
const FALLBACK_VERSIONS_MAX = 20
const LOGGED_FINDINGS_MAX = 20

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
  let inForce = await start(database, folder, found)
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
    const after = await take(database, looked, before)
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
  const reload = (): Promise<FolderStatus> => {
    const next = last.then(takeAgain).catch((error: unknown) => {
      // The mark is as before, so that the next look tries again.
      log.error({ err: error }, 'the playbook folder could not be taken; the versions of before stay in force')
      return status()
    })
    last = next
    return next
  }
  const watcher = watchFolder({ look: () => markOf(folder), known: () => mark, changed: reload, pollMs: options.pollMs ?? POLL_MS })

  return {
    current: () => inForce.playbook,
    load: versions.load,
    onCall: () => inForce.onCall,
    connections: () => inForce.connections,
    status,
    reload,
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: () => watcher.stop(),
  }
}

interface Looked extends ReadFolder {
  readonly linted: LintedFolder
  readonly refused: readonly string[]
}

async function look(folder: string): Promise<Looked> {
  const read = await readFolder(folder)
  const linted = lintRead(read)
  const { findings } = linted
  const refused = [PLAYBOOK_FILE, ONCALL_FILE, CONNECTIONS_FILE].filter((file) =>
    hasErrors(findings.filter((finding) => finding.file === file)),
  )
  return { ...read, linted, findings, refused }
}

/** At start there is nothing of before but what the database holds. */
async function start(database: Database, folder: string, looked: Looked): Promise<InForce> {
  if (looked.refused.length === 0) return take(database, looked, null)
  const stored = await findStandIn(database)
  if (stored === undefined) throw new PlaybookFolderError(folder, looked.findings)
  // Schedules and connections are not stored: until theirs are mended, the owners are paged, which is never nobody.
  return take(database, looked, { ...stored, loadedAt: 0, onCall: noOnCall, connections: [] })
}

async function findStandIn(database: Database): Promise<{ playbook: Playbook; version: number } | undefined> {
  for (const { digest, source, number } of await listVersions(database, FALLBACK_VERSIONS_MAX)) {
    const { playbook } = parsePlaybook(source, digest)
    if (playbook !== null) return { playbook, version: number }
  }
  return undefined
}

/** Each file by itself: the new one where it is sound, else the one of before. */
async function take(database: Database, looked: Looked, before: InForce | null): Promise<InForce> {
  const { linted, refused, texts } = looked
  const playbook = refused.includes(PLAYBOOK_FILE) ? null : (linted.playbook?.playbook ?? null)
  const onCall = refused.includes(ONCALL_FILE) ? null : linted.onCall.onCall
  const connections = refused.includes(CONNECTIONS_FILE) ? null : linted.connections.connections
  const rest = { onCall: onCall ?? before?.onCall ?? noOnCall, connections: connections ?? before?.connections ?? [] }
  return database.inTransaction('main', async (tx) => {
    if (playbook === null && before !== null) return { ...before, ...rest, loadedAt: before.loadedAt === 0 ? tx.now : before.loadedAt }
    if (playbook === null) throw new Error('there is no playbook to take')
    if (playbook.digest === before?.playbook.digest) return { ...before, ...rest }
    const version = await storeVersion(tx, { digest: playbook.digest, source: texts.playbook ?? '' })
    return { playbook, version, loadedAt: tx.now, ...rest }
  })
}

function report(log: Logger, folder: string, { refused, findings }: Looked): void {
  playbookValid.set(refused.length === 0 ? 1 : 0)
  const lines = (severity: 'error' | 'warning'): string[] =>
    findings
      .filter((finding) => finding.severity === severity)
      .slice(0, LOGGED_FINDINGS_MAX)
      .map(formatFinding)
  const warnings = lines('warning')
  if (refused.length > 0) {
    log.error({ folder, refused, findings: lines('error') }, 'the playbook folder has errors: what was in force before stays in force')
  }
  if (warnings.length > 0) log.warn({ folder, findings: warnings }, 'the playbook folder has warnings')
}
