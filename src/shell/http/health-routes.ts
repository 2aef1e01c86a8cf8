/** Whether the process lives, whether it can do its work, and its numbers for Prometheus. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Health } from '../../api/schema.ts'
import type { Ports } from '../ports.ts'

export interface Check {
  readonly ok: boolean
  /** For people: what is wrong, or what was seen. Never a secret. */
  readonly detail: string
}
export type Checks = Readonly<Record<string, () => Check | Promise<Check>>>

/** A check that takes longer counts as failed. */
const CHECK_MS_MAX = 3_000
const HIDDEN = { hide: true } as const

export interface Metrics {
  readonly contentType: string
  readonly metrics: () => Promise<string>
}

export function healthRoutes(ports: Ports, checks: Checks, metrics: Metrics): FastifyPluginAsyncZod {
  const all: Checks = { database: () => checkDatabase(ports), ...checks }
  return async (app) => {
    app.get('/healthz', { schema: { ...HIDDEN, response: { 200: z.object({ ok: z.literal(true) }) } } }, async () => ({
      ok: true as const,
    }))
    app.get('/readyz', { schema: { ...HIDDEN, response: { 200: Health, 503: Health } } }, async (_request, reply) => {
      const entries = await Promise.all(Object.entries(all).map(async ([name, check]) => [name, await run(check)] as const))
      const ready = entries.every(([, check]) => check.ok)
      return reply.code(ready ? 200 : 503).send({ ready, checks: Object.fromEntries(entries) })
    })
    app.get('/metrics', { schema: HIDDEN }, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
  }
}

async function run(check: () => Check | Promise<Check>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Check>((resolve) => {
    timer = setTimeout(resolve, CHECK_MS_MAX, { ok: false, detail: `no answer in ${CHECK_MS_MAX} ms` })
  })
  try {
    return await Promise.race([(async () => check())(), late])
  } catch {
    // What was thrown may hold an address or a password; the log of the part itself says more.
    return { ok: false, detail: 'failed' }
  } finally {
    clearTimeout(timer)
  }
}

async function checkDatabase(ports: Ports): Promise<Check> {
  try {
    await ports.database.query('select 1')
    return { ok: true, detail: 'answers' }
  } catch {
    return { ok: false, detail: 'does not answer' }
  }
}
