/** Subscriptions as the channel needs them: opened just before sending, with what came of it written down. */
import type { Logger } from 'pino'
import { z } from 'zod'
import type { PushDevices, VapidKey } from '../../integration-push.ts'
import type { Database } from '../database/database.ts'
import type { Sealer } from '../source/seal.ts'
import { openPushKey } from './push-key.ts'
import { type DeviceRow, findDevice, findKey, recordGone, recordTaken } from './push-store.ts'

const Sealed = z.object({ endpoint: z.string(), p256dh: z.string(), auth: z.string() })
export type Subscription = z.infer<typeof Sealed>

const aboutDevice = (id: string): string => `push-device:${id}`

export function sealSubscription(sealer: Sealer, id: string, subscription: Subscription): Buffer {
  return sealer.seal(JSON.stringify(subscription), aboutDevice(id))
}

/** Null: sealed under another secret, or damaged. */
function openSubscription(sealer: Sealer, { id, sealed }: DeviceRow): Subscription | null {
  const text = sealer.open(sealed, aboutDevice(id))
  return text === null ? null : Sealed.parse(JSON.parse(text))
}

export function openPushDevices(database: Database, sealer: Sealer, log: Logger): PushDevices {
  let known: VapidKey | null = null
  const write = async (work: (tx: Parameters<Parameters<Database['inTransaction']>[1]>[0]) => Promise<void>): Promise<void> => {
    try {
      await database.inTransaction('pages', work)
    } catch (error) {
      // The message is out; what is not written now is learnt again with the next.
      log.warn({ err: error }, 'how a push message fared could not be written down')
    }
  }
  return {
    find: async (id) => {
      const row = await database.inTransaction('pages', (tx) => findDevice(tx, id))
      if (row === undefined || row.revokedAt !== null) return null
      const subscription = openSubscription(sealer, row)
      if (subscription === null) return null
      return {
        id,
        name: row.name,
        endpoint: subscription.endpoint,
        publicKey: Buffer.from(subscription.p256dh, 'base64url'),
        authSecret: Buffer.from(subscription.auth, 'base64url'),
      }
    },
    taken: (id) => write((tx) => recordTaken(tx, id)),
    gone: (id, reason) => write((tx) => recordGone(tx, id, reason)),
    key: async () => {
      if (known !== null) return known
      const row = await database.inTransaction('pages', findKey)
      known = row === undefined ? null : openPushKey(row, sealer)
      return known
    },
  }
}
