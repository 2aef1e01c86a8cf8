/** Sign-in links: opened, they show a button; pressed, they make a session and are used up. */
import type { PersonId } from '../../core/id.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { freshToken, hashToken } from './token.ts'

export const SIGN_IN_LINK_MS = 15 * MINUTE_MS
/** The link printed at the first start: whoever installs may come back to the terminal after lunch. */
export const FIRST_LINK_MS = 24 * HOUR_MS

/** Returns the token; the address is `<TOCSIN_URL>/sign-in/<token>`. Links made before for that person stop. */
export async function createSignInLink(tx: Tx, personId: PersonId, lifetimeMs: number = SIGN_IN_LINK_MS): Promise<string> {
  const token = freshToken()
  await tx.query(`delete from link where purpose = 'sign-in' and person_id = $1 and (used_at is null or expires_at < $2)`, [
    personId,
    new Date(tx.now),
  ])
  await tx.query(`insert into link (token_hash, purpose, person_id, created_at, expires_at) values ($1, 'sign-in', $2, $3, $4)`, [
    hashToken(token),
    personId,
    new Date(tx.now),
    new Date(tx.now + lifetimeMs),
  ])
  return token
}

export type SignInLinkState =
  | { readonly kind: 'usable'; readonly personId: PersonId; readonly name: string }
  | { readonly kind: 'used' | 'expired' | 'unknown' }

/** Looks without using. */
export async function findSignInLink(tx: Tx, token: string): Promise<SignInLinkState> {
  const { rows } = await tx.query<{ personId: PersonId; name: string; used: boolean; expired: boolean }>(
    `select p.id as "personId", p.name, l.used_at is not null as used, l.expires_at <= $2 as expired
     from link l join person p on p.id = l.person_id
     where l.token_hash = $1 and l.purpose = 'sign-in' and p.disabled_at is null`,
    [hashToken(token), new Date(tx.now)],
  )
  const link = rows[0]
  if (link === undefined) return { kind: 'unknown' }
  if (link.used) return { kind: 'used' }
  return link.expired ? { kind: 'expired' } : { kind: 'usable', personId: link.personId, name: link.name }
}

/** Uses it up: of two who press at once, one gets in. */
export async function useSignInLink(tx: Tx, token: string): Promise<SignInLinkState> {
  const { rows } = await tx.query<{ personId: PersonId; name: string }>(
    `update link l set used_at = $2 from person p
     where l.token_hash = $1 and l.purpose = 'sign-in' and l.used_at is null and l.expires_at > $2
       and p.id = l.person_id and p.disabled_at is null
     returning p.id as "personId", p.name`,
    [hashToken(token), new Date(tx.now)],
  )
  const used = rows[0]
  return used === undefined ? findSignInLink(tx, token) : { kind: 'usable', ...used }
}
