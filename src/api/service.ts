/** What runs, whose it is, and how much depends on it: the playbook's catalogue. */
import { z } from 'zod'

export const Service = z
  .object({
    /** As the playbook names it. */
    name: z.string(),
    description: z.string(),
    /** Null: the organisation's. */
    team: z.string().nullable(),
    /** 1 is the most important; null: unsaid. */
    tier: z.number().int().nullable(),
    links: z.array(z.object({ title: z.string(), url: z.string() })),
    /** A signal is of this service when each of these labels has one of its values, and of no service before it. */
    labels: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
    /** That the reader may see. */
    open_incidents: z.number().int(),
    /** Of the gravest of them; null: none is open. */
    severity: z.string().nullable(),
  })
  .meta({ id: 'Service' })
export type Service = z.infer<typeof Service>
