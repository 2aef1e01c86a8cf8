import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  acceptedOf,
  expectSigned,
  fixtureText,
  type Headers,
  hookContext,
  hookMessage,
  NOW,
  onlySignal,
} from '../../../test/support/hook.ts'
import { receiveSentry } from './receive.ts'

const sample = (name: string): Record<string, unknown> => JSON.parse(fixtureText(import.meta.dirname, name))
const read = (body: unknown, resource?: string, headers: Headers = {}) =>
  receiveSentry(hookMessage(body, { ...(resource === undefined ? {} : { 'sentry-hook-resource': resource }), ...headers }), hookContext())
const eventAlert = (event: Record<string, unknown>, data: Record<string, unknown> = {}) => ({
  action: 'triggered',
  data: { event: { title: 'T', issue_id: '7', level: 'error', ...event }, triggered_rule: 'Rule', ...data },
})
const issue = (action: string, over: Record<string, unknown> = {}) => {
  const body = sample('webhook.issue.created.json') as { data: { issue: object } }
  return { ...body, action, data: { issue: { ...body.data.issue, ...over } } }
}
const metric = (action: string, rule: Record<string, unknown> = {}) => {
  const body = sample('webhook.metric_alert.resolved.json') as { data: { metric_alert: { alert_rule: object } } }
  const alert = body.data.metric_alert
  return { ...body, action, data: { ...body.data, metric_alert: { ...alert, alert_rule: { ...alert.alert_rule, ...rule } } } }
}

describe("Sentry's published messages", () => {
  test('an issue alert fires under its issue, named by its rule', () => {
    const received = read(sample('webhook.event_alert.triggered.json'), 'event_alert', { 'request-id': 'r-1' })
    expect(onlySignal(received)).toEqual({
      alarm: 'Very Important Alert Rule!',
      status: 'firing',
      title: 'ReferenceError: heck is not defined',
      summary: 'heck is not defined',
      dedupKey: '1117540176',
      severityHint: 'error',
      value: null,
      labels: {
        browser: 'Chrome 75.0.3770',
        'browser.name': 'Chrome',
        handled: 'no',
        level: 'error',
        mechanism: 'onerror',
        os: 'Mac OS X 10.14.0',
        'os.name': 'Mac OS X',
        url: 'https://null.jsbin.com/runner',
        resource: 'event_alert',
        rule: 'Very Important Alert Rule!',
        project: '1',
        platform: 'javascript',
        culprit: '?(<anonymous>)',
        event_id: 'e4874d664c3540c1a32eab185f12c5ab',
      },
      links: [
        {
          href: 'https://sentry.io/organizations/test-org/issues/1117540176/events/e4874d664c3540c1a32eab185f12c5ab/',
          text: 'Sentry',
        },
      ],
      startsAt: null,
      endsAt: null,
    })
    expect(received).toMatchObject({ messageId: 'r-1', changes: [], reply: { status: 200 } })
  })

  test('a new issue fires under its id', () => {
    expect(onlySignal(read(sample('webhook.issue.created.json'), 'issue'))).toEqual({
      alarm: 'ReferenceError: blooopy is not defined',
      status: 'firing',
      title: 'ReferenceError: blooopy is not defined',
      summary: 'blooopy is not defined',
      dedupKey: '1170820242',
      severityHint: 'error',
      value: null,
      labels: {
        resource: 'issue',
        level: 'error',
        project: 'front-end',
        platform: 'javascript',
        culprit: '?(runner)',
        short_id: 'FRONT-END-9',
        status: 'unresolved',
        substatus: 'escalating',
      },
      links: [],
      startsAt: null,
      endsAt: null,
    })
  })

  test('a metric alert that is resolved ends under its own id, which is no id of an issue', () => {
    expect(onlySignal(read(sample('webhook.metric_alert.resolved.json'), 'metric_alert'))).toEqual({
      alarm: 'Too many errors',
      status: 'resolved',
      title: 'Resolved: Too many errors',
      summary: '1000 events in the last 10 minutes\nFilter: level:error',
      dedupKey: 'metric_alert:4',
      severityHint: null,
      value: 1_000,
      labels: {
        resource: 'metric_alert',
        rule: 'Too many errors',
        rule_id: '7',
        project: 'bar',
        query: 'level:error',
        aggregate: 'count()',
        dataset: 'events',
      },
      links: [{ href: 'https://sentry.io/organizations/baz/alerts/1/', text: 'Sentry' }],
      startsAt: null,
      endsAt: null,
    })
  })

  test('a comment is kept and changes nothing', () => {
    expect(acceptedOf(read(sample('webhook.comment.created.json'), 'comment')).signals).toEqual([])
  })

  test('an installation that is removed is an alarm, and one that is made ends it', () => {
    const created = sample('webhook.installation.created.json')
    const end = onlySignal(read(created, 'installation'))
    const alarm = onlySignal(read({ ...created, action: 'deleted' }, 'installation'))
    expect(end).toMatchObject({ status: 'resolved', dedupKey: 'installation:a8e5d37a-696c-4c54-adb5-b3f28d64c7de' })
    expect(alarm).toMatchObject({
      alarm: 'SentryIntegrationRemoved',
      status: 'firing',
      title: 'The Sentry integration was removed from test-org: its alerts come no more',
      dedupKey: end.dedupKey,
    })
  })

  test("the webhook plugin's message, of the years before", () => {
    expect(onlySignal(read(sample('legacy-webhook.plugin.json')))).toMatchObject({
      alarm: 'This is an example Python exception',
      status: 'firing',
      title: 'This is an example Python exception',
      dedupKey: '541485531',
      severityHint: 'error',
      labels: { resource: 'event_alert', level: 'error', project: 'alerta5', culprit: 'raven.scripts.runner in main' },
      links: [{ href: 'https://sentry.io/alertaio/alerta5/issues/541485531/', text: 'Sentry' }],
    })
  })
})

