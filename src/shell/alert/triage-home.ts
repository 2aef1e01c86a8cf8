/**
 * Where alarms go that no type of the playbook knows. A source's open triage incident takes them all until somebody has
 * answered it. From then on it takes only alarms of names that it has: what nobody has seen is worth a page, so it opens
 * another. One more page for each answer at most, however much comes.
 */
import type { Tx } from '../database/database.ts'
import type { Group } from './apply-incidents.ts'
import type { FoldedAlert } from './fold.ts'
import { findHomes, keepHomes, type TriageHome } from './triage-home-store.ts'

/** Parts each triage group by where alarms of the same names are; the part that is at home nowhere has no `home`. */
export async function partByHome(tx: Tx, groups: readonly Group[]): Promise<Group[]> {
  const homes = await findHomes(tx, groups.filter(isTriage).flatMap(namesOf))
  if (homes.length === 0) return [...groups]
  const homeOf = new Map(homes.map((home) => [keyOf(home), home.incidentId]))
  return groups.flatMap((group) => (isTriage(group) ? part(group, homeOf) : [group]))
}

function part(group: Group, homeOf: ReadonlyMap<string, string>): Group[] {
  const { target } = group
  const parts = new Map<string | null, Group & { alerts: FoldedAlert[] }>()
  for (const alert of group.alerts) {
    const home = homeOf.get(keyOf({ groupKey: target.groupKey, alarm: alarmOf(alert) })) ?? null
    const found = parts.get(home)
    if (found !== undefined) found.alerts.push(alert)
    else parts.set(home, { target: alert.aim?.kind === 'target' ? alert.aim.target : target, alerts: [alert], home })
  }
  return [...parts.values()]
}

/** Notes where a triage group's alarms are now. */
export async function settleIn(tx: Tx, group: Group, incidentId: string): Promise<void> {
  if (isTriage(group) && group.home !== incidentId)
    await keepHomes(
      tx,
      namesOf(group).map((name): TriageHome => ({ ...name, incidentId })),
    )
}

function isTriage({ target }: Group): boolean {
  return target.kind === 'triage'
}

function namesOf({ target, alerts }: Group): { groupKey: string; alarm: string }[] {
  return [...new Set(alerts.map(alarmOf))].map((alarm) => ({ groupKey: target.groupKey, alarm }))
}

/** A message that was not understood has the name of all of those. */
function alarmOf({ aim }: FoldedAlert): string {
  return aim?.kind === 'target' ? aim.target.unit.signal.alarm : ''
}

function keyOf({ groupKey, alarm }: { readonly groupKey: string; readonly alarm: string }): string {
  return `${groupKey}\n${alarm}`
}
