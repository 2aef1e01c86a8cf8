/** Vendors that carry pages: what connections.yaml and oncall.yaml say of them, and what is refused. */
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { findCarrier, readCarried, readContact } from './carriers.ts'
import { parseConnections } from './connections.ts'
import { lintFolder } from './lint.ts'
import { parseOnCall } from './parse.ts'

const SID = `AC${'0'.repeat(32)}`
const twilio = { name: 'phone', kind: 'twilio', secret_env: 'TWILIO_TOKEN', settings: { account_sid: SID, from: '+15005550006' } }
const ntfy = { name: 'push', kind: 'ntfy' }
const pushover = { name: 'over', kind: 'pushover', secret_env: 'PUSHOVER_TOKEN' }
const read = (...connections: object[]) => parseConnections(stringify({ connections }))
const codes = (...connections: object[]) => read(...connections).findings.map(({ code, path }) => `${code} ${path}`)

describe('a connection that carries pages', () => {
  test('needs no address: the vendor has one; nor has ntfy a secret', () => {
    const { connections, findings } = read(twilio, ntfy, pushover)
    expect(findings).toEqual([])
    expect(connections?.map(({ url }) => url)).toEqual(['https://api.twilio.com', 'https://ntfy.sh', 'https://api.pushover.net'])
    expect(connections?.[0]?.carrier).toEqual({ callbackSecret: null, settings: twilio.settings })
  })

  test('of another kind does need one', () => {
    expect(codes({ name: 'ops', kind: 'webhook', secret_env: 'S' })).toEqual(['missing-key connections.0.name'])
  })

  test.each([
    ['without credentials', { ...twilio, secret_env: undefined }, 'missing-key connections.0.name'],
    ['without an account', { ...twilio, settings: { from: '+15005550006' } }, 'missing-key connections.0.name'],
    ['with a name that no address can hold', { ...twilio, name: 'a/b' }, 'bad-id connections.0.name'],
    ['without a sender', { ...twilio, settings: { account_sid: SID } }, 'missing-key connections.0.name'],
    ['with an unknown setting', { ...twilio, settings: { ...twilio.settings, form: '1' } }, 'unknown-key connections.0.settings.form'],
    ['with a wrong sender', { ...twilio, settings: { ...twilio.settings, from: '0151' } }, 'wrong-value connections.0.settings.from'],
    [
      'with an API key and nothing to check callbacks with',
      { ...twilio, settings: { ...twilio.settings, api_key: `SK${'1'.repeat(32)}` } },
      'missing-key connections.0.name',
    ],
    [
      'with its auth token in the file',
      { ...twilio, callback_secret_env: 'c0ffee-0123' },
      'secret-in-file connections.0.callback_secret_env',
    ],
    ['that repeats too often', { ...pushover, settings: { retry: '10 s' } }, 'wrong-value connections.0.settings.retry'],
  ])('%s is refused', (_, connection, finding) => {
    expect(codes(connection)).toEqual([finding])
    expect(read(connection).connections).toBeNull()
  })

  test('a value is not repeated in a finding: it may be a secret in the wrong place', () => {
    const wrong = { ...twilio, settings: { ...twilio.settings, account_sid: 'hunter2' } }
    expect(JSON.stringify(read(wrong).findings)).not.toContain('hunter2')
  })
})

describe('a channel', () => {
  test('goes by the first connection of its kind, or by the one that it names', () => {
    const all = [ntfy, twilio, { ...twilio, name: 'eu', settings: { ...twilio.settings, voice_from: '+15005550006' } }]
    expect(findCarrier('sms', all)?.name).toBe('phone')
    expect(findCarrier('voice:eu', all)?.name).toBe('eu')
    // A number that messages come from need not be one that can call.
    expect([findCarrier('voice', all)?.name, findCarrier('voice:phone', all)]).toEqual(['eu', undefined])
    expect(findCarrier('sms:push', all)).toBeUndefined()
    expect(findCarrier('pushover', all)).toBeUndefined()
  })

  test('that no vendor carries is none, whatever it is called', () => {
    for (const channel of ['email', 'webhook:ops', 'constructor', '__proto__:x', '']) expect(readCarried(channel)).toBeUndefined()
  })
})

describe('a person', () => {
  const person = { name: 'Ann', email: 'ann@example.com', channels: ['sms', 'voice:eu', 'email'] }

  test('has the phone number as vendors take it', () => {
    const { onCall } = parseOnCall(stringify({ people: [{ ...person, phone: '+49 (151) 234-56 789' }] }))
    expect(onCall?.people[0]).toMatchObject({ channels: ['sms', 'voice:eu', 'email'], contacts: { phone: '+4915123456789' } })
  })

  test('without a number is not reached by it, and lint says so', () => {
    const { onCall, findings } = parseOnCall(stringify({ people: [person] }))
    expect(findings.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'no-contact people.0.channels.0',
      'no-contact people.0.channels.1',
    ])
    expect(onCall?.people[0]?.channels).toEqual(['email'])
  })

  test('a number that is none is refused, and not repeated', () => {
    const { onCall, findings } = parseOnCall(stringify({ people: [{ ...person, phone: '0151 98765432' }] }))
    expect([onCall, findings.map(({ code }) => code)]).toEqual([null, ['bad-contact']])
    expect(JSON.stringify(findings)).not.toContain('98765')
  })

  test('whose channel has no connection is told of', () => {
    const onCall = stringify({ people: [{ ...person, channels: ['sms', 'voice:eu'], phone: '+4915123456789' }] })
    const { findings } = lintFolder({ playbook: null, onCall, connections: stringify({ connections: [twilio] }) })
    expect(findings.filter(({ file }) => file === 'oncall.yaml').map(({ message }) => message)).toContain(
      'connections.yaml names no connection "eu" of the kind "twilio" with voice_from, so Ann is not reached by it.',
    )
    expect(findings.map(({ code }) => code)).not.toContain('no-channel')
  })
})

test('topics and user keys are what vendors take', () => {
  expect(readContact('ntfy', 'ann-2b7Q_').ok).toBe(true)
  expect(readContact('ntfy', 'ann/../x').ok).toBe(false)
  expect(readContact('pushover', 'u'.repeat(30)).ok).toBe(true)
  expect(readContact('pushover', 'u'.repeat(29)).ok).toBe(false)
})
