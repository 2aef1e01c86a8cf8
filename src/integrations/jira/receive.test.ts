import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, expectSigned, fixtureText, type Headers, hookContext, hookMessage, onlySignal } from '../../../test/support/hook.ts'
import { receiveJira } from './receive.ts'
import { setup } from './setup.ts'
import { TEMPLATE } from './template.ts'

const UPDATED = JSON.parse(fixtureText(import.meta.dirname, 'webhook.issue_updated.json'))
const read = (body: unknown, headers: Headers = {}) => receiveJira(hookMessage(body, headers), hookContext())
const DONE = { name: 'Resolved', statusCategory: { key: 'done' } }
const OPEN = { name: 'Open', statusCategory: { key: 'new' } }
const hook = (event: string, fields: Record<string, unknown> = {}, items?: unknown[]) => ({
  timestamp: 1,
  webhookEvent: event,
  issue: { ...UPDATED.issue, fields: { ...UPDATED.issue.fields, ...fields } },
  ...(items === undefined ? {} : { changelog: { items } }),
})
const moved = (from: string, to: string, name = 'status') => ({ field: name, fromString: from, toString: to })
const statuses = (body: unknown) => acceptedOf(read(body)).signals.map((signal) => signal.status)

test('a new issue is an alert under its id, named by its key', () => {
  const body = { ...UPDATED, webhookEvent: 'jira:issue_created' }
  const received = read(body, { 'x-atlassian-webhook-identifier': 'w-1' })
  expect(onlySignal(received)).toEqual({
    alarm: 'CustomerTicket',
    status: 'firing',
    title: 'Jira ticket PROJ-123: Fix login bug',
    summary: "Users can't log in",
    dedupKey: '10001',
    severityHint: 'high',
    value: null,
    labels: {
      status: 'In Progress',
      type: '[System] Incident',
      project: 'PROJ',
      component: 'auth',
      ticket: 'PROJ-123',
      priority: 'high',
      tags: 'mobile',
    },
    links: [{ href: 'https://example.atlassian.net/browse/PROJ-123', text: 'Jira' }],
    startsAt: null,
    endsAt: null,
  })
  expect(received).toMatchObject({ messageId: '1770207360000/jira:issue_created/10001/issue_generic/10205', reply: { status: 200 } })
})

test('that somebody begins to work on it is kept and changes nothing', () => {
  expect(acceptedOf(read(UPDATED)).signals).toEqual([])
})

describe('of what happens to an issue', () => {
  test.each([
    ['made', hook('jira:issue_created'), ['firing']],
    ['made in a status that is done', hook('jira:issue_created', { status: DONE }), ['resolved']],
    ['deleted', hook('jira:issue_deleted'), ['resolved']],
    ['moved to done', hook('jira:issue_updated', { status: DONE }, [moved('Open', 'Resolved')]), ['resolved']],
    ['given a resolution', hook('jira:issue_updated', { status: DONE }, [moved('', 'Fixed', 'resolution')]), ['resolved']],
    ['reopened', hook('jira:issue_updated', { status: OPEN }, [moved('Resolved', 'Open')]), ['firing']],
    [
      'reopened from a status of any name',
      hook('jira:issue_updated', { status: OPEN }, [moved('Shipped', 'Open'), moved('Fixed', '', 'resolution')]),
      ['firing'],
    ],
    ['moved between open statuses', hook('jira:issue_updated', { status: OPEN }, [moved('To Do', 'Doing')]), []],
    ['raised', hook('jira:issue_updated', {}, [moved('Medium', 'Highest', 'priority')]), ['firing']],
    ['raised a little', hook('jira:issue_updated', {}, [moved('Lowest', 'Low', 'priority')]), []],
    ['lowered', hook('jira:issue_updated', {}, [moved('Highest', 'High', 'priority')]), []],
    ['raised when it is over', hook('jira:issue_updated', { status: DONE }, [moved('Low', 'Highest', 'priority')]), []],
    ['edited', hook('jira:issue_updated', {}, [moved('a', 'b', 'summary')]), []],
    ['updated by a site that sends no list of changes', hook('jira:issue_updated'), ['firing']],
    ['over on a site that sends no list of changes', hook('jira:issue_updated', { status: DONE }), ['resolved']],
    [
      'done on a site that sends no categories',
      hook('jira:issue_updated', { status: { name: 'Closed' } }, [moved('Open', 'Closed')]),
      ['resolved'],
    ],
    ['commented', hook('comment_created'), []],
    ['part of a sprint that began', { webhookEvent: 'sprint_started', sprint: { id: 1 } }, []],
  ])('when it is %s', (_name, body, expected) => {
    expect(statuses(body)).toEqual(expected)
  })
})

