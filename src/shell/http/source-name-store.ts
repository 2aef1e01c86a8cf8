/** A source by the name that people know it by, for filters. */
import { z } from 'zod'
import type { Tx } from '../database/database.ts'

const Uuid = z.uuid()

/** By id or name. Null: none is asked for; undefined: there is none. */
export async function findSourceId(tx: Tx, wanted: string | undefined): Promise<string | null | undefined> {
  if (wanted === undefined || wanted === '') return null
  const { rows } = await tx.query<{ id: string }>('select id from source where name = $1 or id = $2 limit 1', [
    wanted,
    Uuid.safeParse(wanted).success ? wanted : null,
  ])
  return rows[0]?.id
}
