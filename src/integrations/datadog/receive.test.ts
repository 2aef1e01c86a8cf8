import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, fixtureText, hookContext, hookMessage, onlySignal } from '../../../test/support/hook.ts'
import { receiveDatadog } from './receive.ts'
import { setup } from './setup.ts'
import { SAMPLE, TEMPLATE } from './template.ts'
import { readTitle } from './title.ts'

const read = (body: unknown, headers = {}) => receiveDatadog(hookMessage(body, headers), hookContext())
const ours = (over: Record<string, unknown> = {}) => ({ ...SAMPLE, ...over })

describe('our own template', () => {
  test('filled in, is read field by field', () => {
    const received = read(SAMPLE)
    expect(onlySignal(received)).toEqual({
      alarm: 'API5xxAlarm',
      status: 'firing',
      title: 'API5xxAlarm',
      summary: `${SAMPLE.alert_status}\n${SAMPLE.text}`,
      dedupKey: '5312734712649311733',
      severityHint: 'p1',
      value: 61.2,
      labels: {
        env: 'production',
        service: 'api',
        team: 'platform',
        monitor_id: '73481',
        event_type: 'query_alert_monitor',
        transition: 'Triggered',
        metric: 'trace.http.errors',
        query: SAMPLE.alert_query,
        org: 'Example',
      },
      links: [{ href: SAMPLE.link, text: 'Datadog' }],
      startsAt: null,
      endsAt: null,
    })
    expect(received).toMatchObject({ messageId: '7340289411932048371/Triggered/1795513512000', reply: { status: 200 } })
  })

  test('has a value for each of its fields in the sample, and is what the setup shows', () => {
    expect(Object.keys(SAMPLE)).toEqual(Object.keys(TEMPLATE))
    expect(setup.snippets.map(({ text }) => text)).toContainEqual(JSON.stringify(TEMPLATE, null, 2))
    expect(onlySignal(read(setup.sample.body))).toMatchObject({ alarm: 'API5xxAlarm' })
  })

  test.each([
    ['Triggered', 'firing', 'p1'],
    ['Re-Triggered', 'firing', 'p1'],
    ['Renotify', 'firing', 'p1'],
    ['No Data', 'firing', 'p1'],
    ['Re-No Data', 'firing', 'p1'],
    ['Warn', 'firing', 'warning'],
    ['Re-Warn', 'firing', 'warning'],
    ['Recovered', 'resolved', null],
    ['Warn Recovered', 'resolved', null],
    ['No Data Recovered', 'resolved', null],
    ['A transition of tomorrow', 'firing', 'p1'],
  ])('when the alert is %s it is %s', (alert_transition, status, severityHint) => {
    const { signals } = acceptedOf(read(ours({ alert_transition })))
    expect(signals).toMatchObject([{ status, severityHint, dedupKey: SAMPLE.alert_cycle_key }])
  })

  test.each([
    ['P1', 'p1'],
    ['P5', 'p5'],
    ['', 'error'],
    ['$ALERT_PRIORITY', 'error'],
    ['normal', 'error'],
  ])('priority %j is the hint %s', (alert_priority, hint) => {
    expect(onlySignal(read(ours({ alert_priority, alert_title: '[Triggered] X' }))).severityHint).toBe(hint)
  })

  test.each([
    ['Metric value: 96.3', 96.3],
    ['**Metric value**: -0.25', -0.25],
    ['Some words\nvalue: 1e3\nmore', 1_000],
    ['The value of this is 5', null],
    ['value: many', null],
  ])('%j holds the value %s', (text, value) => {
    expect(onlySignal(read(ours({ text, alert_status: 'm was > 50.0 at least once' }))).value).toBe(value)
  })

  test('a value of its own counts before the text', () => {
    expect(onlySignal(read(ours({ value: '0.31' }))).value).toBe(0.31)
  })
})

