/** The words for what a channel may carry of an incident. */

/** The least first. */
export const CEILINGS = ['number-and-severity', 'title', 'all'] as const
export type Ceiling = (typeof CEILINGS)[number]
/** What is worth writing down: all is as if nothing were said. */
export type Limit = Exclude<Ceiling, 'all'>

/** Kinds of channels outside; the console shows what its reader may see. */
export const LIMITED_KINDS = ['email', 'sms', 'voice', 'push', 'ntfy', 'pushover', 'webhook'] as const
export type LimitedKind = (typeof LIMITED_KINDS)[number]
