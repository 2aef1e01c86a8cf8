/** Who can be on call, and when, as `oncall.yaml` says it: parsed, names made equal, times still on the wall. */
import type { ContactKind } from './carriers.ts'
import type { Way } from './way.ts'
import type { WeekSpan } from './week.ts'

export interface OnCall {
  readonly people: readonly OnCallPerson[]
  /** At most one a duty role and team. A team's role without one is held as the organisation's, and that without one by the owners. */
  readonly schedules: readonly Schedule[]
}

export interface OnCallPerson {
  readonly name: string
  /** Lower case; how schedules name people. */
  readonly email: string
  /** IANA time zone. */
  readonly zone: string
  /** `email`, `sms`, `webhook:<connection>`, in order; the console comes after them for everybody. */
  readonly channels: readonly string[]
  /** What the file says of them beyond their order; left out: all go out at once, whatever the urgency. */
  readonly ways?: readonly Way[]
  /** Hours on their own clock in which they sleep; left out: none. Never the whole week. */
  readonly quiet?: readonly WeekSpan[]
  /** Their own addresses besides the e-mail address, as vendors take them. Never for a log. */
  readonly contacts?: Readonly<Partial<Record<ContactKind, string>>>
}

export interface Schedule {
  /** Stable, such as `devsecops`. */
  readonly id: string
  readonly name: string
  /** Duty role. */
  readonly role: string
  /** Whose holders these are, as the playbook names the team; null: the organisation's. */
  readonly team: string | null
  /** The zone whose wall clock hands over, where a layer does not say another. */
  readonly zone: string
  /** The first that covers an instant holds; those below fill its gaps. Shadows hold nothing. */
  readonly layers: readonly Layer[]
  /** Stretches in which other layers hold instead of all of the above; the first that covers an instant counts. */
  readonly replacements?: readonly Replacement[]
}

/** `owner` stands for every owner; else a person's e-mail address. */
export type Holder = string
export const OWNER: Holder = 'owner'

export interface Layer {
  readonly members: readonly Holder[]
  /** Null: all members hold together, always. */
  readonly rotation: Rotation | null
  /** How calendars call it; left out: by its place. */
  readonly name?: string
  /** Its own wall clock, for hand-overs and restrictions; left out: the schedule's. */
  readonly zone?: string
  /** When it holds at all; left out: always. */
  readonly only?: readonly WeekSpan[]
  /** Where `only` is read on each member's own clock: their zones, in the order of the members. */
  readonly memberZones?: readonly string[]
  /** Whoever is on it is shown and told by e-mail, and never paged. */
  readonly shadow?: true
}

/** Members take turns from the start on. All times are wall times: a hand-over at 09:00 stays at 09:00 through clock changes. */
export interface Rotation {
  /** Wall time in milliseconds, as if the wall were in UTC: the first member's first turn begins. */
  readonly startWallMs: number
  /** Wall time; null: for ever. */
  readonly untilWallMs: number | null
  readonly turn: Turn
}

export type Turn =
  /** Lengths of turns on the wall clock, one after the other and round again: one week; or five days, then two. */
  | { readonly kind: 'cycle'; readonly wallMs: readonly number[] }
  /** On the day of the month on which the rotation started; on the last day of a month that is shorter. */
  | { readonly kind: 'months'; readonly months: number }
  /** All members hold together from the start on. */
  | { readonly kind: 'together' }

export interface Replacement {
  /** Wall times of the schedule's zone; half-open. */
  readonly fromWallMs: number
  readonly untilWallMs: number
  readonly layers: readonly Layer[]
  /** Why, in a few words; empty: not said. */
  readonly reason: string
}

export const noOnCall: OnCall = { people: [], schedules: [] }
