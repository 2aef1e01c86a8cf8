/**
 * Twilio's signature: base64 of HMAC-SHA1, keyed by the account's auth token, over the address that was called, followed by each
 * parameter's name and value in the order of names. It has no time stamp: what must not be done twice is told apart by its id.
 * Source: https://www.twilio.com/docs/usage/security#validating-requests (read 2026-11-24).
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export function signatureOf(url: string, form: URLSearchParams, authToken: string): string {
  const names = [...new Set(form.keys())].sort()
  const parts = names.map((name) => name + [...new Set(form.getAll(name))].sort().join(name))
  return createHmac('sha1', authToken)
    .update(url + parts.join(''), 'utf8')
    .digest('base64')
}

/** In constant time. The port may stand in the address that was signed or not, whatever we were called by. */
export function isSigned(url: string, form: URLSearchParams, signature: string, authToken: string): boolean {
  const good = addressesOf(url).map((address) => isSame(signatureOf(address, form, authToken), signature))
  return good.includes(true)
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other))
}

/** Of one length, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** With the port and without it; the rest of the text as it is: parsing would spell it anew. */
function addressesOf(url: string): readonly string[] {
  const match = /^(https?):\/\/([^/?#]+)(.*)$/su.exec(url)
  if (match === null) return [url]
  const [, scheme = '', authority = '', rest = ''] = match
  const port = scheme === 'https' ? '443' : '80'
  const bare = authority.replace(/:\d+$/u, '')
  const other = bare === authority ? `${authority}:${port}` : bare
  return [url, `${scheme}://${other}${rest}`]
}
