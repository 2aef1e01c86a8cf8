import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Signal } from '../../core/alert/signal.ts'
import type { InboundMessage, Received } from '../../integration.ts'
import { eventbridge } from './manifest.ts'
import { receiveEvents } from './receive.ts'

const context = { params: {}, signingSecret: null, freshId: 'f'.repeat(32) }

function fixture(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8'))
}

function messageOf(body: unknown, headers: Record<string, string> = {}): InboundMessage {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
  return { method: 'POST', path: '/hooks/eventbridge/:key', query: new URLSearchParams(), headers, body: bytes, receivedAt: 0 }
}

function understood(received: Received): Extract<Received, { kind: 'signals' }> {
  if (received.kind !== 'signals') throw new Error(JSON.stringify(received))
  return received
}

const receive = (event: unknown) => understood(receiveEvents(messageOf(event), context))

function signalOf(event: unknown): Signal {
  const [signal, ...others] = receive(event).signals
  if (signal === undefined || others.length > 0) throw new Error('not one signal')
  return signal
}

const ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:'
const place = { region: 'us-east-1', account: '123456789012' }
const CONSOLE = 'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#alarmsV2:alarm/'

const FRANKFURT = {
  arn: 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:',
  place: { region: 'eu-central-1', account: '123456789012' },
  console: 'https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#alarmsV2:alarm/',
}