describe('an issue of Sentry', () => {
  test.each([
    ['resolved', 'resolved', {}],
    ['archived', 'resolved', { status: 'ignored', substatus: 'archived_forever' }],
    ['ignored', 'resolved', { status: 'ignored' }],
    ['unresolved', 'firing', { substatus: 'regressed' }],
    ['an action of tomorrow', 'firing', {}],
    ['another action of tomorrow', 'resolved', { status: 'resolved' }],
  ])('when %s is %s', (action, status, over) => {
    expect(onlySignal(read(issue(action, over), 'issue'))).toMatchObject({ status, dedupKey: '1170820242' })
  })

  test.each(['assigned', 'unassigned'])('that is %s changes nothing: nobody has said that they are awake', (action) => {
    expect(acceptedOf(read(issue(action), 'issue')).signals).toEqual([])
  })

  test('ends what an alert rule opened: both say the id of the issue', () => {
    const fired = onlySignal(read(eventAlert({ issue_id: '42' }), 'event_alert'))
    const ended = onlySignal(read(issue('resolved', { id: '42' }), 'issue'))
    expect(ended.dedupKey).toBe(fired.dedupKey)
  })
})

describe('how bad it is', () => {
  test.each([
    ['the level, where nothing else says it', eventAlert({ level: 'fatal' }), 'fatal'],
    ['the level among the tags', eventAlert({ level: null, tags: [['level', 'fatal']] }), 'fatal'],
    ['the name of the rule', eventAlert({}, { triggered_rule: 'Crash surge [SEV-1]' }), 'sev-1'],
    ['the name of the rule, without a hyphen', eventAlert({}, { triggered_rule: 'sev1: crashes' }), 'sev-1'],
    ['a priority in the name of the rule', eventAlert({}, { triggered_rule: 'P2 crashes' }), 'p2'],
    ['no part of a longer word', eventAlert({}, { triggered_rule: 'MP3 upload several errors' }), 'error'],
    ['a tag', eventAlert({ tags: [['severity', 'SEV-1']] }), 'SEV-1'],
    ['a tag in the form of the API', eventAlert({ tags: [{ key: 'severity', value: 'critical' }] }), 'critical'],
    [
      'the settings of the rule’s action',
      eventAlert({}, { issue_alert: { title: 'R', settings: [{ name: 'severity', value: 'SEV-2' }] } }),
      'sev-2',
    ],
  ])('is %s', (_name, body, hint) => {
    expect(onlySignal(read(body, 'event_alert')).severityHint).toBe(hint)
  })

  test.each([
    ['critical', {}, 'critical'],
    ['critical', { name: 'SEV-1 crash rate' }, 'sev-1'],
    ['critical', { name: 'SEV-3 crash rate' }, 'sev-3'],
    ['warning', { name: 'SEV-1 crash rate' }, 'warning'],
  ])('of a metric alert that is %s under %j is %s', (action, rule, hint) => {
    expect(onlySignal(read(metric(action, rule), 'metric_alert'))).toMatchObject({ status: 'firing', severityHint: hint })
  })
})

