/** An authority and a signer of SNS messages, made during a test: AWS's messages cannot be made, so these stand for them. */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import {
  BasicConstraintsExtension,
  type JsonGeneralNames,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) } as const
const DAY_MS = 86_400_000

export const CERTIFICATE_URL = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem'
export const TOPIC = 'arn:aws:sns:us-east-1:123456789012:tocsin-alarms'

export interface Authority {
  readonly pem: string
  readonly issue: (names: readonly string[], options?: SignerOptions) => Promise<Signer>
}

export interface SignerOptions {
  readonly bits?: number
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly ca?: boolean
}

export interface Signer {
  readonly pem: string
  readonly key: KeyObject
  /** Signed by it, as SNS would: the given fields over those of a usual notification. */
  readonly envelope: (fields?: Readonly<Record<string, string | undefined>>) => Record<string, string | undefined>
}

export async function makeAuthority(name = 'CN=Tocsin test authority'): Promise<Authority> {
  const keys = await crypto.subtle.generateKey({ ...RSA, modulusLength: 2_048 }, true, ['sign', 'verify'])
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name,
    notBefore: new Date(Date.UTC(2020, 0, 1)),
    notAfter: new Date(Date.UTC(2040, 0, 1)),
    signingAlgorithm: RSA,
    keys,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  })
  return { pem: root.toString('pem'), issue: (names, options = {}) => issue(root, keys.privateKey, names, options) }
}

async function issue(root: X509Certificate, signingKey: CryptoKey, names: readonly string[], options: SignerOptions): Promise<Signer> {
  const keys = await crypto.subtle.generateKey({ ...RSA, modulusLength: options.bits ?? 2_048 }, true, ['sign', 'verify'])
  const dns = names.map((value): JsonGeneralNames[number] => ({ type: 'dns', value }))
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${names[0] ?? 'nobody'}`,
    issuer: root.subject,
    notBefore: options.notBefore ?? new Date(Date.now() - DAY_MS),
    notAfter: options.notAfter ?? new Date(Date.now() + 90 * DAY_MS),
    signingAlgorithm: RSA,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [new BasicConstraintsExtension(options.ca ?? false, undefined, true), new SubjectAlternativeNameExtension(dns)],
  })
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return { pem: certificate.toString('pem'), key, envelope: (fields) => signEnvelope(key, fields ?? {}) }
}

/** Which fields are signed, written out after AWS's page and apart from the code under test. */
const SIGNED = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const

export function signEnvelope(key: KeyObject, fields: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const type = fields['Type'] === undefined ? 'Notification' : (fields['Type'] as keyof typeof SIGNED)
  const token = 'f'.repeat(64)
  const confirmation =
    type === 'Notification'
      ? {}
      : { Token: token, SubscribeURL: `https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=${token}` }
  const envelope: Record<string, string | undefined> = {
    Type: type,
    MessageId: crypto.randomUUID(),
    TopicArn: TOPIC,
    Message: 'Hello world!',
    Timestamp: new Date().toISOString(),
    SignatureVersion: '2',
    SigningCertURL: CERTIFICATE_URL,
    ...confirmation,
    ...fields,
  }
  const text = SIGNED[type].flatMap((name) => (envelope[name] === undefined ? [] : [`${name}\n${envelope[name]}\n`])).join('')
  const digest = envelope['SignatureVersion'] === '1' ? 'RSA-SHA1' : 'RSA-SHA256'
  return { ...envelope, Signature: fields['Signature'] ?? sign(digest, Buffer.from(text), key).toString('base64') }
}

function serial(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex')
}
