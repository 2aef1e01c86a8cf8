/** Who is on call: schedules, their shifts, and what people change of them for a while. */
import { z } from 'zod'
import { ActorRef, AnyTimestamp, Name, PersonRef, Text, Timestamp } from './common.ts'

/** One duty role or incident role and who holds it at the instant asked for; `person` null: nobody does. */
export const OncallItem = z
  .object({
    role: z.string(),
    /** Whose holder it is where a team has its own; null: the organisation's. */
    team: z.string().nullable(),
    kind: z.enum(['duty', 'incident']),
    person: PersonRef.nullable(),
    /** All who hold it, `person` first. */
    people: z.array(PersonRef),
    schedule: z.string().nullable(),
    from: Timestamp.nullable(),
    until: Timestamp.nullable(),
    next: PersonRef.nullable(),
    /** True: an override says so. */
    stand_in: z.boolean(),
    /** Told of pages by e-mail, never paged. */
    shadows: z.array(PersonRef),
    /** Who of `people` is in quiet hours then, by id, and until when: severities that respect them wait for it. */
    quiet: z.array(z.object({ id: z.string(), until: Timestamp })),
  })
  .meta({ id: 'OncallItem' })
export type OncallItem = z.infer<typeof OncallItem>

export const Schedule = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.string().nullable(),
    team: z.string().nullable(),
    zone: z.string(),
    people: z.array(PersonRef),
    /** Who holds it now, in order. */
    current: z.array(PersonRef),
    /** What `oncall.yaml` says of it, a sentence a layer. */
    prose: z.array(z.string()),
  })
  .meta({ id: 'Schedule' })
export type Schedule = z.infer<typeof Schedule>

/** Half-open. Clipped to nothing: a shift that runs longer than was asked for says so. */
export const CalendarShift = z
  .object({
    /** Null: for as long as anybody can say. */
    from: Timestamp.nullable(),
    until: Timestamp.nullable(),
    /** Empty: nobody; its pages go to the owners. A person of no account has an empty id. */
    people: z.array(PersonRef),
    /** What says so. */
    cause: z.enum(['layer', 'override', 'nobody']),
    /** Whose turn it would be and who is away. */
    away: z.array(PersonRef),
    /** Ids of the overrides that put somebody in. */
    overrides: z.array(z.string()),
  })
  .meta({ id: 'CalendarShift' })
export type CalendarShift = z.infer<typeof CalendarShift>

