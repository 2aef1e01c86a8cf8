import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFresh, SIGNATURE_TOLERANCE_MS, toSignedAt, verifyHmac } from './integration-signature.ts'

const SECRET = "It's a Secret to Everybody"
const BODY = Buffer.from('Hello, World!')
/** Published by GitHub: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries (read 2026-11-24). */
const PUBLISHED = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'

const hex = (given: string, over: Partial<Parameters<typeof verifyHmac>[0]> = {}) =>
  verifyHmac({ algorithm: 'sha256', secret: SECRET, signed: BODY, given, encoding: 'hex', ...over })

describe('a signature', () => {
  test("is accepted when it is the one that GitHub's documentation gives for its secret and body", () => {
    expect(hex(PUBLISHED)).toBe(true)
    expect(hex(PUBLISHED.toUpperCase())).toBe(true)
  })

  test('of another key is refused', () => {
    expect(hex(PUBLISHED, { secret: `${SECRET}!` })).toBe(false)
  })

  test('is refused when any one byte of the body was altered', () => {
    for (let at = 0; at < BODY.length; at += 1) {
      const altered = Buffer.from(BODY)
      altered[at] = (altered[at] ?? 0) ^ 1
      expect(hex(PUBLISHED, { signed: altered })).toBe(false)
    }
  })

  test('is refused when any one of its characters was altered', () => {
    for (let at = 0; at < PUBLISHED.length; at += 1) {
      const other = PUBLISHED[at] === '0' ? '1' : '0'
      expect(hex(PUBLISHED.slice(0, at) + other + PUBLISHED.slice(at + 1))).toBe(false)
    }
  })

  test.each([
    ['empty', ''],
    ['a character short', PUBLISHED.slice(1)],
    ['a byte short', PUBLISHED.slice(2)],
    ['a byte long', `${PUBLISHED}00`],
    ['followed by a blank', `${PUBLISHED} `],
    ['with a prefix', `sha256=${PUBLISHED}`],
    ['no hex', `z${PUBLISHED.slice(1)}`],
  ])('that is %s is refused, never thrown at', (_name, given) => {
    expect(hex(given)).toBe(false)
  })

  test('is refused under an empty secret, though anybody could make it', () => {
    const given = createHmac('sha256', '').update(BODY).digest('hex')
    expect(hex(given, { secret: '' })).toBe(false)
  })

  test('may be of parts, of another algorithm, and in base64 with its padding', () => {
    const given = createHmac('sha256', SECRET).update('1700000000').update(BODY).digest('base64')
    expect(hex(given, { signed: ['1700000000', BODY], encoding: 'base64' })).toBe(true)
    expect(hex(given.replace('=', ''), { signed: ['1700000000', BODY], encoding: 'base64' })).toBe(false)
    expect(hex(createHmac('sha1', SECRET).update(BODY).digest('hex'), { algorithm: 'sha1' })).toBe(true)
    expect(hex(PUBLISHED, { algorithm: 'sha1' })).toBe(false)
  })

  test('is found good exactly when it is ours, whatever is signed and whatever is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.string({ minLength: 1 }), fc.string({ unit: 'binary' }), (signed, secret, given) => {
        const good = createHmac('sha256', secret).update(signed).digest('hex')
        expect(hex(good, { signed, secret })).toBe(true)
        expect(hex(given, { signed, secret })).toBe(given.toLowerCase() === good)
      }),
    )
  })
})

describe('the time that was signed', () => {
  const now = Date.UTC(2026, 10, 24)

  test('may be as old, or as far ahead, as the tolerance, and no further', () => {
    for (const ageMs of [0, 1, SIGNATURE_TOLERANCE_MS, -SIGNATURE_TOLERANCE_MS]) expect(isFresh(now - ageMs, now)).toBe(true)
    for (const ageMs of [SIGNATURE_TOLERANCE_MS + 1, -SIGNATURE_TOLERANCE_MS - 1, now]) expect(isFresh(now - ageMs, now)).toBe(false)
    expect(isFresh(now - 61_000, now, 60_000)).toBe(false)
  })

  test('is not fresh where it is missing or cannot be read', () => {
    expect(isFresh(null, now)).toBe(false)
    for (const text of [undefined, '', 'now', '-1', '1e9', '99999999999', '2026-11-24']) expect(toSignedAt(text)).toBeNull()
  })

  test.each([
    ['1764028800', 1_764_028_800_000],
    ['1764028800123', 1_764_028_800_123],
    ['1764028800.5', 1_764_028_800_500],
    [' 1764028800 ', 1_764_028_800_000],
    ['2025-11-25T00:00:00Z', Date.UTC(2025, 10, 25)],
  ])('%s is read', (text, instant) => {
    expect(toSignedAt(text)).toBe(instant)
  })
})
