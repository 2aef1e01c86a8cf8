/** Secrets that we hand out and recognise again: only their SHA-256 is stored, so a copy of the database opens nothing. */
import { createHash, randomBytes } from 'node:crypto'

const TOKEN_BYTES = 32

/** 256 random bits, 43 characters that need no escaping in a URL or a cookie. */
export function freshToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** What is stored and looked up. An index look-up by digest gives away nothing about the token by its timing. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