describe('what automation sends', () => {
  test('our template, filled in, is read field by field', () => {
    expect(onlySignal(read(setup.sample.body))).toEqual({
      alarm: 'CustomerTicket',
      status: 'firing',
      title: 'Jira ticket SUP-42: Nobody of us can sign in',
      summary: 'Since half an hour the app says "try again later" to all of our people.',
      dedupKey: '10042',
      severityHint: 'highest',
      value: null,
      labels: {
        status: 'Waiting for support',
        type: '[System] Incident',
        project: 'SUP',
        ticket: 'SUP-42',
        priority: 'highest',
        tags: 'mobile,login',
      },
      links: [{ href: 'https://example.atlassian.net/browse/SUP-42', text: 'Jira' }],
      startsAt: null,
      endsAt: null,
    })
    expect(Object.keys(JSON.parse(setup.sample.body))).toEqual(Object.keys(TEMPLATE))
  })

  test.each([
    [{ status_category: 'done', status: 'Shipped' }, 'resolved'],
    [{ status_category: 'Done' }, 'resolved'],
    [{ status_category: '', status: 'Resolved' }, 'resolved'],
    [{ status_category: 'indeterminate', status: 'Doing' }, 'firing'],
    [{}, 'firing'],
  ])('%j is %s', (over, status) => {
    expect(onlySignal(read({ issue_id: '1', issue_key: 'A-1', ...over }))).toMatchObject({ status, dedupKey: '1' })
  })

  test('"Issue data" is the issue as it is, its text in either format', () => {
    const paragraph = {
      type: 'paragraph',
      content: [
        { type: 'text', text: 'One' },
        { type: 'text', text: 'two' },
      ],
    }
    const description = { type: 'doc', version: 1, content: [paragraph, { type: 'paragraph', content: [{ type: 'text', text: 'three' }] }] }
    const issue = { ...UPDATED.issue, fields: { ...UPDATED.issue.fields, description } }
    expect(onlySignal(read(issue))).toMatchObject({ dedupKey: '10001', summary: 'One two three', status: 'firing' })
    expect(onlySignal(read({ issue: { ...issue, fields: { status: DONE } } }))).toMatchObject({ status: 'resolved' })
  })

  test('the gateway of Atlassian’s apps has no page for people', () => {
    const self = 'https://api.atlassian.com/ex/jira/1234/rest/api/2/issue/10001'
    expect(onlySignal(read({ ...UPDATED.issue, self })).links).toEqual([])
  })

  test('other bodies page plainly', () => {
    expect(onlySignal(read({ summary: 'Of our own' }))).toMatchObject({ title: 'Of our own', status: 'firing' })
    expect(read({ webhookEvent: 'jira:issue_created', issue: {} })).toMatchObject({ kind: 'refused', page: true })
    expect(read('')).toMatchObject({ kind: 'refused', page: true })
  })
})

test('without a time stamp in the body the header says which delivery it is', () => {
  const headers = { 'x-atlassian-webhook-identifier': 'w-1' }
  expect(acceptedOf(read({ webhookEvent: 'jira:issue_deleted', issue: { key: 'A-1' } }, headers)).messageId).toBe('w-1')
})

test('signatures: a good one is believed, all others are not', () => {
  const sign = (body: Buffer, { secret }: { secret: string }) => ({
    'x-hub-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  })
  expectSigned(receiveJira, JSON.stringify(UPDATED), sign, {}, { stamped: false })
})

test('whatever stands in the places of an issue, nothing throws', () => {
  const issue = fc.record({ id: fc.jsonValue(), key: fc.jsonValue(), self: fc.jsonValue(), fields: fc.jsonValue() }, { requiredKeys: [] })
  const body = fc.record(
    {
      webhookEvent: fc.oneof(fc.constantFrom('jira:issue_created', 'jira:issue_updated', 'jira:issue_deleted'), fc.jsonValue()),
      issue: fc.oneof(issue, fc.jsonValue()),
      changelog: fc.oneof(fc.record({ items: fc.jsonValue() }), fc.jsonValue()),
      issue_key: fc.jsonValue(),
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
