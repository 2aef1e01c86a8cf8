/** What a subject says: whether it fires or has ended, and of what, by the habits of monitoring tools. */
import type { SignalStatus } from '../../core/alert/signal.ts'

export interface SubjectSays {
  readonly status: SignalStatus
  /** Of the alert: equal in the mail that fires and the one that ends; without `Re:` and the word of state. */
  readonly about: string
  /** False: no word of state stands at its beginning, it is a person's mail or that of a tool that only alarms. */
  readonly stated: boolean
}

const FIRING =
  'firing|alert|alerting|alarm|problem|critical|crit|warning|warn|down|error|failed|failure|triggered|trigger|open|opened|unknown'
const RESOLVED = 'resolved|resolve|ok|okay|recovery|recovered|up|cleared|clear|closed|normal|fixed|back to normal|no longer firing'
const ACKNOWLEDGED = 'acknowledged|acknowledgement|acknowledgment|ack'
const STATE = new RegExp(
  `^(?:\\[\\s*(${FIRING}|${RESOLVED}|${ACKNOWLEDGED})(?:\\s*:\\s*\\d{1,6})?\\s*\\]|(${FIRING}|${RESOLVED}|${ACKNOWLEDGED})\\s*:)\\s*`,
  'i',
)
const REPLY = /^(?:re|aw|fw|fwd|wg|sv|vs|ant|tr)\s*(?:\[\d{1,3}\])?\s*:\s*/i
const RESOLVED_WORD = new RegExp(`^(?:${RESOLVED})$`, 'i')
const ACKNOWLEDGED_WORD = new RegExp(`^(?:${ACKNOWLEDGED})$`, 'i')
/** A mail thread may pile them up; so many are taken off. */
const PREFIXES_MAX = 20
/** Amazon SNS about a CloudWatch alarm. Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html (read 2026-11-24). */
const CLOUDWATCH = /^(ALARM|OK|INSUFFICIENT DATA): "(.+)" in .+$/

export function readSubject(subject: string): SubjectSays {
  const cloudwatch = CLOUDWATCH.exec(subject)
  if (cloudwatch !== null) return { status: cloudwatch[1] === 'OK' ? 'resolved' : 'firing', about: cloudwatch[2] ?? '', stated: true }
  let rest = subject.trim()
  let status: SignalStatus | null = null
  for (let count = 0; count < PREFIXES_MAX; count += 1) {
    const reply = REPLY.exec(rest)
    const state = reply === null ? STATE.exec(rest) : null
    const found = reply ?? state
    if (found === null) break
    if (state !== null) status ??= statusOf(state[1] ?? state[2] ?? '')
    rest = rest.slice(found[0].length)
  }
  return { status: status ?? 'firing', about: rest === '' ? subject.trim() : rest, stated: status !== null }
}

function statusOf(word: string): SignalStatus {
  if (RESOLVED_WORD.test(word)) return 'resolved'
  return ACKNOWLEDGED_WORD.test(word) ? 'acknowledged' : 'firing'
}
