/** The console as it ships, built once a run. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { NODE, ROOT } from '../support/server.ts'

export async function buildConsole(): Promise<void> {
  await promisify(execFile)(NODE, [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', 'web', '--logLevel', 'warn'], { cwd: ROOT })
}
