/** One look at every open incident: batch by batch, each in a short transaction that only reads. */
import type { IncidentId } from '../../core/id.ts'
import type { Roster } from '../../core/oncall/roster.ts'
import type { Ports } from '../ports.ts'
import { listLonelyPages, listOpenIncidents, listWaitingEffects, type LonelyPage, type OpenIncident } from './auditor-store.ts'
import { examine, type Finding, LATE_MS } from './findings.ts'

/** States are whole JSON documents: so many at a time are a few megabytes at most. */
const BATCH = 100
/** More than these need no names to be an alarm. */
export const FINDINGS_MAX = 200
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

export interface Examination {
  readonly findings: readonly Finding[]
  /** For the repair. */
  readonly lonely: readonly LonelyPage[]
  readonly looked: number
}

/** @param only null for all. @param deadlineMs monotonic; @throws when it passes: a look that never ends is no look. */
export async function examineIncidents(ports: Ports, only: readonly IncidentId[] | null, deadlineMs: number): Promise<Examination> {
  const findings: Finding[] = []
  let looked = 0
  let after = FIRST_ID
  for (;;) {
    if (performance.now() > deadlineMs) throw new Error('the auditor did not get through the open incidents in its time')
    const batch = await examineBatch(ports, only === null ? { after, limit: BATCH } : { only })
    findings.push(...batch.findings.slice(0, FINDINGS_MAX - findings.length))
    looked += batch.looked
    after = batch.last ?? after
    if (only !== null || batch.looked < BATCH) break
  }
  const { lonely, waiting } = await ports.database.inTransaction('main', async (tx) => ({
    lonely: await listLonelyPages(tx, FINDINGS_MAX),
    waiting: await listWaitingEffects(tx, LATE_MS, FINDINGS_MAX),
  }))
  for (const { incidentId, number } of lonely) {
    findings.push({ incidentId, number, kind: 'page-without-effect', detail: 'somebody is to be paged, and nothing would have been sent' })
  }
  for (const { incidentId, number, channel, effects } of waiting) {
    findings.push({
      incidentId,
      number,
      kind: 'effect-waiting',
      detail: `${effects} message(s) on ${channel} wait for over ${LATE_MS / 1_000} s`,
    })
  }
  return { findings, lonely, looked }
}

async function examineBatch(
  ports: Ports,
  asked: Parameters<typeof listOpenIncidents>[1],
): Promise<{ readonly findings: readonly Finding[]; readonly looked: number; readonly last: IncidentId | undefined }> {
  return ports.database.inTransaction('main', async (tx) => {
    const incidents = await listOpenIncidents(tx, asked)
    const rosters = new Map<string | null, Promise<Roster>>()
    const rosterOf = (team: string | null): Promise<Roster> => {
      const roster = rosters.get(team) ?? ports.rosters.at(tx, tx.now, team)
      rosters.set(team, roster)
      return roster
    }
    const findings: Finding[] = []
    for (const incident of incidents) {
      const found = await examineOne(incident, async () => {
        const playbook = await ports.playbooks.load(tx, incident.playbook)
        const roster = await rosterOf(incident.state.team)
        return examine({ state: incident.state, wakeAt: incident.wakeAt, playbook, roster, now: tx.now })
      })
      if (found !== null) findings.push(found)
    }
    return { findings, looked: incidents.length, last: incidents.at(-1)?.id }
  })
}

/** One incident that cannot be judged must not hide the others: it is a finding itself. */
async function examineOne({ id, number }: OpenIncident, look: () => Promise<ReturnType<typeof examine>>): Promise<Finding | null> {
  try {
    const found = await look()
    return found === null ? null : { incidentId: id, number, ...found }
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown error'
    return { incidentId: id, number, kind: 'unreadable', detail: `its plan could not be made (${name})` }
  }
}
