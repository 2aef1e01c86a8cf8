/** What the auditor does about what it found, beyond saying so: asks the plan again, and pages who was forgotten. */
import type { Ports } from '../ports.ts'
import { changeIncident } from '../incident/change.ts'
import { enqueueEffects } from '../outbox/enqueue.ts'
import type { LonelyPage } from './auditor-store.ts'
import type { Finding } from './findings.ts'

const WAKES: readonly Finding['kind'][] = ['step-due', 'no-wake-up', 'wake-up-overdue', 'no-next-step']

/** Never throws: what cannot be repaired stays a finding. */
export async function repair(ports: Ports, findings: readonly Finding[], lonely: readonly LonelyPage[]): Promise<void> {
  const toWake = new Set(findings.filter((finding) => WAKES.includes(finding.kind)).map((finding) => finding.incidentId))
  for (const id of toWake) await attempt(ports, id, () => changeIncident(ports, id, { type: 'wake' }))
  for (const page of lonely) await attempt(ports, page.incidentId, () => sendForgotten(ports, page))
  if (findings.some((finding) => finding.kind === 'effect-waiting')) ports.nudges.send('outbox')
}

async function attempt(ports: Ports, incident: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    ports.log.error({ err: error, incident }, 'the auditor could not repair an incident')
  }
}

/** The keys are those that the page's own messages would have had, so nothing is sent twice. */
async function sendForgotten(ports: Ports, { incidentId, key, personId }: LonelyPage): Promise<void> {
  await ports.database.inTransaction('main', async (tx) => {
    const roster = await ports.rosters.at(tx, tx.now)
    const channels = roster.people[personId]?.channels ?? ['console']
    await enqueueEffects(
      ports,
      tx,
      ports.playbooks.current(),
      channels.map((channel) => ({
        key: `${key}/${channel}`,
        kind: 'page',
        incidentId,
        personId,
        channel,
        pageKeys: [key],
        about: null,
        createdAt: tx.now,
      })),
    )
  })
}
