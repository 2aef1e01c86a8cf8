/** Who can be reached at one instant: computed from schedules and overrides before `plan` is asked, so that `plan` reads no calendar. */
import type { PersonId } from '../id.ts'
import type { Instant } from '../time.ts'
import type { Way } from './way.ts'

/** Everybody has it, and it is the last: it lists what was paged, and rings nowhere but where it is open. */
export const CONSOLE_CHANNEL = 'console'

export interface Roster {
  /** The instant it describes. */
  readonly at: Instant
  /** By duty role. A role that nobody holds is absent or has an empty list: its pages fall to the owners. */
  readonly roles: Readonly<Record<string, RoleHolders>>
  /** Never empty: the owner is made at the first start and the last one cannot be removed. */
  readonly owners: readonly PersonId[]
  readonly people: Readonly<Record<PersonId, RosterPerson>>
}

export interface RoleHolders {
  readonly current: readonly PersonId[]
  /** Who holds it after them, without those who hold it now. */
  readonly next: readonly PersonId[]
}

export interface RosterPerson {
  readonly name: string
  /** Ids of the person's ways to be reached, in order: `email`, `webhook:ops`, and always at last `console`. */
  readonly channels: readonly string[]
  /** What they say of channels: waits, and for which urgency; one that is not named goes out at once, for all. */
  readonly ways?: readonly Way[]
  /** What channels fall with, where their connections say it. */
  readonly domains?: Readonly<Record<string, string>>
  /** When the quiet hours that they are in at that instant end; left out: they are in none. */
  readonly quietUntil?: Instant
}
