import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Signal } from '../../core/alert/signal.ts'
import type { InboundMessage, Received } from '../../integration.ts'
import { opsgenie } from './manifest.ts'
import { receiveAct } from './receive-act.ts'
import { receiveCreate } from './receive.ts'

const FRESH_ID = '0123456789abcdef0123456789abcdef'
const REQUEST_ID = '01234567-89ab-cdef-0123-456789abcdef'
const context = { params: {}, signingSecret: null, freshId: FRESH_ID }

function fixture(name: string): { request: { path: string; headers: [string, string][] }; body: Record<string, unknown> } {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8'))
}

function messageOf(body: unknown, headers: Record<string, string> = {}): InboundMessage {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return { method: 'POST', path: '/v2/alerts', query: new URLSearchParams(), headers, body: bytes, receivedAt: 0 }
}

function signalOf(received: Received): Signal {
  if (received.kind !== 'signals' || received.signals[0] === undefined) throw new Error(JSON.stringify(received))
  return received.signals[0]
}

test("a create of Opsgenie's own client, field by field", () => {
  const { request, body } = fixture('captured.opsgenie-sdk.create.json')
  const headers = Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value]))
  const message = messageOf(body, headers)
  expect(opsgenie.doors[0]?.findKey(message, {}).key).toBe('aaaa-key')
  const received = receiveCreate(message, context)
  expect(signalOf(received)).toEqual({
    alarm: 'api-5xx',
    status: 'firing',
    title: 'API 5xx',
    summary: 'd',
    dedupKey: 'api-5xx',
    severityHint: 'P1',
    value: null,
    labels: { priority: 'P1', tags: 'sev1', svc: 'api' },
    links: [],
    startsAt: null,
    endsAt: null,
  })
  expect(received.reply).toMatchObject({ status: 202, headers: { 'x-request-id': REQUEST_ID } })
  expect(JSON.parse(received.reply.body)).toEqual({
    result: 'Request will be processed',
    took: expect.any(Number),
    requestId: REQUEST_ID,
  })
})

test("a create of Alertmanager's notifier: its alias is a digest, so its alarm is the alert's name", () => {
  const { body } = fixture('captured.to-opsgenie.create.json')
  expect(signalOf(receiveCreate(messageOf(body), context))).toEqual({
    alarm: 'API5xxAlarm',
    status: 'firing',
    title: '[FIRING:2] API5xxAlarm (api sev1)',
    summary: body['description'],
    dedupKey: 'bd6a6fb1bf67160ed3a75b98c9981d571ceadf034bb1aeacd07b70f67f6c5f15',
    severityHint: 'P1',
    value: null,
    labels: {
      source: 'http://vm:19093/#/alerts?receiver=all',
      priority: 'P1',
      alertname: 'API5xxAlarm',
      service: 'api',
      severity: 'sev1',
    },
    links: [{ href: 'http://vm:19093/#/alerts?receiver=all', text: 'Source' }],
    startsAt: null,
    endsAt: null,
  })
})

test('the alarm is the alias; without one, or where it is a digest that names nothing, the message', () => {
  const alarmOf = (body: unknown) => signalOf(receiveCreate(messageOf(body), context)).alarm
  expect(alarmOf({ message: 'M', alias: 'API5xxAlarm' })).toBe('API5xxAlarm')
  expect(alarmOf({ message: 'API5xxAlarm' })).toBe('API5xxAlarm')
  expect(alarmOf({ message: 'API5xxAlarm', alias: REQUEST_ID })).toBe('API5xxAlarm')
})

test('an alert without an alias has a key of its own, which its request tells', () => {
  expect(signalOf(receiveCreate(messageOf({ message: 'M' }), context)).dedupKey).toBe(REQUEST_ID)
})

