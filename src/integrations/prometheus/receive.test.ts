import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { InboundMessage, Received } from '../../integration.ts'
import { receiveAlerts } from './receive.ts'

const context = { params: {}, signingSecret: null, freshId: '' }
const captured = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/captured.api-v2-alerts.firing.json'), 'utf8'))
const at = Date.parse('2026-11-23T08:59:13Z')

function receive(body: unknown, over: Partial<InboundMessage> = {}): Received {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const headers = { 'content-type': 'application/json' }
  return receiveAlerts({ method: 'POST', path: '/', query: new URLSearchParams(), headers, body: bytes, receivedAt: at, ...over }, context)
}

function signalsOf(received: Received) {
  if (received.kind !== 'signals') throw new Error(received.reason)
  return received.signals
}

test('what a real Prometheus sends, field by field', () => {
  const received = receive(captured.body)
  expect(received).toEqual({
    kind: 'signals',
    changes: [],
    reply: { status: 200, body: '' },
    signals: [
      {
        alarm: 'API5xxAlarm',
        status: 'firing',
        title: 'API 5xx > 50% for 10 min',
        summary: null,
        dedupKey: null,
        severityHint: 'sev1',
        value: 0.25,
        labels: { alertname: 'API5xxAlarm', cluster: 'test', service: 'api', severity: 'sev1' },
        links: [
          { href: 'https://runbooks.example/api-5xx', text: 'Runbook' },
          { href: 'http://vm:19090/graph?g0.expr=%28vector%28time%28%29%29+%25+16%29+%3C+8&g0.tab=1', text: 'Graph' },
        ],
        startsAt: Date.parse('2026-11-23T08:59:12.250Z'),
        endsAt: Date.parse('2026-11-23T08:59:32.250Z'),
      },
    ],
  })
})

test('an end in the past means resolved, one to come means firing until then', () => {
  expect(signalsOf(receive(captured.body, { receivedAt: Date.parse('2026-11-23T09:10:00Z') }))[0]?.status).toBe('resolved')
  const [alert] = captured.body
  expect(signalsOf(receive([{ ...alert, endsAt: '0001-01-01T00:00:00Z' }]))[0]).toMatchObject({ status: 'firing', endsAt: null })
})

test('an end is an end though the clocks of two machines differ a little', () => {
  const [alert] = captured.body
  const endsAt = '2026-11-23T09:10:00.000Z'
  const statusAt = (receivedAt: string) => signalsOf(receive([{ ...alert, endsAt }], { receivedAt: Date.parse(receivedAt) }))[0]?.status
  expect(statusAt('2026-11-23T09:09:58.500Z')).toBe('resolved')
  expect(statusAt('2026-11-23T09:09:56.000Z')).toBe('firing')
})

test('an empty list is fine', () => {
  expect(receive([])).toMatchObject({ kind: 'signals', signals: [], reply: { status: 200 } })
})

test('an alert without labels is refused in the words of the real one', () => {
  const received = receive([{ annotations: { summary: 's' } }])
  expect(received).toMatchObject({ kind: 'refused', page: true, reply: { status: 400, body: '"at least one label pair required"' } })
})

test('the good alerts of a message count although the sender is told of the bad', () => {
  const received = receive([...captured.body, { labels: {} }])
  expect(received.reply.status).toBe(400)
  expect(signalsOf(received).map((signal) => signal.alarm)).toEqual(['API5xxAlarm', 'TocsinMessageNotUnderstood'])
})

test('another content type is refused with 415, as the real one does', () => {
  const received = receive('x', { headers: { 'content-type': 'text/plain' } })
  expect(received.reply.status).toBe(415)
  expect(JSON.parse(received.reply.body)).toEqual({
    code: 415,
    message: 'unsupported media type "text/plain", only [application/json] are allowed',
  })
})

test.each(['{', '{"a":1}', 'null'])('%s is a bad request with code and message', (body) => {
  const received = receive(body)
  expect(received).toMatchObject({ kind: 'refused', page: true, reply: { status: 400 } })
  expect(JSON.parse(received.reply.body)).toEqual({ code: 400, message: expect.any(String) })
})

test('an alert without a name is named by its labels', () => {
  expect(signalsOf(receive([{ labels: { job: 'api', instance: 'a' } }]))[0]).toMatchObject({
    alarm: 'job=api instance=a',
    title: 'job=api instance=a',
  })
})

test('a label value nested without end becomes a word, not a crash', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  expect(signalsOf(receive(`[{"labels":{"alertname":"A","x":${deep}}}]`))[0]?.labels).toEqual({ alertname: 'A', x: '(nested too deeply)' })
})
