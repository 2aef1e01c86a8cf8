/**
 * Lines of CloudWatch Logs, as a subscription filter hands them on: JSON, compressed, in base64. Somebody's filter chose
 * them, so they are told plainly, by their group and first line.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html (read 2026-11-24)
 */
import { gunzipSync } from 'node:zlib'
import { toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, parseJson, textField } from '../../core/alert/json.ts'
import { joinLabels } from '../../integration-aws.ts'
import type { AlarmReport } from '../../integration-cloudwatch.ts'

const UNPACKED_BYTES_MAX = 4_194_304
const LINES_SHOWN_MAX = 20

/** @returns null when the object is nothing of the kind, or its data cannot be read */
export function readLogs(object: JsonObject): AlarmReport | null {
  const wrapper = field(object, 'awslogs')
  const data = isObject(wrapper) ? textField(wrapper, 'data') : null
  const logs = data === null ? null : unpack(data)
  if (logs === null) return null
  const events = field(logs, 'logEvents')
  const lines = (Array.isArray(events) ? events.filter(isObject) : []).flatMap((line) => textField(line, 'message') ?? [])
  const group = textField(logs, 'logGroup')
  const filters = field(logs, 'subscriptionFilters')
  const filter: unknown = Array.isArray(filters) ? filters[0] : undefined
  // CloudWatch tries the way with a message that holds nothing of anybody's.
  if (textField(logs, 'messageType') === 'CONTROL_MESSAGE') return { signals: [], changes: [] }
  const alarm = typeof filter === 'string' && filter !== '' ? filter : 'CloudWatchLogs'
  const signal = toSignal({
    alarm,
    status: 'firing',
    title: `${group ?? 'CloudWatch Logs'}: ${lines[0] ?? 'a line without text'}`,
    summary: lines.slice(0, LINES_SHOWN_MAX).join('\n'),
    dedupKey: `logs/${textField(logs, 'owner') ?? ''}/${group ?? ''}/${alarm}`,
    labels: joinLabels({ log_group: group, log_stream: textField(logs, 'logStream'), account: textField(logs, 'owner') }),
  })
  return { signals: [signal], changes: [] }
}

function unpack(data: string): JsonObject | null {
  try {
    const json = parseJson(gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: UNPACKED_BYTES_MAX }))
    return json.kind === 'value' && isObject(json.value) ? json.value : null
  } catch {
    return null
  }
}
