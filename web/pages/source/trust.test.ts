import { expect, test } from 'vitest'
import { faultOfPem, holderOf, standingOf } from './certificates.ts'
import { pinOffer, pinWords } from './topics.ts'

const DAY_MS = 86_400_000
const NOW = Date.parse('2026-11-24T12:00:00Z')
const at = (days: number) => new Date(NOW + days * DAY_MS).toISOString()
const certificate = (from: number, until: number) => ({
  subject: '',
  issuer: '',
  fingerprint: '',
  added_at: at(0),
  valid_from: at(from),
  valid_until: at(until),
})

test('a certificate is missing, good, about to end, over, or not valid yet', () => {
  expect(standingOf({ certificate: null }, NOW)).toBe('missing')
  expect(standingOf({ certificate: certificate(-1, 300) }, NOW)).toBe('good')
  expect(standingOf({ certificate: certificate(-300, 14) }, NOW)).toBe('ends-soon')
  expect(standingOf({ certificate: certificate(-300, 0) }, NOW)).toBe('expired')
  expect(standingOf({ certificate: certificate(1, 300) }, NOW)).toBe('not-yet')
})

test('a certificate is named by its common name, and without one by all it says', () => {
  expect(holderOf('C=US\nO=Amazon\nCN=Amazon RSA 2048 M01')).toBe('Amazon RSA 2048 M01')
  expect(holderOf('CN=sns.amazonaws.com')).toBe('sns.amazonaws.com')
  expect(holderOf('C=US, CN=sns.amazonaws.com, O=x')).toBe('sns.amazonaws.com')
  expect(holderOf('O=XCN=no')).toBe('O=XCN=no')
  expect(holderOf('')).toBe('')
})

test('what is no certificate is told before it is sent, a private key above all', () => {
  expect(faultOfPem('  ')).toBeUndefined()
  expect(faultOfPem('-----BEGIN CERTIFICATE-----\nAA')).toBeUndefined()
  expect(faultOfPem('<html>')).toContain('begins with')
  expect(faultOfPem('-----BEGIN CERTIFICATE-----\n-----BEGIN RSA PRIVATE KEY-----')).toContain('never give one away')
})

test('confirmed topics can be pinned once, and a pinned one that never asked is shown', () => {
  const listed = [
    { topic: 'a', state: 'confirmed' },
    { topic: 'b', state: 'confirmed' },
    { topic: 'c', state: 'asked' },
  ] as const
  expect(pinOffer(['a', 'z'], listed)).toEqual({ pinnable: ['b'], unheard: ['z'] })
  expect([pinWords(0), pinWords(1), pinWords(2)]).toEqual([
    'any topic may speak',
    'only the pinned one may speak',
    'only the 2 pinned may speak',
  ])
})
