/**
 * `npm run bench`: durable throughput beside Debian's Alertmanager, latency to the page, the cost of history and of open
 * incidents, a storm with the pages of each person, vendors' doors under a storm, `plan`, memory, start and weights. Prints a table, writes bench-results/latest.json, ends by itself. Loopback only.
 * `--short`: a smoke of some seconds. `--full`: history up to 10 million alerts. `--only=throughput,latency,...`: parts.
 */
import { parseArgs } from 'node:util'
import { startFakeWebhook } from '../support/fake-vendor.ts'
import { makePlaybookFolder } from '../support/playbook-folder.ts'
import { startServer } from '../support/server.ts'
import { measureDoors } from './doors.ts'
import { MANY_FULL, MANY_SHORT, MANY_SMOKE, measureGrowth, OPEN_SHORT, OPEN_SMOKE } from './growth.ts'
import { measureLatency } from './latency.ts'
import { measureLint } from './lint-time.ts'
import { measureOncall } from './oncall-time.ts'
import { measurePlan } from './plan-time.ts'
import { type Line, printTable, writeResults } from './report.ts'
import { measureAcknowledgePage, measureConsole } from './size.ts'
import { measureStorm } from './storm.ts'
import { measureThroughput } from './throughput.ts'

const TIME_MS_MAX = 12 * 60_000
const FULL_TIME_MS_MAX = 60 * 60_000
const READY_BUDGET_MS = 5_000

const { values: flags } = parseArgs({
  options: { short: { type: 'boolean', default: false }, full: { type: 'boolean', default: false }, only: { type: 'string' } },
})
const parts = flags.only?.split(',')
const wanted = (part: string): boolean => parts === undefined || parts.includes(part)
const seconds = flags.short ? 2 : 6

const lines: Line[] = []
const startedAt = new Date()
const limit = setTimeout(
  () => {
    console.error('the bench took too long and is ended; what it has is printed')
    finish()
    process.exit(1)
  },
  flags.full ? FULL_TIME_MS_MAX : TIME_MS_MAX,
)

const vendor = await startFakeWebhook()
const folder = makePlaybookFolder({ webhookUrl: vendor.url, newIncidentsPerMinuteMax: 10_000 })
const environment = { ...folder.environment, NODE_ENV: 'production' }
const first = await startServer({ playbookFolder: folder.path, environment })
let server = first
try {
  await first.stop()
  server = await startServer({ playbookFolder: folder.path, environment, dataFolder: first.dataFolder, port: first.port })
  const readyMs = server.readyAt() - server.startedAt
  add({
    what: 'start to ready, embedded, after the first start',
    measured: `${readyMs} ms`,
    peer: '',
    budget: '< 5 s',
    met: readyMs < READY_BUDGET_MS,
    figures: { readyMs },
  })
  if (wanted('plan')) add(measurePlan())
  if (wanted('lint')) add(measureLint())
  if (wanted('oncall')) add(measureOncall())
  if (wanted('size')) add(measureConsole())
  if (wanted('latency')) add(...(await measureLatency(server, vendor, flags.short ? 30 : 200, flags.short ? 4 : 12)))
  if (wanted('latency') && wanted('size')) add(await measureAcknowledgePage(server, vendor))
  if (wanted('throughput')) add(...(await measureThroughput(server, seconds)))
  await server.stop()
  if (wanted('doors')) add(...(await measureDoors(flags.short ? 4 : 10)))
  if (wanted('storm')) add(...(await measureStorm(flags.short ? 3 : 10)))
  if (parts?.includes('growth') ?? !flags.short) {
    const many = flags.full ? MANY_FULL : flags.short ? MANY_SMOKE : MANY_SHORT
    const open = flags.short ? OPEN_SMOKE : OPEN_SHORT
    add(
      ...(await measureGrowth({ playbookFolder: folder.path, environment, vendor, seconds, samples: flags.short ? 20 : 100, many, open })),
    )
  }
} finally {
  clearTimeout(limit)
  await server.cleanUp()
  await first.cleanUp()
  await vendor.close()
  folder.remove()
  finish()
}

function add(...more: readonly Line[]): void {
  lines.push(...more)
  for (const line of more) console.log(`${line.what}: ${line.measured}`)
}

function finish(): void {
  console.log('')
  printTable(lines)
  console.log(`\nwritten to ${writeResults(lines, { full: flags.full, short: flags.short, startedAt })}`)
}
