/** Weights: the console's first view and the acknowledge page. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { FakeVendor } from '../support/fake-vendor.ts'
import { ROOT, send, type RunningServer } from '../support/server.ts'
import type { Line } from './report.ts'

const CONSOLE_BYTES_MAX = 150_000
const ACKNOWLEDGE_BYTES_MAX = 15_000

/** The script of the first view: what index.html loads, and what those files import at once. */
export function measureConsole(): Line {
  const dist = join(ROOT, 'web/dist')
  const html = readFileSync(join(dist, 'index.html'), 'utf8')
  const waiting = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/gu)].map((match) => match[1] ?? '')
  const sizes = new Map<string, number>()
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = path.replace(/^\.?\//u, '')
    if (sizes.has(file)) continue
    const script = readFileSync(join(dist, file))
    sizes.set(file, gzipSync(script).length)
    const folder = file.slice(0, file.lastIndexOf('/') + 1)
    for (const match of script.toString('utf8').matchAll(/\bimport\s*(?:[\w{},*$\s]+from\s*)?["']\.\/([^"']+\.js)["']/gu))
      waiting.push(`${folder}${match[1]}`)
  }
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  return weigh('console, script of the first view, gzipped', bytes, CONSOLE_BYTES_MAX)
}

export async function measureAcknowledgePage(server: RunningServer, vendor: FakeVendor): Promise<Line> {
  const link = vendor.requests.map((request) => /\/a\/[\w-]+/u.exec(request.text)?.[0]).findLast((path) => path !== undefined)
  if (link === undefined) throw new Error('no page carried an acknowledge link')
  const answer = await send(server.url, 'GET', link)
  if (answer.status !== 200) throw new Error(`the acknowledge page answers ${answer.status}`)
  return weigh('acknowledge page, uncompressed', Buffer.byteLength(answer.text), ACKNOWLEDGE_BYTES_MAX)
}

function weigh(what: string, bytes: number, bytesMax: number): Line {
  return {
    what,
    measured: `${(bytes / 1_000).toFixed(1)} kB`,
    peer: '',
    budget: `<= ${bytesMax / 1_000} kB`,
    met: bytes <= bytesMax,
    figures: { bytes },
  }
}
