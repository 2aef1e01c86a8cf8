/** What a source that is only observed would have done: incidents it would have opened, and whom they would have paged first. */
import type { Instant } from '../time.ts'

/** A held alert with where it would have gone. */
export interface WouldBe {
  /** Alerts with the same key share an open incident. */
  readonly groupKey: string
  readonly severity: string
  /** Duty roles that the severity pages. */
  readonly roles: readonly string[]
  readonly from: Instant
  /** Null: it fires still. */
  readonly until: Instant | null
}

export interface WouldHave {
  readonly incidents: number
  /** Most first. */
  readonly pages: readonly { readonly role: string; readonly severity: string; readonly count: number }[]
}

/**
 * Counts an incident for each run of alerts of one group without a gap, by the severity of the alert that begins it. People
 * may have resolved one sooner, or kept it open longer: it is what the alerts alone would have done.
 */
export function countWouldHave(alerts: readonly WouldBe[]): WouldHave {
  const coveredUntil = new Map<string, Instant>()
  const pages = new Map<string, { role: string; severity: string; count: number }>()
  let incidents = 0
  for (const alert of alerts.toSorted((one, other) => one.from - other.from)) {
    const covered = coveredUntil.get(alert.groupKey)
    const until = alert.until ?? Infinity
    coveredUntil.set(alert.groupKey, Math.max(covered ?? until, until))
    if (covered !== undefined && alert.from <= covered) continue
    incidents += 1
    for (const role of alert.roles) {
      const key = `${role}\u0000${alert.severity}`
      const known = pages.get(key) ?? { role, severity: alert.severity, count: 0 }
      known.count += 1
      pages.set(key, known)
    }
  }
  return { incidents, pages: [...pages.values()].toSorted((one, other) => other.count - one.count) }
}

/** Such as `Would have paged DevSecOps 14 times and Security once in the last 7 days.` */
export function sayWouldHave({ incidents, pages }: WouldHave): string {
  if (incidents === 0) return 'Would have opened no incident in the last 7 days.'
  const byRole = new Map<string, number>()
  for (const { role, count } of pages) byRole.set(role, (byRole.get(role) ?? 0) + count)
  const parts = [...byRole].toSorted(([, one], [, other]) => other - one).map(([role, count]) => `${role} ${times(count)}`)
  const opened = incidents === 1 ? '1 incident' : `${incidents} incidents`
  if (parts.length === 0) return `Would have opened ${opened} in the last 7 days, paging nobody.`
  const list = parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
  return `Would have paged ${list} in the last 7 days.`
}

function times(count: number): string {
  if (count === 1) return 'once'
  return count === 2 ? 'twice' : `${count} times`
}
