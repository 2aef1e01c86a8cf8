/** The playbook folder on disk: its three files as text, and a cheap mark by which a change is noticed. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { asId, type PlaybookDigest } from '../../core/id.ts'
import { CONNECTIONS_FILE, type FolderTexts, ONCALL_FILE, PLAYBOOK_FILE } from '../../core/oncall/lint.ts'
import { FINDING_ADVICE } from '../../core/playbook/finding-advice.ts'
import type { FindingCode } from '../../core/playbook/finding-code.ts'
import type { FileFinding } from '../../core/playbook/finding.ts'

/** More than `readYaml` takes, in bytes: a larger file is not even read. */
export const FILE_BYTES_MAX = 4_000_000

const FOLDER_FILES = [PLAYBOOK_FILE, ONCALL_FILE, CONNECTIONS_FILE] as const
type FolderFile = (typeof FOLDER_FILES)[number]

export interface ReadFolder {
  readonly texts: FolderTexts
  /** Of playbook.yaml. */
  readonly digest: PlaybookDigest
  /** Files that are there and cannot be read as text. */
  readonly findings: readonly FileFinding[]
}

/** Never throws: what cannot be read is a finding. */
export async function readFolder(folder: string): Promise<ReadFolder> {
  const [playbook, onCall, connections] = await Promise.all(FOLDER_FILES.map(async (file) => readOne(join(folder, file), file)))
  return {
    texts: { playbook: playbook?.text ?? null, onCall: onCall?.text ?? null, connections: connections?.text ?? null },
    digest: asId<PlaybookDigest>(digestOf(playbook?.text ?? '')),
    findings: [playbook, onCall, connections].flatMap((file) => file?.findings ?? []),
  }
}

/** One playbook.yaml, whatever it is called, as a folder that has nothing else. Never throws. */
export async function readPlaybookFile(path: string): Promise<ReadFolder> {
  const { text, findings } = await readOne(path, PLAYBOOK_FILE)
  return { texts: { playbook: text, onCall: null, connections: null }, digest: asId<PlaybookDigest>(digestOf(text ?? '')), findings }
}

/** SHA-256 in hex of the text as UTF-8, which is the file's bytes. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

interface ReadOne {
  readonly text: string | null
  readonly findings: readonly FileFinding[]
}

async function readOne(path: string, file: FolderFile): Promise<ReadOne> {
  try {
    const { size } = await stat(path)
    if (size > FILE_BYTES_MAX) return broken(file, 'file-too-large', `The file has ${size} bytes; at most ${FILE_BYTES_MAX} are read.`)
    // The mark of byte order is kept: the digest is of the bytes as they are.
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path)), findings: [] }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { text: null, findings: [] }
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return broken(file, 'not-utf-8', 'The file is not UTF-8 text.')
    return broken(file, 'file-unreadable', `The file cannot be read (${code ?? 'unknown error'}).`)
  }
}

function broken(file: FolderFile, code: FindingCode, message: string): ReadOne {
  return { text: '', findings: [{ file, code, severity: 'error', line: 1, column: 1, message, fix: FINDING_ADVICE[code], path: '' }] }
}

/** Differs when a file was replaced, written or removed. Follows symbolic links, as deployments swap those. */
export async function markOf(folder: string): Promise<string> {
  const marks = await Promise.all(
    FOLDER_FILES.map(async (file) => {
      const found = await stat(join(folder, file)).catch(() => null)
      return found === null ? '-' : `${found.ino}:${found.size}:${found.mtimeMs}`
    }),
  )
  return marks.join(' ')
}
