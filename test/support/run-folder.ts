/**
 * All that a test run puts on the disk lies in one folder, which goes when the run ends: temporary folders of tests and of
 * the servers and browsers they start, and the code that Node has compiled, which those servers need not compile again.
 */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settleOldPostmaster } from '../../src/shell/database/embedded-postmaster.ts'

const FOLDER_PREFIX = 'tocsin-test-'

let tearDown = () => {}

/** Called by vitest once, before the first test file; what it puts into the environment is the workers' as well. */
export async function setup(): Promise<void> {
  await sweepOldFolders()
  const before = process.env['TMPDIR']
  const folder = mkdtempSync(join(tmpdir(), FOLDER_PREFIX))
  writeFileSync(join(folder, 'owner-pid'), String(process.pid))
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  // As root, Postgres runs as somebody else, who must get to its data.
  for (const passed of [folder, temporary]) chmodSync(passed, 0o711)
  process.env['TMPDIR'] = temporary
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled')
  tearDown = () => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Called by vitest once, after the last test file. */
export function teardown(): void {
  tearDown()
}

/** A run that was killed left its folder behind, and perhaps Postgres servers in it. */
async function sweepOldFolders(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(FOLDER_PREFIX))) {
    const folder = join(tmpdir(), name)
    if (ownerLives(folder)) continue
    for (const cluster of findClusters(folder)) await settleOldPostmaster(cluster).catch(() => undefined)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Data folders of Postgres, two levels below the temporary folder: that of the run, of servers, of tests that kill theirs. */
function findClusters(folder: string): string[] {
  try {
    return readdirSync(join(folder, 'tmp')).flatMap((name) => ['postgres', 'data'].map((cluster) => join(folder, 'tmp', name, cluster)))
  } catch {
    return []
  }
}

function ownerLives(folder: string): boolean {
  try {
    process.kill(Number(readFileSync(join(folder, 'owner-pid'), 'utf8')), 0)
    return true
  } catch {
    return false
  }
}
