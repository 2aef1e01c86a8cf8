import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, expectSigned, fixtureText, hookContext, hookMessage, NOW, onlySignal, SECRET } from '../../../test/support/hook.ts'
import { receiveGrafana } from './receive.ts'

const sample = (name: string): Record<string, unknown> => JSON.parse(fixtureText(import.meta.dirname, name))
const read = (body: unknown) => receiveGrafana(hookMessage(body), hookContext())
const alert = (over: Record<string, unknown> = {}) => ({ status: 'firing', labels: { alertname: 'A' }, fingerprint: 'f', ...over })
const valueOf = (over: Record<string, unknown>) => onlySignal(read({ alerts: [alert(over)] })).value

describe('published messages', () => {
  test("the contact point's: each alert under its own fingerprint, with value and links", () => {
    const { signals, changes, reply } = acceptedOf(read(sample('webhook.firing.json')))
    expect(signals).toHaveLength(2)
    expect(signals[0]).toEqual({
      alarm: 'High memory usage',
      status: 'firing',
      title: 'This alert was triggered for zone us-1',
      summary: 'The system has high memory usage',
      dedupKey: 'c6eadffa33fcdf37',
      severityHint: null,
      value: 44.239_437_375_419_08,
      labels: { alertname: 'High memory usage', team: 'blue', zone: 'us-1' },
      links: [
        { href: 'https://myrunbook.com/runbook/1234', text: 'Runbook' },
        { href: 'https://play.grafana.org/alerting/1afz29v7z/edit', text: 'Rule' },
        {
          href: 'https://play.grafana.org/alerting/silence/new?alertmanager=grafana&matchers=alertname%3DT2%2Cteam%3Dblue%2Czone%3Dus-1',
          text: 'Silence in Grafana',
        },
        { href: 'https://play.grafana.org/', text: 'Grafana' },
      ],
      startsAt: Date.UTC(2021, 9, 12, 7, 51, 3, 157),
      endsAt: null,
    })
    expect(signals[1]).toMatchObject({ alarm: 'High CPU usage', dedupKey: 'bc97ff14869b13e3' })
    expect([changes, reply.status]).toEqual([[], 200])
  })

  test.each([
    ['oncall.grafana_alerting.json', ['f404ecabc8dd5cd7', 'f8f08d4e32c61a9d', '39f38c0611ee7abd']],
    ['oncall.alertmanager.json', ['f404ecabc8dd5cd7', 'f8f08d4e32c61a9d']],
  ])("OnCall's %s", (name, keys) => {
    const { signals } = acceptedOf(read(sample(name)))
    expect(signals.map((signal) => signal.dedupKey)).toEqual(keys)
    expect(signals[0]).toEqual({
      alarm: 'InstanceDown',
      status: 'firing',
      title: 'Instance localhost:8081 down',
      summary: 'localhost:8081 of job node has been down for more than 1 minute.',
      dedupKey: 'f404ecabc8dd5cd7',
      severityHint: 'critical',
      value: null,
      labels: { job: 'node', group: 'production', instance: 'localhost:8081', severity: 'critical', alertname: 'InstanceDown' },
      links: [],
      startsAt: Date.UTC(2023, 5, 12, 8, 24, 38, 326),
      endsAt: null,
    })
  })

  test("OnCall's formatted webhook", () => {
    const body = sample('oncall.formatted_webhook.json')
    expect(onlySignal(read(body))).toEqual({
      alarm: 'TestAlert: The whole system is down',
      status: 'firing',
      title: 'TestAlert: The whole system is down',
      summary: 'This alert was sent by user for demonstration purposes\nSmth happened. Oh no!',
      dedupKey: '08d6891a-835c-e661-39fa-96b6a9e26552',
      severityHint: null,
      value: null,
      labels: {},
      links: [
        { href: 'https://en.wikipedia.org/wiki/Downtime', text: 'Details' },
        { href: 'https://upload.wikimedia.org/wikipedia/commons/e/ee/Grumpy_Cat_by_Gage_Skidmore.jpg', text: 'Image' },
      ],
      startsAt: null,
      endsAt: null,
    })
    expect(onlySignal(read({ ...body, state: 'ok' }))).toMatchObject({ status: 'resolved', dedupKey: body['alert_uid'] })
  })

  test("the notification channel's of Grafana 8 and before", () => {
    const body = sample('legacy.test-notification.json')
    expect(onlySignal(read(body))).toEqual({
      alarm: 'Test notification',
      status: 'firing',
      title: '[Alerting] Test notification',
      summary: 'Someone is testing the alert notification within Grafana.',
      dedupKey: '0/0',
      severityHint: null,
      value: 100,
      labels: { state: 'alerting' },
      links: [{ href: 'http://localhost:3000/', text: 'Rule' }],
      startsAt: null,
      endsAt: null,
    })
    for (const state of ['ok', 'paused'])
      expect(onlySignal(read({ ...body, state }))).toMatchObject({ status: 'resolved', dedupKey: '0/0' })
    expect(onlySignal(read({ ...body, state: 'no_data' })).status).toBe('firing')
  })
})

