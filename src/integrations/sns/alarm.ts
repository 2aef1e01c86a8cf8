/** The message that a CloudWatch alarm publishes to an SNS topic: JSON in the envelope's text. */
import { toLabels } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, parseJson, textField, toNumber } from '../../core/alert/json.ts'
import { readTags } from '../../integration-aws.ts'
import type { AlarmFacts } from '../../integration-cloudwatch.ts'
import { readComposite, readWatched } from '../../integration-metrics.ts'

/** @returns null when the object is no alarm's message */
export function readAlarmMessage(message: JsonObject): AlarmFacts | null {
  const state = textField(message, 'NewStateValue')
  const name = textField(message, 'AlarmName')
  const arn = textField(message, 'AlarmArn')
  if (state === null || (name === null && arn === null)) return null
  const trigger = field(message, 'Trigger')
  const contributorId = textField(message, 'AlarmContributorId')
  return {
    name,
    arn,
    description: textField(message, 'AlarmDescription'),
    state,
    reason: textField(message, 'NewStateReason'),
    reasonData: textOf(field(message, 'NewStateReasonData')),
    changedAt: field(message, 'StateChangeTime'),
    account: textField(message, 'AWSAccountId'),
    region: textField(message, 'Region'),
    contributor: contributorId === null ? null : { id: contributorId, attributes: toLabels(field(message, 'AlarmContributorAttributes')) },
    tags: readTags(field(message, 'AlarmTags') ?? field(message, 'alarmTags')),
    watched: {
      ...(isObject(trigger) ? readWatched(trigger) : {}),
      ...readComposite(textField(message, 'AlarmRule'), field(message, 'TriggeringChildren')),
    },
    value: newestResult(field(message, 'NewStateReasonData')),
  }
}

/** Alarms on logs write their data as an object, with the results of the query, newest first. */
function newestResult(data: unknown): number | null {
  const results = isObject(data) ? field(data, 'results') : undefined
  const newest: unknown = Array.isArray(results) ? results.find((result: unknown) => isObject(result) && 'value' in result) : undefined
  return isObject(newest) ? toNumber(field(newest, 'value')) : null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** The JSON object that a text holds; null for any other text. */
export function objectIn(text: string): JsonObject | null {
  if (!/^\s*\{/.test(text)) return null
  const json = parseJson(Buffer.from(text))
  return json.kind === 'value' && isObject(json.value) ? json.value : null
}
