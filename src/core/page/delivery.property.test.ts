/** Whatever somebody says of their channels, a page reaches them: at once unless it is held, and never later than is bounded. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Way } from '../oncall/way.ts'
import { WAY_WAIT_MS_MAX } from '../oncall/way.ts'
import { CONSOLE_CHANNEL } from '../oncall/roster.ts'
import { deliveriesOf, domainOfChannel, type Paging } from './delivery.ts'

const AT = 1_700_000_000_000
const NAMES = ['email', 'sms', 'voice', 'sms:eu', 'ntfy', 'webhook:a', 'push:1'] as const
const channel = fc.constantFrom(...NAMES)
const way = fc.record<Way>({
  channel,
  afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: WAY_WAIT_MS_MAX })),
  urgency: fc.constantFrom(null, 'high' as const, 'low' as const),
})
const person = fc.record({
  channels: fc.uniqueArray(channel, { maxLength: 5 }).map((own) => [...own, CONSOLE_CHANNEL]),
  ways: fc.array(way, { maxLength: 8 }),
  domains: fc.dictionary(channel, fc.constantFrom('aws', 'gcp'), { maxKeys: 3 }),
})
const paging = fc.record<Paging>({
  at: fc.constant(AT),
  urgency: fc.constantFrom('high' as const, 'low' as const),
  byTwo: fc.boolean(),
  heldUntil: fc.constantFrom(null, AT + 3_600_000),
  consoleWaits: fc.boolean(),
})

test('every page has a message that rings at its start, if the person has any channel, and none is later than the longest wait', () => {
  fc.assert(
    fc.property(person, paging, (who, how) => {
      const start = how.heldUntil ?? how.at
      const found = deliveriesOf(who, how)
      const ringing = found.filter((one) => one.channel !== CONSOLE_CHANNEL)
      if (who.channels.length > 1) expect(Math.min(...ringing.map(({ dueAt }) => dueAt))).toBe(start)
      for (const { dueAt } of ringing) expect(dueAt).toBeLessThanOrEqual(start + WAY_WAIT_MS_MAX)
      expect(found.map((one) => one.channel)).toEqual(who.channels.filter((name) => found.some((one) => one.channel === name)))
      expect(found.find((one) => one.channel === CONSOLE_CHANNEL)?.dueAt).toBe(how.consoleWaits ? start : how.at)
    }),
    { numRuns: 1_000 },
  )
})

test('a first page by two channels rings on two that do not fall together, where there are two, whatever their waits and urgencies', () => {
  fc.assert(
    fc.property(person, paging, (who, how) => {
      const start = how.heldUntil ?? how.at
      const domains = (names: readonly string[]): number =>
        new Set(names.filter((name) => name !== CONSOLE_CHANNEL).map((name) => domainOfChannel(name, who.domains))).size
      const atOnce = deliveriesOf(who, { ...how, byTwo: true }).filter(({ dueAt }) => dueAt <= start)
      if (domains(who.channels) >= 2) expect(domains(atOnce.map((one) => one.channel))).toBeGreaterThanOrEqual(2)
    }),
    { numRuns: 1_000 },
  )
})

test('without anything said of it, each channel is used at once; a wait and an urgency are kept where they leave somebody reachable', () => {
  const channels = ['email', 'sms', 'voice', CONSOLE_CHANNEL]
  const how: Paging = { at: AT, urgency: 'high', byTwo: false, heldUntil: null, consoleWaits: false }
  expect(deliveriesOf({ channels }, how)).toEqual(channels.map((name) => ({ channel: name, dueAt: AT })))
  const ways: Way[] = [
    { channel: 'email', afterMs: 0, urgency: 'low' },
    { channel: 'sms', afterMs: 0, urgency: 'high' },
    { channel: 'voice', afterMs: 120_000, urgency: 'high' },
    { channel: 'voice', afterMs: 600_000, urgency: null },
  ]
  const said = (over: Partial<Paging>): (string | number)[][] =>
    deliveriesOf({ channels, ways }, { ...how, ...over }).map(({ channel: name, dueAt }) => [name, dueAt - AT])
  expect(said({})).toEqual([
    ['sms', 0],
    ['voice', 120_000],
    ['console', 0],
  ])
  expect(said({ urgency: 'low' })).toEqual([
    ['email', 0],
    ['voice', 600_000],
    ['console', 0],
  ])
  // SMS and voice are one vendor's: e-mail is called in as the second.
  expect(said({ byTwo: true })).toEqual([
    ['email', 0],
    ['sms', 0],
    ['voice', 120_000],
    ['console', 0],
  ])
  expect(deliveriesOf(undefined, how)).toEqual([{ channel: 'console', dueAt: AT }])
})
