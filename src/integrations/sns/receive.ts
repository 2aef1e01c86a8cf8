/**
 * Messages of SNS over HTTP: notifications, the two confirmations, raw delivery, and what a Lambda function hands on.
 * The body is JSON under `text/plain`; 2xx within 15 s is success, 4xx other than 429 is final, all else is tried again
 * for at most an hour.
 * Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html, SendMessageToHttp.prepare.html,
 * sns-large-payload-raw-message-delivery.html (read 2026-11-24).
 */
import { toSignal } from '../../core/alert/build.ts'
import { isObject, type JsonObject, parseJson, textField } from '../../core/alert/json.ts'
import type { ChangeReport, Signal } from '../../core/alert/signal.ts'
import { toLine } from '../../core/alert/text.ts'
import { joinLabels, parseArn } from '../../integration-aws.ts'
import type { FollowUp, InboundMessage, Received, ReceiveContext, Reply } from '../../integration.ts'
import { jsonOf, jsonReply, refuse, subscriptionEnded } from '../../integration-door.ts'
import { readContent, readObject, readUnknown } from './content.ts'
import { type Envelope, isCertificateUrl, isSnsUrl, readEnvelope } from './envelope.ts'
import { readRecords } from './records.ts'
import { judge, judgeUnsigned, type Trust } from './trust.ts'

const SENDER = 'SNS'
const ACCEPTED: Reply = { status: 200, body: '' }
const RAW_HEADER = 'x-amz-sns-rawdelivery'

/** Address of the certificate that the message names, where it is one of SNS; null for all else. */
export function certificateUrlOf(message: InboundMessage): string | null {
  const json = parseJson(message.body)
  if (json.kind === 'fault' || !isObject(json.value)) return null
  const envelope = readEnvelope(json.value) ?? readRecords(json.value)?.envelopes[0] ?? null
  return envelope !== null && isCertificateUrl(envelope.certificateUrl) ? envelope.certificateUrl : null
}

export function receiveSns(message: InboundMessage, context: ReceiveContext): Received {
  const json = jsonOf(message, context)
  const object = json.kind === 'value' && isObject(json.value) ? json.value : null
  const envelope = object === null ? null : readEnvelope(object)
  if (envelope !== null) return receiveEnvelope(envelope, message, context, judge(envelope, message, context))
  if (message.headers[RAW_HEADER] === 'true') return receiveRaw(message, context)
  if (json.kind === 'fault') return refuse(json.reason, SENDER, jsonReply(400, { error: json.reason }))
  if (object === null) return refuse('it is no message of SNS', SENDER, jsonReply(400, { error: 'not a message of SNS' }))
  return receiveForwarded(object, message, context)
}

function receiveEnvelope(envelope: Envelope, message: InboundMessage, context: ReceiveContext, trust: Trust): Received {
  if (trust.kind === 'distrusted') return distrust(trust.reason)
  switch (envelope.type) {
    case 'Notification':
      return accept(envelope, context, trust, readContent({ ...envelope, text: envelope.message }))
    case 'SubscriptionConfirmation':
      if (!isConfirmUrl(envelope.subscribeUrl)) return distrust('its SubscribeURL is not an address of SNS')
      return accept(
        envelope,
        context,
        trust,
        { signals: [], changes: [asksToConfirm(envelope, trust)] },
        { kind: 'confirm', topic: envelope.topicArn, url: envelope.subscribeUrl },
      )
    case 'UnsubscribeConfirmation':
      return accept(
        envelope,
        context,
        trust,
        { signals: [unsubscribed(envelope)], changes: [] },
        { kind: 'ended', topic: envelope.topicArn },
      )
  }
}

interface Report {
  readonly signals: readonly Signal[]
  readonly changes: readonly ChangeReport[]
}

/** Signed and good: all of it. Not checked: what alarms, marked, and the rest once it has been. */
function accept(envelope: Envelope, context: ReceiveContext, trust: Trust, report: Report, followUp?: FollowUp): Received {
  if (trust.kind !== 'unchecked') {
    const messageId = trust.kind === 'verified' ? envelope.messageId : `unsigned:${envelope.messageId}`
    return {
      kind: 'signals',
      ...report,
      reply: ACCEPTED,
      ...(envelope.messageId === '' ? {} : { messageId }),
      ...(envelope.type === 'Notification' ? { topic: envelope.topicArn } : {}),
      // Only a good signature moves us to call anybody.
      ...(followUp === undefined || trust.kind !== 'verified' ? {} : { followUp }),
    }
  }
  const { topicArn: topic, messageId, certificateUrl } = envelope
  const believed = context.demands?.signed === true ? [] : report.signals.filter((signal) => signal.status === 'firing')
  const withheld = report.signals.length - believed.length
  return {
    kind: 'signals',
    signals: believed.map((signal) => mark(signal, trust.reason)),
    changes: withheld === 0 ? report.changes : [...report.changes, waits(envelope, report.signals, trust.reason)],
    reply: ACCEPTED,
    // Not the id of the good one: whoever forges a message must not silence the real one by its number.
    messageId: `unchecked:${messageId}`,
    followUp: { kind: 'verify-later', topic, messageId, certificateUrl },
  }
}

