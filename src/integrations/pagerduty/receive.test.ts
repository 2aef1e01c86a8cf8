import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Signal } from '../../core/alert/signal.ts'
import type { InboundMessage, Received } from '../../integration.ts'
import { pagerduty } from './manifest.ts'
import { receiveEventV1 } from './receive-v1.ts'
import { receiveChange, receiveEvent } from './receive-v2.ts'

const FRESH_ID = '0123456789abcdef0123456789abcdef'
const context = { params: {}, signingSecret: null, freshId: FRESH_ID }

function fixture(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8'))
}

function messageOf(body: unknown): InboundMessage {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return { method: 'POST', path: '/v2/enqueue', query: new URLSearchParams(), headers: {}, body: bytes, receivedAt: 0 }
}

function signalOf(received: Received): Signal {
  if (received.kind !== 'signals' || received.signals[0] === undefined) throw new Error(JSON.stringify(received))
  return received.signals[0]
}

const event = (over: Record<string, unknown> = {}, payload: Record<string, unknown> = {}) => ({
  routing_key: 'k'.repeat(32),
  event_action: 'trigger',
  payload: { summary: 'S', source: 'h', severity: 'critical', ...payload },
  ...over,
})

test("Alertmanager's own notifier: the alarm and the labels its alerts share are read from its text", () => {
  const received = receiveEvent(messageOf(fixture('captured.to-pagerduty-events-v2.trigger.json')['body']), context)
  expect(signalOf(received)).toEqual({
    alarm: 'API5xxAlarm',
    status: 'firing',
    title: '[FIRING:2] API5xxAlarm (api sev1)',
    summary: null,
    dedupKey: 'bd6a6fb1bf67160ed3a75b98c9981d571ceadf034bb1aeacd07b70f67f6c5f15',
    severityHint: 'error',
    value: null,
    labels: { alertname: 'API5xxAlarm', service: 'api', severity: 'sev1', source: 'Alertmanager' },
    links: [
      { href: 'https://runbooks.example/5xx', text: 'runbook' },
      { href: 'http://vm:19093/#/alerts?receiver=all', text: 'Alertmanager' },
    ],
    startsAt: null,
    endsAt: null,
  })
  expect(received.reply).toMatchObject({ status: 202 })
  expect(JSON.parse(received.reply.body)).toEqual({
    status: 'success',
    message: 'Event processed',
    dedup_key: 'bd6a6fb1bf67160ed3a75b98c9981d571ceadf034bb1aeacd07b70f67f6c5f15',
  })
})

test('newer notifiers that send their alerts as JSON are read as well', () => {
  const firing = [{ labels: { alertname: 'A', pod: 'p1', team: 't' } }, { labels: { alertname: 'A', pod: 'p2', team: 't' } }]
  const signal = signalOf(receiveEvent(messageOf(event({}, { custom_details: { firing, num_firing: 2 } })), context))
  expect(signal.alarm).toBe('A')
  expect(signal.labels).toMatchObject({ alertname: 'A', team: 't' })
  expect(signal.labels['pod']).toBeUndefined()
})

test('the documented trigger: class is the alarm, details are labels, links and images are links', () => {
  expect(signalOf(receiveEvent(messageOf(fixture('events-v2.docs.trigger.json')), context))).toEqual({
    alarm: 'deploy',
    status: 'firing',
    title: 'Example alert on host1.example.com',
    summary: null,
    dedupKey: 'samplekeyhere',
    severityHint: 'info',
    value: null,
    labels: {
      'ping time': '1500ms',
      'load avg': '0.75',
      source: 'monitoringtool:cloudvendor:central-region-dc-01:852559987:cluster/api-stats-prod-003',
      component: 'postgres',
      group: 'prod-datapipe',
      class: 'deploy',
      severity: 'info',
    },
    links: [
      { href: 'https://example.com/', text: 'Link text' },
      { href: 'https://monitoring.example.com', text: 'Sample Monitoring Service' },
      { href: 'https://www.pagerduty.com/wp-content/uploads/2016/05/pagerduty-logo-green.png', text: 'Example text' },
    ],
    startsAt: null,
    endsAt: null,
  })
})

test('what pdjs sends is understood', () => {
  const signal = signalOf(receiveEvent(messageOf(fixture('captured.pdjs.event.trigger.json')['body']), context))
  expect([signal.alarm, signal.title, signal.dedupKey, signal.status]).toEqual(['s', 's', 'k', 'firing'])
})

test.each([
  ['events-v2.docs.acknowledge.json', 'acknowledged'],
  ['events-v2.docs.resolve.json', 'resolved'],
])('the documented %s', (name, status) => {
  const received = receiveEvent(messageOf(fixture(name)), context)
  expect(signalOf(received)).toMatchObject({ status, dedupKey: 'dedupkeyhere' })
  expect(received.reply.status).toBe(202)
})

test('the alarm is the details’ alertname, else the class, else the summary', () => {
  const alarm = (payload: Record<string, unknown>) => signalOf(receiveEvent(messageOf(event({}, payload)), context)).alarm
  expect(alarm({ custom_details: { alertname: 'N' }, class: 'C' })).toBe('N')
  expect(alarm({ class: 'C' })).toBe('C')
  expect(alarm({})).toBe('S')
})

