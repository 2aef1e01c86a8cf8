/** The key by which push services know this installation: made at the first start, kept sealed, the same on every server. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import type { Logger } from 'pino'
import type { VapidKey } from '../../integration-push.ts'
import type { Database } from '../database/database.ts'
import type { Sealer } from '../source/seal.ts'
import { findKey, keepKey, type KeyRow, replaceKey } from './push-store.ts'

const ABOUT = 'push-key'
const ANOTHER_SECRET = 'the secret of this installation was replaced, and with it the key that the device was subscribed with'

/**
 * Makes the key where there is none. One that was sealed under a secret that is gone opens for nobody: another takes its
 * place, and the devices that subscribed with it have to subscribe anew. @throws when the database is away
 */
export async function ensurePushKey(database: Database, sealer: Sealer, log: Logger): Promise<void> {
  await database.inTransaction('main', async (tx) => {
    const found = await findKey(tx)
    if (found === undefined) await keepKey(tx, makeKey(sealer))
    else if (openPushKey(found, sealer) === null) {
      await replaceKey(tx, found, makeKey(sealer), ANOTHER_SECRET)
      log.warn('the key that signs push messages was sealed under another secret: there is a new one, and devices have to subscribe anew')
    }
  })
}

/** Null: sealed under another secret, or damaged. */
export function openPushKey({ publicKey, sealed }: KeyRow, sealer: Sealer): VapidKey | null {
  const text = sealer.open(sealed, ABOUT)
  return text === null
    ? null
    : { publicKey, privateKey: createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' }) }
}

function makeKey(sealer: Sealer): KeyRow {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')
  return { publicKey: point.toString('base64url'), sealed: sealer.seal(secret, ABOUT) }
}
