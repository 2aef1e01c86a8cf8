import { CloudEvent, HTTP } from 'cloudevents'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, fixtureText, type Headers, hookContext, hookMessage, onlySignal } from '../../../test/support/hook.ts'
import { greet } from './greet.ts'
import { cloudevents } from './manifest.ts'
import { receiveCloudEvents } from './receive.ts'
import { setup } from './setup.ts'

const STRUCTURED = { 'content-type': 'application/cloudevents+json' }
const BATCH = { 'content-type': 'application/cloudevents-batch+json' }
const read = (body: unknown, headers: Headers = STRUCTURED) => receiveCloudEvents(hookMessage(body, headers), hookContext())
const event = (over: Record<string, unknown> = {}) => ({ specversion: '1.0', type: 't', source: '/s', id: '1', ...over })

describe("the specification's examples", () => {
  test('a structured event whose data is no text', () => {
    const received = read(fixtureText(import.meta.dirname, 'structured.text-data.json'))
    expect(onlySignal(received)).toEqual({
      alarm: 'com.example.someevent',
      status: 'firing',
      title: 'com.example.someevent: /mycontext',
      summary: null,
      dedupKey: '/mycontext||com.example.someevent',
      severityHint: null,
      value: null,
      labels: { type: 'com.example.someevent', source: '/mycontext', comexampleextension1: 'value', comexampleothervalue: '5' },
      links: [],
      startsAt: null,
      endsAt: null,
    })
    expect(received).toMatchObject({ messageId: '["/mycontext","A234-1234-1234"]', reply: { status: 200 } })
  })

  test('a batch', () => {
    const received = acceptedOf(read(fixtureText(import.meta.dirname, 'batch.json'), BATCH))
    expect(received.signals.map((signal) => [signal.alarm, signal.labels['source'], signal.labels['appinfoA']])).toEqual([
      ['com.example.someevent', '/mycontext/4', undefined],
      ['com.example.someotherevent', '/mycontext/9', 'abc'],
    ])
    expect(received.messageId).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  test('an event in headers', () => {
    const [head = ''] = fixtureText(import.meta.dirname, 'http-binary-mode.http.txt').split('\n\n')
    const lines = head.split('\n').flatMap((line) => {
      const [, name, value] = /^([\w-]+): (.*)$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value.trim()] as const]
    })
    const received = read({ title: 'Of the application' }, Object.fromEntries(lines))
    expect(onlySignal(received)).toMatchObject({
      alarm: 'com.example.someevent',
      title: 'Of the application',
      dedupKey: '/mycontext/subcontext||com.example.someevent',
      labels: { source: '/mycontext/subcontext' },
    })
    expect(received).toMatchObject({ messageId: '["/mycontext/subcontext","1234-1234-1234"]' })
  })
})

describe('what the real client makes', () => {
  const made = new CloudEvent({
    type: 'com.example.alert.triggered',
    source: '/monitoring/api',
    subject: 'api/ü "1"',
    severity: 'critical',
    data: { alarm: 'API5xxAlarm', title: 'API answers 61 % with 5xx', value: 61.2, labels: { service: 'api' }, url: 'https://d.example/' },
  })

  test.each([
    ['structured', HTTP.structured(made)],
    ['binary', HTTP.binary(made)],
  ])('%s, says the same', (_mode, { headers, body }) => {
    const received = read(body, headers as Record<string, string>)
    expect(onlySignal(received)).toEqual({
      alarm: 'API5xxAlarm',
      status: 'firing',
      title: 'API answers 61 % with 5xx',
      summary: 'API answers 61 % with 5xx',
      dedupKey: '/monitoring/api|api/ü "1"|com.example.alert',
      severityHint: 'critical',
      value: 61.2,
      labels: {
        service: 'api',
        type: 'com.example.alert.triggered',
        source: '/monitoring/api',
        subject: 'api/ü "1"',
        severity: 'critical',
      },
      links: [{ href: 'https://d.example/', text: 'Link' }],
      startsAt: null,
      endsAt: null,
    })
    expect(received).toMatchObject({ messageId: JSON.stringify(['/monitoring/api', made.id]) })
  })

  test('without data, and with data that is text or bytes', () => {
    for (const [data, title] of [
      [undefined, 't: /s'],
      ['Disk is full', 'Disk is full'],
      [new Uint8Array([1, 2, 3]), 't: /s'],
    ] as const) {
      const datacontenttype = typeof data === 'string' ? 'text/plain' : 'application/octet-stream'
      const plain = new CloudEvent<unknown>({ type: 't', source: '/s', ...(data === undefined ? {} : { data, datacontenttype }) })
      for (const message of [HTTP.structured(plain), HTTP.binary(plain)]) {
        const body = message.body instanceof Uint8Array ? Buffer.from(message.body) : (message.body ?? '')
        expect(onlySignal(read(body, message.headers as Record<string, string>)).title).toBe(title)
      }
    }
  })
})

describe('begin and end of an alert', () => {
  test('are told by the last word of the type, and are one alert', () => {
    const keys = ['alert.triggered', 'alert.resolved', 'alert.acknowledged'].map((type) => onlySignal(read(event({ type }))))
    expect(keys.map((signal) => signal.status)).toEqual(['firing', 'resolved', 'acknowledged'])
    expect(new Set(keys.map((signal) => signal.dedupKey)).size).toBe(1)
    expect(onlySignal(read(event({ type: 'alert.resolved.v2' }))).status).toBe('resolved')
    expect(onlySignal(read(event({ type: 'ok' }))).status).toBe('firing')
  })

  test('the data has the last word', () => {
    const data = { status: 'resolved', dedup_key: 'k' }
    expect(onlySignal(read(event({ type: 'alert.triggered', data })))).toMatchObject({ status: 'resolved', dedupKey: 'k' })
  })
})

