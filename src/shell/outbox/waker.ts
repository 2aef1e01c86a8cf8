/**
 * Asks `plan` again at the time it named. The database is asked each second, and by a timer at the very instant; what
 * was missed while nobody ran is found by the same question. Uses the pages' pool: an escalation is a page to be.
 */
import type { IncidentId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import { changeInTransaction } from '../incident/change.ts'
import type { Ports } from '../ports.ts'
import { startLoop } from './loop.ts'
import { findWakeAt, listNextWakes, lockDueIncident } from './wake-store.ts'

const POLL_MS = 1_000
/** Incidents looked at in one turn; more are taken at once in the next. */
const BATCH_MAX = 100
/** Changed at a time: two connections of the pages' pool, the others are the outbox'. */
const WAKES_AT_ONCE = 2
/** An incident that cannot be changed, or whose time does not move on, is left alone this long, doubling to the bound. */
const RESTING_MS = 1_000
const RESTING_MS_MAX = 60_000
const RESTING_MAX = 10_000

export interface Waker {
  readonly stop: () => Promise<void>
}

interface Rest {
  readonly untilMs: number
  readonly forMs: number
}

export function startWaker(ports: Ports): Waker {
  const resting = new Map<IncidentId, Rest>()
  const loop = startLoop({
    everyMs: ports.config.timing['wakePollMs'] ?? POLL_MS,
    name: 'waker',
    log: ports.log,
    turn: () => turn(ports, resting),
  })
  const stopNudges = ports.nudges.on('wake', loop.look)
  return {
    stop: async () => {
      stopNudges()
      await loop.stop()
    },
  }
}

/** @returns in how many milliseconds the next incident wants to be woken. */
async function turn(ports: Ports, resting: Map<IncidentId, Rest>): Promise<number | undefined> {
  const nowMs = performance.now()
  const except = [...resting].filter(([, rest]) => rest.untilMs > nowMs).map(([id]) => id)
  const { next, now } = await ports.database.inTransaction('pages', async (tx) => ({
    next: await listNextWakes(tx, except, BATCH_MAX),
    now: tx.now,
  }))
  const due = next.filter((row) => row.wakeAt <= now)
  for (let from = 0; from < due.length; from += WAKES_AT_ONCE) {
    await Promise.all(due.slice(from, from + WAKES_AT_ONCE).map((row) => wake(ports, resting, row.id)))
  }
  if (due.length > 0) return 0
  const first = next[0]
  return first === undefined ? undefined : first.wakeAt - now
}

async function wake(ports: Ports, resting: Map<IncidentId, Rest>, id: IncidentId): Promise<void> {
  try {
    const moved = await ports.database.inTransaction('pages', async (tx) => {
      if (!(await lockDueIncident(tx, id))) return true
      await changeInTransaction(ports, tx, id, { type: 'wake' })
      return hasMoved(await findWakeAt(tx, id), tx.now)
    })
    if (moved) resting.delete(id)
    else giveRest(resting, id)
  } catch (error) {
    giveRest(resting, id)
    ports.log.error({ err: error, incident: id }, 'an incident could not be woken; it is tried again, and the auditor watches it')
  }
}

function hasMoved(wakeAt: Instant | null, now: Instant): boolean {
  return wakeAt === null || wakeAt > now
}

function giveRest(resting: Map<IncidentId, Rest>, id: IncidentId): void {
  const forMs = Math.min((resting.get(id)?.forMs ?? RESTING_MS / 2) * 2, RESTING_MS_MAX)
  if (resting.size >= RESTING_MAX) resting.clear()
  resting.set(id, { untilMs: performance.now() + forMs, forMs })
}
