/** Carries out what waits for its alert, ends snoozes, adopts older alerts, and forgets old requests; finds by the database what other servers left. */
import { HOUR_MS } from '../../core/time.ts'
import { startLoop } from '../outbox/loop.ts'
import type { Ports } from '../ports.ts'
import type { Adopter } from './adopter.ts'
import { carryOutPending, endSnoozes } from './carry-out.ts'
import { forgetOldRequests } from './request-store.ts'

export interface Worker {
  /** Something waits. */
  readonly look: () => void
  readonly stop: () => Promise<void>
}

const EVERY_MS = 1_000
const WHILE_WAITING_MS = 100

export function startWorker(ports: Ports, adopter: Pick<Adopter, 'turn'>): Worker {
  let forgottenAtMs = -Infinity
  const loop = startLoop({
    name: 'opsgenie',
    everyMs: ports.config.timing['opsgeniePollMs'] ?? EVERY_MS,
    log: ports.log,
    turn: async () => {
      const waiting = await carryOutPending(ports)
      await endSnoozes(ports)
      if (performance.now() - forgottenAtMs > HOUR_MS) {
        await ports.database.inTransaction('main', forgetOldRequests)
        forgottenAtMs = performance.now()
      }
      const adopting = await adopter.turn()
      return waiting > 0 || adopting ? WHILE_WAITING_MS : undefined
    },
  })
  return { look: loop.look, stop: loop.stop }
}
