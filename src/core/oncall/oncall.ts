/** Who can be on call, and when, as `oncall.yaml` says it: parsed, names made equal, times still on the wall. */
import type { ContactKind } from './carriers.ts'

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
  /** The zone whose wall clock hands over. */
  readonly zone: string
  /** The first that covers an instant holds; those below fill its gaps. */
  readonly layers: readonly Layer[]
}

/** `owner` stands for every owner; else a person's e-mail address. */
export type Holder = string
export const OWNER: Holder = 'owner'

export interface Layer {
  readonly members: readonly Holder[]
  /** Null: all members hold together, always. */
  readonly rotation: Rotation | null
}

/** Members take turns from the start on. All times are wall times: a hand-over at 09:00 stays at 09:00 through clock changes. */
export interface Rotation {
  /** Wall time in milliseconds, as if the wall were in UTC: the first member's first turn begins. */
  readonly startWallMs: number
  /** Wall time; null: for ever. */
  readonly untilWallMs: number | null
  /** Length of a turn on the wall clock. */
  readonly turnWallMs: number
}

export const noOnCall: OnCall = { people: [], schedules: [] }
