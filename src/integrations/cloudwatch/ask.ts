/**
 * Asks CloudWatch which alarms fire now: after a downtime of more than an hour SNS has given up, and nobody else would
 * tell. What is OK there is told as ended, so that what ended meanwhile ends here; INSUFFICIENT_DATA says nothing.
 */
import type { CloudWatchClient, DescribeAlarmsOutput } from '@aws-sdk/client-cloudwatch'
import type { Signal } from '../../core/alert/signal.ts'
import { toLine } from '../../core/alert/text.ts'
import type { AskConnection, Asked } from '../../integration.ts'
import { toAlarmReport, toAlarmSignal } from '../../integration-cloudwatch.ts'
import { type Credentials, openClient, parseCredentials, regionOf } from './client.ts'
import { hasSeries, type SomeAlarm, toFacts, toSeriesFacts } from './facts.ts'

/** Of a hundred alarms each. */
const PAGES_MAX = 100
const PAGE_SIZE = 100
/** Alarms that watch many time series and fire: each is a question of its own. */
const SERIES_ALARMS_MAX = 25
const REASON_CHARS_MAX = 300

/** Never throws. The secret is `access key id:secret access key[:session token]`; without one, the machine's role speaks. */
export async function askCloudWatch(connection: AskConnection, signal: AbortSignal): Promise<Asked> {
  const region = connection.settings['region'] ?? regionOf(connection.url)
  if (region === null) return { kind: 'failed', reason: 'its settings name no region' }
  const credentials = connection.secret === null ? null : parseCredentials(connection.secret)
  if (connection.secret !== null && credentials === null)
    return { kind: 'failed', reason: 'its secret is not an access key id and a secret access key with a colon between them' }
  try {
    return await askWith(connection, { region, credentials, signal })
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) }
  }
}

interface Asking {
  readonly region: string
  readonly credentials: Credentials | null
  readonly signal: AbortSignal
}

async function askWith(connection: AskConnection, { region, credentials, signal }: Asking): Promise<Asked> {
  const client = await openClient(connection, region, credentials)
  try {
    const prefix = connection.settings['alarm_prefix']
    const { alarms, complete } = await listAlarms(client, prefix, signal)
    const series = await listSeries(client, alarms, signal)
    const notes = [
      ...(complete ? [] : [`There are more than ${PAGES_MAX * PAGE_SIZE} alarms; the rest was not asked for.`]),
      ...(series.complete ? [] : [`More than ${SERIES_ALARMS_MAX} alarms with several time series fire; the rest was not looked into.`]),
    ]
    return {
      kind: 'answered',
      signals: [...alarms.flatMap((alarm) => toAlarmReport(toFacts(alarm)).signals), ...series.signals],
      // It sees nothing there, which is no end of what fires here.
      quiet: alarms.filter((alarm) => alarm.StateValue === 'INSUFFICIENT_DATA').map((alarm) => toAlarmSignal(toFacts(alarm), 'firing')),
      complete: complete && series.complete && prefix === undefined,
      note: notes.length === 0 ? null : notes.join(' '),
    }
  } finally {
    client.destroy()
  }
}

async function listAlarms(
  client: CloudWatchClient,
  prefix: string | undefined,
  signal: AbortSignal,
): Promise<{ alarms: SomeAlarm[]; complete: boolean }> {
  const { DescribeAlarmsCommand } = await import('@aws-sdk/client-cloudwatch')
  const alarms: SomeAlarm[] = []
  let token: string | undefined
  for (let page = 0; page < PAGES_MAX; page += 1) {
    signal.throwIfAborted()
    const answer: DescribeAlarmsOutput = await client.send(
      new DescribeAlarmsCommand({
        // Left out, CloudWatch lists metric alarms alone.
        AlarmTypes: ['CompositeAlarm', 'LogAlarm', 'MetricAlarm'],
        MaxRecords: PAGE_SIZE,
        ...(prefix === undefined ? {} : { AlarmNamePrefix: prefix }),
        ...(token === undefined ? {} : { NextToken: token }),
      }),
      { abortSignal: signal },
    )
    alarms.push(...(answer.CompositeAlarms ?? []), ...(answer.LogAlarms ?? []), ...(answer.MetricAlarms ?? []))
    token = answer.NextToken
    if (token === undefined || token === '') return { alarms, complete: true }
  }
  return { alarms, complete: false }
}

/** The time series that fire, of alarms that watch many: each is an alert of its own here. */
async function listSeries(
  client: CloudWatchClient,
  alarms: readonly SomeAlarm[],
  signal: AbortSignal,
): Promise<{ signals: Signal[]; complete: boolean }> {
  const many = alarms.filter((alarm) => alarm.StateValue === 'ALARM' && hasSeries(alarm))
  if (many.length === 0) return { signals: [], complete: true }
  const { DescribeAlarmContributorsCommand } = await import('@aws-sdk/client-cloudwatch')
  const signals: Signal[] = []
  let complete = many.length <= SERIES_ALARMS_MAX
  for (const alarm of many.slice(0, SERIES_ALARMS_MAX)) {
    signal.throwIfAborted()
    const answer = await client.send(new DescribeAlarmContributorsCommand({ AlarmName: alarm.AlarmName }), { abortSignal: signal })
    complete &&= answer.NextToken === undefined
    for (const one of answer.AlarmContributors ?? []) signals.push(...toAlarmReport(toSeriesFacts(alarm, one)).signals)
  }
  return { signals, complete }
}

/** CloudWatch's own words name users and roles, never a secret. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it could not be asked'
  if (error.name === 'AbortError') return 'it took too long'
  return toLine(`${error.name}: ${error.message}`, REASON_CHARS_MAX)
}
