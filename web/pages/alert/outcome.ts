/** What became of a signal, in the reader's words. Pure. */
import type { Tone } from '../../parts/tag.tsx'

interface OutcomeWord {
  readonly label: string
  readonly tone: Tone
}

const WORDS: Readonly<Record<string, OutcomeWord>> = {
  opened: { label: 'opened', tone: 'late' },
  joined: { label: 'joined', tone: 'plain' },
  below: { label: 'below', tone: 'plain' },
  held: { label: 'held', tone: 'warn' },
  repeated: { label: 'repeat', tone: 'plain' },
  resolved: { label: 'ended', tone: 'ok' },
  recorded: { label: 'was over', tone: 'plain' },
  acknowledged: { label: 'acknowledged', tone: 'ok' },
  late: { label: 'late', tone: 'plain' },
  stale: { label: 'stale', tone: 'plain' },
  ignored: { label: 'nothing fires', tone: 'plain' },
  change: { label: 'change', tone: 'plain' },
  pinged: { label: 'heartbeat', tone: 'ok' },
  refused: { label: 'refused', tone: 'late' },
  poisoned: { label: 'fault', tone: 'late' },
  distrusted: { label: 'distrusted', tone: 'late' },
  'repeated-delivery': { label: 'sent twice', tone: 'plain' },
  test: { label: 'test', tone: 'plain' },
  empty: { label: 'empty', tone: 'plain' },
  waiting: { label: 'waiting', tone: 'warn' },
}

export function outcomeWord(kind: string): OutcomeWord {
  return WORDS[kind] ?? { label: kind.replaceAll(/[_-]/g, ' '), tone: 'plain' }
}

/** The filter's choices: several fixed words under one of people's. */
export const OUTCOME_CHOICES: readonly (readonly [value: string, label: string])[] = [
  ['opened', 'Opened an incident'],
  ['joined', 'Joined an incident'],
  ['held', 'Held'],
  ['below', 'Below threshold'],
  ['repeated', 'Fires still'],
  ['resolved,recorded', 'Ended an alert'],
  ['acknowledged', 'Acknowledged'],
  ['late,stale,ignored', 'Late or out of order'],
  ['change', 'Changes'],
  ['pinged', 'Heartbeats'],
  ['refused,poisoned', 'Not understood'],
  ['distrusted', 'Distrusted'],
  ['repeated-delivery', 'Sent twice'],
  ['test', 'Tests'],
  ['waiting', 'Waiting'],
]