export const Override = z
  .object({
    id: z.string(),
    schedule: z.string(),
    /** False: oncall.yaml has no such schedule any more, so it does nothing. */
    schedule_known: z.boolean(),
    role: z.string(),
    person: PersonRef,
    /** Stands in only where this person would hold it; null: for whoever would. */
    instead_of: PersonRef.nullable(),
    from: Timestamp,
    until: Timestamp,
    state: z.enum(['pending', 'active', 'over']),
    kind: z.enum(['override', 'take', 'swap', 'cover']),
    reason: z.string(),
    author: ActorRef,
    created_at: Timestamp,
    /** Ended before its time. */
    ended_at: Timestamp.nullable(),
    ended_by: ActorRef.nullable(),
    /** Things to know before one relies on it; sentences. */
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Override' })
export type Override = z.infer<typeof Override>

const Shift = z.object({ schedule: z.string(), role: z.string(), from: Timestamp, until: Timestamp })

export const Absence = z
  .object({
    id: z.string(),
    person: PersonRef,
    from: Timestamp,
    until: Timestamp,
    reason: z.string(),
    author: ActorRef,
    created_at: Timestamp,
    ended_at: Timestamp.nullable(),
    /** Shifts that nobody holds because of it. */
    gaps: z.array(Shift),
  })
  .meta({ id: 'Absence' })
export type Absence = z.infer<typeof Absence>

export const CalendarLayer = z
  .object({
    /** As the file calls it, else `Layer 2`. */
    name: z.string(),
    shadow: z.boolean(),
    /** Of days on which the schedule is replaced. */
    replacement: z.boolean(),
    shifts: z.array(z.object({ from: Timestamp.nullable(), until: Timestamp.nullable(), people: z.array(PersonRef) })),
  })
  .meta({ id: 'CalendarLayer' })
export type CalendarLayer = z.infer<typeof CalendarLayer>

export const ScheduleCalendar = z
  .object({
    schedule: z.object({ id: z.string(), name: z.string(), role: z.string(), team: z.string().nullable(), zone: z.string() }),
    /** Who is paged: without a break from `from` to `until`. */
    final: z.array(CalendarShift),
    layers: z.array(CalendarLayer),
    overrides: z.array(Override),
    gaps: z.array(z.object({ from: Timestamp, until: Timestamp })),
    /** True: there is more than can be told at once; ask for less. */
    cut: z.boolean(),
  })
  .meta({ id: 'ScheduleCalendar' })
export type ScheduleCalendar = z.infer<typeof ScheduleCalendar>

export const OncallCalendar = z
  .object({
    from: Timestamp,
    until: Timestamp,
    items: z.array(ScheduleCalendar),
    absences: z.array(Absence),
    /** When a clock of the schedules or of whoever asks is moved, and by how much: an hour forward is 3600. */
    clock_changes: z.array(z.object({ zone: z.string(), at: Timestamp, by_seconds: z.number().int() })),
  })
  .meta({ id: 'OncallCalendar' })
export type OncallCalendar = z.infer<typeof OncallCalendar>

export const CALENDAR_DAYS_MAX = 400

export const CalendarQuery = z.object({
  from: AnyTimestamp,
  until: AnyTimestamp,
  /** Id, or duty role. */
  schedule: Name.optional(),
  /** Left out: without layers, which are most of it. */
  layers: z.enum(['true', 'false']).default('false'),
})

/** By e-mail address or id; `me` is whoever asks. */
const PersonName = z.string().trim().min(1).max(254)
const ScheduleName = Name

export const OverridesQuery = z.object({
  schedule: Name.optional(),
  /** Now when left out. */
  from: AnyTimestamp.optional(),
  until: AnyTimestamp.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
})

export const OverrideBody = z
  .strictObject({
    schedule: ScheduleName,
    person: PersonName.default('me'),
    instead_of: PersonName.optional(),
    /** Now when left out. */
    from: AnyTimestamp.optional(),
    /** It must end: nobody is on call by an override that was forgotten. */
    until: AnyTimestamp,
    reason: Text.default(''),
  })
  .meta({ id: 'CreateOverride' })
export type OverrideBody = z.input<typeof OverrideBody>

export const TakeBody = z
  .strictObject({
    schedule: ScheduleName,
    /** The end of the shift that runs when left out; 12 hours where it has none soon. */
    until: AnyTimestamp.optional(),
    reason: Text.default(''),
  })
  .meta({ id: 'TakePager' })
export type TakeBody = z.input<typeof TakeBody>

export const SwapRequest = z
  .object({
    id: z.string(),
    kind: z.enum(['swap', 'cover']),
    state: z.enum(['open', 'accepted', 'declined', 'withdrawn', 'expired']),
    /** Whose shift it is. */
    person: PersonRef,
    shift: Shift,
    /** What they hold in return. */
    in_return: Shift.nullable(),
    /** Who was asked; empty: whoever may. */
    of: z.array(PersonRef),
    declined: z.array(PersonRef),
    accepted_by: PersonRef.nullable(),
    note: z.string(),
    expires_at: Timestamp,
    author: ActorRef,
    created_at: Timestamp,
    /** What whoever asks may do with it. */
    may: z.array(z.enum(['accept', 'decline', 'withdraw'])),
  })
  .meta({ id: 'SwapRequest' })
export type SwapRequest = z.infer<typeof SwapRequest>

export const SwapBody = z
  .strictObject({
    schedule: ScheduleName,
    from: AnyTimestamp.optional(),
    until: AnyTimestamp,
    /** Whose shift it is. */
    person: PersonName.default('me'),
    /** Who is asked: one person for a swap; whoever may, when left out. */
    of: z.array(PersonName).max(50).default([]),
    /** A shift of theirs that is held in return, on the same schedule unless another is named. */
    in_return: z.strictObject({ schedule: ScheduleName.optional(), from: AnyTimestamp, until: AnyTimestamp }).optional(),
    note: Text.default(''),
    /** As late as an answer is of use when left out. */
    expires_at: AnyTimestamp.optional(),
  })
  .meta({ id: 'AskForSwap' })
export type SwapBody = z.input<typeof SwapBody>

export const SwapsQuery = z.object({ limit: z.coerce.number().int().min(1).max(500).default(200) })

/** Who manages people answers for somebody who cannot. */
export const SwapAnswerBody = z.strictObject({ person: PersonName.default('me') }).meta({ id: 'AnswerSwap' })

export const AbsenceBody = z
  .strictObject({
    person: PersonName.default('me'),
    from: AnyTimestamp.optional(),
    until: AnyTimestamp,
    reason: Text.default(''),
    /** Others are asked to stand in for each gap. */
    ask_for_cover: z.boolean().default(true),
  })
  .meta({ id: 'CreateAbsence' })
export type AbsenceBody = z.input<typeof AbsenceBody>

export const MadeAbsence = Absence.extend({ requests: z.array(SwapRequest) }).meta({ id: 'MadeAbsence' })
export type MadeAbsence = z.infer<typeof MadeAbsence>

/** A calendar in somebody's own application. */
export const CalendarFeed = z
  .object({
    id: z.string(),
    /** Who made it; it ends with their account. */
    person: PersonRef,
    /** Null: all that the person holds. */
    schedule: z.string().nullable(),
    created_at: Timestamp,
    /** To the hour. */
    last_used_at: Timestamp.nullable(),
    revoked_at: Timestamp.nullable(),
  })
  .meta({ id: 'CalendarFeed' })
export type CalendarFeed = z.infer<typeof CalendarFeed>

export const CalendarFeedBody = z
  .strictObject({
    /** All that you hold when left out. */
    schedule: ScheduleName.optional(),
  })
  .meta({ id: 'CreateCalendarFeed' })

/** The address is a secret: whoever has it reads the calendar. */
export const MadeCalendarFeed = CalendarFeed.extend({ url: z.string() }).meta({ id: 'MadeCalendarFeed' })
export type MadeCalendarFeed = z.infer<typeof MadeCalendarFeed>
