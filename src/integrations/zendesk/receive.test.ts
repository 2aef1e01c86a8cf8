import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, expectSigned, fixtureText, type Headers, hookContext, hookMessage, onlySignal } from '../../../test/support/hook.ts'
import { receiveZendesk } from './receive.ts'
import { setup } from './setup.ts'
import { TEMPLATE } from './template.ts'

const sample = (name: string): Record<string, unknown> => JSON.parse(fixtureText(import.meta.dirname, name))
const read = (body: unknown, headers: Headers = {}) => receiveZendesk(hookMessage(body, headers), hookContext())
const event = (name: string, change: unknown = {}, detail: Record<string, unknown> = {}) => ({
  ...sample('event.ticket.created.json'),
  type: `zen:event-type:ticket.${name}`,
  event: change,
  detail: { id: '5158', subject: 'S', status: 'OPEN', priority: 'NORMAL', ...detail },
})

describe('published messages', () => {
  test('a new ticket is an alert under its id', () => {
    const received = read(sample('event.ticket.created.json'))
    expect(onlySignal(received)).toEqual({
      alarm: 'CustomerTicket',
      status: 'firing',
      title: 'Zendesk ticket 5158: Cannot login to mobile app',
      summary: 'Customer is experiencing login issues with the mobile app',
      dedupKey: '5158',
      severityHint: 'high',
      value: null,
      labels: {
        status: 'open',
        type: 'problem',
        channel: 'web_service',
        account: '22129848',
        group_id: '8447320466430',
        organization_id: '8447346622462',
        ticket: '5158',
        priority: 'high',
        tags: 'mobile,login',
      },
      links: [],
      startsAt: null,
      endsAt: null,
    })
    expect(received).toMatchObject({ messageId: 'cbe4028c-7239-495d-b020-f22348516046', reply: { status: 200 } })
  })

  test('a solved ticket ends it', () => {
    expect(onlySignal(read(sample('event.ticket.status_changed.json')))).toMatchObject({
      status: 'resolved',
      dedupKey: '5158',
      title: 'Zendesk ticket 5158: Cannot login to mobile app',
      labels: { status: 'solved', priority: 'high' },
    })
  })

  test("Prismatic's example has no subject: its number stands for it", () => {
    const { headers, body } = sample('webhook.ticket.created.third-party.json') as { headers: Record<string, string>; body: unknown }
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    expect(onlySignal(read(body, lower))).toEqual({
      alarm: 'CustomerTicket',
      status: 'firing',
      title: 'Zendesk ticket 35436',
      summary: null,
      dedupKey: '35436',
      severityHint: null,
      value: null,
      labels: { status: 'open', channel: 'web', account: '88888888', ticket: '35436' },
      links: [],
      startsAt: null,
      endsAt: null,
    })
  })

  test('an event about a user is kept and changes nothing', () => {
    expect(acceptedOf(read(sample('webhook.user.active_changed.json')))).toMatchObject({
      signals: [],
      messageId: '2b24ef10-19d4-4740-93cf-8f98ec4776c0',
    })
  })
})

describe('of the events about a ticket', () => {
  test.each([
    ['created', {}, {}, 'firing'],
    ['created', {}, { status: 'SOLVED' }, 'resolved'],
    ['undeleted', {}, {}, 'firing'],
    ['status_changed', { previous: 'OPEN', current: 'SOLVED' }, { status: 'SOLVED' }, 'resolved'],
    ['status_changed', { previous: 'SOLVED', current: 'CLOSED' }, { status: 'CLOSED' }, 'resolved'],
    ['status_changed', { previous: 'SOLVED', current: 'OPEN' }, {}, 'firing'],
    ['status_changed', { previous: 'NEW', current: 'OPEN' }, {}, null],
    ['priority_changed', { previous: 'NORMAL', current: 'URGENT' }, { priority: 'URGENT' }, 'firing'],
    ['priority_changed', { previous: null, current: 'HIGH' }, { priority: 'HIGH' }, 'firing'],
    ['priority_changed', { previous: 'URGENT', current: 'HIGH' }, { priority: 'HIGH' }, null],
    ['priority_changed', { previous: 'LOW', current: 'NORMAL' }, {}, null],
    ['priority_changed', { previous: 'LOW', current: 'URGENT' }, { status: 'SOLVED' }, null],
    ['soft_deleted', {}, {}, 'resolved'],
    ['permanently_deleted', {}, {}, 'resolved'],
    ['comment_added', {}, {}, null],
    ['tags_changed', {}, {}, null],
    ['agent_assignment_changed', {}, {}, null],
    ['an_event_of_tomorrow', {}, {}, null],
  ])('%s with %j and %j is %s', (name, change, detail, status) => {
    const { signals } = acceptedOf(read(event(name, change, detail)))
    expect(signals.map((signal) => signal.status)).toEqual(status === null ? [] : [status])
  })

  test('one without an id in its detail is known by its subject; with neither it is told', () => {
    expect(onlySignal(read({ ...event('created'), detail: {}, subject: 'zen:ticket:77' })).dedupKey).toBe('77')
    expect(read({ type: 'zen:event-type:ticket.created', detail: {} })).toMatchObject({ kind: 'refused', page: true })
  })
})

