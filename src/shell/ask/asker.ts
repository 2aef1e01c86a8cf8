/**
 * Asks every source that can be asked what fires: at once after a downtime of ours, then every so often. Looks never pile up:
 * a connection that is still being asked is left alone, here and, by a lease, on other servers.
 */
import type { Intake } from '../alert/intake.ts'
import { isDatabaseAway } from '../database/errors.ts'
import type { AskedConnection, ConnectionService } from '../playbook/connections.ts'
import type { Ports } from '../ports.ts'
import { releaseLease, takeLease } from '../server/lease-store.ts'
import { dropAskedBut, listAsked, noteBegun, noteEnded } from './ask-store.ts'
import { look, LOOK_MS_MAX } from './look.ts'

export interface Asker {
  /** Waits for looks that run. */
  readonly stop: () => Promise<void>
}

const TICK_MS = 5_000
const LEASE_MS = LOOK_MS_MAX + 30_000
const AT_ONCE_MAX = 4
/** At the start a source that was asked this recently is asked in its turn: a restart is no downtime. */
const DOWNTIME_MS = 60_000

export function startAsking(
  ports: Ports,
  { intake, connections }: { readonly intake: Intake; readonly connections: ConnectionService },
): Asker {
  const running = new Map<string, Promise<void>>()
  let stopped = false
  let first = true
  let timer: NodeJS.Timeout | undefined
  const tickMs = ports.config.timing['askTickMs'] ?? TICK_MS

  const tick = async (): Promise<void> => {
    // What was taken before the start is applied first: else it would look unknown.
    if (!intake.ready()) return
    const asked = connections.asked()
    const due = await findDue(ports, asked, first)
    first = false
    for (const connection of due) {
      if (stopped || running.size >= AT_ONCE_MAX || running.has(connection.name)) continue
      const work = lookOnce(ports, intake, connection).finally(() => running.delete(connection.name))
      running.set(connection.name, work)
    }
  }
  const go = async (): Promise<void> => {
    try {
      await tick()
    } catch (error) {
      if (!isDatabaseAway(error)) ports.log.warn({ err: error }, 'which sources are to be asked could not be found out')
    }
    if (!stopped) timer = setTimeout(() => void go(), tickMs).unref()
  }
  void go()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await Promise.all(running.values())
    },
  }
}

async function findDue(ports: Ports, asked: readonly AskedConnection[], first: boolean): Promise<AskedConnection[]> {
  return ports.database.inTransaction('main', async (tx) => {
    if (first)
      await dropAskedBut(
        tx,
        asked.map(({ name }) => name),
      )
    const rows = new Map((await listAsked(tx)).map((row) => [row.name, row]))
    return asked.filter(({ name, everyMs }) => {
      const askedAt = rows.get(name)?.askedAt ?? null
      return askedAt === null || tx.now - askedAt >= (first ? Math.min(DOWNTIME_MS, everyMs) : everyMs)
    })
  })
}

/** Never throws. */
async function lookOnce(ports: Ports, intake: Intake, connection: AskedConnection): Promise<void> {
  const { name } = connection
  try {
    const lease = await takeLease(ports, `ask:${name}`, LEASE_MS)
    if (lease === null) return
    try {
      await ports.database.inTransaction('main', (tx) => noteBegun(tx, name))
      const result = await look(ports, intake, connection)
      await ports.database.inTransaction('main', (tx) => noteEnded(tx, name, result))
      if (result.state !== 'answered') ports.log.warn({ connection: name, detail: result.detail }, 'a source could not be asked what fires')
    } finally {
      await releaseLease(ports, lease)
    }
  } catch (error) {
    ports.log.warn({ err: error, connection: name }, 'a source could not be asked what fires')
  }
}