describe('what else a webhook may hold', () => {
  test("Keep's template, filled in", () => {
    const template = fixtureText(import.meta.dirname, 'webhook-template.as-configured-by-keep.json')
    const values: Record<string, string> = {
      $EVENT_MSG: 'The queue is long',
      $LAST_UPDATED: '1406662672000',
      $EVENT_TYPE: 'query_alert_monitor',
      $EVENT_TITLE: '[P2] [Warn] [Memory Alert]',
      $ALERT_PRIORITY: 'P2',
      $ALERT_TYPE: 'warning',
      $ALERT_QUERY: 'avg(last_5m):avg:system.mem{*} > 1',
      $ALERT_TRANSITION: 'Warn',
      $DATE: '1406662672000',
      $ALERT_SCOPE: 'availability-zone:us-east-1a, role:computing-node',
      $ORG_ID: '11023',
      $ORG_NAME: 'Datadog',
      $LINK: 'https://app.datadoghq.com/event/jump_to?event_id=123456',
      $TAGS: 'monitor, name:myService, role:computing-node',
      $ALERT_ID: '1234',
      $ID: '1234567',
    }
    const filled = template.replaceAll(/"(\$[A-Z_]+)"/g, (_whole, name: string) => JSON.stringify(values[name]))
    expect(onlySignal(read(filled))).toEqual({
      alarm: 'Memory Alert',
      status: 'firing',
      title: 'Memory Alert',
      summary: 'The queue is long',
      dedupKey: 'monitor:1234/availability-zone:us-east-1a, role:computing-node',
      severityHint: 'warning',
      value: null,
      labels: {
        name: 'myService',
        role: 'computing-node',
        'availability-zone': 'us-east-1a',
        monitor_id: '1234',
        event_type: 'query_alert_monitor',
        transition: 'Warn',
        query: 'avg(last_5m):avg:system.mem{*} > 1',
        org: 'Datadog',
      },
      links: [{ href: 'https://app.datadoghq.com/event/jump_to?event_id=123456', text: 'Datadog' }],
      startsAt: null,
      endsAt: null,
    })
  })

  test("Datadog's default: alert and transition are in the title, so that its recovery finds it", () => {
    const body = JSON.parse(fixtureText(import.meta.dirname, 'default-payload.filled-by-hand.json'))
    const fired = onlySignal(read(body))
    expect(fired).toMatchObject({
      alarm: 'Disk is nearly full',
      status: 'firing',
      title: 'Disk is nearly full',
      dedupKey: 'name:Disk is nearly full/{host:db-1}',
      value: 96.3,
      labels: { transition: 'Triggered', event_type: 'query_alert_monitor', org: 'Example' },
    })
    const ended = onlySignal(read({ ...body, id: '2', title: '[Recovered on {host:db-1}] Disk is nearly full' }))
    expect(ended).toMatchObject({ status: 'resolved', dedupKey: fired.dedupKey })
    const other = onlySignal(read({ ...body, id: '3', title: '[Triggered on {host:db-2}] Disk is nearly full' }))
    expect(other.dedupKey).not.toBe(fired.dedupKey)
  })

  test('a template whose variables were never filled in is told, not taken for one alert', () => {
    expect(onlySignal(read({ title: 'X', alert_cycle_key: '$ALERT_CYCLE_KEY', alert_id: '12' })).dedupKey).toBe('monitor:12/')
  })

  test('encoded as a form', () => {
    const form = new URLSearchParams({ title: '[Triggered] Queue', alert_cycle_key: 'c1', alert_transition: 'Triggered' })
    const received = read(form.toString(), { 'content-type': 'application/x-www-form-urlencoded' })
    expect(onlySignal(received)).toMatchObject({ alarm: 'Queue', dedupKey: 'c1' })
  })

  test('other shapes page plainly, and nothing at all is told', () => {
    expect(onlySignal(read({ message: 'Something of our own', severity: 'high' }))).toMatchObject({ title: 'Something of our own' })
    expect(read({ org: {} })).toMatchObject({ kind: 'refused', page: true, reply: { status: 422 } })
    expect(read('{"title":')).toMatchObject({ kind: 'refused', page: true, reply: { status: 400 } })
  })
})

test.each([
  ['[Triggered] [Memory Alert]', 'Memory Alert', null, 'Triggered'],
  ['[P1] [Triggered on {host:ip-012345}] Host is Down', 'Host is Down', 'P1', 'Triggered'],
  ['[Re-Triggered on {a:b,c:d}] [prod] Name', '[prod] Name', null, 'Re-Triggered'],
  ['[No Data] X', 'X', null, 'No Data'],
  ['[Recovered] X', 'X', null, 'Recovered'],
  ['[prod] X', '[prod] X', null, null],
  ['[Triggered', '[Triggered', null, null],
  ['[Triggered]', '[Triggered]', null, 'Triggered'],
  ['X', 'X', null, null],
])('the title %j', (title, name, priority, transition) => {
  expect(readTitle(title)).toMatchObject({ name, priority, transition })
})

test('whatever stands in the places of the template, nothing throws', () => {
  const body = fc.dictionary(fc.constantFrom(...Object.keys(TEMPLATE), 'title', 'value', 'scopes', 'body'), fc.jsonValue())
  fc.assert(
    fc.property(
      fc.oneof(body, fc.jsonValue(), fc.uint8Array()),
      (given) => void read(given instanceof Uint8Array ? Buffer.from(given) : given),
    ),
  )
})