describe('states of CloudWatch alarms', () => {
  test('01: a single metric', () => {
    const event = fixture('01.state-change-for-a-single-metric-alarm.json')
    expect(receive(event)).toMatchObject({ messageId: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92', reply: { status: 200 }, changes: [] })
    expect(signalOf(event)).toEqual({
      alarm: 'ServerCpuTooHigh',
      status: 'firing',
      title: 'ServerCpuTooHigh: Goes into alarm when server CPU utilization is too high!',
      summary: expect.stringMatching(/^Threshold Crossed: 1 out of the last 1 datapoints \[99\.5/),
      dedupKey: `${ARN}ServerCpuTooHigh`,
      severityHint: null,
      value: 99.50160229693434,
      labels: { InstanceId: 'i-12345678901234567', metric: 'CPUUtilization', namespace: 'AWS/EC2', statistic: 'Average', ...place },
      links: [{ href: `${CONSOLE}ServerCpuTooHigh`, text: 'Alarm in CloudWatch' }],
      startsAt: Date.UTC(2019, 9, 2, 17, 4, 40, 989),
      endsAt: null,
    })
  })

  test('02: metric math', () => {
    expect(signalOf(fixture('02.state-change-for-a-metric-math-alarm.json'))).toEqual({
      alarm: 'OrdersErrorShare',
      status: 'firing',
      title: 'OrdersErrorShare: More than one in twenty orders fails',
      summary: expect.stringMatching(/^Threshold Crossed: 1 out of the last 1 datapoints \[12\.5 \(/),
      dedupKey: `${FRANKFURT.arn}OrdersErrorShare`,
      severityHint: null,
      value: 12.5,
      labels: {
        ApiName: 'orders',
        metric: '5XXError, Count',
        namespace: 'AWS/ApiGateway',
        statistic: 'Sum',
        expression: '100 * errors / requests',
        ...FRANKFURT.place,
      },
      links: [{ href: `${FRANKFURT.console}OrdersErrorShare`, text: 'Alarm in CloudWatch' }],
      startsAt: Date.UTC(2026, 10, 20, 3, 12, 31, 642),
      endsAt: null,
    })
  })

  test('04: a composite alarm, whose own actions a suppressor holds back: here it pages', () => {
    expect(signalOf(fixture('04.state-change-for-a-composite-alarm-with-a-suppressor-alarm.json'))).toEqual({
      alarm: 'OrdersDown',
      status: 'firing',
      title: 'OrdersDown',
      summary: `${FRANKFURT.arn}OrdersErrorShare transitioned to ALARM at Friday 20 November, 2026 03:12:32 UTC`,
      dedupKey: `${FRANKFURT.arn}OrdersDown`,
      severityHint: null,
      value: null,
      labels: {
        alarm_rule: 'ALARM(OrdersErrorShare) OR ALARM(OrdersSlow)',
        triggered_by: 'OrdersErrorShare, OrdersSlow',
        ...FRANKFURT.place,
      },
      links: [{ href: `${FRANKFURT.console}OrdersDown`, text: 'Alarm in CloudWatch' }],
      startsAt: Date.UTC(2026, 10, 20, 3, 12, 32, 208),
      endsAt: null,
    })
  })

  test('03: a band of what is expected', () => {
    expect(signalOf(fixture('03.state-change-for-an-anomaly-detection-alarm.json'))).toEqual({
      alarm: 'EC2 CPU Utilization Anomaly',
      status: 'firing',
      title: 'EC2 CPU Utilization Anomaly: Goes into alarm if CPU Utilization is out of band',
      summary: expect.stringMatching(/^Thresholds Crossed/),
      dedupKey: `${ARN}EC2 CPU Utilization Anomaly`,
      severityHint: null,
      value: 0,
      labels: {
        InstanceId: 'i-12345678901234567',
        metric: 'CPUUtilization',
        namespace: 'AWS/EC2',
        statistic: 'Average',
        expression: 'ANOMALY_DETECTION_BAND(m1, 0.8)',
        ...place,
      },
      links: [{ href: `${CONSOLE}EC2%20CPU%20Utilization%20Anomaly`, text: 'Alarm in CloudWatch' }],
      startsAt: Date.UTC(2019, 9, 3, 16, 0, 4, 653),
      endsAt: null,
    })
  })

  const stateChange = (detail: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
    ...fixture('01.state-change-for-a-single-metric-alarm.json'),
    resources: [`${ARN}Orders`],
    detail: { alarmName: 'Orders', ...detail },
    ...more,
  })

  test('metric math: its expression, and what its metrics share', () => {
    const metric = (id: string, name: string) => ({
      id,
      metricStat: { metric: { dimensions: { FunctionName: 'orders' }, name, namespace: 'AWS/Lambda' }, period: 60, stat: 'p95' },
      returnData: false,
    })
    const metrics = [
      { expression: 'MAX([m1, m2]) / 1000', id: 'e1', label: 'p95 in s', returnData: true },
      metric('m1', 'Duration'),
      metric('m2', 'PostRuntimeExtensionsDuration'),
    ]
    const reason = 'Threshold Crossed: 1 out of the last 1 datapoints [4.7 (24/11/26 09:40:00)] was greater than the threshold (4.0).'
    const signal = signalOf(stateChange({ state: { value: 'ALARM', reason }, configuration: { metrics } }))
    expect(signal.value).toBe(4.7)
    expect(signal.labels).toEqual({
      FunctionName: 'orders',
      metric: 'Duration, PostRuntimeExtensionsDuration',
      namespace: 'AWS/Lambda',
      statistic: 'p95',
      expression: 'MAX([m1, m2]) / 1000',
      ...place,
    })
  })

  test('a composite alarm: its rule, what made it change, and that somebody else suppresses its actions changes nothing', () => {
    const reasonData = JSON.stringify({ triggeringAlarms: [{ arn: `${ARN}LambdaP95`, state: { value: 'ALARM' } }] })
    const state = { value: 'ALARM', reason: `${ARN}LambdaP95 transitioned to ALARM`, reasonData, actionsSuppressedBy: 'WaitPeriod' }
    const signal = signalOf(
      stateChange({
        state,
        configuration: { alarmRule: 'ALARM(LambdaP95)', actionsSuppressor: 'Maintenance' },
        muteDetail: { mutedByArn: 'x' },
      }),
    )
    expect(signal).toMatchObject({
      alarm: 'Orders',
      status: 'firing',
      value: null,
      labels: { alarm_rule: 'ALARM(LambdaP95)', triggered_by: 'LambdaP95' },
    })
  })

  test('one time series among many is an alert of its own', () => {
    const contributor = { id: '6d442278dba546f6', attributes: { TableName: 'orders' } }
    const reason =
      'Threshold Crossed: 1 datapoint was less than the threshold (1.0). The most recent datapoint which crossed the threshold: [0.0 (01/12/25 13:34:00)].'
    const detail = {
      alarmContributor: contributor,
      state: { value: 'ALARM', reason, timestamp: '2025-12-01T13:42:04.919+0000' },
      configuration: { metrics: [{ id: 'm1', expression: 'SELECT 1' }] },
    }
    const event = stateChange(detail, { 'detail-type': 'CloudWatch Alarm Contributor State Change' })
    expect(signalOf(event)).toMatchObject({
      alarm: 'Orders',
      dedupKey: `${ARN}Orders#6d442278dba546f6`,
      value: 0,
      labels: { TableName: 'orders', expression: 'SELECT 1' },
    })
    expect(signalOf({ ...event, detail: { ...event.detail, state: { value: 'OK' } } })).toMatchObject({
      status: 'resolved',
      dedupKey: `${ARN}Orders#6d442278dba546f6`,
    })
  })

  test('OK resolves; INSUFFICIENT_DATA is a change', () => {
    expect(signalOf(stateChange({ state: { value: 'OK' } }))).toMatchObject({ status: 'resolved', dedupKey: `${ARN}Orders` })
    expect(receive(stateChange({ state: { value: 'INSUFFICIENT_DATA' } }))).toMatchObject({
      signals: [],
      changes: [{ title: 'CloudWatch alarm Orders has insufficient data' }],
    })
  })

  test('tags of the alarm are labels, and one of them its severity', () => {
    const signal = signalOf(
      stateChange({ state: { value: 'ALARM' }, alarmTags: { severity: 'sev1', service: 'orders' }, alarmTagsStatus: 'COMPLETE' }),
    )
    expect([signal.severityHint, signal.labels['service']]).toEqual(['sev1', 'orders'])
  })

  test('the value is read out of the data where the reason says none', () => {
    const state = { value: 'ALARM', reason: 'crossed', reasonData: '{"recentDatapoints":[1.5,2.5,null]}' }
    expect(signalOf(stateChange({ state })).value).toBe(2.5)
    expect(signalOf(stateChange({ state: { ...state, reasonData: '{' } })).value).toBeNull()
    expect(
      signalOf(stateChange({ state: { ...state, reasonData: '{"evaluatedDatapoints":[{"timestamp":"t","value":7},{"value":8}]}' } })).value,
    ).toBe(7)
  })

  test('a state of a shape that nobody knows pages plainly', () => {
    expect(signalOf(stateChange({ state: 'ALARM' }))).toMatchObject({
      alarm: 'CloudWatch Alarm State Change',
      title: 'CloudWatch Alarm State Change: alarm:Orders',
      status: 'firing',
    })
    expect(signalOf({ 'detail-type': 'CloudWatch Alarm State Change', source: 'aws.cloudwatch' })).toMatchObject({ status: 'firing' })
  })
})

describe('changes', () => {
  test.each([
    ['05.creation-of-a-composite-alarm.json', 'ServiceAggregatedAlarm', 'create', Date.UTC(2022, 2, 3, 17, 6, 22), place],
    [
      '06.creation-of-a-composite-alarm-with-a-suppressor-alarm.json',
      'OrdersDown',
      'create',
      Date.UTC(2026, 10, 20, 2, 59, 1),
      FRANKFURT.place,
    ],
    ['07.update-of-a-metric-alarm.json', 'ServerCpuTooHigh', 'update', Date.UTC(2022, 2, 3, 17, 6, 34), place],
    [
      '08.update-of-a-composite-alarm-with-a-suppressor-alarm.json',
      'ServiceAggregatedAlarm',
      'update',
      Date.UTC(2022, 6, 14, 13, 59, 56),
      place,
    ],
    ['09.deletion-of-a-metric-math-alarm.json', 'OrdersErrorShare', 'delete', Date.UTC(2026, 10, 20, 10, 0, 44), FRANKFURT.place],
    [
      '10.deletion-of-a-composite-alarm-with-a-suppressor-alarm.json',
      'ServiceAggregatedAlarm',
      'delete',
      Date.UTC(2022, 6, 14, 14, 0, 1),
      place,
    ],
  ])('%s: who configures an alarm wakes nobody', (name, alarmName, operation, at, where) => {
    expect(receive(fixture(name))).toEqual({
      kind: 'signals',
      signals: [],
      changes: [
        {
          title: `CloudWatch Alarm Configuration Change: ${alarmName}: ${operation}`,
          source: 'aws.cloudwatch',
          at,
          links: [],
          details: { alarmName, operation, ...where },
        },
      ],
      messageId: fixture(name)['id'],
      reply: { status: 200, body: '{"status":"accepted"}', headers: { 'content-type': 'application/json; charset=utf-8' } },
    })
  })

  test.each([
    [
      'codedeploy-deployment-event.json',
      'CodeDeploy Deployment State-change Notification: myApplication / myDeploymentGroup: SUCCESS',
      'aws.codedeploy',
      Date.UTC(2016, 5, 30, 22, 6, 31),
    ],
    [
      'codepipeline-execution-state-change-event.json',
      'CodePipeline Pipeline Execution State Change: myPipeline: STARTED',
      'aws.codepipeline',
      Date.UTC(2017, 3, 22, 3, 31, 47),
    ],
  ])('%s is a change and wakes nobody', (name, title, source, at) => {
    const received = receive(fixture(name))
    expect(received.signals).toEqual([])
    expect(received.changes).toMatchObject([{ title, source, at, details: { account: '123456789012', region: 'us-east-1' } }])
    expect(received.messageId).toBe(fixture(name)['id'])
  })

  test('so is what somebody did by the API', () => {
    const event = {
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.lambda',
      account: '1',
      region: 'eu-west-1',
      detail: { eventName: 'UpdateAlias20150331', eventSource: 'lambda.amazonaws.com' },
    }
    expect(receive(event)).toMatchObject({
      signals: [],
      changes: [{ title: 'AWS API Call via CloudTrail: UpdateAlias20150331' }],
    })
  })
})

describe('what security services find', () => {
  const finding = {
    version: '0',
    id: 'cd2d702e-ab31-411b-9344-793ce56b1bc7',
    'detail-type': 'GuardDuty Finding',
    source: 'aws.guardduty',
    account: '111122223333',
    region: 'us-east-1',
    time: '2026-11-24T09:00:00Z',
    resources: [],
    detail: {
      schemaVersion: '2.0',
      accountId: '111122223333',
      region: 'us-east-1',
      id: '4ab1',
      arn: 'arn:aws:guardduty:us-east-1:111122223333:detector/d/finding/4ab1',
      type: 'Exfiltration:S3/ObjectRead.Unusual',
      severity: 8,
      title: 'Objects were read in an unusual way',
      description: 'An identity read objects as it never does.',
      resource: { resourceType: 'S3Bucket', s3BucketDetails: [{ name: 'customers' }], accessKeyDetails: { userName: 'backup' } },
      createdAt: '2026-11-24T08:50:00Z',
    },
  }

  test('GuardDuty: its severity is hint and value, its subject stands in labels, and it never says when it began', () => {
    expect(signalOf(finding)).toEqual({
      alarm: 'GuardDutyFinding',
      status: 'firing',
      title: 'Objects were read in an unusual way',
      summary: 'An identity read objects as it never does.',
      dedupKey: finding.detail.arn,
      severityHint: 'high',
      value: 8,
      labels: {
        finding_type: 'Exfiltration:S3/ObjectRead.Unusual',
        resource_type: 'S3Bucket',
        user: 'backup',
        bucket: 'customers',
        account: '111122223333',
        region: 'us-east-1',
        aws_source: 'aws.guardduty',
      },
      links: [
        {
          href: 'https://us-east-1.console.aws.amazon.com/guardduty/home?region=us-east-1#/findings?fId=4ab1',
          text: 'Finding in GuardDuty',
        },
      ],
      startsAt: null,
      endsAt: null,
    })
  })

  test.each([
    [1, 'low'],
    [3.9, 'low'],
    [4, 'medium'],
    [7, 'high'],
    [8.9, 'high'],
    [9, 'critical'],
    ['unclear', 'unclear'],
    [undefined, null],
  ])('a severity of %s is %s', (severity, hint) => {
    expect(signalOf({ ...finding, detail: { ...finding.detail, severity } }).severityHint).toBe(hint)
  })

  test('with names in the letters of the API', () => {
    const detail = Object.fromEntries(
      Object.entries(finding.detail).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]),
    )
    expect(signalOf({ ...finding, detail })).toMatchObject({
      title: finding.detail.title,
      severityHint: 'high',
      dedupKey: finding.detail.arn,
    })
  })

  test('Security Hub: one signal a finding, ended by its workflow', () => {
    const hub = (Workflow: object) => ({
      'detail-type': 'Security Hub Findings - Imported',
      source: 'aws.securityhub',
      detail: {
        findings: [
          {
            Id: 'f1',
            Title: 'Public bucket',
            Severity: { Label: 'CRITICAL', Normalized: 90 },
            Workflow,
            Region: 'eu-west-1',
            AwsAccountId: '1',
          },
        ],
      },
    })
    expect(signalOf(hub({ Status: 'NEW' }))).toMatchObject({
      status: 'firing',
      severityHint: 'critical',
      value: 90,
      dedupKey: 'f1',
      title: 'Public bucket',
    })
    expect(signalOf(hub({ Status: 'RESOLVED' }))).toMatchObject({ status: 'resolved', dedupKey: 'f1' })
    expect(signalOf({ ...hub({}), detail: {} }).alarm).toBe('Security Hub Findings - Imported')
  })

  test('AWS Health: issues fire and end, plans are changes', () => {
    const health = (detail: object) => ({
      'detail-type': 'AWS Health Event',
      source: 'aws.health',
      account: '1',
      region: 'us-east-1',
      detail,
    })
    const issue = {
      eventArn: 'arn:aws:health:us-east-1::event/LAMBDA/x',
      service: 'LAMBDA',
      eventTypeCode: 'AWS_LAMBDA_OPERATIONAL_ISSUE',
      eventTypeCategory: 'issue',
    }
    expect(signalOf(health(issue))).toMatchObject({
      status: 'firing',
      title: 'AWS reports an issue of LAMBDA: AWS_LAMBDA_OPERATIONAL_ISSUE',
    })
    expect(signalOf(health({ ...issue, statusCode: 'closed' })).status).toBe('resolved')
    expect(receive(health({ ...issue, eventTypeCategory: 'scheduledChange' })).signals).toEqual([])
  })
})

test('an event that nobody here knows pages plainly: a rule sent it on purpose', () => {
  const event = {
    'detail-type': 'ECS Task State Change',
    source: 'aws.ecs',
    account: '1',
    region: 'eu-west-1',
    resources: ['arn:aws:ecs:eu-west-1:1:task/c/abc'],
    detail: { lastStatus: 'STOPPED', containers: [] },
  }
  expect(signalOf(event)).toMatchObject({
    alarm: 'ECS Task State Change',
    title: 'ECS Task State Change: task/c/abc',
    labels: { lastStatus: 'STOPPED', aws_source: 'aws.ecs' },
  })
})

test('cloudwatch-logs-event.json: lines of a log are told by their group and first line', () => {
  expect(signalOf(fixture('cloudwatch-logs-event.json'))).toMatchObject({
    alarm: 'testFilter',
    title: 'testLogGroup: [ERROR] First test message',
    summary: '[ERROR] First test message\n[ERROR] Second test message',
    labels: { log_group: 'testLogGroup', log_stream: 'testLogStream', account: '123456789123' },
  })
})

test('logs that unpack to too much, or to nothing, are told plainly', () => {
  const bomb = gzipSync(Buffer.alloc(8_388_608)).toString('base64')
  for (const data of [bomb, 'AAAA', '']) expect(signalOf({ awslogs: { data } }).alarm).toBe('EventBridgeMessage')
})

test('what a rule made of the event is told by the names it chose', () => {
  expect(signalOf({ alarm: 'API5xxAlarm', title: 'Spike', severity: 'critical', labels: { env: 'prod' }, dedup_key: 'k' })).toMatchObject({
    alarm: 'API5xxAlarm',
    title: 'Spike',
    severityHint: 'critical',
    labels: { env: 'prod' },
    dedupKey: 'k',
  })
})

test('a batch of events is taken, one of nothing or too many is refused', () => {
  const one = fixture('01.state-change-for-a-single-metric-alarm.json')
  const received = receive([one, fixture('codedeploy-deployment-event.json')])
  expect([received.signals.length, received.changes.length, received.messageId]).toEqual([1, 1, undefined])
  for (const body of [[], [1, 2], Array.from({ length: 1_001 }, () => ({}))])
    expect(receiveEvents(messageOf(body), context)).toMatchObject({ kind: 'refused', page: true })
})

test('the key stands in the address, in an authorization of any scheme, or in a header for API keys', () => {
  const [byPath, byHeader] = eventbridge.doors
  expect(byPath?.findKey(messageOf({}), { key: 'k' }).key).toBe('k')
  const basic = `Basic ${Buffer.from('tocsin:k').toString('base64')}`
  for (const headers of [{ 'x-api-key': 'k' }, { authorization: 'Bearer k' }, { authorization: basic }])
    expect(byHeader?.findKey(messageOf({}, headers), {}).key).toBe('k')
})

test('the sample of the setup page is an event, and the snippet keeps what could not be delivered', () => {
  const { sample, snippets } = eventbridge.setup
  expect(signalOf(JSON.parse(sample.body))).toMatchObject({ alarm: 'API5xxAlarm', value: 61 })
  expect(snippets[0]?.text).toMatch(/dead_letter_config/)
})

test('any bytes, and events with anything at all in their places, are read without throwing', () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('ALARM', 'OK', `${ARN}x`, '__proto__', '{"triggeringAlarms":[null]}'),
  )
  const event = fc.record(
    {
      'detail-type': fc.oneof(
        fc.constantFrom(
          'CloudWatch Alarm State Change',
          'GuardDuty Finding',
          'Security Hub Findings - Imported',
          'AWS Health Event',
          'CodeDeploy Deployment',
        ),
        value,
      ),
      source: fc.oneof(fc.constantFrom('aws.cloudwatch', 'aws.codedeploy'), value),
      resources: fc.oneof(fc.array(value, { maxLength: 3 }), value),
      region: value,
      account: value,
      time: value,
      detail: fc.oneof(
        fc.record(
          {
            alarmName: value,
            state: fc.oneof(fc.record({ value, reason: value, reasonData: value, timestamp: value }, { requiredKeys: [] }), value),
            configuration: fc.oneof(
              fc.record({ metrics: fc.oneof(fc.array(value, { maxLength: 3 }), value), alarmRule: value }, { requiredKeys: [] }),
              value,
            ),
            alarmContributor: value,
            alarmTags: value,
            severity: value,
            resource: value,
            findings: fc.oneof(fc.array(value, { maxLength: 3 }), value),
            eventTypeCategory: fc.oneof(fc.constant('issue'), value),
          },
          { requiredKeys: [] },
        ),
        value,
      ),
      awslogs: fc.oneof(fc.record({ data: value }), value),
    },
    { requiredKeys: [] },
  )
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    event.map((one) => Buffer.from(JSON.stringify(one))),
  )
  fc.assert(
    fc.property(bodies, (body) => {
      const received = receiveEvents(messageOf(body), context)
      if (received.kind === 'signals') expect(received.signals.length + received.changes.length).toBeGreaterThan(0)
    }),
    { numRuns: 500 },
  )
})
