/** SQL of the one number that counts changes of what may hold alerts. */
import type { Tx } from '../database/database.ts'

export async function findMuteVersion(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ version: number }>({
    name: 'find-mute-version',
    text: 'select version::float8 as version from mute_version',
  })
  return rows[0]?.version ?? 0
}

/** In the transaction of the change: whoever read before it reads again. */
export async function countMuteChange(tx: Tx): Promise<void> {
  await tx.query('update mute_version set version = version + 1')
}
