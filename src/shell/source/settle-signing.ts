/** Sets what verifies a source's messages: a secret of its own, kept encrypted, or the name of a variable that holds one. */
import type { SourceBody } from '../../api/schema.ts'
import { HOUR_MS } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { badField } from '../http/problem.ts'
import { canVerify } from './facts.ts'
import type { Sealer } from './seal.ts'
import { dropSecrets, freshSecretId, replaceSecret } from './secret-store.ts'
import { sealedFor } from './secret-reader.ts'
import type { SourceRow } from './source-store.ts'

export type Signing = NonNullable<SourceBody['signing']>

/** @throws {ProblemError} for a kind whose messages nobody can verify: a secret there would only look like safety */
export async function settleSigning(
  tx: Tx,
  sealer: Sealer,
  source: SourceRow,
  signing: Signing | null,
  overlapHours: number,
): Promise<void> {
  if (signing === null) return dropSecrets(tx, source.id)
  if (!canVerify(source.kind)) {
    const kind = source.kind === null ? 'a source that is bound to no kind' : `a source of the kind ${source.kind}`
    throw badField('signing', `${kind} cannot verify its messages`)
  }
  const id = freshSecretId()
  const secret =
    'secret' in signing
      ? { sealed: sealer.seal(signing.secret, sealedFor(source.id)), variable: null }
      : { sealed: null, variable: signing.secret_from }
  await replaceSecret(tx, { id, sourceId: source.id, ...secret }, overlapHours * HOUR_MS)
}
