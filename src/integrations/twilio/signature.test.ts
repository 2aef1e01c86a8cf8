/** Signatures: Twilio's own worked examples, and that nothing else passes. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSigned, signatureOf } from './signature.ts'

const URL_OF_EXAMPLE = 'https://mycompany.com/myapp.php?foo=1&bar=2'
const TOKEN = '12345'
const form = (number: string) =>
  new URLSearchParams({ CallSid: 'CA1234567890ABCDE', Caller: number, Digits: '1234', From: number, To: '+18005551212' })

test.each([
  ['+14158675309', 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
  ['+14158675310', 'GvWf1cFY/Q7PnoempGyD5oXAezc='],
])("Twilio's example with %s is computed as Twilio does", (number, signature) => {
  expect(signatureOf(URL_OF_EXAMPLE, form(number), TOKEN)).toBe(signature)
  expect(isSigned(URL_OF_EXAMPLE, form(number), signature, TOKEN)).toBe(true)
})

describe('what is signed', () => {
  const signed = 'RSOYDt4T1cUTdK1PDd93/VVr8B8='

  test('may hold the port of its scheme or not', () => {
    const withPort = URL_OF_EXAMPLE.replace('.com', '.com:443')
    expect(isSigned(withPort, form('+14158675309'), signed, TOKEN)).toBe(true)
    expect(isSigned(URL_OF_EXAMPLE, form('+14158675309'), signatureOf(withPort, form('+14158675309'), TOKEN), TOKEN)).toBe(true)
  })

  test.each([
    ['another path', URL_OF_EXAMPLE.replace('myapp', 'other'), form('+14158675309'), signed, TOKEN],
    ['another host', URL_OF_EXAMPLE.replace('mycompany', 'yours'), form('+14158675309'), signed, TOKEN],
    ['another value', URL_OF_EXAMPLE, form('+14158675311'), signed, TOKEN],
    ['a further field', URL_OF_EXAMPLE, new URLSearchParams([...form('+14158675309'), ['Extra', '1']]), signed, TOKEN],
    ['another token', URL_OF_EXAMPLE, form('+14158675309'), signed, '12346'],
    ['no signature', URL_OF_EXAMPLE, form('+14158675309'), '', TOKEN],
    ['a longer signature', URL_OF_EXAMPLE, form('+14158675309'), `${signed}x`, TOKEN],
  ])('%s is not', (_, url, fields, signature, token) => {
    expect(isSigned(url, fields, signature, token)).toBe(false)
  })

  test('no change of a field, its name or the signature passes', () => {
    const fields = fc.array(fc.tuple(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ unit: 'binary' })), {
      minLength: 1,
      maxLength: 5,
    })
    fc.assert(
      fc.property(fields, fc.nat(), fc.string({ minLength: 1 }), (pairs, at, other) => {
        const good = new URLSearchParams(pairs)
        const signature = signatureOf(URL_OF_EXAMPLE, good, TOKEN)
        expect(isSigned(URL_OF_EXAMPLE, new URLSearchParams(good.toString()), signature, TOKEN)).toBe(true)
        const changed = pairs.map(
          ([name, value], index) => [name, index === at % pairs.length ? `${value}${other}` : value] as [string, string],
        )
        expect(isSigned(URL_OF_EXAMPLE, new URLSearchParams(changed), signature, TOKEN)).toBe(false)
        expect(isSigned(URL_OF_EXAMPLE, good, signature.slice(1) + signature.slice(0, 1), TOKEN)).toBe(
          signature.slice(1) + signature.slice(0, 1) === signature,
        )
      }),
      { numRuns: 200 },
    )
  })
})
