/** A maintenance window: what it is about, when it comes, and why. */
import type { Actor } from '../incident/event.ts'
import type { Instant } from '../time.ts'
import { type CompiledMatcher, formatMatchers, type Matcher, matchesAll } from './matcher.ts'
import { type HoldSubject, valueOf } from './subject.ts'
import { occurrenceAt, occurrencesAfter, type WindowSchedule } from './window.ts'

/** An alert is in it when each kind of thing that it names fits; what it does not name does not matter. */
export interface MaintenanceScope {
  readonly matchers: readonly Matcher[]
  /** Services of the playbook. */
  readonly services: readonly string[]
  /** Ids of incident types. */
  readonly types: readonly string[]
  /** Names of sources. */
  readonly sources: readonly string[]
}

export interface Maintenance extends MaintenanceScope {
  readonly id: string
  /** Changes with each edit: an alert held by an earlier one is aimed again. */
  readonly version: number
  readonly title: string
  readonly reason: string
  readonly zone: string
  readonly schedule: WindowSchedule
  readonly author: Actor
  readonly createdAt: Instant
  readonly updatedAt: Instant
  /** Ended by hand: from then on it holds nothing. */
  readonly endedAt: Instant | null
}

export function isEmptyScope({ matchers, services, types, sources }: MaintenanceScope): boolean {
  return matchers.length === 0 && services.length === 0 && types.length === 0 && sources.length === 0
}

export function inScope(scope: Omit<MaintenanceScope, 'matchers'>, matchers: readonly CompiledMatcher[], subject: HoldSubject): boolean {
  const { services, types, sources } = scope
  if (services.length > 0 && (subject.service === null || !services.includes(subject.service))) return false
  if (types.length > 0 && (subject.type === null || !types.includes(subject.type))) return false
  if (sources.length > 0 && !sources.includes(subject.source)) return false
  return matchesAll(matchers, (name) => valueOf(subject, name))
}

/** In one line, such as `service checkout; env="prod"`. */
export function describeScope({ matchers, services, types, sources }: MaintenanceScope): string {
  return [
    services.length === 0 ? '' : `service ${services.join(', ')}`,
    types.length === 0 ? '' : `type ${types.join(', ')}`,
    sources.length === 0 ? '' : `source ${sources.join(', ')}`,
    formatMatchers(matchers),
  ]
    .filter((part) => part !== '')
    .join('; ')
}

export function maintenanceState(window: Maintenance, now: Instant): 'pending' | 'active' | 'expired' {
  if (window.endedAt !== null) return 'expired'
  if (occurrenceAt(window.schedule, window.zone, now) !== null) return 'active'
  return occurrencesAfter(window.schedule, window.zone, now, 1).length > 0 ? 'pending' : 'expired'
}
