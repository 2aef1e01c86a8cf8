import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AskConnection, Asked, AskReply, AskRequest } from '../../integration.ts'
import { readAlarmMessage } from '../sns/alarm.ts'
import { toAlarmReport } from '../../integration-cloudwatch.ts'
import { parseCredentials, regionOf } from './client.ts'
import { cloudwatch } from './manifest.ts'

/** What the service answers, in order; the last one for ever. */
type Answer = { readonly status: number; readonly body: unknown } | 'break' | 'hang'
interface Call {
  readonly target: string
  readonly authorization: string
  readonly input: Record<string, unknown>
}

let server: Server
let url = ''
let calls: Call[] = []
let answers: Answer[] = []

beforeEach(async () => {
  calls = []
  server = createServer((request, response) => void answerOne(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

async function answerOne(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const input: Record<string, unknown> = JSON.parse(await readAll(request))
  calls.push({ target: String(request.headers['x-amz-target']), authorization: String(request.headers['authorization']), input })
  const answer = answers.length > 1 ? answers.shift() : answers[0]
  if (answer === undefined || answer === 'hang') return
  if (answer === 'break') request.socket.destroy()
  else response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer.body))
}

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

async function readAll(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const SECRET = 'AKIDEXAMPLE000000000:wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY'

/** As the shell sends: with a bound of time, and nothing thrown. */
function connectionTo(over: Partial<AskConnection> = {}, signal?: AbortSignal): AskConnection {
  const request = async ({ method, url: to, headers, body }: AskRequest): Promise<AskReply> => {
    try {
      const sent = Object.entries(headers).filter(([name]) => name !== 'host' && name !== 'content-length')
      const bounds = AbortSignal.any([AbortSignal.timeout(500), ...(signal === undefined ? [] : [signal])])
      const reply = await fetch(to, { method, headers: Object.fromEntries(sent), body: body ?? null, signal: bounds })
      return {
        kind: 'reply',
        status: reply.status,
        headers: Object.fromEntries(reply.headers),
        body: Buffer.from(await reply.arrayBuffer()),
      }
    } catch (error) {
      return { kind: 'failed', reason: error instanceof Error ? error.name : 'failed' }
    }
  }
  return { name: 'aws', url, secret: SECRET, settings: { region: 'us-east-1' }, now: Date.UTC(2026, 10, 24), request, ...over }
}

const ask = (connection = connectionTo(), signal = new AbortController().signal): Promise<Asked> => cloudwatch.ask.ask(connection, signal)

const ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:'
const alarm = (name: string, StateValue: string, more: Record<string, unknown> = {}) => ({
  AlarmName: name,
  AlarmArn: `${ARN}${name}`,
  StateValue,
  StateReason: 'Threshold Crossed: 1 datapoint [61.5 (24/11/26 09:40:00)] was greater than the threshold (50.0).',
  StateTransitionedTimestamp: 1_795_513_512.345,
  StateUpdatedTimestamp: 1_795_513_999,
  MetricName: '5XXError',
  Namespace: 'AWS/ApiGateway',
  Statistic: 'Average',
  Dimensions: [{ Name: 'ApiName', Value: 'orders' }],
  ...more,
})

describe('what fires', () => {
  test('alarms of every kind, as their messages by SNS would have told them', async () => {
    answers = [
      {
        status: 200,
        body: {
          MetricAlarms: [alarm('API5xxAlarm', 'ALARM'), alarm('Calm', 'OK'), alarm('Blind', 'INSUFFICIENT_DATA')],
          CompositeAlarms: [{ AlarmName: 'Orders', AlarmArn: `${ARN}Orders`, AlarmRule: 'ALARM(API5xxAlarm)', StateValue: 'ALARM' }],
          LogAlarms: [{ AlarmName: 'Errors', AlarmArn: `${ARN}Errors`, StateValue: 'ALARM' }],
        },
      },
    ]
    const asked = await ask()
    if (asked.kind !== 'answered') throw new Error(asked.reason)
    expect([asked.complete, asked.note]).toEqual([true, null])
    // It sees nothing now: no news, and what fires here for it is not missing there.
    expect(asked.quiet?.map(({ dedupKey }) => dedupKey)).toEqual([`${ARN}Blind`])
    expect(asked.signals.map(({ alarm: name, status, dedupKey }) => [name, status, dedupKey])).toEqual([
      ['Orders', 'firing', `${ARN}Orders`],
      ['Errors', 'firing', `${ARN}Errors`],
      ['API5xxAlarm', 'firing', `${ARN}API5xxAlarm`],
      ['Calm', 'resolved', `${ARN}Calm`],
    ])
    const bySns = readAlarmMessage({
      AlarmName: 'API5xxAlarm',
      AlarmArn: `${ARN}API5xxAlarm`,
      AWSAccountId: '123456789012',
      Region: 'US East (N. Virginia)',
      NewStateValue: 'ALARM',
      NewStateReason: alarm('', '').StateReason,
      StateChangeTime: '2026-11-24T12:25:12.345+0000',
      Trigger: {
        MetricName: '5XXError',
        Namespace: 'AWS/ApiGateway',
        Statistic: 'Average',
        Dimensions: [{ name: 'ApiName', value: 'orders' }],
      },
    })
    if (bySns === null) throw new Error('not read')
    const startsAt = 1_795_513_512_345
    expect(asked.signals[2]).toEqual({ ...toAlarmReport(bySns).signals[0], startsAt })
    expect(calls).toMatchObject([
      {
        target: 'GraniteServiceVersion20100801.DescribeAlarms',
        input: { AlarmTypes: ['CompositeAlarm', 'LogAlarm', 'MetricAlarm'], MaxRecords: 100 },
      },
    ])
    expect(calls[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE000000000\/\d{8}\/us-east-1\/monitoring\/aws4_request/)
  })

  test('page after page', async () => {
    answers = [
      { status: 200, body: { MetricAlarms: [alarm('A', 'ALARM')], NextToken: 't1' } },
      { status: 200, body: { MetricAlarms: [alarm('B', 'ALARM')], NextToken: 't2' } },
      { status: 200, body: { MetricAlarms: [alarm('C', 'ALARM')] } },
    ]
    expect(await ask()).toMatchObject({ kind: 'answered', complete: true, signals: [{ alarm: 'A' }, { alarm: 'B' }, { alarm: 'C' }] })
    expect(calls.map((call) => call.input['NextToken'])).toEqual([undefined, 't1', 't2'])
  })

  test('a list that never ends is cut, and says so', async () => {
    answers = [{ status: 200, body: { MetricAlarms: [alarm('A', 'ALARM')], NextToken: 'again' } }]
    expect(await ask()).toMatchObject({ kind: 'answered', complete: false, note: expect.stringMatching(/more than 10000 alarms/) })
    expect(calls).toHaveLength(100)
  })

  test('each time series of an alarm that watches many', async () => {
    const Metrics = [{ Id: 'm1', Expression: 'SELECT AVG(x) FROM "AWS/DynamoDB" GROUP BY TableName', ReturnData: true }]
    answers = [
      { status: 200, body: { MetricAlarms: [alarm('Tables', 'ALARM', { Metrics, MetricName: undefined })] } },
      {
        status: 200,
        body: {
          AlarmContributors: [
            { ContributorId: 'c1', ContributorAttributes: { TableName: 'orders' }, StateReason: 'r [0.5 (24/11/26 09:40:00)]' },
          ],
        },
      },
    ]
    expect(await ask()).toMatchObject({
      complete: true,
      signals: [
        { dedupKey: `${ARN}Tables` },
        { dedupKey: `${ARN}Tables#c1`, status: 'firing', value: 0.5, labels: { TableName: 'orders' } },
      ],
    })
    expect(calls[1]).toMatchObject({ target: 'GraniteServiceVersion20100801.DescribeAlarmContributors', input: { AlarmName: 'Tables' } })
  })

  test('only those of a prefix, which proves nothing about the others', async () => {
    answers = [{ status: 200, body: { MetricAlarms: [] } }]
    expect(await ask(connectionTo({ settings: { region: 'us-east-1', alarm_prefix: 'prod-' } }))).toMatchObject({
      kind: 'answered',
      complete: false,
    })
    expect(calls[0]?.input['AlarmNamePrefix']).toBe('prod-')
  })
})

describe('trouble', () => {
  const throttled: Answer = { status: 400, body: { __type: 'Throttling', message: 'Rate exceeded' } }
  const good: Answer = { status: 200, body: { MetricAlarms: [alarm('A', 'ALARM')] } }

  test.each<[string, Answer]>([
    ['asked too often', throttled],
    ['broken', { status: 500, body: { __type: 'InternalServiceError' } }],
    ['away', { status: 503, body: {} }],
    ['cut off', 'break'],
  ])('%s once, it is asked again', async (_name, answer) => {
    answers = [answer, good]
    expect(await ask()).toMatchObject({ kind: 'answered', signals: [{ alarm: 'A' }] })
    expect(calls).toHaveLength(2)
  })

  test('after four tries it says so', async () => {
    answers = [throttled]
    expect(await ask()).toEqual({ kind: 'failed', reason: 'Throttling: Rate exceeded' })
    expect(calls).toHaveLength(4)
  })

  test('a refusal is final and says whom it refuses, never a secret', async () => {
    answers = [
      {
        status: 400,
        body: { __type: 'AccessDenied', message: 'User: arn:aws:iam::1:user/x is not authorized to perform: cloudwatch:DescribeAlarms' },
      },
    ]
    const asked = await ask()
    expect(asked).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/AccessDenied.*not authorized/) })
    expect(JSON.stringify(asked)).not.toContain(SECRET.split(':')[1])
    expect(calls).toHaveLength(1)
  })

  test('no answer in time, and an end from outside', async () => {
    answers = ['hang']
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 50)
    expect(await ask(connectionTo({}, stop.signal), stop.signal)).toMatchObject({ kind: 'failed' })
    expect(calls.length).toBeLessThanOrEqual(2)
  })

  test('an answer that is none', async () => {
    answers = [{ status: 200, body: 'nonsense' }]
    expect((await ask()).kind).toMatch(/answered|failed/)
  })
})

test('settings that cannot work are told before anything is sent', async () => {
  expect(await ask(connectionTo({ settings: {}, url: 'https://monitoring.example' }))).toEqual({
    kind: 'failed',
    reason: 'its settings name no region',
  })
  expect(await ask(connectionTo({ secret: 'nonsense' }))).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/access key/) })
  expect(calls).toEqual([])
})

test('the region of an address, and the parts of a secret', () => {
  expect(regionOf('https://monitoring.eu-west-1.amazonaws.com')).toBe('eu-west-1')
  expect(regionOf('https://monitoring.cn-north-1.amazonaws.com.cn/')).toBe('cn-north-1')
  expect(regionOf('https://vpce-0a1b-c2.monitoring.us-east-1.vpce.amazonaws.com')).toBe('us-east-1')
  expect(regionOf('https://example.com')).toBeNull()
  expect(parseCredentials(`${SECRET}:tok/en=`)).toMatchObject({ accessKeyId: 'AKIDEXAMPLE000000000', sessionToken: 'tok/en=' })
  expect(parseCredentials(':x')).toBeNull()
})
