/** Push messages: whether ours can be signed, and people whose push ended because their browser's vendor said so. */
import type { DoctorCheck } from '../../../api/doctor.ts'
import { openPushKey } from '../../push/push-key.ts'
import { countDevices, findKey, listEndedPush } from '../../push/push-store.ts'
import { openSealer } from '../../source/seal.ts'
import { type Examination, fail, warn } from '../check.ts'

export async function checkPush({ ports }: Examination): Promise<readonly DoctorCheck[]> {
  const { ended, key, devices } = await ports.database.inTransaction('main', async (tx) => ({
    ended: await listEndedPush(tx),
    key: await findKey(tx),
    devices: await countDevices(tx),
  }))
  const signs = key !== undefined && openPushKey(key, openSealer(ports.config)) !== null
  const unsigned = fail('push-key', 'Push messages', {
    found: `the key that signs them cannot be read, and ${devices} ${devices === 1 ? 'device takes' : 'devices take'} them`,
    meaning: 'pages to these devices wait and are tried again; nobody is reached by push',
    remedy:
      'give this server the secret of the installation back (TOCSIN_SECRET_FILE, or the file secret in the data folder), then restart',
  })
  const told = ended.map(({ email, device, reason, endedAt, left }) =>
    warn(`push:${email}`, `Push to ${email}`, {
      found: `ended on “${device}” on ${endedAt.toISOString().slice(0, 10)}: ${reason}`,
      meaning:
        left === 0
          ? 'no device of this person takes push messages any more'
          : `one device fewer; ${left} still ${left === 1 ? 'takes' : 'take'} them`,
      remedy: 'the person opens the console on that device and turns push on again, or takes the device off the list in their account',
    }),
  )
  return signs || devices === 0 ? told : [unsigned, ...told]
}
