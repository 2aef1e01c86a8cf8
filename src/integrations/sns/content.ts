/**
 * What a notification says: a CloudWatch alarm, an event of EventBridge whose rule has the topic as its target, or
 * anything else that somebody publishes, which is told plainly by its subject or its first line.
 */
import { toSignal } from '../../core/alert/build.ts'
import { type JsonObject, textField } from '../../core/alert/json.ts'
import { joinLabels, parseArn } from '../../integration-aws.ts'
import { type AlarmReport, toAlarmReport } from '../../integration-cloudwatch.ts'
import { readEvent, toEventReport } from '../../integration-event.ts'
import { objectIn, readAlarmMessage } from './alarm.ts'

export interface Content {
  readonly text: string
  readonly subject: string | null
  readonly topicArn: string | null
}

export function readContent(content: Content): AlarmReport {
  const object = objectIn(content.text)
  if (object === null) return readPlain(content, { words: firstLine(content.text), summary: content.text, severityHint: null })
  return readObject(object) ?? readUnknown(object, content)
}

/** An object of no known kind: what it says of itself. Never all of it: keys and secrets may be in there. */
export function readUnknown(object: JsonObject, content: Omit<Content, 'text'>): AlarmReport {
  const words = wordsOf(object) ?? 'SNS message of an unknown shape'
  return readPlain(content, { words, summary: textField(object, 'description'), severityHint: textField(object, 'severity') })
}

/** @returns null for an object of no known kind */
export function readObject(object: JsonObject): AlarmReport | null {
  const alarm = readAlarmMessage(object)
  if (alarm !== null) return toAlarmReport(alarm)
  const event = readEvent(object)
  return event === null ? null : toEventReport(event)
}

interface Plain {
  readonly words: string
  readonly summary: string | null
  readonly severityHint: string | null
}

/** The same words of the same topic are the same alert; nobody says when it ends. */
function readPlain({ subject, topicArn }: Omit<Content, 'text'>, { words, summary, severityHint }: Plain): AlarmReport {
  const alarm = subject ?? words
  const topic = parseArn(topicArn)
  const signal = toSignal({
    alarm,
    status: 'firing',
    title: subject === null || subject === words ? words : `${subject}: ${words}`,
    summary,
    dedupKey: `${topicArn ?? 'sns'}/${alarm}`,
    severityHint,
    labels: joinLabels({ topic: topic?.resource ?? null, region: topic?.region ?? null, account: topic?.account ?? null }),
  })
  return { signals: [signal], changes: [] }
}

function wordsOf(object: JsonObject): string | null {
  for (const name of ['title', 'summary', 'message', 'description', 'Description', 'Event', 'name']) {
    const words = textField(object, name)
    if (words !== null) return words
  }
  return null
}

function firstLine(text: string): string {
  return (
    text
      .slice(0, 4_096)
      .trim()
      .split(/[\r\n]/, 1)[0] || 'SNS message without text'
  )
}
