/** What must be there before anybody can be paged or anything can be sent: an owner, the keys of the environment. */
import type { Config } from '../../config.ts'
import { ensureApiKey, type GivenApiKey } from '../person/api-key-store.ts'
import { ensureOwner } from '../person/person-store.ts'
import { createSignInLink, FIRST_LINK_MS } from '../person/sign-in.ts'
import { makeIngestKey } from '../source/key-store.ts'
import { createSource, ensureSource, GIVEN_KEY_LABEL, listSources } from '../source/source-store.ts'
import type { Tx } from '../database/database.ts'

/** Name of the source that the first integration key opens. */
const FIRST_SOURCE = 'default'
/** Servers that start at once take turns here. Any number that nothing else uses. */
const LOCK_KEY = '127970252450159'

export interface Foundation {
  /** Token of a one-time sign-in link; null when the owner has a password, or other people are here to ask. */
  readonly signInToken: string | null
  /** The first integration key, where it is known; made now when there was none at all. */
  readonly ingestKey: string | null
  readonly ingestKeyIsNew: boolean
  readonly apiKey: 'made' | 'present' | 'revoked'
}

/** What the data folder keeps of earlier starts, and what is known of the environment. */
export interface KeptKeys {
  readonly ingestKey: string | null
  readonly apiKey: GivenApiKey
}

/** Makes what is missing, in one transaction. */
export async function layFoundation(tx: Tx, config: Config, kept: KeptKeys): Promise<Foundation> {
  await tx.query('select pg_advisory_xact_lock($1::bigint)', [LOCK_KEY])
  const owner = await ensureOwner(tx, config.ownerEmail)
  const apiKey = await ensureApiKey(tx, kept.apiKey, owner.id)
  const { key, isNew } = await ensureIngestKey(tx, config.ingestKey ?? kept.ingestKey)
  const signInToken = owner.hasPassword ? null : await createSignInLink(tx, owner.id, FIRST_LINK_MS)
  return { signInToken, ingestKey: key, ingestKeyIsNew: isNew, apiKey }
}

async function ensureIngestKey(tx: Tx, given: string | null): Promise<{ key: string | null; isNew: boolean }> {
  if (given !== null) {
    await ensureSource(tx, { name: FIRST_SOURCE, kind: null, key: given })
    return { key: given, isNew: false }
  }
  if ((await listSources(tx)).length > 0) return { key: null, isNew: false }
  const key = makeIngestKey()
  await createSource(tx, { name: FIRST_SOURCE, kind: null, key, label: GIVEN_KEY_LABEL })
  return { key, isNew: true }
}
