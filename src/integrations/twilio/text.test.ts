/** The text of a message by phone: counted as networks count, bounded, and with what must not be cut. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { carriedMessage } from '../../../test/support/carrier-fake.ts'
import { codeOf, readCode } from '../../core/page/code.ts'
import { readAsk } from './ask.ts'
import { plainer, segmentsOf, shorten } from './segments.ts'
import { markOf, smsOf } from './text.ts'

describe('parts', () => {
  test.each([
    ['', 'GSM-7', 0, 1],
    ['a'.repeat(160), 'GSM-7', 160, 1],
    ['a'.repeat(161), 'GSM-7', 161, 2],
    ['a'.repeat(306), 'GSM-7', 306, 2],
    ['a'.repeat(307), 'GSM-7', 307, 3],
    ['€'.repeat(80), 'GSM-7', 160, 1],
    ['€'.repeat(81), 'GSM-7', 162, 2],
    // 153 septets hold 76 of them: the 77th begins the second part, the 153rd the third.
    ['€'.repeat(152), 'GSM-7', 304, 2],
    ['€'.repeat(153), 'GSM-7', 306, 3],
    ['ж'.repeat(70), 'UCS-2', 70, 1],
    ['ж'.repeat(71), 'UCS-2', 71, 2],
    ['ж'.repeat(134), 'UCS-2', 134, 2],
    ['ж'.repeat(135), 'UCS-2', 135, 3],
    ['💥'.repeat(35), 'UCS-2', 70, 1],
    // 67 units hold 33 of them whole.
    ['💥'.repeat(66), 'UCS-2', 132, 2],
    ['💥'.repeat(67), 'UCS-2', 134, 3],
    [`${'a'.repeat(69)}ж`, 'UCS-2', 70, 1],
  ] as const)('%#: %s', (text, encoding, units, count) => {
    expect(segmentsOf(text)).toEqual({ encoding, units, count })
  })
})

test('what has a likeness in the alphabet is written by it; pictures go, other scripts stay', () => {
  expect(plainer('“API” – 5xx… ≥ 50 % 💥 café crème brûlée 🚒')).toBe('"API" - 5xx... >= 50 % café crème brulée')
  expect(segmentsOf(plainer('naïve façade — œuvre')).encoding).toBe('UCS-2')
  expect(plainer('ошибка')).toBe('ошибка')
})

describe('a page', () => {
  const rules = { segmentsMax: 3, replies: true }

  test('says what broke, what first, how to answer, and where', () => {
    expect(smsOf(carriedMessage(), rules)).toBe(
      [
        'SEV-1 #12 API 5xx spike',
        'First: Roll back',
        'Reply 1 = I have it, 2 = I cannot',
        'https://tocsin.test/a/tokentokentokentokentokentokentokentokentok',
        markOf(carriedMessage().reference),
      ].join('\n'),
    )
  })

  test('does not ask for a reply that reaches nobody, and says when it is a repeat or stands for more', () => {
    const others = [{ number: 13, title: 'x', severity: 'SEV-2' }]
    const text = smsOf(carriedMessage({ repeat: true, others }), { ...rules, replies: false })
    expect(text).toMatch(/^SEV-1 #12 API 5xx spike \(\+1 more\) \(repeat\)\n/u)
    expect(text).not.toContain('Reply')
  })

  test('never has more parts than allowed, and always its link and its code, whatever stands in it', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 2_000 })
    fc.assert(
      fc.property(hostile, hostile, fc.boolean(), fc.integer({ min: 3, max: 5 }), (title, firstStep, repeat, segmentsMax) => {
        const message = carriedMessage({ repeat }, { title, firstStep })
        const text = smsOf(message, { segmentsMax, replies: true })
        expect(segmentsOf(text).count).toBeLessThanOrEqual(segmentsMax)
        expect(text).toContain(`\n${message.acknowledgeUrl}\n${markOf(message.reference)}`)
        expect(text.isWellFormed()).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  test('keeps the title longer than the first step', () => {
    const text = smsOf(carriedMessage({}, { title: 'ж'.repeat(150), firstStep: 'ж'.repeat(150) }), rules)
    expect([text.includes('First:'), text.includes('жжж'), segmentsOf(text).count]).toEqual([false, true, 3])
    expect(shorten('abcdefgh', 6)).toBe('abcd..')
  })
})

test('a code is the same for every attempt, read as it was meant, and not easily that of another', () => {
  expect(codeOf('tocsin-5b0c6f2a9d4e')).toBe(codeOf('tocsin-5b0c6f2a9d4e'))
  expect(readCode(codeOf('tocsin-00ffab12'))).toBe(codeOf('tocsin-00ffab12'))
  expect(readCode('o1ilzz')).toBe('0111ZZ')
  expect([readCode('12345'), readCode('ABCDEU'), readCode('')]).toEqual([null, null, null])
  const digest = (at: number): string => createHash('sha256').update(String(at)).digest('hex').slice(0, 32)
  expect(new Set(Array.from({ length: 2_000 }, (_, at) => codeOf(`tocsin-${digest(at)}`))).size).toBeGreaterThan(1_995)
})

describe('what is written back', () => {
  const one = (wish: string, which: unknown = 'one') => ({ kind: 'act', wish, which })
  test.each([
    ['1', one('acknowledge')],
    [' Ack. ', one('acknowledge')],
    ['OK', one('acknowledge')],
    ['ack 12', one('acknowledge', { number: 12 })],
    ['1 #12', one('acknowledge', { number: 12 })],
    ['12', one('acknowledge', { number: 12 })],
    ['2', one('decline')],
    ["can't", one('decline')],
    ['2 12', one('decline', { number: 12 })],
    ['ack all', one('acknowledge', 'all')],
    ['k7m2qp', one('acknowledge', { code: 'K7M2QP' })],
    ['2 code K7M2QP', one('decline', { code: 'K7M2QP' })],
    ['status', { kind: 'status' }],
    ['STOP', { kind: 'silent', stops: true }],
    ['Stop.', { kind: 'silent', stops: true }],
    ['START', { kind: 'silent' }],
    ['help', { kind: 'silent' }],
    ['what is this about?', { kind: 'unclear' }],
    ['ack the payroll one', { kind: 'unclear' }],
    ['', { kind: 'unclear' }],
    ['3', one('acknowledge', { number: 3 })],
  ])('%s', (text, ask) => {
    expect(readAsk(text)).toEqual(ask)
  })

  test('whatever it is, it is read', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readAsk(text)))
  })
})
