/** People whose push messages ended: their browser's vendor said so, and nobody has noticed since. */
import type { DoctorCheck } from '../../../api/doctor.ts'
import { listEndedPush } from '../../push/push-store.ts'
import { type Examination, warn } from '../check.ts'

export async function checkPush({ ports }: Examination): Promise<readonly DoctorCheck[]> {
  const ended = await ports.database.inTransaction('main', listEndedPush)
  return ended.map(({ email, device, reason, endedAt, left }) =>
    warn(`push:${email}`, `Push to ${email}`, {
      found: `ended on “${device}” on ${endedAt.toISOString().slice(0, 10)}: ${reason}`,
      meaning:
        left === 0
          ? 'no device of this person takes push messages any more'
          : `one device fewer; ${left} still ${left === 1 ? 'takes' : 'take'} them`,
      remedy: 'the person opens the console on that device and turns push on again, or takes the device off the list in their account',
    }),
  )
}
