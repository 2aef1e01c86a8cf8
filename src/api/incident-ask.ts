/** What can be asked of incidents: which ones, and the bodies of the acts. */
import { z } from 'zod'
import { INCIDENT_FACTS } from '../core/incident/event.ts'
import { AnyTimestamp, cleanText, Line, ListQuery, Name, Text } from './common.ts'

/** Several severities, phases or types may be given separated by commas; `q` searches title, summary and number. */
export const IncidentQuery = ListQuery.extend({
  open: z.enum(['true', 'false']).optional(),
  severity: Name.optional(),
  phase: Name.optional(),
  type: Name.optional(),
  service: Name.optional(),
  team: Name.optional(),
  /** Number of the playbook's version that it runs under. */
  version: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
  q: z.string().overwrite(cleanText).max(200).optional(),
})
export type IncidentQuery = z.infer<typeof IncidentQuery>

export const DeclareBody = z
  .object({
    title: Line,
    summary: Text.default(''),
    /** Left out: the type's, else the playbook's default. */
    severity: Name.nullable().default(null),
    type: Name.nullable().default(null),
    /** What is hit, as the playbook names it: its team is paged. */
    service: Name.nullable().default(null),
    private: z.boolean().default(false),
    /** Why this severity. */
    reason: Text.default(''),
  })
  .strict()
  .meta({ id: 'Declare' })
export type DeclareBody = z.input<typeof DeclareBody>

/** The reason is kept on the timeline; for a resolution it must say something. */
export const ReasonBody = z
  .object({ reason: Text.default('') })
  .strict()
  .meta({ id: 'Reason' })
export type ReasonBody = z.input<typeof ReasonBody>

export const TriageBody = z
  .object({ type: Name.nullable().default(null), severity: Name.nullable().default(null), reason: Text.default('') })
  .strict()
  .meta({ id: 'Triage' })
export type TriageBody = z.input<typeof TriageBody>

export const SeverityBody = z
  .object({ severity: Name, reason: Text.default('') })
  .strict()
  .meta({ id: 'ChangeSeverity' })
export type SeverityBody = z.input<typeof SeverityBody>

/** `value` with its unit, as "30 %", "4.2 s" or "1200": a share or a time without one is refused. */
export const ImpactBody = z
  .object({ measure: Name, value: z.union([Line, z.number()]), reason: Text.default('') })
  .strict()
  .meta({ id: 'RecordImpact' })
export type ImpactBody = z.input<typeof ImpactBody>

/** `service` as the playbook names it, or null: nobody knows. */
export const ServiceBody = z
  .object({ service: Name.nullable(), reason: Text.default('') })
  .strict()
  .meta({ id: 'NameService' })
export type ServiceBody = z.input<typeof ServiceBody>

/** `digest` names the version to go on by; left out: the one in force. */
export const MoveBody = z
  .object({ digest: Name.nullable().default(null), reason: Text.default('') })
  .strict()
  .meta({ id: 'MovePlaybook' })
export type MoveBody = z.input<typeof MoveBody>

export const NoteBody = z
  .object({ text: Text.trim().min(1) })
  .strict()
  .meta({ id: 'Note' })
export type NoteBody = z.input<typeof NoteBody>

/** A fact that starts legal clocks, and since when it holds. */
export const FactBody = z
  .object({ fact: z.enum(INCIDENT_FACTS), at: AnyTimestamp, reason: Text.default('') })
  .strict()
  .meta({ id: 'RecordFact' })
export type FactBody = z.input<typeof FactBody>

/** `role` left out: every duty still open is released. */
export const ReleaseBody = z
  .object({ role: Name.nullable().default(null), reason: Text.default('') })
  .strict()
  .meta({ id: 'Release' })
export type ReleaseBody = z.input<typeof ReleaseBody>

/** A duty role of the playbook, or a person by id or e-mail address. */
export const SummonBody = z
  .object({ who: Name, reason: Text.default('') })
  .strict()
  .meta({ id: 'CallIn' })
export type SummonBody = z.input<typeof SummonBody>

/** `person` is an id or an e-mail address; left out: whoever asks takes the role. */
export const AssignBody = z.object({ role: Name, person: Name.optional() }).strict().meta({ id: 'AssignRole' })
export type AssignBody = z.input<typeof AssignBody>

export const MemberBody = z.object({ person: Name }).strict().meta({ id: 'AddMember' })
export type MemberBody = z.input<typeof MemberBody>

/** `into`, by id or number: the incident that goes on. */
export const MergeBody = z.strictObject({ into: Name, reason: Text.default('') }).meta({ id: 'MergeIncident' })
export type MergeBody = z.input<typeof MergeBody>

/** `to`, by id or number. */
export const LinkBody = z.strictObject({ to: Name, reason: Text.default('') }).meta({ id: 'LinkIncident' })
export type LinkBody = z.input<typeof LinkBody>
