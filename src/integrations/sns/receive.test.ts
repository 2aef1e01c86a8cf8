import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Signal } from '../../core/alert/signal.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { sns } from './manifest.ts'
import { certificateUrlOf, receiveSns } from './receive.ts'

const NOW = Date.UTC(2026, 10, 24)
/** The published messages bear placeholders for signatures: they are read as if theirs had been checked. */
const context: ReceiveContext = { params: {}, signingSecret: null, freshId: 'f'.repeat(32), certificate: { kind: 'checked' } }
const RAW = {
  'x-amz-sns-rawdelivery': 'true',
  'x-amz-sns-message-id': 'm-1',
  'x-amz-sns-topic-arn': 'arn:aws:sns:us-west-2:123456789012:MyTopic',
}

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')
}

function receive(body: string, headers: Record<string, string> = {}, more: Partial<ReceiveContext> = {}): Received {
  const message: InboundMessage = {
    method: 'POST',
    path: '/hooks/sns/:key',
    query: new URLSearchParams(),
    headers,
    body: Buffer.from(body),
    receivedAt: NOW,
  }
  return receiveSns(message, { ...context, ...more })
}

function understood(received: Received): Extract<Received, { kind: 'signals' }> {
  if (received.kind !== 'signals') throw new Error(JSON.stringify(received))
  return received
}

function notification(message: unknown, more: Record<string, unknown> = {}): string {
  const Message = typeof message === 'string' ? message : JSON.stringify(message)
  return JSON.stringify({ ...JSON.parse(fixture('notification.json')), Message, ...more })
}

function signalOf(message: unknown): Signal {
  const [signal] = understood(receive(notification(message))).signals
  if (signal === undefined) throw new Error('no signal')
  return signal
}

const alarm = {
  AlarmName: 'API5xxAlarm',
  AlarmDescription: 'API 5xx > 50 % for 10 min\nRunbook: https://runbooks.example/5xx.',
  AWSAccountId: '123456789012',
  NewStateValue: 'ALARM',
  NewStateReason:
    'Threshold Crossed: 2 out of the last 2 datapoints [61.5 (24/11/26 09:40:00), 57.5 (24/11/26 09:35:00)] were greater than the threshold (50.0) (minimum 2 datapoints for OK -> ALARM transition).',
  StateChangeTime: '2026-11-24T09:45:12.345+0000',
  Region: 'US East (N. Virginia)',
  AlarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:API5xxAlarm',
  OldStateValue: 'OK',
}