describe('what Sentry may also send', () => {
  test('tags that name a person are left out', () => {
    const tags = [
      ['user', 'ip:1.2.3.4'],
      ['user.email', 'a@b.example'],
      ['username', 'build'],
    ]
    const { labels } = onlySignal(read(eventAlert({ tags }), 'event_alert'))
    expect(Object.keys(labels)).not.toEqual(expect.arrayContaining(['user']))
    expect(labels).toMatchObject({ username: 'build' })
    expect(JSON.stringify(labels)).not.toContain('a@b.example')
  })

  test('a single error is an event without a rule', () => {
    const body = { action: 'created', data: { error: { title: 'E', issue_url: 'https://sentry.io/api/0/issues/99/', level: 'error' } } }
    expect(onlySignal(read(body, 'error'))).toMatchObject({ alarm: 'E', dedupKey: '99' })
  })

  test.each(['event_alert', 'metric_alert', 'issue', 'error', 'comment', 'installation'])(
    'without its header, %s is known by what is in it',
    (kind) => {
      const bodies: Record<string, unknown> = {
        event_alert: eventAlert({}),
        metric_alert: metric('critical'),
        issue: issue('created'),
        error: { action: 'created', data: { error: { title: 'E', issue_id: '1' } } },
        comment: sample('webhook.comment.created.json'),
        installation: sample('webhook.installation.created.json'),
      }
      expect(read(bodies[kind])).toEqual(read(bodies[kind], kind))
    },
  )

  test('missing parts and strange ones still page, plainly', () => {
    for (const body of [{ data: { event: { message: 'M' } } }, { data: { event: { title: 'M', tags: 'x', level: 3 } } }]) {
      expect(onlySignal(read(body, 'event_alert'))).toMatchObject({ status: 'firing', title: 'M' })
    }
    expect(onlySignal(read({ action: 'critical', data: { metric_alert: { id: 9 } } }, 'metric_alert'))).toMatchObject({
      title: 'Sentry metric alert 9',
      dedupKey: 'metric_alert:9',
    })
    expect(onlySignal(read({ title: 'Of another shape', level: 'fatal' }, 'monitor'))).toMatchObject({
      title: 'Of another shape',
      severityHint: 'fatal',
    })
    expect(read({ action: 'triggered', data: {} }, 'event_alert')).toMatchObject({ kind: 'refused', page: true })
  })

  test('an empty body of type JSON is taken where nothing could be lost with it, and told where an alert could', () => {
    expect(acceptedOf(read('', 'comment')).signals).toEqual([])
    expect(read('', 'event_alert')).toMatchObject({ kind: 'refused', page: true, reason: 'the body is empty' })
    expect(read('')).toMatchObject({ kind: 'refused', page: true })
  })
})

test('signatures: a good one is believed, all others are not', () => {
  const sign = (body: Buffer, { secret, at }: { secret: string; at: number }) => ({
    'sentry-hook-signature': createHmac('sha256', secret).update(body).digest('hex'),
    'sentry-hook-timestamp': String(Math.floor(at / 1_000)),
  })
  const body = fixtureText(import.meta.dirname, 'webhook.event_alert.triggered.json')
  expectSigned(receiveSentry, body, sign, { 'sentry-hook-resource': 'event_alert' }, { stamped: true })
})

test('a signature without a time stamp is believed: Sentry’s does not cover it', () => {
  const body = Buffer.from(JSON.stringify(eventAlert({})))
  const headers = { 'sentry-hook-signature': createHmac('sha256', 's').update(body).digest('hex') }
  expect(receiveSentry({ ...hookMessage(body, headers), receivedAt: NOW }, hookContext('s')).kind).toBe('signals')
})

test('whatever comes under whatever resource, nothing throws', () => {
  const resource = fc.constantFrom('event_alert', 'issue', 'metric_alert', 'error', 'comment', 'installation', 'x')
  const body = fc.record({
    action: fc.jsonValue(),
    data: fc.dictionary(fc.constantFrom('event', 'error', 'issue', 'metric_alert'), fc.jsonValue()),
  })
  fc.assert(
    fc.property(
      resource,
      fc.oneof(body, fc.jsonValue(), fc.uint8Array()),
      (kind, given) => void read(given instanceof Uint8Array ? Buffer.from(given) : given, kind),
    ),
  )
})
