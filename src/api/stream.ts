/** The live feed and the state of the server. */
import { z } from 'zod'
import { Timestamp } from './common.ts'

/** SSE event `change`: an incident the reader may see has a new event. Fetch what you show of it again. */
export const StreamChange = z.object({
  incident_id: z.string(),
  number: z.number().int(),
  type: z.string(),
  version: z.number().int(),
  at: Timestamp,
})
export type StreamChange = z.infer<typeof StreamChange>

/** SSE event `page`: the reader is paged by this incident (again): time to make a sound. */
export const StreamPage = z.object({ incident_id: z.string(), number: z.number().int(), roles: z.array(z.string()), at: Timestamp })
export type StreamPage = z.infer<typeof StreamPage>

/**
 * SSE event `reset`: the feed cannot be resumed from the id given (too old, unknown); everything shown must be fetched
 * again. SSE event `hello` comes first on each connection, with the server's time.
 */
export const StreamHello = z.object({ at: Timestamp })
export type StreamHello = z.infer<typeof StreamHello>

export const Health = z
  .object({
    ready: z.boolean(),
    checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() })),
  })
  .meta({ id: 'Readiness' })
export type Health = z.infer<typeof Health>