/** People see at once that it is not proven; it is the same alert all the same. */
function mark(signal: Signal, reason: string): Signal {
  return toSignal({
    ...signal,
    title: `${toLine(signal.title, 900)} (signature not checked)`,
    summary: `The signature could not be checked: ${reason}.\n${signal.summary ?? ''}`,
    labels: { ...signal.labels, signature: 'not checked' },
  })
}

function waits(envelope: Envelope, signals: readonly Signal[], reason: string): ChangeReport {
  const about = signals.map((signal) => `${signal.status === 'resolved' ? 'end of ' : ''}${signal.title}`).join(', ')
  return toChange(envelope, `Not believed until its signature can be checked (${reason}): ${about}`)
}

function asksToConfirm(envelope: Envelope, trust: Trust): ChangeReport {
  const how = trust.kind === 'verified' ? 'it is being confirmed' : 'it is confirmed once its signature can be checked'
  return toChange(envelope, `SNS topic ${envelope.topicArn} asks to be confirmed: ${how}`)
}

function toChange({ topicArn }: Envelope, title: string): ChangeReport {
  return { title: toLine(title, 1_024), source: 'aws.sns', at: null, links: [], details: placeOf(topicArn) }
}

/** The way by which alarms come has been cut: that is an alarm. */
function unsubscribed({ topicArn }: Envelope): Signal {
  return toSignal({
    ...subscriptionEnded(topicArn),
    status: 'firing',
    title: `SNS topic ${topicArn} was unsubscribed: its alarms no longer come here`,
    summary: 'Somebody ended the subscription. If nobody meant to, subscribe the topic again; it is confirmed by itself.',
    labels: placeOf(topicArn),
  })
}

function placeOf(topicArn: string): Signal['labels'] {
  const topic = parseArn(topicArn)
  return joinLabels({ topic: topic?.resource ?? topicArn, region: topic?.region ?? null, account: topic?.account ?? null })
}

function isConfirmUrl(address: string): boolean {
  return isSnsUrl(address) && new URL(address).searchParams.get('Action') === 'ConfirmSubscription'
}

/** Without an envelope: nothing is signed, and the ids stand in headers. */
function receiveRaw(message: InboundMessage, context: ReceiveContext): Received {
  const topicArn = message.headers['x-amz-sns-topic-arn'] ?? null
  const trust = judgeUnsigned(topicArn, context)
  if (trust.kind === 'distrusted') return distrust(trust.reason)
  const text = message.body.toString('utf8')
  if (text.trim() === '') return refuse('the body is empty', SENDER, jsonReply(400, { error: 'the body is empty' }))
  const messageId = message.headers['x-amz-sns-message-id']
  return {
    kind: 'signals',
    ...readContent({ text, subject: null, topicArn }),
    reply: ACCEPTED,
    ...(messageId === undefined ? {} : { messageId: `unsigned:${messageId}` }),
    ...(topicArn === null ? {} : { topic: topicArn }),
  }
}

/** Handed on by somebody's own function: a Lambda event, or the message alone. */
function receiveForwarded(object: JsonObject, message: InboundMessage, context: ReceiveContext): Received {
  const records = readRecords(object)
  const [first] = records?.envelopes ?? []
  if (first !== undefined && records?.envelopes.length === 1 && records.others.length === 0 && isCertificateUrl(first.certificateUrl)) {
    return receiveEnvelope(first, message, context, judge(first, message, context))
  }
  const topics = records === null || records.envelopes.length === 0 ? [null] : records.envelopes.map((envelope) => envelope.topicArn)
  const trusts = topics.map((topic) => judgeUnsigned(topic, context))
  const bad = trusts.find((trust) => trust.kind === 'distrusted')
  if (bad?.kind === 'distrusted') return distrust(bad.reason)
  const reports =
    records === null
      ? [readObject(object) ?? readUnknown(object, { subject: null, topicArn: null })]
      : [
          ...records.envelopes.map((envelope) => readContent({ ...envelope, text: envelope.message })),
          ...records.others.map((record) => readUnknown(record, { subject: nameOfRecord(record), topicArn: null })),
        ]
  return {
    kind: 'signals',
    signals: reports.flatMap((report) => report.signals),
    changes: reports.flatMap((report) => report.changes),
    reply: ACCEPTED,
  }
}

function nameOfRecord(record: JsonObject): string {
  const service = textField(record, 'eventSource') ?? textField(record, 'EventSource') ?? 'aws'
  const name = textField(record, 'eventName')
  return `Event of ${service}${name === null ? '' : `: ${name}`}`
}

function distrust(reason: string): Received {
  return { kind: 'distrusted', reason, reply: jsonReply(403, { error: 'the message is not believed' }) }
}
