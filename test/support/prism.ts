/** Prism as a proxy in front of a server: refuses requests and answers alike that are not what a vendor's description says. */
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from './port.ts'
import { NODE, ROOT, send, tail } from './server.ts'
import { waitFor } from './wait.ts'

const PRISM = join(ROOT, 'node_modules/@stoplight/prism-cli/dist/index.js')
/** It reads the description, which takes a while on a busy machine. */
const BOOT_MS_MAX = 180_000

export interface Prism {
  readonly url: string
  readonly stop: () => Promise<void>
}

/** @param description file of the vendor's description @param upstream where its paths are served */
export async function startPrism(description: string, upstream: string): Promise<Prism> {
  const port = await findFreePort()
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-prism-'))
  const logFile = join(folder, 'log')
  const logFd = openSync(logFile, 'a')
  const flags = [PRISM, 'proxy', '--errors', '--host', '127.0.0.1', '--port', String(port), description, upstream]
  const child = spawn(NODE, flags, { stdio: ['ignore', logFd, logFd] })
  closeSync(logFd)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = `http://127.0.0.1:${port}`
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const killer = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await ended
    clearTimeout(killer)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await waitFor('prism to listen', async () => (await send(url, 'GET', '/').catch(() => undefined)) !== undefined, {
      timeoutMs: BOOT_MS_MAX,
      explain: () => tail(readFileSync(logFile, 'utf8')),
    })
  } catch (error) {
    await stop()
    throw error
  }
  return { url, stop }
}
