/** Whose a source is: its signals are that team's where no service says otherwise. */
import type { Unit } from '../alert/apply-item.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { mayHaveTeam } from './source-cache.ts'
import { findTeams } from './source-store.ts'

const nobodys = () => null

/**
 * To be asked once in the transaction that aims the units; costs a look into memory a batch where no source has a team.
 * @returns the team that a unit's source is bound to, whether or not the playbook names it
 */
export async function readTeams(ports: Ports, tx: Tx, units: readonly Unit[]): Promise<(unit: Unit) => string | null> {
  const candidates = new Set<string>()
  for (const { item } of units) if (mayHaveTeam(ports, item.sourceId)) candidates.add(item.sourceId)
  if (candidates.size === 0) return nobodys
  const teams = await findTeams(tx, [...candidates])
  return teams.size === 0 ? nobodys : ({ item }) => teams.get(item.sourceId) ?? null
}
