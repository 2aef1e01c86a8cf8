/** SQL of the sources that reports come by: no key opens them, the playbook does. */
import type { Tx } from '../database/database.ts'
import { freshId } from '../fresh-id.ts'

export interface ReportSource {
  readonly id: string
  readonly name: string
}

/** Made where it is not there yet. */
export async function ensureKeylessSource(tx: Tx, source: { readonly name: string; readonly kind: string }): Promise<ReportSource> {
  await tx.query('insert into source (id, name, kind) values ($1, $2, $3) on conflict do nothing', [freshId(), source.name, source.kind])
  const { rows } = await tx.query<{ id: string; name: string }>('select id, name from source where name = $1', [source.name])
  if (rows[0] === undefined) throw new Error(`the source ${source.name} could not be made`)
  return rows[0]
}
