/** "Where did it go, and why?" and "Why was I not paged?": answers in steps, each with its evidence. */
import { z } from 'zod'
import { PERSON_VERDICTS } from '../core/why/verdict.ts'
import { Alert, Signal } from './alert.ts'
import { PersonRef, Timestamp } from './common.ts'
import { Clause } from './explain.ts'

export const WhyStep = z
  .object({
    kind: z.enum([
      'received',
      'refused',
      'waiting',
      'rule',
      'severity',
      'team',
      'below',
      'unknown',
      'alert',
      'held',
      'fate',
      'incident',
      'paging',
      'duty',
      'page',
      'assumption',
    ]),
    /** Null where it has no time, such as a rule. */
    at: Timestamp.nullable(),
    /** May hold what strangers sent: show it as text. */
    sentence: z.string(),
    /** The line of the playbook that says so; of the version `playbook.digest`. */
    clause: Clause.nullable(),
    /** The event of an incident's timeline that proves it. */
    event: z.object({ incident_id: z.string(), version: z.number().int(), type: z.string() }).nullable(),
    /** What it is about, to look at. */
    about: z
      .object({ kind: z.enum(['signal', 'alert', 'incident', 'silence', 'maintenance', 'snooze', 'inhibition', 'source']), id: z.string() })
      .nullable(),
  })
  .meta({ id: 'WhyStep' })
export type WhyStep = z.infer<typeof WhyStep>

export const WhyPerson = z
  .object({
    person: PersonRef,
    verdict: z.enum(PERSON_VERDICTS),
    sentence: z.string(),
    steps: z.array(WhyStep),
  })
  .meta({ id: 'WhyPerson' })
export type WhyPerson = z.infer<typeof WhyPerson>

export const Why = z
  .object({
    subject: z.object({ kind: z.enum(['signal', 'alert', 'incident']), id: z.string(), title: z.string() }),
    /** What became of it in one word: `outcome_kind` of a signal, `held`, or `incident`. */
    verdict: z.string(),
    /** The answer in one sentence. */
    sentence: z.string(),
    steps: z.array(WhyStep),
    signal: Signal.nullable(),
    alert: Alert.nullable(),
    /** Null where it opened none. */
    incident: z
      .object({
        id: z.string(),
        number: z.number().int(),
        title: z.string(),
        severity: z.string(),
        severity_rank: z.number().int(),
        phase: z.string(),
        open: z.boolean(),
      })
      .nullable(),
    /** Whose lines the clauses are. */
    playbook: z.object({ digest: z.string(), version: z.number().int().nullable() }).nullable(),
    /** Who was paged about the incident, in order, to fifty. */
    paged: z.array(z.object({ person: PersonRef, role: z.string(), state: z.string(), at: Timestamp })),
    /** Null where nobody was asked about. */
    person: WhyPerson.nullable(),
  })
  .meta({ id: 'Why' })
export type Why = z.infer<typeof Why>

/** One of `signal`, `alert` (ids) and `incident` (id or number); `person` by id or e-mail address, or `me`. */
export const WhyQuery = z
  .strictObject({
    signal: z.string().max(200).optional(),
    alert: z.string().max(200).optional(),
    incident: z.string().max(200).optional(),
    person: z.string().max(320).optional(),
  })
  .refine((asked) => [asked.signal, asked.alert, asked.incident].filter((one) => one !== undefined).length === 1, {
    path: ['signal'],
    message: 'give one of signal, alert and incident',
  })
export type WhyQuery = z.infer<typeof WhyQuery>
