import { expect, test } from 'vitest'
import type { Received } from '../../integration.ts'
import { receiveJson } from './receive.ts'

function receive(body: unknown): Received {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const message = { method: 'POST', path: '/', query: new URLSearchParams(), headers: {}, body: bytes, receivedAt: 0 }
  return receiveJson(message, { params: {}, signingSecret: null, freshId: '' })
}

function signalOf(received: Received) {
  if (received.kind !== 'signals' || received.signals[0] === undefined) throw new Error(JSON.stringify(received))
  return received.signals[0]
}

test('every field is understood', () => {
  const body = {
    title: 'Queue is long',
    alarm: 'QueueLong',
    summary: 'more than 1,000 wait',
    status: 'firing',
    dedup_key: 'q1',
    severity: 'error',
    value: '1200',
    labels: { queue: 'mail', depth: 3 },
    url: 'https://queues.example/mail',
    starts_at: '2026-11-24T00:00:00Z',
  }
  expect(signalOf(receive(body))).toEqual({
    alarm: 'QueueLong',
    status: 'firing',
    title: 'Queue is long',
    summary: 'more than 1,000 wait',
    dedupKey: 'q1',
    severityHint: 'error',
    value: 1_200,
    labels: { queue: 'mail', depth: '3' },
    links: [{ href: 'https://queues.example/mail', text: 'Link' }],
    startsAt: Date.UTC(2026, 10, 24),
    endsAt: null,
  })
})

test.each([
  [{ title: 'T' }, 'T', 'T'],
  [{ summary: 'S' }, 'S', 'S'],
  [{ message: 'M' }, 'M', 'M'],
  [{ alarm: 'A' }, 'A', 'A'],
  [{ title: 'T', alarm: 'A' }, 'A', 'T'],
])('%j has a title and an alarm', (body, alarm, title) => {
  expect(signalOf(receive(body))).toMatchObject({ alarm, title, status: 'firing' })
})

test('without a key the end finds its alert by the alarm, with labels by them', () => {
  expect(signalOf(receive({ alarm: 'A', status: 'resolved' })).dedupKey).toBe(
    signalOf(receive({ alarm: 'A', title: 'other words' })).dedupKey,
  )
  expect(signalOf(receive({ alarm: 'A', labels: { host: 'a' } })).dedupKey).toBeNull()
})

test.each([
  ['{"status":"firing"}', 422],
  ['{"title":"t","status":"purple"}', 422],
  ['{"title":"t","status":"constructor"}', 422],
  ['[]', 422],
  ['{', 400],
])('%s is refused and told', (body, status) => {
  expect(receive(body)).toMatchObject({ kind: 'refused', page: true, reply: { status } })
})

test('a mapping sees no header that may hold a credential, and none that is not kept', () => {
  const headers = {
    authorization: 'Bearer s3cret',
    'x-api-key': 's3cret',
    cookie: 's3cret',
    'x-event': 'disk',
    host: 'h',
    'x-tocsin-mapping': 'm',
  }
  const text = JSON.stringify({ alarm: 'headers["x-event"]', title: 'string(size(headers))' })
  const message = { method: 'POST', path: '/', query: new URLSearchParams(), headers, body: Buffer.from('{}'), receivedAt: 0 }
  expect(receiveJson(message, { params: {}, signingSecret: null, freshId: '', mapping: text })).toMatchObject({
    signals: [{ alarm: 'disk', title: '1' }],
  })
})

test('a key that is a long number keeps its digits', () => {
  expect(signalOf(receive('{"title":"t","dedup_key":12345678901234567890}')).dedupKey).toBe('12345678901234567890')
})
