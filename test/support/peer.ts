/** Debian's own Prometheus and Alertmanager as peers: found, started on free ports with a folder of their own, ended by id. */
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from './port.ts'
import { send, tail } from './server.ts'
import { waitFor } from './wait.ts'

const ALERTMANAGER = '/usr/bin/prometheus-alertmanager'
const PROMETHEUS = '/usr/bin/prometheus'
const BOOT_MS_MAX = 20_000

export function hasAlertmanager(): boolean {
  return existsSync(ALERTMANAGER)
}

export interface Peer {
  readonly url: string
  readonly pid: number
  readonly log: () => string
  readonly stop: () => Promise<void>
}

/** @param configuration the text of alertmanager.yml */
export async function startAlertmanager(configuration: string): Promise<Peer> {
  const port = await findFreePort()
  return startPeer(ALERTMANAGER, { 'alertmanager.yml': configuration }, port, (folder) => [
    `--config.file=${join(folder, 'alertmanager.yml')}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
    '--log.level=warn',
  ])
}

/** @param files prometheus.yml and whatever rule files it names, relative to it */
export async function startPrometheus(files: Readonly<Record<string, string>>): Promise<Peer> {
  const port = await findFreePort()
  return startPeer(PROMETHEUS, files, port, (folder) => [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--rules.alert.resend-delay=2s',
    '--web.enable-lifecycle',
    '--log.level=warn',
  ])
}

async function startPeer(
  program: string,
  files: Readonly<Record<string, string>>,
  port: number,
  flags: (folder: string) => string[],
): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-peer-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const logFile = join(folder, 'log')
  const logFd = openSync(logFile, 'a')
  const child = spawn(program, flags(folder), { cwd: folder, stdio: ['ignore', logFd, logFd] })
  closeSync(logFd)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = `http://127.0.0.1:${port}`
  const log = (): string => readFileSync(logFile, 'utf8')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const killer = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await ended
    clearTimeout(killer)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await waitFor(`${program} to be ready`, async () => (await send(url, 'GET', '/-/ready')).status === 200, {
      timeoutMs: BOOT_MS_MAX,
      explain: () => tail(log()),
    })
  } catch (error) {
    await stop()
    throw error
  }
  return { url, pid: child.pid ?? 0, log, stop }
}
