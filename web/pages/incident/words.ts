/** Words for what the API names by key. */
import type { Clock, Incident, PhaseName } from '../../../src/api/schema.ts'

export const PHASE_WORDS: Readonly<Record<PhaseName, string>> = {
  detected: 'Detected',
  triaged: 'Triaged',
  mitigating: 'Mitigating',
  resolved: 'Resolved',
  reviewed: 'Reviewed',
  closed: 'Closed',
}

/** `first response`, `customer update`, `post-mortem`: how a clock is called within a sentence. */
export function clockName(clock: Pick<Clock, 'kind' | 'audience'>): string {
  switch (clock.kind) {
    case 'response':
      return 'first response'
    case 'post-mortem':
    case 'postmortem':
    case 'post_mortem':
      return 'post-mortem'
    case 'update':
      return clock.audience === null ? 'update' : `update to ${clock.audience.toLowerCase()}`
    default:
      return clock.kind.replaceAll(/[_-]/g, ' ')
  }
}

/** First letter large, the rest as it is. */
export function asTitle(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function numberOf(incident: Pick<Incident, 'number'>): string {
  return `INC-${incident.number}`
}

/** `1 alert`, `2 alerts`. */
export function counted(amount: number, noun: string): string {
  return `${amount.toLocaleString('en-GB')} ${noun}${amount === 1 ? '' : 's'}`
}
