/** Whether the server may put a new text in the place of a file, found out before anybody writes one. */
import { access, constants, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

const WRITE_BITS = 0o222

/** Why it may not, in a sentence for people; null when it may. A file without a write bit is meant to stay, also for root. */
export async function whyNotWritable(path: string): Promise<string | null> {
  try {
    const target = await realpath(path)
    for (const [place, what] of [[target, 'file'] as const, [dirname(target), 'folder'] as const]) {
      if (((await stat(place)).mode & WRITE_BITS) === 0) return `The ${what} is marked as read-only.`
      await access(place, constants.W_OK)
    }
    return null
  } catch (error) {
    return explainDenial(error) ?? 'The file cannot be found.'
  }
}

/** Null for errors that say something else than "you may not". */
export function explainDenial(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EROFS') return 'The file lies on a file system that is mounted read-only.'
  return code === 'EACCES' || code === 'EPERM' ? 'The server has no permission to write the file.' : null
}
