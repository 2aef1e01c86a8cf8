import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Received } from '../../integration.ts'
import { receiveWebhook } from './receive.ts'

const captured = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/captured.webhook-v4.firing.json'), 'utf8'))

function receive(body: unknown): Received {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const message = { method: 'POST', path: '/', query: new URLSearchParams(), headers: {}, body: bytes, receivedAt: 0 }
  return receiveWebhook(message, { params: {}, signingSecret: null, freshId: '' })
}

function signalsOf(received: Received) {
  if (received.kind !== 'signals') throw new Error(received.reason)
  return received.signals
}

test('what a real Alertmanager sends, field by field', () => {
  const received = receive(captured.body)
  expect(received.reply.status).toBe(200)
  const [first, second, ...rest] = signalsOf(received)
  expect(rest).toEqual([])
  expect(first).toEqual({
    alarm: 'API5xxAlarm',
    status: 'firing',
    title: 'API 5xx > 50% for 10 min',
    summary: null,
    dedupKey: '30d0d6a4b17db7aa',
    severityHint: 'sev1',
    value: null,
    labels: { alertname: 'API5xxAlarm', instance: 'api-1', service: 'api', severity: 'sev1' },
    links: [
      { href: 'https://runbooks.example/api-5xx', text: 'Runbook' },
      { href: 'http://prometheus.example/graph?g0.expr=rate', text: 'Graph' },
      { href: 'http://vm:19093', text: 'Alertmanager' },
    ],
    startsAt: Date.parse('2026-11-23T08:53:01.584Z'),
    endsAt: null,
  })
  expect(second).toMatchObject({ dedupKey: '56ef0ec49543c229', links: [{ href: 'http://vm:19093', text: 'Alertmanager' }] })
})

test('firing and resolved alerts in one message count each by itself', () => {
  const [one, two] = captured.body.alerts
  const alerts = [one, { ...two, status: 'resolved', endsAt: '2026-11-23T09:00:00Z' }]
  expect(signalsOf(receive({ ...captured.body, alerts })).map((signal) => signal.status)).toEqual(['firing', 'resolved'])
})

test.each([
  ['{"text":"templated freely"}', 422],
  ['[]', 422],
  ['{"alerts":[{"status":"odd"}]}', 422],
  ['not json', 400],
])('an unknown shape is kept and told, and refused for good: %s', (body, status) => {
  expect(receive(body)).toMatchObject({ kind: 'refused', page: true, reply: { status } })
})

test('alerts the sender left out, or that make no sense among good ones, are told plainly', () => {
  const received = receive({ ...captured.body, truncatedAlerts: 7, alerts: [...captured.body.alerts, { status: 'firing' }] })
  expect(received.reply.status).toBe(200)
  expect(signalsOf(received).map((signal) => signal.title)).toEqual([
    'API 5xx > 50% for 10 min',
    'API 5xx > 50% for 10 min',
    expect.stringContaining('1 alerts that could not be understood'),
    expect.stringContaining('left out 7 alerts'),
  ])
})
