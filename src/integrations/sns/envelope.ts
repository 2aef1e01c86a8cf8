/**
 * The envelope in which SNS delivers over HTTP, and the same as Lambda hands it on (`Records[].Sns`, whose addresses are
 * spelled `...Url`). Everything in it is a stranger's word until its signature is checked.
 * Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html (read 2026-11-24)
 */
import { field, type JsonObject } from '../../core/alert/json.ts'

const TYPES = ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'] as const
export type EnvelopeType = (typeof TYPES)[number]

export interface Envelope {
  readonly type: EnvelopeType
  readonly messageId: string
  readonly topicArn: string
  readonly message: string
  /** Null where there is none: then it is no part of what is signed. */
  readonly subject: string | null
  readonly timestamp: string
  readonly signatureVersion: string
  /** Base64. */
  readonly signature: string
  readonly certificateUrl: string
  /** Of the two confirmations. */
  readonly subscribeUrl: string
  readonly token: string
}

/** @returns null when the object is no envelope; parts that are missing are empty */
export function readEnvelope(object: JsonObject): Envelope | null {
  const type = TYPES.find((known) => known === field(object, 'Type'))
  if (type === undefined || typeof field(object, 'Message') !== 'string' || typeof field(object, 'TopicArn') !== 'string') return null
  const subject = field(object, 'Subject')
  return {
    type,
    messageId: text(object, 'MessageId'),
    topicArn: text(object, 'TopicArn'),
    message: text(object, 'Message'),
    subject: typeof subject === 'string' ? subject : null,
    timestamp: text(object, 'Timestamp'),
    signatureVersion: text(object, 'SignatureVersion'),
    signature: text(object, 'Signature'),
    certificateUrl: text(object, 'SigningCertURL') || text(object, 'SigningCertUrl'),
    subscribeUrl: text(object, 'SubscribeURL'),
    token: text(object, 'Token'),
  }
}

/** As it stands: what is signed must not be trimmed or cleaned. */
function text(object: JsonObject, name: string): string {
  const value = field(object, name)
  return typeof value === 'string' ? value : ''
}

/**
 * The very text that is signed: names and values of these fields, each with a line end, in this order. The published
 * validator for Node leaves `Token` out of UnsubscribeConfirmation and refuses every one of them.
 */
export function signedText(envelope: Envelope): string {
  const { type, message, messageId, subject, subscribeUrl, timestamp, token, topicArn } = envelope
  const pairs =
    type === 'Notification'
      ? [
          ['Message', message],
          ['MessageId', messageId],
          ...(subject === null ? [] : [['Subject', subject]]),
          ['Timestamp', timestamp],
          ['TopicArn', topicArn],
          ['Type', type],
        ]
      : [
          ['Message', message],
          ['MessageId', messageId],
          ['SubscribeURL', subscribeUrl],
          ['Timestamp', timestamp],
          ['Token', token],
          ['TopicArn', topicArn],
          ['Type', type],
        ]
  return pairs.map(([name, value]) => `${name}\n${value}\n`).join('')
}

const SNS_HOST = /^sns\.[a-z0-9-]{3,}\.amazonaws\.com(?:\.cn)?$/
const URL_CHARS_MAX = 2_048

/** An address of SNS itself: https, the usual port, no credentials. Never follow any other. */
export function isSnsUrl(address: string): boolean {
  if (address.length > URL_CHARS_MAX || !URL.canParse(address)) return false
  const url = new URL(address)
  return url.protocol === 'https:' && SNS_HOST.test(url.hostname) && url.port === '' && url.username === '' && url.password === ''
}

/** Where a certificate may be had: an address of SNS whose path ends in `.pem`. */
export function isCertificateUrl(address: string): boolean {
  if (!isSnsUrl(address)) return false
  const { pathname, search, hash } = new URL(address)
  return /^\/[\w.-]{1,256}\.pem$/.test(pathname) && search === '' && hash === ''
}
