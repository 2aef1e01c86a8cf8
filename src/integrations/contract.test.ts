import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { InboundMessage, Received } from '../integration.ts'
import { SOURCE_KINDS } from '../core/playbook/source-kind.ts'
import { doors, innerDoors } from './index.ts'

const SECRET = 'c0ffee00c0ffee00c0ffee00c0ffee00'
const NOW = Date.UTC(2026, 10, 24)

function messageOf(path: string, body: Buffer, headers: Readonly<Record<string, string>> = {}): InboundMessage {
  return {
    method: 'POST',
    path,
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRET}`, ...headers },
    body,
    receivedAt: NOW,
  }
}

/** Anything, small: what matters is that it stands in any place. */
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('2026-11-24T00:00:00Z', '0001-01-01T00:00:00Z', 'javascript:alert(1)', 'https://x.example', '__proto__', 1e308, -0),
  fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }),
)
const alert = fc.record(
  {
    status: fc.oneof(fc.constantFrom('firing', 'resolved'), value),
    labels: value,
    annotations: value,
    startsAt: value,
    endsAt: value,
    generatorURL: value,
  },
  { requiredKeys: [] },
)
const payload = fc.record(
  { summary: value, source: value, severity: fc.oneof(fc.constant('error'), value), class: value, custom_details: value, timestamp: value },
  { requiredKeys: [] },
)
/** JSON that looks like what the doors take, with anything at all in its places. */
const event = fc.record(
  {
    routing_key: fc.constant(SECRET),
    service_key: fc.constant(SECRET),
    event_action: fc.oneof(fc.constantFrom('trigger', 'resolve', 'acknowledge'), value),
    event_type: fc.oneof(fc.constantFrom('trigger', 'resolve', 'acknowledge'), value),
    dedup_key: value,
    incident_key: value,
    description: value,
    details: value,
    payload: fc.oneof(payload, value),
    alerts: fc.oneof(fc.array(alert, { maxLength: 3 }), value),
    truncatedAlerts: value,
    status: fc.oneof(fc.constantFrom('firing', 'resolved'), value),
    title: value,
    labels: value,
    links: value,
    images: value,
    contexts: value,
  },
  { requiredKeys: [] },
)
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  event.map((object) => Buffer.from(JSON.stringify(object))),
  fc.array(alert, { maxLength: 4 }).map((list) => Buffer.from(JSON.stringify(list))),
)

function check(received: Received): void {
  expect(received.reply.status).toBeGreaterThanOrEqual(200)
  expect(received.reply.status).toBeLessThan(500)
  expect(JSON.stringify(received)).not.toContain(SECRET)
  if (received.kind === 'refused') {
    expect(received.reply.status).toBeGreaterThanOrEqual(400)
    expect(received.reason).not.toBe('')
    expect(received.title).not.toBe('')
    return
  }
  if (received.kind === 'distrusted') {
    expect(received.reply.status).toBeGreaterThanOrEqual(400)
    expect(received.reason).not.toBe('')
    return
  }
  for (const signal of received.signals) {
    for (const text of [signal.alarm, signal.title]) {
      expect(text).not.toBe('')
      expect(text.length).toBeLessThanOrEqual(1_024)
    }
    expect(JSON.stringify(signal)).not.toContain('\\u0000')
    expect(
      [signal.alarm, signal.title, signal.summary ?? '', ...Object.entries(signal.labels).flat()].every((text) => text.isWellFormed()),
    ).toBe(true)
    expect(signal.links.every((link) => /^https?:\/\//i.test(link.href))).toBe(true)
    expect(signal.value === null || Number.isFinite(signal.value)).toBe(true)
  }
}

describe.each(doors.map((entry) => [entry.door.id, entry.door] as const))('the door %s', (_id, door) => {
  test('understands or refuses whatever comes, never throws, and lets no key into what is kept', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const message = messageOf(door.path, body)
        const found = door.findKey(message, { key: SECRET })
        const context = {
          params: {},
          signingSecret: null,
          freshId: 'f'.repeat(32),
          ...(found.parsed === undefined ? {} : { parsed: found.parsed }),
        }
        const received = door.receive(message, context)
        check(received)
        // Read again after a crash it says the same.
        expect(door.receive(message, { params: {}, signingSecret: null, freshId: 'f'.repeat(32) })).toEqual(received)
      }),
      { numRuns: 200 },
    )
  })

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['half of a JSON object', Buffer.from('{"a":')],
    ['malformed UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])],
    ['nesting 4,250 deep', Buffer.from(`${'['.repeat(4_250)}${']'.repeat(4_250)}`)],
    ['nesting a million deep', Buffer.from(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)],
    ['a number', Buffer.from('42')],
    ['null', Buffer.from('null')],
  ])('refuses %s with a reason, and people are told', (_name, body) => {
    const received = door.receive(messageOf(door.path, body), { params: {}, signingSecret: null, freshId: 'f'.repeat(32) })
    expect(received).toMatchObject({ kind: 'refused', page: true })
    check(received)
  })

  test('finds a key in the place it should stand, and none where there is none', () => {
    const body = Buffer.from(JSON.stringify({ routing_key: SECRET, service_key: SECRET }))
    expect(door.findKey(messageOf(door.path, body), { key: SECRET }).key).toBe(SECRET)
    expect(door.findKey({ ...messageOf(door.path, Buffer.from('{}')), headers: {} }, {}).key).toBeNull()
  })

  test('answers an unknown key with a refusal that clients take for final', () => {
    const { status } = door.refuseKey()
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(status).not.toBe(429)
  })

  test('nothing in a body reaches a prototype', () => {
    const hostile = Buffer.from(
      JSON.stringify({ routing_key: SECRET, event_action: 'trigger', payload: { summary: 's', source: 's', severity: 'error' } }).replace(
        '"summary"',
        '"custom_details":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},"summary"',
      ),
    )
    door.receive(messageOf(door.path, hostile), { params: {}, signingSecret: null, freshId: 'f'.repeat(32) })
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

test('doors have names and addresses of their own', () => {
  expect(new Set(doors.map(({ door }) => door.id)).size).toBe(doors.length)
  expect(new Set(doors.map(({ door }) => `${door.method} ${door.path}`)).size).toBe(doors.length)
})

test('a detection may listen to every kind by which signals come, and to Tocsin itself', () => {
  const kinds = new Set([...doors, ...innerDoors].map(({ kind }) => kind))
  expect([...SOURCE_KINDS]).toEqual([...kinds, 'tocsin'].toSorted())
})