test('a trigger without a key gets one, and the answer names it', () => {
  const received = receiveEvent(messageOf(event()), context)
  expect(signalOf(received).dedupKey).toBe(FRESH_ID)
  expect(JSON.parse(received.reply.body)).toMatchObject({ dedup_key: FRESH_ID })
})

test('a key that is a long number keeps its digits', () => {
  const text = JSON.stringify(event({ dedup_key: 0 })).replace('"dedup_key":0', '"dedup_key":9007199254740993')
  expect(signalOf(receiveEvent(messageOf(text), context)).dedupKey).toBe('9007199254740993')
})

test('a value is read where it is a finite number', () => {
  const value = (given: unknown) => signalOf(receiveEvent(messageOf(event({}, { custom_details: { value: given } })), context)).value
  expect([value(0.3), value('0.3'), value('much')]).toEqual([0.3, 0.3, null])
})

test.each([
  [{ event_action: undefined }, {}, ["'event_action' is missing or blank"]],
  [{ event_action: 'shout' }, {}, ["'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')"]],
  [{}, { summary: ' ' }, ["'payload.summary' is missing or blank"]],
  [{}, { source: undefined, severity: undefined }, ["'payload.source' is missing or blank", "'payload.severity' is missing or blank"]],
  [{}, { severity: 'sev1' }, ["'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')"]],
  [{ event_action: 'resolve' }, {}, ["'dedup_key' is missing or blank"]],
  [{ dedup_key: 'x'.repeat(256) }, {}, ["'dedup_key' is too long (maximum is 255 characters)"]],
])('what PagerDuty refuses is refused as it would, and told to people (%#)', (over, payload, errors) => {
  const received = receiveEvent(messageOf(event(over, payload)), context)
  expect(received).toMatchObject({ kind: 'refused', page: true, reply: { status: 400 } })
  expect(JSON.parse(received.reply.body)).toEqual({ status: 'invalid event', message: 'Event object is invalid', errors })
})

test('what is no JSON gets the vendor’s recorded answer', () => {
  const received = receiveEvent(messageOf('{'), context)
  expect(JSON.parse(received.reply.body)).toEqual(fixture('events-v2.enqueue.error.json'))
})

test('a title of a megabyte is cut, not refused', () => {
  expect(signalOf(receiveEvent(messageOf(event({}, { summary: 'x'.repeat(400_000) })), context)).title).toHaveLength(1_024)
})

test.each([
  [
    'events-v2.change.build-change-event.json',
    'Build Success: Increase snapshot create timeout to 30 seconds',
    'prod-build-agent-i-0b148d1040d565540',
  ],
  ['events-v2.change.git-change-event.json', 'Merge Pull Request', 'git'],
])('the change event %s is a change and no signal', (name, title, source) => {
  const received = receiveChange(messageOf(fixture(name)), context)
  if (received.kind !== 'signals') throw new Error('refused')
  expect(received.signals).toEqual([])
  expect(received.changes).toHaveLength(1)
  expect(received.changes[0]).toMatchObject({
    title,
    source,
    at: Date.UTC(2015, 6, 17, 8, 42, 58, 315),
    links: [{ href: 'https://buildpipeline.com/pagerduty/deployment/builds/220', text: 'View in Build Pipeline' }],
  })
  expect([received.reply.status, JSON.parse(received.reply.body)]).toEqual([202, { status: 'success', message: 'Change event processed' }])
})

test('the documented event of version 1', () => {
  const received = receiveEventV1(messageOf(fixture('events-v1.docs.trigger.json')), context)
  expect(signalOf(received)).toMatchObject({
    alarm: 'FAILURE for production/HTTP on machine srv01.acme.com',
    status: 'firing',
    dedupKey: FRESH_ID,
    labels: { 'ping time': '1500ms', 'load avg': '0.75' },
  })
  expect(signalOf(received).links.map((link) => link.href)).toContain('https://monitoring.service.com')
  expect([received.reply.status, JSON.parse(received.reply.body)]).toEqual([
    200,
    { status: 'success', message: 'Event processed', incident_key: FRESH_ID },
  ])
  const resolve = receiveEventV1(messageOf({ service_key: 'k', event_type: 'resolve', incident_key: 'srv01/HTTP' }), context)
  expect(signalOf(resolve)).toMatchObject({ status: 'resolved', dedupKey: 'srv01/HTTP' })
})

test("too large, too busy and a database that is away are told in PagerDuty's shape; version 1 says 503 for too busy", () => {
  const [v2, , v1] = pagerduty.doors
  expect([v2?.overloadStatus, v1?.overloadStatus]).toEqual([429, 503])
  for (const door of pagerduty.doors) {
    expect(JSON.parse(door.explain?.(door.overloadStatus, 'busy').body ?? '')).toMatchObject({ status: 'throttle exceeded' })
    expect(door.explain?.(413, 'its body is larger than 5 bytes')).toMatchObject({
      status: 413,
      body: expect.stringContaining('larger than 5 bytes'),
    })
  }
})

test('the sample of its setup page pages by its class, once the key is filled in', () => {
  const sample = pagerduty.setup?.sample.body.replaceAll('{{key}}', 'k'.repeat(32)) ?? ''
  expect(signalOf(receiveEvent(messageOf(sample), context))).toMatchObject({ alarm: 'API5xxAlarm', status: 'firing', value: 0.62 })
})
