/** Puts a new text in the place of a file's old one: who reads it meanwhile sees the one or the other, whole. */
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Somebody else changed the file between reading and writing; theirs stays. */
export class FileChangedError extends Error {
  override readonly name = 'FileChangedError'
}

/**
 * Writes beside, syncs, renames; keeps the file's permissions, and a symbolic link to it. @param before what was read of it
 * @throws {FileChangedError}, and what the file system says
 */
export async function replaceFile(path: string, before: string, after: string): Promise<void> {
  const target = await realpath(path)
  const { mode } = await stat(target)
  const beside = join(dirname(target), `.${basename(target)}.new`)
  await rm(beside, { force: true })
  const handle = await open(beside, 'wx', mode & 0o777)
  try {
    await handle.writeFile(after)
    await handle.sync()
  } finally {
    await handle.close()
  }
  if ((await readFile(target, 'utf8')) !== before) {
    await rm(beside, { force: true })
    throw new FileChangedError(`${path} was changed meanwhile`)
  }
  await rename(beside, target)
}
