/**
 * Takes the playbook folder: reads it, says what a new text means, stores each version by digest, and records when it
 * took the place of another. What is refused leaves in force what was in force before.
 */
import type { Logger } from 'pino'
import type { NamedConnection } from '../../core/oncall/connections.ts'
import { type LintedFolder, ONCALL_FILE, CONNECTIONS_FILE, PLAYBOOK_FILE } from '../../core/oncall/lint.ts'
import { noOnCall, type OnCall } from '../../core/oncall/oncall.ts'
import type { FolderInForce } from '../../core/playbook/diff/folder.ts'
import { type FileFinding, formatFinding, hasErrors } from '../../core/playbook/finding.ts'
import { parsePlaybook } from '../../core/playbook/parse.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import type { Instant } from '../../core/time.ts'
import { appendLeaves } from '../audit/audit-store.ts'
import type { Database, Tx } from '../database/database.ts'
import { playbookValid } from '../metrics/metrics.ts'
import { readFolder, type ReadFolder } from './folder.ts'
import { lintRead } from './lint-read.ts'
import { logMeaning, meaningOf } from './meaning.ts'
import { listVersions, recordLoad, storeVersion } from './version-store.ts'

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
export interface InForce {
  readonly playbook: Playbook
  readonly version: number
  readonly loadedAt: Instant
  readonly onCall: OnCall
  readonly connections: readonly NamedConnection[]
}

/** Versions that are tried, newest first, when the file is broken at start. */
const FALLBACK_VERSIONS_MAX = 20
const LOGGED_FINDINGS_MAX = 20

/** The folder as it was read, and what is wrong with it. */
export interface Looked extends ReadFolder {
  readonly linted: LintedFolder
  readonly refused: readonly string[]
}

export async function look(folder: string): Promise<Looked> {
  return lookAt(await readFolder(folder))
}

export function lookAt(read: ReadFolder): Looked {
  const linted = lintRead(read)
  const { findings } = linted
  const refused = [PLAYBOOK_FILE, ONCALL_FILE, CONNECTIONS_FILE].filter((file) =>
    hasErrors(findings.filter((finding) => finding.file === file)),
  )
  return { ...read, linted, findings, refused }
}

/** At start there is nothing of before but what the database holds. @throws PlaybookFolderError when that is nothing */
export async function start({ database, folder, log }: Taking & { readonly folder: string }, looked: Looked): Promise<InForce> {
  const stored = await findStandIn(database)
  // Schedules and connections are not stored: until theirs are mended, the owners are paged, which is never nobody.
  if (looked.refused.length === 0) return take({ database, log }, looked, null, stored?.playbook)
  if (stored === undefined) throw new PlaybookFolderError(folder, looked.findings)
  return take({ database, log }, looked, { ...stored, loadedAt: 0, onCall: noOnCall, connections: [] })
}

async function findStandIn(database: Database): Promise<{ playbook: Playbook; version: number } | undefined> {
  for (const { digest, source, number } of await listVersions(database, FALLBACK_VERSIONS_MAX)) {
    const { playbook } = parsePlaybook(source, digest)
    if (playbook !== null) return { playbook, version: number }
  }
  return undefined
}

interface Taking {
  readonly database: Database
  readonly log: Logger
}

/**
 * Each file by itself: the new one where it is sound, else the one of before. What it means is said before it counts.
 * @param earlier at start, the playbook of before the restart
 */
export async function take({ database, log }: Taking, looked: Looked, before: InForce | null, earlier?: Playbook): Promise<InForce> {
  const { linted, refused, texts } = looked
  const playbook = refused.includes(PLAYBOOK_FILE) ? null : (linted.playbook?.playbook ?? null)
  const onCall = refused.includes(ONCALL_FILE) ? null : linted.onCall.onCall
  const connections = refused.includes(CONNECTIONS_FILE) ? null : linted.connections.connections
  const rest = { onCall: onCall ?? before?.onCall ?? noOnCall, connections: connections ?? before?.connections ?? [] }
  const isStandIn = before?.loadedAt === 0
  const was = before === null || isStandIn ? ofPlaybook(before?.playbook ?? earlier) : toFolder(before)
  return database.inTransaction('main', async (tx) => {
    const next = playbook ?? before?.playbook
    if (next === undefined) throw new Error('there is no playbook to take')
    const changes = meaningOf(was, { playbook: next, ...rest }, { from: tx.now, log })
    if (next.digest === before?.playbook.digest) {
      logMeaning(log, before.version, changes)
      return { ...before, ...rest, loadedAt: isStandIn ? tx.now : before.loadedAt }
    }
    const version = await storeVersion(tx, { digest: next.digest, source: texts.playbook ?? '' })
    logMeaning(log, version, changes)
    await record(tx, { playbook: next, version, changes: changes.length })
    return { playbook: next, version, loadedAt: tx.now, ...rest }
  })
}

export function toFolder({ playbook, onCall, connections }: InForce): FolderInForce {
  return { playbook, onCall, connections }
}

/** Who was on call before a restart is not known: only the playbooks are compared. */
function ofPlaybook(playbook: Playbook | undefined): FolderInForce | null {
  return playbook === undefined ? null : { playbook, onCall: null, connections: null }
}

/** Once for each time that it takes the place of another, however many servers take it. */
async function record(tx: Tx, taken: { readonly playbook: Playbook; readonly version: number; readonly changes: number }): Promise<void> {
  const { digest } = taken.playbook
  if (!(await recordLoad(tx, digest))) return
  const data = { digest, number: taken.version, changes: taken.changes }
  await appendLeaves(tx, [
    { at: tx.now, actor: { kind: 'system', name: 'Tocsin' }, act: 'playbook.loaded', subject: `playbook:${digest}`, data },
  ])
}

/** What is wrong with the folder, in the log and as a metric. */
export function report(log: Logger, folder: string, { refused, findings }: Looked): void {
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
