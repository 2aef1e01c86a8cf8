/**
 * A new text of playbook.yaml from the console: checked, stored as a version with author and reason, and put in the
 * place of the old file, or refused with a reason. The file stays the truth: the version counts when the file is written.
 */
import { join } from 'node:path'
import { asId, type PersonId, type PlaybookDigest } from '../../core/id.ts'
import { PLAYBOOK_FILE } from '../../core/oncall/lint.ts'
import { type FileFinding, hasErrors } from '../../core/playbook/finding.ts'
import { appendLeaves } from '../audit/audit-store.ts'
import type { Database } from '../database/database.ts'
import { digestOf, readFolder } from './folder.ts'
import { commitFile, type GitOutcome } from './git.ts'
import { lintRead } from './lint-read.ts'
import { FileChangedError, replaceFile } from './replace-file.ts'
import { storeVersion } from './version-store.ts'
import { explainDenial, whyNotWritable } from './writable.ts'

export interface Saving {
  readonly source: string
  readonly reason: string
  /** Digest of the text that was edited. */
  readonly baseDigest: string
  readonly author: { readonly id: PersonId; readonly name: string; readonly email: string }
}

export type SaveResult =
  | {
      readonly kind: 'saved'
      readonly digest: PlaybookDigest
      /** False: the file held this text already. */
      readonly changed: boolean
      /** Warnings. */
      readonly findings: readonly FileFinding[]
      readonly git: GitOutcome
    }
  /** The file holds another text than the one that was edited. */
  | { readonly kind: 'stale'; readonly digest: string }
  | { readonly kind: 'broken'; readonly findings: readonly FileFinding[] }
  | { readonly kind: 'read-only'; readonly why: string; readonly before: string }
  /** The disk is full, say: nothing was changed. */
  | { readonly kind: 'not-written'; readonly why: string }

export interface SaveOptions {
  readonly database: Database
  readonly folder: string
  /** PATH and HOME, for git. */
  readonly environment: Readonly<Record<string, string>>
}

/** @throws when the database is away, and then the file is as it was */
export async function saveText(options: SaveOptions, saving: Saving): Promise<SaveResult> {
  const { folder } = options
  const { texts, digest: onDisk } = await readFolder(folder)
  const before = texts.playbook
  const digest = asId<PlaybookDigest>(digestOf(saving.source))
  if (before === null || saving.baseDigest !== onDisk) {
    // Asked again after the answer was lost: the text is there, and nothing is to be done.
    if (digest !== onDisk) return { kind: 'stale', digest: onDisk }
  }
  const linted = lintRead({ texts: { ...texts, playbook: saving.source }, digest, findings: [] })
  const findings = linted.findings.filter((finding) => finding.file === PLAYBOOK_FILE)
  if (hasErrors(findings)) return { kind: 'broken', findings }
  if (digest === onDisk) return { kind: 'saved', digest, changed: false, findings, git: UNCHANGED }
  const path = join(folder, PLAYBOOK_FILE)
  const why = await whyNotWritable(path)
  if (why !== null) return { kind: 'read-only', why, before: before ?? '' }
  const refused = await write(options, saving, { path, digest, before: before ?? '' })
  if (refused !== null) return refused
  const { author, reason } = saving
  return {
    kind: 'saved',
    digest,
    changed: true,
    findings,
    git: await commitFile({ path, author, reason, environment: options.environment }),
  }
}

const UNCHANGED: GitOutcome = { state: 'none', commit: null, detail: 'The file held this text already.' }

interface Writing {
  readonly path: string
  readonly digest: PlaybookDigest
  readonly before: string
}

/**
 * The version is stored first, in the transaction that the writing of the file ends: another server that sees the new
 * file waits for it, and finds the author. @returns why it was not written, or null
 */
async function write({ database }: SaveOptions, saving: Saving, { path, digest, before }: Writing): Promise<SaveResult | null> {
  const { source, reason, author } = saving
  try {
    await database.inTransaction('main', async (tx) => {
      const number = await storeVersion(tx, { digest, source, author, reason })
      await appendLeaves(tx, [
        {
          at: tx.now,
          actor: { kind: 'person', id: author.id, name: author.name },
          act: 'playbook.saved',
          subject: `playbook:${digest}`,
          data: { digest, number, before: saving.baseDigest, reason },
        },
      ])
      await replaceFile(path, before, source)
    })
    return null
  } catch (error) {
    return explainRefusal(error, before)
  }
}

/** @throws what is none of the file's */
function explainRefusal(error: unknown, before: string): SaveResult {
  if (error instanceof FileChangedError) return { kind: 'stale', digest: '' }
  const denial = explainDenial(error)
  if (denial !== null) return { kind: 'read-only', why: denial, before }
  if (isOfFile(error)) return { kind: 'not-written', why: `The file could not be written (${error.code}).` }
  throw error
}

/** Those of the database have no path. */
function isOfFile(error: unknown): error is Error & { readonly code: string } {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false
  return error.code.startsWith('ERR_FS_') || ('syscall' in error && 'path' in error)
}
