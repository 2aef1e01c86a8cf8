/** The obligations of an incident with their due times, each with the clause of the playbook behind it. */
import type { Playbook } from '../playbook/playbook.ts'
import { earliest, type Instant } from '../time.ts'
import type { Incident, ResponseDuty } from './incident.ts'

export type ClockState = 'not_started' | 'running' | 'met' | 'breached' | 'waived'

export interface Clock {
  /** `<incident id>/<kind>/<n>`. */
  readonly id: string
  readonly kind: 'response' | 'post-mortem'
  readonly audience: string | null
  /** Where the playbook says so, for people. */
  readonly clause: string
  /** Null while its starting fact is missing. */
  readonly startedAt: Instant | null
  readonly dueAt: Instant | null
  readonly state: ClockState
  readonly endedAt: Instant | null
  readonly reason: string | null
}

/** All clocks, in the order they began; those not started yet come last, with null times. */
export function clocksOf(incident: Incident, playbook: Playbook, now: Instant): readonly Clock[] {
  const clocks = incident.responses.map((response, index) => responseClock(incident, response, index, now))
  return owesPostMortem(incident, playbook) ? [...clocks, postMortemClock(incident, playbook, now)] : clocks
}

/** When the next clock is due that is still owed, which may be past: late is not done. Null when nothing is owed. */
export function nextDue(clocks: readonly Clock[]): Instant | null {
  return earliest(clocks.map((clock) => (isOwed(clock) ? clock.dueAt : null)))
}

function isOwed(clock: Clock): boolean {
  return clock.state === 'running' || (clock.state === 'breached' && clock.endedAt === null)
}

function responseClock(incident: Incident, response: ResponseDuty, index: number, now: Instant): Clock {
  return {
    id: `${incident.id}/response/${index + 1}`,
    kind: 'response',
    audience: null,
    clause: `Severity matrix, ${response.severity}: initial response time`,
    startedAt: response.startedAt,
    dueAt: response.dueAt,
    state: responseState(response, now),
    endedAt: response.metAt ?? response.waivedAt,
    reason: response.waivedAt === null ? null : 'Another severity or the resolution took its place.',
  }
}

/** Late stays late: a breach is not undone by an answer that came after it. */
function responseState(response: ResponseDuty, now: Instant): ClockState {
  if (response.breachedAt !== null || (response.metAt !== null && response.metAt > response.dueAt)) return 'breached'
  if (response.metAt !== null) return 'met'
  if (response.waivedAt !== null) return 'waived'
  return now >= response.dueAt ? 'breached' : 'running'
}

function owesPostMortem(incident: Incident, playbook: Playbook): boolean {
  return playbook.postMortem.severities.includes(incident.severity)
}

function postMortemClock(incident: Incident, playbook: Playbook, now: Instant): Clock {
  const startedAt = incident.firstResolvedAt
  const dueAt = startedAt === null ? null : startedAt + playbook.postMortem.withinMs
  const late = dueAt !== null && (incident.reviewedAt ?? now) >= dueAt
  const inTime = incident.reviewedAt === null ? 'running' : 'met'
  return {
    id: `${incident.id}/post-mortem/1`,
    kind: 'post-mortem',
    audience: null,
    clause: 'Incident lifecycle: post-mortem',
    startedAt,
    dueAt,
    state: startedAt === null ? 'not_started' : late ? 'breached' : inTime,
    endedAt: incident.reviewedAt,
    reason: null,
  }
}