describe('the measured value', () => {
  test.each([
    ['what the condition looked at', { values: { B: 44.2, C: 1 } }, 44.2],
    ['what the condition looked at, whatever the order', { values: { C: 0, A: 3, B: 2 } }, 2],
    ['the only one there is, even a nought', { values: { A: 0 } }, 0],
    ['the last, where it is no condition', { values: { A: 1, B: 0.31 } }, 0.31],
    ['the annotation, where somebody wrote one', { values: { B: 5, C: 1 }, annotations: { value: '0.25' } }, 0.25],
    ['in the text of older ones', { valueString: "[ var='B' labels={a=b} value=44.2 ], [ var='C' labels={} value=1 ]" }, 44.2],
    ['none, where none is finite', { values: { B: null, C: 'NaN' } }, null],
    ['none, where there is none', {}, null],
  ])('is %s', (_name, over, value) => {
    expect(valueOf(over)).toBe(value)
  })
})

test('one message may hold firing and resolved alerts', () => {
  const ended = alert({ status: 'resolved', fingerprint: 'g', startsAt: '2026-11-24T08:00:00Z', endsAt: '2026-11-24T09:00:00Z' })
  const { signals } = acceptedOf(read({ alerts: [alert(), ended] }))
  expect(signals.map((signal) => [signal.dedupKey, signal.status, signal.endsAt])).toEqual([
    ['f', 'firing', null],
    ['g', 'resolved', Date.UTC(2026, 10, 24, 9)],
  ])
})

test('a rule that could not be evaluated says which', () => {
  const labels = { alertname: 'DatasourceError', rulename: 'API5xxAlarm' }
  expect(onlySignal(read({ alerts: [alert({ labels })] }))).toMatchObject({
    alarm: 'DatasourceError',
    title: 'DatasourceError: API5xxAlarm',
  })
})

test('alerts that Grafana left out, and those that cannot be understood, are told', () => {
  const { signals } = acceptedOf(read({ alerts: [alert(), { status: 'purple', labels: { a: 'b' } }], truncatedAlerts: 3 }))
  expect(signals.map((signal) => signal.title)).toEqual([
    'A',
    expect.stringContaining('held 1 alerts that could not be understood'),
    expect.stringContaining('left out 3 alerts'),
  ])
  expect(read({ alerts: [{}] })).toMatchObject({ kind: 'refused', page: true, reply: { status: 422 } })
})

test('a templated body of another shape still pages, plainly', () => {
  expect(onlySignal(read({ text: 'Disk is full on db-1', severity: 'critical' }))).toMatchObject({
    title: 'Disk is full on db-1',
    status: 'firing',
    severityHint: 'critical',
  })
  expect(read({ a: 1 })).toMatchObject({ kind: 'refused', page: true })
})

describe('signatures', () => {
  const body = fixtureText(import.meta.dirname, 'webhook.firing.json')
  const mac = (secret: string, ...parts: (Buffer | string)[]) =>
    parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', secret)).digest('hex')
  const plain = (bytes: Buffer, { secret }: { secret: string }) => ({ 'x-grafana-alerting-signature': mac(secret, bytes) })
  const stamped =
    (signature: string, stamp: string) =>
    (bytes: Buffer, { secret, at }: { secret: string; at: number }) => {
      const seconds = String(Math.floor(at / 1_000)).padStart(10, '0')
      return { [signature]: mac(secret, seconds, ':', bytes), [stamp]: seconds }
    }

  test('of the body alone', () => {
    expectSigned(receiveGrafana, body, plain, {}, { stamped: false })
  })

  test('of time stamp and body, under the usual names and under any others', () => {
    expectSigned(receiveGrafana, body, stamped('x-grafana-alerting-signature', 'x-grafana-alerting-timestamp'), {}, { stamped: true })
    expectSigned(receiveGrafana, body, stamped('x-our-signature', 'x-our-clock'), {}, { stamped: true })
  })

  test('a time stamp that was not signed does not pass for one that was', () => {
    const bytes = Buffer.from(body)
    const headers = { ...stamped('x-signature', 'x-clock')(bytes, { secret: SECRET, at: NOW - 3_600_000 }), 'x-clock': String(NOW / 1_000) }
    expect(receiveGrafana(hookMessage(bytes, headers), hookContext(SECRET)).kind).toBe('distrusted')
  })

  test('a message signed with its time is known again; one without has no id', () => {
    const bytes = Buffer.from(body)
    const id = (at: number) => {
      const headers = stamped('x-signature', 'x-clock')(bytes, { secret: SECRET, at })
      return acceptedOf(receiveGrafana(hookMessage(bytes, headers), hookContext(SECRET))).messageId
    }
    expect(id(NOW)).toBe(id(NOW))
    expect(id(NOW)).not.toBe(id(NOW + 1_000))
    expect(acceptedOf(receiveGrafana(hookMessage(bytes, plain(bytes, { secret: SECRET })), hookContext(SECRET))).messageId).toBeUndefined()
  })
})

test('whatever stands in the places of an alert, nothing throws', () => {
  const keys = fc.constantFrom('status', 'labels', 'annotations', 'values', 'valueString', 'fingerprint', 'startsAt', 'silenceURL')
  const body = fc.record(
    {
      alerts: fc.oneof(fc.array(fc.dictionary(keys, fc.jsonValue())), fc.jsonValue()),
      ruleName: fc.jsonValue(),
      state: fc.jsonValue(),
      title: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(
      fc.oneof(body, fc.jsonValue(), fc.uint8Array()),
      (given) => void read(given instanceof Uint8Array ? Buffer.from(given) : given),
    ),
  )
})