describe('published messages', () => {
  test.each(['notification.json', 'notification.http.txt'])('%s: the subject is the alarm, the text is told', (name) => {
    const text = fixture(name)
    const received = understood(receive(name.endsWith('.txt') ? text.slice(text.search(/\r?\n\r?\n/)).trim() : text))
    expect(received.signals).toEqual([
      {
        alarm: 'My First Message',
        status: 'firing',
        title: 'My First Message: Hello world!',
        summary: 'Hello world!',
        dedupKey: 'arn:aws:sns:us-west-2:123456789012:MyTopic/My First Message',
        severityHint: null,
        value: null,
        labels: { topic: 'MyTopic', region: 'us-west-2', account: '123456789012' },
        links: [],
        startsAt: null,
        endsAt: null,
      },
    ])
    expect(received).toMatchObject({ messageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324', reply: { status: 200 } })
    expect(received.followUp).toBeUndefined()
  })

  test('subscription-confirmation.json is a change, and its topic is to be confirmed at the address in it', () => {
    const body = fixture('subscription-confirmation.json')
    expect(understood(receive(body))).toEqual({
      kind: 'signals',
      signals: [],
      changes: [
        {
          title: 'SNS topic arn:aws:sns:us-west-2:123456789012:MyTopic asks to be confirmed: it is being confirmed',
          source: 'aws.sns',
          at: null,
          links: [],
          details: { topic: 'MyTopic', region: 'us-west-2', account: '123456789012' },
        },
      ],
      reply: { status: 200, body: '' },
      messageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
      followUp: { kind: 'confirm', topic: 'arn:aws:sns:us-west-2:123456789012:MyTopic', url: JSON.parse(body).SubscribeURL },
    })
  })

  test('unsubscribe-confirmation.json is an alarm: the way of alarms was cut', () => {
    const received = understood(receive(fixture('unsubscribe-confirmation.json')))
    expect(received.signals).toEqual([
      {
        alarm: 'SubscriptionEnded',
        status: 'firing',
        title: 'SNS topic arn:aws:sns:us-west-2:123456789012:MyTopic was unsubscribed: its alarms no longer come here',
        summary: expect.stringContaining('subscribe the topic again'),
        dedupKey: 'subscription-ended/arn:aws:sns:us-west-2:123456789012:MyTopic',
        severityHint: null,
        value: null,
        labels: { topic: 'MyTopic', region: 'us-west-2', account: '123456789012' },
        links: [],
        startsAt: null,
        endsAt: null,
      },
    ])
    expect(received.followUp).toEqual({ kind: 'ended', topic: 'arn:aws:sns:us-west-2:123456789012:MyTopic' })
  })

  const published = {
    alarm: 'EXAMPLE',
    status: 'firing',
    title: 'EXAMPLE',
    summary: JSON.parse(fixture('alarm-message.single-metric.json')).NewStateReason,
    dedupKey: 'arn:aws:cloudwatch:REGION:ACCOUNT_NUMBER:alarm:EXAMPLE',
    severityHint: null,
    value: 1_234,
    labels: {
      InstanceId: 'TestInstance',
      metric: 'NetworkOut',
      namespace: 'AWS/EC2',
      statistic: 'AVERAGE',
      region: 'REGION',
      account: '123456789012',
    },
    // REGION is no region: no address is made of it.
    links: [],
    startsAt: Date.UTC(2015, 5, 3, 17, 43, 27, 123),
    endsAt: null,
  }

  test('alarm-message.single-metric.json in an envelope, raw, alone, and as a Lambda function hands it on', () => {
    const message = fixture('alarm-message.single-metric.json')
    expect(understood(receive(notification(message))).signals).toEqual([published])
    expect(understood(receive(message, RAW))).toMatchObject({ signals: [published], messageId: 'unsigned:m-1' })
    expect(understood(receive(message)).signals).toEqual([published])
    expect(understood(receive(fixture('cloudwatch-alarm-sns-payload-single-metric.json'))).signals).toEqual([published])
  })

  test('sns-event.json, handed on by Lambda', () => {
    expect(understood(receive(fixture('sns-event.json'))).signals).toMatchObject([
      { alarm: 'TestInvoke', title: 'TestInvoke: Hello from SNS!', status: 'firing', dedupKey: 'arn:aws:sns:EXAMPLE/TestInvoke' },
    ])
  })

  test('ses-sns-event.json, which is no alarm, is told plainly', () => {
    expect(understood(receive(fixture('ses-sns-event.json'))).signals).toMatchObject([{ alarm: 'Event of aws:ses', status: 'firing' }])
  })
})

describe('CloudWatch alarms', () => {
  test('the alarm, what it measured, where, since when, and where to look', () => {
    expect(
      signalOf({
        ...alarm,
        Trigger: {
          MetricName: '5XXError',
          Namespace: 'AWS/ApiGateway',
          Statistic: 'AVERAGE',
          Dimensions: [{ name: 'ApiName', value: 'orders' }],
        },
      }),
    ).toEqual({
      alarm: 'API5xxAlarm',
      status: 'firing',
      title: 'API5xxAlarm: API 5xx > 50 % for 10 min',
      summary: alarm.NewStateReason,
      dedupKey: alarm.AlarmArn,
      severityHint: null,
      value: 61.5,
      labels: {
        ApiName: 'orders',
        metric: '5XXError',
        namespace: 'AWS/ApiGateway',
        statistic: 'AVERAGE',
        region: 'us-east-1',
        account: '123456789012',
      },
      links: [
        {
          href: 'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#alarmsV2:alarm/API5xxAlarm',
          text: 'Alarm in CloudWatch',
        },
        { href: 'https://runbooks.example/5xx', text: 'From the description' },
      ],
      startsAt: Date.UTC(2026, 10, 24, 9, 45, 12, 345),
      endsAt: null,
    })
  })

  test('OK resolves the same alert, with the time of the end', () => {
    const at = Date.UTC(2026, 10, 24, 9, 45, 12, 345)
    expect(signalOf({ ...alarm, NewStateValue: 'OK' })).toMatchObject({
      status: 'resolved',
      dedupKey: alarm.AlarmArn,
      startsAt: at,
      endsAt: at,
    })
  })

  test('INSUFFICIENT_DATA neither fires nor resolves: it is kept as a change', () => {
    const received = understood(
      receive(
        notification({ ...alarm, NewStateValue: 'INSUFFICIENT_DATA', NewStateReason: 'Insufficient Data: 1 datapoint was unknown.' }),
      ),
    )
    expect(received.signals).toEqual([])
    expect(received.changes).toMatchObject([
      {
        title: 'CloudWatch alarm API5xxAlarm has insufficient data: Insufficient Data: 1 datapoint was unknown.',
        source: 'aws.cloudwatch',
      },
    ])
  })

  test('a state that AWS has not invented yet fires', () => expect(signalOf({ ...alarm, NewStateValue: 'CRITICAL' }).status).toBe('firing'))

  test('metric math: the expression, and what its metrics share', () => {
    const metric = (Id: string, name: string, extra: object[] = []) => ({
      Id,
      MetricStat: {
        Metric: { MetricName: name, Namespace: 'AWS/Lambda', Dimensions: [{ name: 'FunctionName', value: 'orders' }, ...extra] },
        Stat: 'p95',
      },
      ReturnData: false,
    })
    const Metrics = [
      { Expression: 'm1 / 1000', Id: 'e1', Label: 'p95 in s', ReturnData: true },
      metric('m1', 'Duration'),
      metric('m2', 'Errors', [{ name: 'Resource', value: 'orders:live' }]),
    ]
    expect(signalOf({ ...alarm, Trigger: { Period: 60, Metrics } }).labels).toEqual({
      FunctionName: 'orders',
      metric: 'Duration, Errors',
      namespace: 'AWS/Lambda',
      statistic: 'p95',
      expression: 'm1 / 1000',
      region: 'us-east-1',
      account: '123456789012',
    })
  })

  test.each([
    [
      'alarm-message.multiple-metrics.json',
      {
        alarm: 'OrdersErrorShare',
        title: 'OrdersErrorShare: More than one in twenty orders fails',
        summary: expect.stringMatching(/^Threshold Crossed: 1 out of the last 1 datapoints \[12\.5 \(/),
        value: 12.5,
        labels: {
          ApiName: 'orders',
          metric: '5XXError, Count',
          namespace: 'AWS/ApiGateway',
          statistic: 'Sum',
          expression: '100 * errors / requests',
        },
        startsAt: Date.UTC(2026, 10, 20, 3, 12, 31, 642),
      },
    ],
    [
      'alarm-message.composite.json',
      {
        alarm: 'OrdersDown',
        title: 'OrdersDown: Orders fail or are slow',
        summary: expect.stringContaining(':alarm:OrdersErrorShare transitioned to ALARM at'),
        value: null,
        labels: { alarm_rule: 'ALARM(OrdersErrorShare) OR ALARM(OrdersSlow)', triggered_by: 'OrdersErrorShare' },
        startsAt: Date.UTC(2026, 10, 20, 3, 12, 32, 208),
      },
    ],
  ])('%s, field by field', (name, { labels, ...expected }) => {
    expect(signalOf(fixture(name))).toEqual({
      ...expected,
      status: 'firing',
      dedupKey: `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${expected.alarm}`,
      severityHint: null,
      labels: { ...labels, region: 'eu-central-1', account: '123456789012' },
      links: [
        {
          href: `https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#alarmsV2:alarm/${expected.alarm}`,
          text: 'Alarm in CloudWatch',
        },
      ],
      endsAt: null,
    })
  })

  test('a composite alarm has no trigger: its rule, and the alarms that made it change', () => {
    const arn = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:LambdaP95'
    const signal = signalOf({
      ...alarm,
      AlarmName: 'Orders',
      NewStateReason: `${arn} transitioned to ALARM at Tuesday 24 November, 2026 09:45:12 UTC`,
      AlarmRule: 'ALARM(LambdaP95) OR ALARM(API5xxAlarm)',
      TriggeringChildren: [{ Arn: arn, State: { Value: 'ALARM', Timestamp: '2026-11-24T09:45:12.345+0000' } }],
    })
    expect(signal).toMatchObject({ alarm: 'Orders', status: 'firing', value: null })
    expect(signal.labels).toEqual({
      alarm_rule: 'ALARM(LambdaP95) OR ALARM(API5xxAlarm)',
      triggered_by: 'LambdaP95',
      region: 'us-east-1',
      account: '123456789012',
    })
  })

  test('each time series of an alarm that watches many is an alert of its own', () => {
    const signal = signalOf({ ...alarm, AlarmContributorId: 'a1b2', AlarmContributorAttributes: { endpoint: '/api/orders' } })
    expect([signal.dedupKey, signal.labels['endpoint']]).toEqual([`${alarm.AlarmArn}#a1b2`, '/api/orders'])
  })

  test.each([
    ['Threshold Crossed: 1 datapoint [0.07 (24/11/26 09:40:00)] was greater than the threshold (0.05).', 0.07],
    ['Threshold Crossed: 1 datapoint [-3.5 (24/11/26 09:40:00)] was less than the threshold (0.0).', -3.5],
    ['Threshold Crossed: 1 datapoint [1.2E-5 (24/11/26 09:40:00)] was greater than the threshold (0.0).', 0.000012],
    [
      'Thresholds Crossed: 1 out of the last 1 datapoints [0.5 (03/10/19 15:58:00)] was less than the lower thresholds [0.02] or greater than the upper thresholds [0.3].',
      0.5,
    ],
    ['Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].', null],
    ['5 out of 10 contributors evaluated to ALARM', null],
    ['', null],
  ])('the value is read out of "%s"', (NewStateReason, value) => {
    expect(signalOf({ ...alarm, NewStateReason }).value).toBe(value)
  })

  test('an alarm on logs says its value in its data', () => {
    const NewStateReasonData = { results: [{ status: 'RUNNING' }, { status: 'COMPLETE', value: 142 }] }
    expect(signalOf({ ...alarm, NewStateReason: 'crossed', NewStateReasonData }).value).toBe(142)
  })

  test('a tag of the alarm says how bad its owner holds it to be, and tags are labels', () => {
    const signal = signalOf({ ...alarm, AlarmTags: { Severity: 'critical', service: 'orders' } })
    expect([signal.severityHint, signal.labels['service']]).toEqual(['critical', 'orders'])
  })

  test('parts that are missing are missed by nobody', () => {
    expect(signalOf({ AlarmName: 'A', NewStateValue: 'ALARM' })).toMatchObject({
      alarm: 'A',
      title: 'A',
      dedupKey: 'cloudwatch:::alarm:A',
      value: null,
      links: [],
    })
    expect(signalOf({ AlarmArn: alarm.AlarmArn, NewStateValue: 'ALARM' })).toMatchObject({ alarm: 'API5xxAlarm', dedupKey: alarm.AlarmArn })
  })

  test('the consoles of China and GovCloud have addresses of their own', () => {
    const link = (region: string, partition: string) =>
      signalOf({ ...alarm, AlarmArn: `arn:${partition}:cloudwatch:${region}:1:alarm:A b` }).links[0]?.href
    expect(link('cn-north-1', 'aws-cn')).toMatch(/^https:\/\/cn-north-1\.console\.amazonaws\.cn\/cloudwatch/)
    expect(link('us-gov-west-1', 'aws-us-gov')).toMatch(/^https:\/\/console\.amazonaws-us-gov\.com\/cloudwatch/)
    expect(link('x.evil.example/', 'aws')).toBe('https://runbooks.example/5xx')
  })
})

test('an event whose rule has a topic as its target is read as at its own door', () => {
  const event = {
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    resources: [alarm.AlarmArn],
    detail: { alarmName: 'API5xxAlarm', state: { value: 'ALARM' } },
  }
  expect(signalOf(event)).toMatchObject({ alarm: 'API5xxAlarm', dedupKey: alarm.AlarmArn })
})

test('JSON of no known kind says what it can; the same words of the same topic are one alert', () => {
  const signal = understood(receive(notification({ title: 'Budget used up', severity: 'high', token: 's3cret' }, { Subject: undefined })))
    .signals[0]
  expect(signal).toMatchObject({ alarm: 'Budget used up', title: 'Budget used up', severityHint: 'high' })
  expect(JSON.stringify(signal)).not.toContain('s3cret')
  const again = understood(receive(notification({ title: 'Budget used up' }, { Subject: undefined }))).signals[0]
  expect(again?.dedupKey).toBe(signal?.dedupKey)
})

test('raw text is told by its first line; raw bytes that are no text are told too', () => {
  expect(understood(receive('disk full on db-1\nmore', RAW)).signals).toMatchObject([
    { alarm: 'disk full on db-1', title: 'disk full on db-1' },
  ])
  expect(understood(receive('\u0000\ud800', RAW)).signals).toHaveLength(1)
  expect(receive('', RAW)).toMatchObject({ kind: 'refused', page: true })
})

test('what bears no signature is not believed where the owner demands one', () => {
  const demands = { demands: { topics: [], signed: true } }
  for (const received of [
    receive('x', RAW, demands),
    receive(JSON.stringify(alarm), {}, demands),
    receive(fixture('sns-event.json'), {}, demands),
  ])
    expect(received).toMatchObject({ kind: 'distrusted', reason: expect.stringMatching(/no signature/) })
})

test('what bears no signature speaks for no other topic than those pinned', () => {
  const demands = { demands: { topics: ['arn:aws:sns:us-west-2:123456789012:MyTopic'], signed: false } }
  expect(receive('x', RAW, demands).kind).toBe('signals')
  expect(receive('x', { ...RAW, 'x-amz-sns-topic-arn': 'arn:aws:sns:us-west-2:1:Other' }, demands).kind).toBe('distrusted')
  expect(receive(JSON.stringify(alarm), {}, demands).kind).toBe('distrusted')
})

test('the certificate of a message, and of one that Lambda hands on', () => {
  const message = (body: string): InboundMessage => ({
    method: 'POST',
    path: '',
    query: new URLSearchParams(),
    headers: {},
    body: Buffer.from(body),
    receivedAt: 0,
  })
  const url = 'https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem'
  expect(certificateUrlOf(message(fixture('notification.json')))).toBe(url)
  const { SigningCertURL, ...rest } = JSON.parse(fixture('notification.json'))
  expect(certificateUrlOf(message(JSON.stringify({ Records: [{ Sns: { ...rest, SigningCertUrl: SigningCertURL } }] })))).toBe(url)
  expect(certificateUrlOf(message(fixture('sns-event.json')))).toBeNull()
  expect(certificateUrlOf(message('{'))).toBeNull()
})

test('the sample of the setup page is a message of SNS, and the snippets set what AWS leaves wrong', () => {
  const { sample, snippets } = sns.setup
  expect(understood(receive(sample.body, sample.headers)).signals).toMatchObject([{ alarm: 'API5xxAlarm', status: 'firing', value: 61 }])
  for (const { text } of snippets) {
    expect(text).toContain('{{url}}/hooks/sns/{{key}}')
    expect(text).toMatch(/deadLetterTargetArn/)
    expect(text).toMatch(/numRetries\W+64/)
  }
  const policy = /"healthyRetryPolicy\\":(\{.*?\})/.exec(snippets[1]?.text ?? '')?.[1]?.replaceAll('\\', '') ?? ''
  const { numRetries, numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries, minDelayTarget, maxDelayTarget } = JSON.parse(policy)
  const backoff = numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries
  const worstSeconds = numMinDelayRetries * minDelayTarget + (backoff + numMaxDelayRetries) * maxDelayTarget
  // SNS refuses a policy of more than an hour, and gives up after a minute by default.
  expect(backoff).toBeGreaterThan(0)
  expect(worstSeconds).toBeLessThanOrEqual(3_600)
  expect(numMaxDelayRetries * maxDelayTarget).toBeGreaterThan(2_900)
})
