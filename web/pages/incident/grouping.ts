/** The list in the order of what needs doing: now, open, resolved but still owed, over. Pure. */
import type { Incident } from '../../../src/api/schema.ts'
import { readClock } from '../../lib/clock-reading.ts'
import { toMs } from '../../lib/moment.ts'

export type GroupName = 'now' | 'open' | 'owed' | 'over'

export interface IncidentGroup {
  readonly name: GroupName
  readonly title: string
  readonly items: readonly Incident[]
}

const TITLES: Readonly<Record<GroupName, string>> = { now: 'Needs someone now', open: 'Open', owed: 'Resolved, still owed', over: 'Over' }

/** `pages`: whether a severity pages somebody; an unanswered one that pages nobody waits in the queue and is not urgent yet. */
export function groupIncidents(
  incidents: readonly Incident[],
  { now, pages }: { readonly now: number; readonly pages: (severity: string) => boolean },
): readonly IncidentGroup[] {
  const byGroup = Map.groupBy(incidents, (incident) => groupOf(incident, { now, pages }))
  const order: readonly GroupName[] = ['now', 'open', 'owed', 'over']
  return order.flatMap((name) => {
    const items = byGroup.get(name)
    return items === undefined ? [] : [{ name, title: TITLES[name], items }]
  })
}

function groupOf(incident: Incident, { now, pages }: { readonly now: number; readonly pages: (severity: string) => boolean }): GroupName {
  if (!incident.open) return incident.phase !== 'closed' && isOwed(incident) ? 'owed' : 'over'
  if (incident.paging_you) return 'now'
  if (incident.acknowledged_at === null && pages(incident.severity)) return 'now'
  const clock = incident.next_clock
  if (clock === null) return 'open'
  const reading = readClock(
    { state: clock.state, startedAt: toMs(clock.started_at), dueAt: toMs(clock.due_at), endedAt: toMs(clock.ended_at) },
    now,
  )
  return reading.tone === 'late' || reading.tone === 'soon' ? 'now' : 'open'
}

function isOwed(incident: Incident): boolean {
  return incident.next_due !== null
}
