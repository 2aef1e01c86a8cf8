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

/** Whom to page for a test: an e-mail address or an id. */
export const TestPageBody = z.object({ person: Name }).strict().meta({ id: 'PageForTest' })
export type TestPageBody = z.input<typeof TestPageBody>
