/** Sessions: a random token in a cookie, its SHA-256 here, an end after idleness and an end in any case. */
import type { AccessRole } from '../../core/access/can.ts'
import type { PersonId } from '../../core/id.ts'
import { DAY_MS, MINUTE_MS } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { freshToken, hashToken } from './token.ts'

/** Somebody on call looks once a week at least; a page is acknowledged by link without any session. */
export const SESSION_IDLE_MS = 7 * DAY_MS
export const SESSION_MS_MAX = 30 * DAY_MS
/** Being seen is written down at most this often. */
const TOUCH_EVERY_MS = MINUTE_MS
const SESSIONS_SHOWN_MAX = 200

/** Text by which a session is named to people; not what opens it. */
const PUBLIC_ID = `encode(sha256(s.token_hash), 'hex')`

export interface FoundSession {
  readonly sessionId: string
  readonly personId: PersonId
  readonly name: string
  readonly role: AccessRole
}

export interface SessionRow {
  readonly id: string
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
}

/** A new session with a new token; returns the token for the cookie. */
export async function createSession(tx: Tx, personId: PersonId): Promise<string> {
  const token = freshToken()
  await tx.query(`insert into session (token_hash, person_id, created_at, last_seen_at, expires_at) values ($1, $2, $3, $3, $4)`, [
    hashToken(token),
    personId,
    new Date(tx.now),
    new Date(tx.now + SESSION_MS_MAX),
  ])
  return token
}

/** The session behind a cookie, unless it ended, idled out, or its person is disabled. Notes that it was seen. */
export async function findSession(tx: Tx, token: string): Promise<FoundSession | undefined> {
  const hash = hashToken(token)
  const { rows } = await tx.query<FoundSession & { lastSeenAt: Date }>({
    name: 'find-session',
    text: `select ${PUBLIC_ID} as "sessionId", p.id as "personId", p.name, p.role, s.last_seen_at as "lastSeenAt"
           from session s join person p on p.id = s.person_id
           where s.token_hash = $1 and s.expires_at > $2 and s.last_seen_at > $3 and p.disabled_at is null`,
    values: [hash, new Date(tx.now), new Date(tx.now - SESSION_IDLE_MS)],
  })
  const found = rows[0]
  if (found !== undefined && tx.now - found.lastSeenAt.getTime() > TOUCH_EVERY_MS) {
    await tx.query(`update session set last_seen_at = $2 where token_hash = $1`, [hash, new Date(tx.now)])
  }
  return found
}

export async function listSessions(tx: Tx, personId: PersonId): Promise<SessionRow[]> {
  const { rows } = await tx.query<SessionRow>(
    `select ${PUBLIC_ID} as id, s.created_at as "createdAt", s.last_seen_at as "lastSeenAt", s.expires_at as "expiresAt"
     from session s where s.person_id = $1 and s.expires_at > $2 and s.last_seen_at > $3
     order by s.last_seen_at desc limit ${SESSIONS_SHOWN_MAX}`,
    [personId, new Date(tx.now), new Date(tx.now - SESSION_IDLE_MS)],
  )
  return rows
}

/** False when that person has no such session. */
export async function endSession(tx: Tx, personId: PersonId, id: string): Promise<boolean> {
  const { rowCount } = await tx.query(`delete from session s where s.person_id = $1 and ${PUBLIC_ID} = $2`, [personId, id])
  return rowCount > 0
}

/** Ends all sessions of a person but the one kept, as after a change of password. */
export async function endOtherSessions(tx: Tx, personId: PersonId, keepId: string | null): Promise<void> {
  await tx.query(`delete from session s where s.person_id = $1 and ($2::text is null or ${PUBLIC_ID} <> $2)`, [personId, keepId])
}

/** Housekeeping: sessions that can no longer be used. */
export async function deleteExpired(tx: Tx): Promise<void> {
  await tx.query(`delete from session where expires_at < $1 or last_seen_at < $2`, [new Date(tx.now), new Date(tx.now - SESSION_IDLE_MS)])
}