describe('the body of our trigger', () => {
  test('filled in, is read field by field', () => {
    expect(onlySignal(read(setup.sample.body, { 'x-zendesk-webhook-invocation-id': 'i-1' }))).toEqual({
      alarm: 'CustomerTicket',
      status: 'firing',
      title: 'Zendesk ticket 35436: Nobody of us can sign in',
      summary: 'Since half an hour the app says "try again later" to all of our people.',
      dedupKey: '35436',
      severityHint: 'urgent',
      value: null,
      labels: {
        status: 'open',
        type: 'incident',
        channel: 'Web Form',
        brand: 'Example',
        group: 'Support',
        organization: 'Customer Ltd',
        ticket: '35436',
        priority: 'urgent',
        tags: 'mobile,login',
      },
      links: [{ href: 'https://example.zendesk.com/agent/tickets/35436', text: 'Ticket' }],
      startsAt: null,
      endsAt: null,
    })
    expect(Object.keys(JSON.parse(setup.sample.body))).toEqual(Object.keys(TEMPLATE))
  })

  test.each([
    ['Solved', 'resolved'],
    ['closed', 'resolved'],
    ['Pending', 'firing'],
    ['', 'firing'],
  ])('status %j is %s, under the same id', (status, expected) => {
    expect(onlySignal(read({ ticket_id: 9, status, url: 'example.zendesk.com/agent/tickets/9' }))).toMatchObject({
      status: expected,
      dedupKey: '9',
      links: [{ href: 'https://example.zendesk.com/agent/tickets/9' }],
    })
  })

  test('a tag may say how bad it is', () => {
    expect(onlySignal(read({ ticket_id: '9', priority: 'Low', tags: 'vip sev-1' })).severityHint).toBe('sev-1')
  })

  test('a quotation mark of a customer that breaks the JSON loses neither the ticket nor its end', () => {
    const broken = (status: string) => `{"ticket_id": "9", "status": "${status}", "priority": "Urgent", "subject": "It says "no" to us"}`
    expect(onlySignal(read(broken('Open')))).toMatchObject({ status: 'firing', dedupKey: '9', severityHint: 'urgent' })
    expect(onlySignal(read(broken('Solved')))).toMatchObject({ status: 'resolved', dedupKey: '9' })
  })

  test('other bodies page plainly', () => {
    expect(onlySignal(read({ title: 'Of our own', id: '3' }))).toMatchObject({ title: 'Of our own', dedupKey: '3' })
    expect(read({})).toMatchObject({ kind: 'refused', page: true })
    expect(read('')).toMatchObject({ kind: 'refused', page: true })
  })
})

test('signatures: a good one is believed, all others are not', () => {
  const sign = (body: Buffer, { secret, at }: { secret: string; at: number }) => {
    const stamp = new Date(at).toISOString().replace('.000Z', 'Z')
    return {
      'x-zendesk-webhook-signature': createHmac('sha256', secret).update(stamp).update(body).digest('base64'),
      'x-zendesk-webhook-signature-timestamp': stamp,
    }
  }
  expectSigned(receiveZendesk, fixtureText(import.meta.dirname, 'event.ticket.created.json'), sign, {}, { stamped: true })
})

test('whatever stands in the places of an event, nothing throws', () => {
  const name = fc.constantFrom('created', 'status_changed', 'priority_changed', 'merged')
  const body = fc.record(
    {
      type: name.map((one) => `zen:event-type:ticket.${one}`),
      detail: fc.jsonValue(),
      event: fc.jsonValue(),
      subject: fc.jsonValue(),
      ticket_id: fc.jsonValue(),
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
