/** What became of an acknowledgement that was pressed: sent, waiting, or failed; never anything between. Pure. */

export interface Outgoing {
  /** Sent again with the same, it is done once. */
  readonly id: string
  /** By whom: of what is acknowledged by a sign-in; null: the link itself is the right. */
  readonly personId: string | null
  /** Where it is posted, on this server. */
  readonly path: string
  /** Of the incident; null when it is not known. */
  readonly number: number | null
  /** When it was pressed, ms. */
  readonly at: number
  readonly state: 'waiting' | 'sent' | 'failed'
  /** Why it waits or failed, in a sentence; who else has acknowledged, where it was sent. */
  readonly reason: string
  readonly settledAt: number | null
}

/** Pressed longer ago, it is not sent any more: others have been paged since, and whoever pressed may be asleep again. */
export const SENT_WITHIN_MS = 3_600_000
/** What is settled is shown for so long. */
export const SHOWN_FOR_MS = 600_000

/** `status` 0: nobody answered. */
export interface Answer {
  readonly status: number
  /** `code` of a problem, or `state` of an answer to a link; empty: none. */
  readonly said: string
  readonly others: readonly string[]
}

const REASONS: Readonly<Record<string, string>> = {
  over: 'It is resolved: nothing is left to do.',
  declined: 'You said that you cannot.',
  'not-paged': 'You are not being paged for it any more.',
  gone: 'Its link has been used or is too old. Open the incident.',
  'incident-already-resolved': 'It was resolved meanwhile: nothing is left to do.',
  'incident-closed': 'It was closed meanwhile: nothing is left to do.',
  'another-person': 'Somebody else is signed in here now. Nothing was acknowledged.',
}

export function isTooOld(entry: Outgoing, now: number): boolean {
  return now - entry.at > SENT_WITHIN_MS
}

export function giveUp(entry: Outgoing, now: number): Outgoing {
  return {
    ...entry,
    state: 'failed',
    settledAt: now,
    reason: 'It could not be sent for an hour, so it was not. Open the incident and look who has it.',
  }
}

export function judge(entry: Outgoing, { status, said, others }: Answer, now: number): Outgoing {
  const settled = { ...entry, settledAt: now }
  if (status >= 200 && status < 300) {
    const reason = REASONS[said]
    if (reason !== undefined) return { ...settled, state: 'failed', reason }
    return { ...settled, state: 'sent', reason: others.length === 0 ? '' : `${others.join(', ')} acknowledged as well.` }
  }
  if (status === 0) return { ...entry, reason: 'The server cannot be reached.' }
  if (status === 401) return { ...entry, reason: 'You are signed out: sign in, and it is sent.' }
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return { ...entry, reason: `The server does not take it now (${status}).` }
  return { ...settled, state: 'failed', reason: REASONS[said] ?? `The server refused it (${status}). Open the incident.` }
}

/** Texts that stand on a lock screen as well as in the console. */
export function describe({ state, number }: Pick<Outgoing, 'state' | 'number'>): string {
  const what = number === null ? 'the incident' : `INC-${number}`
  if (state === 'sent') return `You have ${what}`
  return state === 'waiting' ? `Not acknowledged yet: ${what}` : `Not acknowledged: ${what}`
}