describe('an event is the one that its source and id say', () => {
  const id = (over: Record<string, unknown>) => acceptedOf(read(event(over))).messageId

  test('the same id of another source is another, however the two are written together', () => {
    expect(id({ source: '/a', id: 'b' })).not.toBe(id({ source: '/a","b', id: 'b' }))
    expect(id({ source: '/a' })).not.toBe(id({ source: '/b' }))
    expect(id({ data: { title: 'other' } })).toBe(id({}))
  })

  test('one that stands twice in a batch counts once', () => {
    expect(acceptedOf(read([event(), event(), event({ id: '2' })], BATCH)).signals).toHaveLength(2)
  })

  test('long identities are hashed, not cut', () => {
    const source = `/${'a'.repeat(600)}`
    expect(id({ source, id: '1' })).not.toBe(id({ source, id: '2' }))
  })
})

describe('what is no event', () => {
  test('pages plainly where it says something, and is told where it does not', () => {
    expect(onlySignal(read({ title: 'No envelope' }))).toMatchObject({ title: 'No envelope' })
    expect(onlySignal(read({ ...event(), id: undefined, message: 'No id' }))).toMatchObject({ title: 'No id' })
    expect(read({ specversion: '1.0' })).toMatchObject({ kind: 'refused', page: true, reply: { status: 422 } })
    expect(read([], { 'content-type': 'application/json' })).toMatchObject({ kind: 'refused', page: true })
    expect(read([1], BATCH)).toMatchObject({ kind: 'refused', page: true })
    expect(
      read(
        Array.from({ length: 1_001 }, (_, index) => event({ id: String(index) })),
        BATCH,
      ),
    ).toMatchObject({ kind: 'refused' })
    expect(read('', STRUCTURED)).toMatchObject({ kind: 'refused', page: true, reply: { status: 400 } })
  })

  test('in a batch among others it is told, and the others count', () => {
    expect(acceptedOf(read([event(), { a: 1 }], BATCH)).signals.map((signal) => signal.title)).toEqual([
      't: /s',
      expect.stringContaining('sent 1 entries of a batch that are no events'),
    ])
  })

  test('an empty batch is one, and asks for nothing', () => {
    expect(acceptedOf(read([], BATCH)).signals).toEqual([])
  })

  test('formats that are not JSON are refused as such, and told', () => {
    expect(read('x', { 'content-type': 'application/cloudevents+avro' })).toMatchObject({
      kind: 'refused',
      page: true,
      reply: { status: 415 },
    })
  })

  test('as JSON of no special type it is still read', () => {
    expect(onlySignal(read(event(), { 'content-type': 'application/json' })).alarm).toBe('t')
    expect(acceptedOf(read([event()], { 'content-type': 'application/json' })).signals).toHaveLength(1)
  })

  test('a version of tomorrow is read as far as it can be', () => {
    expect(onlySignal(read(event({ specversion: '2.0' })))).toMatchObject({ alarm: 't' })
  })
})

test('the sample of the setup is what a sender would send', () => {
  expect(onlySignal(read(setup.sample.body, setup.sample.headers))).toMatchObject({
    alarm: 'API5xxAlarm',
    value: 61.2,
    severityHint: 'critical',
  })
})

describe('the handshake', () => {
  const ask = (headers: Headers) => greet({ ...hookMessage(''), headers })

  test('says yes to whom asks, at the rate that is asked for', () => {
    expect(ask({ 'webhook-request-origin': 'eventemitter.example.com', 'webhook-request-rate': '120' })).toEqual({
      status: 200,
      headers: { allow: 'POST, OPTIONS', 'webhook-allowed-origin': 'eventemitter.example.com', 'webhook-allowed-rate': '120' },
      body: '',
    })
    expect(ask({ 'webhook-request-origin': 'a.example' }).headers).toMatchObject({ 'webhook-allowed-rate': '*' })
  })

  test('repeats nothing that is not a name', () => {
    expect(ask({ 'webhook-request-origin': 'a b\r\nset-cookie: x' }).headers).toEqual({ allow: 'POST, OPTIONS' })
    expect(ask({}).headers).toEqual({ allow: 'POST, OPTIONS' })
  })
})

test('what is too much is told by 429, as the specification wants; the server writes the Retry-After', () => {
  expect(cloudevents.doors.map((door) => door.overloadStatus)).toEqual([429, 429])
})

test('whatever comes in whatever way, nothing throws', () => {
  const type = fc.constantFrom('application/cloudevents+json', 'application/cloudevents-batch+json', 'application/json', 'text/plain')
  const attributes = fc.dictionary(fc.constantFrom('ce-id', 'ce-type', 'ce-source', 'ce-x', 'ce-subject'), fc.string({ unit: 'binary' }))
  const envelope = fc.record(
    {
      specversion: fc.jsonValue(),
      id: fc.jsonValue(),
      type: fc.jsonValue(),
      source: fc.jsonValue(),
      data: fc.jsonValue(),
      data_base64: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  const body = fc.oneof(envelope, fc.array(envelope), fc.jsonValue(), fc.uint8Array())
  fc.assert(
    fc.property(type, attributes, body, (contentType, headers, given) => {
      read(given instanceof Uint8Array ? Buffer.from(given) : given, { 'content-type': contentType, ...headers })
    }),
  )
})
