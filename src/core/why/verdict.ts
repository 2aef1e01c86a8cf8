/** Why somebody was paged or was not, as fixed words; the strongest of several is the answer. */

/** From what was done to what never came to be. */
export const PERSON_VERDICTS = [
  /** They were paged and acknowledged. */
  'acknowledged',
  /** They were paged and said that they cannot. */
  'declined',
  /** A page was handed to a channel that can reach them. */
  'paged',
  /** A page of theirs waits to be sent, or is being tried again. */
  'on-its-way',
  /** A page was made and only the console could take it. */
  'no-channel',
  /** A page was made and no channel took it. */
  'delivery-failed',
  /** A page was made and ended before it was sent. */
  'superseded',
  /** They stand further down the escalation, which has not come to them. */
  'not-yet',
  /** Somebody acknowledged before the escalation came to them. */
  'already-acknowledged',
  /** The duty was released before the escalation came to them. */
  'released',
  /** The duty ended (resolved, another severity, another team) before the escalation came to them. */
  'duty-ended',
  /** The schedule of now names them for then, and the page went to somebody else. */
  'schedule-changed',
  /** They held none of the roles that were paged. */
  'not-in-role',
  /** What was paged for was somebody else by name. */
  'not-called-in',
  /** The severity pages nobody. */
  'pages-nobody',
  /** Their account is disabled: nobody disabled is paged. */
  'disabled',
  /** No incident was opened, so nobody is paged. */
  'no-incident',
] as const
export type PersonVerdict = (typeof PERSON_VERDICTS)[number]

export function strongest<Judged extends { readonly verdict: PersonVerdict }>(judged: readonly Judged[]): Judged | undefined {
  return judged.toSorted((one, other) => PERSON_VERDICTS.indexOf(one.verdict) - PERSON_VERDICTS.indexOf(other.verdict))[0]
}
