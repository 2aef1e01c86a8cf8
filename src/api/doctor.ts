/** Whether paging works: what `tocsin doctor` and the console show. No secret is ever in it. */
import { z } from 'zod'
import { Name, Timestamp } from './common.ts'

export const DoctorState = z.enum(['ok', 'warn', 'fail'])
export type DoctorState = z.infer<typeof DoctorState>

export const DoctorCheck = z
  .object({
    /** Fixed name, such as `mail`; one about one thing of many has it after a colon, such as `person:a@example.com`. */
    id: z.string(),
    state: DoctorState,
    /** What was looked at, as a heading. */
    title: z.string(),
    /** What was found. */
    found: z.string(),
    /** What it means at 03:00; empty when all is well. */
    meaning: z.string(),
    /** What to do about it; empty when all is well. */
    remedy: z.string(),
  })
  .meta({ id: 'DoctorCheck' })
export type DoctorCheck = z.infer<typeof DoctorCheck>

/** Views of incidents compared with their events, and made anew where `write` says so. */
export const RebuildBody = z
  .object({ write: z.boolean().default(false) })
  .strict()
  .meta({ id: 'Rebuild' })
export const Rebuilt = z
  .object({
    incidents: z.number().int(),
    /** By the number that people say; `parts` are the views that said something else. */
    differing: z.array(z.object({ number: z.number().int(), parts: z.array(z.enum(['incident', 'pages'])) })),
    written: z.boolean(),
  })
  .meta({ id: 'Rebuilt' })
export type Rebuilt = z.infer<typeof Rebuilt>

export const DoctorReport = z
  .object({
    at: Timestamp,
    /** The worst of the checks. */
    state: DoctorState,
    /** Failures first, then warnings, then what is well. */
    checks: z.array(DoctorCheck),
  })
  .meta({ id: 'DoctorReport' })
export type DoctorReport = z.infer<typeof DoctorReport>

/** Parts that can be asked about alone; the whole logs in to outside systems and takes its time. */
export const DoctorPart = z.enum(['sources'])
export type DoctorPart = z.infer<typeof DoctorPart>
export const DoctorQuery = z.object({ part: DoctorPart.optional() })

/** Whom to page for a test: an e-mail address or an id. */
export const TestPageBody = z.object({ person: Name }).strict().meta({ id: 'PageForTest' })
export type TestPageBody = z.input<typeof TestPageBody>
