/**
 * Builds the console when what is built is not from the present sources, so that a fresh clone needs no build step. Runs
 * beside the server at low priority: signals are taken and pages sent meanwhile.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { isAlive } from '../database/folder-lock.ts'

const ROOT_FOLDER = join(import.meta.dirname, '../../..')
const CONSOLE_FOLDER = join(ROOT_FOLDER, 'web', 'dist')

const STAMP = 'sources.sha256'
const BUILD_MS_MAX = 300_000
const LOW_PRIORITY = 10
const OUTPUT_CHARS_MAX = 2_000

/** What a build of it depends on, from the root. */
const SOURCES = ['web/**/*', 'src/api/**/*.ts', 'src/core/**/*.ts', 'package-lock.json']
const NOT_SOURCES = /^web\/(dist|\.dist)|\.test\.tsx?$|node_modules/

/**
 * Builds if needed and if the builder is installed (it is no part of a production install). Never throws: a server
 * without a console still pages, and says what is missing.
 */
export async function buildConsole(log: Logger, root: string = ROOT_FOLDER): Promise<'fresh' | 'built' | 'absent' | 'failed'> {
  const dist = join(root, 'web', 'dist')
  const builder = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  try {
    if (!existsSync(join(root, 'web', 'index.html'))) return isBuilt(dist) ? 'fresh' : 'absent'
    const stamp = hashSources(root)
    if (readStamp(dist) === stamp) return 'fresh'
    if (!existsSync(builder)) {
      log.warn(
        isBuilt(dist)
          ? 'the console is older than its sources, and vite is not installed'
          : 'there is no console: run npm ci and npm run build',
      )
      return isBuilt(dist) ? 'fresh' : 'absent'
    }
    return await withLock(join(root, 'web', '.dist-lock'), () => build({ root, dist, builder, stamp, log }))
  } catch (error) {
    log.error(
      { reason: error instanceof Error ? error.message.slice(0, OUTPUT_CHARS_MAX) : String(error) },
      'the console could not be built',
    )
    return 'failed'
  }
}

/** The folder that is served must be there when the server is made, also before the first build. */
export function ensureConsoleFolder(folder: string = CONSOLE_FOLDER): string | null {
  try {
    mkdirSync(folder, { recursive: true })
    return folder
  } catch {
    return existsSync(folder) ? folder : null
  }
}

/** Names and contents, in order of name. */
function hashSources(root: string): string {
  const hash = createHash('sha256')
  const paths = globSync(SOURCES, {
    cwd: root,
    withFileTypes: true,
    exclude: (entry) => entry.name === 'node_modules' || entry.name === 'dist',
  })
  const files = paths.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  for (const file of files.sort()) {
    const path = file.slice(root.length + 1)
    if (!NOT_SOURCES.test(path)) hash.update(`${path}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}

function isBuilt(dist: string): boolean {
  return existsSync(join(dist, 'index.html'))
}

function readStamp(dist: string): string | null {
  const file = join(dist, STAMP)
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

interface Build {
  readonly root: string
  readonly dist: string
  readonly builder: string
  readonly stamp: string
  readonly log: Logger
}

/** Into a folder of its own, which takes the old one's place when it is whole. */
async function build({ root, dist, builder, stamp, log }: Build): Promise<'fresh' | 'built'> {
  if (readStamp(dist) === stamp) return 'fresh'
  log.info('building the console')
  const fresh = join(root, 'web', `.dist-${process.pid}`)
  try {
    await run(root, [builder, 'build', 'web', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'])
    writeFileSync(join(fresh, STAMP), stamp)
    const old = `${fresh}-old`
    if (existsSync(dist)) renameSync(dist, old)
    renameSync(fresh, dist)
    rmSync(old, { recursive: true, force: true })
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  log.info('the console is built')
  return 'built'
}

function run(cwd: string, parameters: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, parameters, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: BUILD_MS_MAX,
      killSignal: 'SIGKILL',
    })
    let output = ''
    const keep = (chunk: Buffer) => {
      output = `${output}${chunk.toString()}`.slice(-OUTPUT_CHARS_MAX)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('spawn', () => child.pid !== undefined && setPriority(child.pid, LOW_PRIORITY))
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`vite ended with ${code}: ${output}`))))
  })
}

/** Servers of one checkout build once: those that find the lock held by a live process leave it to that one. */
async function withLock(folder: string, work: () => Promise<'fresh' | 'built'>): Promise<'fresh' | 'built'> {
  const holder = join(folder, 'pid')
  if (existsSync(holder) && !isAlive({ pid: Number(readFileSync(holder, 'utf8')) })) rmSync(folder, { recursive: true, force: true })
  try {
    mkdirSync(folder)
  } catch {
    return 'fresh'
  }
  try {
    writeFileSync(holder, String(process.pid))
    return await work()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
