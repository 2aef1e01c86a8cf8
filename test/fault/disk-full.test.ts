/**
 * The disk fills up under the embedded Postgres. As root with mount namespaces the data lies on a small disk of its own
 * (tmpfs in a namespace of the server's); elsewhere the system's limit on file sizes refuses Postgres every new byte.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { AcceptedSignal } from '../support/checker.ts'
import { requestsAbout, setScene, waitForPages, fire } from '../support/scene.ts'
import { buildRequest, sendUntilAccepted, type OutgoingSignal } from '../support/sender.ts'
import { findPostmasters, send, type RunningServer } from '../support/server.ts'
import { PAGED_ALARM } from '../support/playbook-folder.ts'
import { sleep, waitFor } from '../support/wait.ts'

const DISK_MEBIBYTES = 320
const HEALED_MS_MAX = 45_000
const PADDING = 'x'.repeat(200_000)

interface SmallDisk {
  readonly how: string
  /** Put before the server's command. */
  readonly through: readonly string[]
  readonly fill: (server: RunningServer) => void
  readonly empty: (server: RunningServer) => void
}

test('a full disk refuses signals with 503 and Retry-After, loses none it accepted, and heals when there is space', {
  timeout: 300_000,
}, async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'tocsin-disk-'))
  const disk = canMount() ? namespaceDisk(dataFolder) : limitedDisk(dataFolder)
  console.log(`disk full by ${disk.how}`)
  const scene = await setScene(null, { escalationWait: '5 min' })
  try {
    const server = await scene.start({ dataFolder, through: disk.through })
    await fire(server, 'early')
    await waitForPages(scene.webhook, 'early', 2, 30_000, server)
    // a page that is owed when the disk fills: its vendor says "not now" until then
    scene.webhook.plan = () => ({ kind: 'status', status: 503 })
    await fire(server, 'owed')
    await waitFor('the owed page to be tried', () => requestsAbout(scene.webhook, 'owed').length > 0, { timeoutMs: 30_000 })
    disk.fill(server)
    const accepted = await postUntilRefused(server)
    scene.webhook.plan = () => ({ kind: 'ok' })
    const refused = await send(server.url, 'POST', '/v2/enqueue', buildRequest(big('probe')).body)
    expect([429, 503]).toContain(refused.status)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await send(server.url, 'GET', '/healthz')).status).toBe(200)
    await sleep(2_000)
    disk.empty(server)
    await sendUntilAccepted(server.url, big('healed'), HEALED_MS_MAX)
    await waitForPages(scene.webhook, 'healed', 2, 30_000, server)
    await waitForPages(scene.webhook, 'owed', 2, HEALED_MS_MAX, server)
    await server.waitUntilReady(HEALED_MS_MAX)
    expect(server.hasExited()).toBe(false)
    for (const signal of accepted) expect(await isListed(server, signal.dedupKey), `${signal.dedupKey} was accepted`).toBe(true)
    await server.stop()
  } finally {
    await scene.close()
    rmSync(dataFolder, { recursive: true, force: true })
  }
})

/** Large messages until one is refused; what was accepted before counts. */
async function postUntilRefused(server: RunningServer): Promise<AcceptedSignal[]> {
  const accepted: AcceptedSignal[] = []
  for (let place = 0; place < 2_000; place += 1) {
    const signal = big(`fill-${place}`)
    const built = buildRequest(signal)
    const answer = await send(server.url, 'POST', built.path, built.body, built.headers, 20_000)
    if (answer.status >= 400) return accepted
    accepted.push({ token: signal.token, dedupKey: signal.dedupKey, status: 'firing', at: Date.now() })
  }
  throw new Error('the disk never became full')
}

function big(name: string): OutgoingSignal {
  const noise = Array.from({ length: 2_000 }, () => Math.random().toString(36)).join('')
  return {
    door: 'pagerduty',
    alarm: PAGED_ALARM,
    dedupKey: name,
    token: noise + PADDING.slice(0, 1_000),
    status: 'firing',
    startsAt: new Date().toISOString(),
    labels: { service: name },
  }
}

async function isListed(server: RunningServer, key: string): Promise<boolean> {
  for (let path: string | null = '/api/v1/alerts?limit=200'; path !== null; ) {
    const page = (await server.api('GET', path)).json as { items: { dedup_key: string }[]; next: string | null }
    if (page.items.some((alert) => alert.dedup_key === key)) return true
    path = page.next === null ? null : `/api/v1/alerts?limit=200&cursor=${encodeURIComponent(page.next)}`
  }
  return false
}

function canMount(): boolean {
  return process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /mnt'], { stdio: 'ignore' }).status === 0
}

function namespaceDisk(dataFolder: string): SmallDisk {
  const inside = (server: RunningServer): string => `/proc/${server.pid}/root${dataFolder}`
  return {
    how: `a disk of ${DISK_MEBIBYTES} MiB in a mount namespace`,
    through: ['unshare', '-m', 'sh', '-c', `mount -t tmpfs -o size=${DISK_MEBIBYTES}m,mode=755 none ${dataFolder} && exec "$@"`, 'sh'],
    fill: (server) => {
      const space = statfsSync(inside(server))
      // all but a little, so that Postgres fails in the middle of its work
      writeFileSync(join(inside(server), 'ballast'), Buffer.alloc(Math.max(0, space.bavail * space.bsize - 2_000_000)))
    },
    empty: (server) => rmSync(join(inside(server), 'ballast')),
  }
}

/** Every process of the embedded Postgres may write no file beyond 4 KiB: each new byte fails, as on a full disk. */
function limitedDisk(dataFolder: string): SmallDisk {
  const limit = (bytes: string): void => {
    // under the process's own user, who may lower and raise the soft limit without any privilege
    for (const pid of postgresProcesses(dataFolder)) execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`], ownerOf(pid))
  }
  return { how: "the system's limit on file sizes", through: [], fill: () => limit('4096'), empty: () => limit('unlimited') }
}

function ownerOf(pid: number): { uid: number; gid: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return { uid: Number(/^Uid:\s+(\d+)/mu.exec(status)?.[1]), gid: Number(/^Gid:\s+(\d+)/mu.exec(status)?.[1]) }
}

function postgresProcesses(dataFolder: string): number[] {
  const masters = findPostmasters(dataFolder)
  const children = readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && masters.includes(parentOf(pid)))
  return [...masters, ...children]
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    return 0
  }
}