test('every field of the contract finds its place, and the details win over a label of the same name', () => {
  const signal = signalOf(
    receiveCreate(
      messageOf({
        message: 'Disk full',
        alias: 'disk',
        description: 'Long',
        entity: 'db-1',
        source: 'https://monitor.example/1',
        priority: 'P2',
        tags: ['a', 'b', 'a'],
        details: { value: '0.25', entity: 'mine', runbook: 'https://runbooks.example/disk', count: 7, ok: true, no: null, deep: { x: 1 } },
        responders: [{ type: 'team', name: 'ops' }],
        visibleTo: [{ type: 'user', username: 'a@example.com' }],
        actions: ['Restart'],
        user: 'u',
        note: 'n',
      }),
      context,
    ),
  )
  expect(signal).toMatchObject({ alarm: 'disk', title: 'Disk full', summary: 'Long', severityHint: 'P2', value: 0.25 })
  expect(signal.labels).toEqual({
    entity: 'mine',
    source: 'https://monitor.example/1',
    priority: 'P2',
    tags: 'a,b',
    value: '0.25',
    runbook: 'https://runbooks.example/disk',
    count: '7',
    ok: 'true',
  })
  expect(signal.links).toEqual([
    { href: 'https://runbooks.example/disk', text: 'runbook' },
    { href: 'https://monitor.example/1', text: 'Source' },
  ])
})

test.each([
  ['a priority that does not exist', { message: 'M', priority: 'P9' }],
  ['a message over the limit', { message: 'M'.repeat(5_000) }],
  ['parts of other types', { message: 7, alias: {}, tags: 'x', details: [], responders: 'all' }],
])('%s is an alarm all the same', (_name, body) => {
  expect(receiveCreate(messageOf(body), context)).toMatchObject({ kind: 'signals', reply: { status: 202 } })
})

test.each([
  ['no message', '{"alias":"a"}', 422, { errors: { message: 'Message can not be empty.' } }],
  ['a blank message', '{"message":"  "}', 422, { errors: { message: 'Message can not be empty.' } }],
  ['no object', '[]', 422, {}],
  ['broken JSON', '{"message":', 400, {}],
  ['nothing', '', 400, {}],
])("%s is refused in Opsgenie's shape, kept, and told to people", (_name, body, status, more) => {
  const received = receiveCreate(messageOf(body), context)
  expect(received).toMatchObject({ kind: 'refused', page: true, reply: { status } })
  expect(JSON.parse(received.reply.body)).toMatchObject({
    message: expect.any(String),
    took: expect.any(Number),
    requestId: REQUEST_ID,
    ...more,
  })
})

test("too large, too busy and an unknown key are told in Opsgenie's shape", () => {
  const [door] = opsgenie.doors
  expect(door?.refuseKey().status).toBe(401)
  expect(JSON.parse(door?.refuseKey().body ?? '')).toMatchObject({ message: 'Could not authenticate', took: expect.any(Number) })
  expect(door?.explain?.(429, 'too much')).toMatchObject({ status: 429, headers: { 'x-ratelimit-state': 'THROTTLED' } })
  expect(JSON.parse(door?.explain?.(413, 'its body is larger than 5 bytes').body ?? '')).toMatchObject({
    message: 'its body is larger than 5 bytes',
  })
})

test('what a route wrote down of an acknowledgement or a close reads as one, and anything else is refused', () => {
  const alert = { alarm: 'a', title: 't', dedup_key: 'k', labels: { l: '1' } }
  const read = (body: unknown) => receiveAct(messageOf(body), context)
  expect(signalOf(read({ status: 'resolved', alert, request_id: REQUEST_ID }))).toMatchObject({
    status: 'resolved',
    dedupKey: 'k',
    labels: { l: '1' },
  })
  expect(signalOf(read({ status: 'acknowledged', alert: { alarm: 'a', labels: {} } }))).toMatchObject({
    status: 'acknowledged',
    dedupKey: null,
  })
  for (const body of ['', '{}', { status: 'firing', alert }, { status: 'resolved' }]) expect(read(body).kind).toBe('refused')
})

test('whatever is written into a create or an act, it is read or refused', () => {
  const anything = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: 'binary' }))
  const body = fc.record(
    {
      message: anything,
      alias: anything,
      tags: anything,
      details: anything,
      responders: anything,
      priority: anything,
      status: anything,
      alert: anything,
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(body, (value) => {
      for (const receive of [receiveCreate, receiveAct]) {
        const received = receive(messageOf(value), context)
        if (received.kind !== 'signals') continue
        for (const signal of received.signals) {
          expect(signal.title.length).toBeGreaterThan(0)
          expect(JSON.stringify(signal)).not.toContain('\\u0000')
          expect(signal.dedupKey?.isWellFormed() ?? true).toBe(true)
        }
      }
    }),
  )
})

test('the sample of its setup page pages by its alias', () => {
  expect(signalOf(receiveCreate(messageOf(opsgenie.setup?.sample.body), context))).toMatchObject({
    alarm: 'API5xxAlarm',
    severityHint: 'P1',
  })
})
