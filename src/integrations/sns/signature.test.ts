import { generateKeyPairSync } from 'node:crypto'
import https from 'node:https'
import { PassThrough } from 'node:stream'
import * as fc from 'fast-check'
import MessageValidator from 'sns-validator'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type Authority, CERTIFICATE_URL, makeAuthority, type Signer, signEnvelope, TOPIC } from '../../../test/support/sns-signer.ts'
import type { InboundMessage, Received, ReceiveContext, SignerCertificate } from '../../integration.ts'
import { certificateUrlOf, receiveSns } from './receive.ts'

const NOW = Date.now()
const context: ReceiveContext = { params: {}, signingSecret: null, freshId: 'f'.repeat(32) }
let authority: Authority
let signer: Signer

beforeAll(async () => {
  authority = await makeAuthority()
  signer = await authority.issue(['sns.amazonaws.com'])
})

function messageOf(body: unknown, headers: Record<string, string> = {}): InboundMessage {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return { method: 'POST', path: '/hooks/sns/:key', query: new URLSearchParams(), headers, body: bytes, receivedAt: NOW }
}

function receive(
  body: unknown,
  certificate: SignerCertificate = { kind: 'known', pem: signer.pem },
  more: Partial<ReceiveContext> = {},
): Received {
  return receiveSns(messageOf(body), { ...context, certificate, ...more })
}

const alarm = { AlarmName: 'API5xxAlarm', NewStateValue: 'ALARM', AlarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:API5xxAlarm' }
const TYPES = ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'] as const

describe('a good signature', () => {
  test.each(TYPES.flatMap((type) => ['1', '2'].map((version) => [type, version] as const)))(
    'of a %s, version %s, is believed',
    (Type, SignatureVersion) => {
      const received = receive(signer.envelope({ Type, SignatureVersion }))
      expect(received).toMatchObject({ kind: 'signals', reply: { status: 200 } })
    },
  )

  test('with and without a subject, and with fields that nobody signs', () => {
    expect(receive(signer.envelope({ Subject: 'ALARM: x' })).kind).toBe('signals')
    expect(receive({ ...signer.envelope(), UnsubscribeURL: 'https://x', MessageAttributes: {} }).kind).toBe('signals')
  })

  test('of text in any script, with line ends and quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 30 }), (Message, Subject) => {
        expect(receive(signer.envelope({ Message, Subject })).kind).toBe('signals')
      }),
      { numRuns: 30 },
    )
  })

  test('carries the id of its message, by which a second delivery is known', () => {
    expect(receive(signer.envelope({ MessageId: 'm-1' }))).toMatchObject({ messageId: 'm-1' })
  })

  test.each([
    ['us-east-1', 'sns.amazonaws.com', 'amazonaws.com'],
    ['me-south-1', 'sns-signing.me-south-1.amazonaws.com', 'amazonaws.com'],
    ['eu-west-1', 'sns.eu-west-1.amazonaws.com', 'amazonaws.com'],
    ['cn-north-1', 'sns-cn-north-1.amazonaws.com.cn', 'amazonaws.com.cn'],
    ['us-gov-east-1', 'sns-us-gov-west-1.amazonaws.com', 'amazonaws.com'],
  ])('in %s by a certificate of %s', async (region, name, suffix) => {
    const regional = await authority.issue([name])
    const SigningCertURL = `https://sns.${region}.${suffix}/SimpleNotificationService-a.pem`
    expect(receive(regional.envelope({ SigningCertURL }), { kind: 'known', pem: regional.pem }).kind).toBe('signals')
  })
})

describe('what is not believed, pages nobody, and is final for the sender', () => {
  function refused(received: Received, reason: RegExp): void {
    expect(received).toMatchObject({ kind: 'distrusted', reason: expect.stringMatching(reason), reply: { status: 403 } })
  }

  test('another key', async () => {
    const other = await authority.issue(['sns.amazonaws.com'])
    refused(receive(other.envelope()), /does not fit/)
  })

  test.each(['Message', 'MessageId', 'Subject', 'TopicArn', 'Timestamp'])('a changed %s', (name) => {
    const envelope = signer.envelope({ Subject: 's' })
    const later = new Date(NOW - 1_000).toISOString()
    refused(receive({ ...envelope, [name]: name === 'Timestamp' ? later : `${String(envelope[name])}x` }), /does not fit/)
  })

  test('one changed bit of the signature, whichever', () => {
    const envelope = signer.envelope()
    const signature = Buffer.from(String(envelope['Signature']), 'base64')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: signature.length * 8 - 1 }), (bit) => {
        const altered = Buffer.from(signature)
        altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
        refused(receive({ ...envelope, Signature: altered.toString('base64') }), /does not fit/)
      }),
      { numRuns: 40 },
    )
  })

  test('a signature of another length, none, or no base64', () => {
    const envelope = signer.envelope()
    const signature = Buffer.from(String(envelope['Signature']), 'base64')
    refused(receive({ ...envelope, Signature: signature.subarray(1).toString('base64') }), /wrong length/)
    refused(receive({ ...envelope, Signature: Buffer.concat([signature, Buffer.alloc(1)]).toString('base64') }), /wrong length/)
    refused(receive({ ...envelope, Signature: 'EXAMPLEw6JRN...' }), /missing or not base64/)
    refused(receive({ ...envelope, Signature: '' }), /no signature/)
    refused(receive({ ...envelope, Signature: undefined }), /no signature/)
  })

  test('a signature made for the other version, and a version that nobody knows', () => {
    const envelope = signer.envelope({ SignatureVersion: '1' })
    refused(receive({ ...envelope, SignatureVersion: '2' }), /does not fit/)
    refused(receive({ ...envelope, SignatureVersion: '3' }), /version is not 1 or 2/)
    refused(receive({ ...envelope, SignatureVersion: undefined }), /version is not 1 or 2/)
  })

  test.each([
    ['older than SNS ever repeats', -66, /older than SNS/],
    ['from the future', 6, /in the future/],
  ])('a time stamp %s', (_name, minutes, reason) => {
    refused(receive(signer.envelope({ Timestamp: new Date(NOW + minutes * 60_000).toISOString() })), reason)
  })

  test('one that SNS repeats for the last time within its hour is believed', () => {
    expect(receive(signer.envelope({ Timestamp: new Date(NOW - 60 * 60_000).toISOString() })).kind).toBe('signals')
  })

  test.each([
    'https://sns.us-east-1.amazonaws.com.evil.example/x.pem',
    'https://evil.example/sns.us-east-1.amazonaws.com/x.pem',
    'https://sns.us-east-1.amazonaws.com@evil.example/x.pem',
    'https://user@sns.us-east-1.amazonaws.com/x.pem',
    'https://sns.us-east-1.amazonaws.com:8443/x.pem',
    'http://sns.us-east-1.amazonaws.com/x.pem',
    'https://sns.us-east-1.amazonaws.com/x.txt',
    'https://sns.us-east-1.amazonaws.com/?x=.pem',
    'https://sns.us-east-1.amazonaws.com/x.pem?redirect=https://evil.example',
    'https://snsxus-east-1.amazonaws.com/x.pem',
    'https://sns.x.amazonaws.com/x.pem',
    'https://s3.amazonaws.com/bucket/x.pem',
    'https://169.254.169.254/x.pem',
    'EXAMPLE',
    '',
  ])('a certificate at %s, which is not even asked for', (SigningCertURL) => {
    const envelope = signer.envelope({ SigningCertURL })
    expect(certificateUrlOf(messageOf(envelope))).toBeNull()
    refused(receive(envelope), /not at an address of SNS/)
  })

  test('a certificate that has expired, is not valid yet, is an authority, is weak, or is of somebody else', async () => {
    const day = 86_400_000
    const made = async (names: string[], options: Parameters<Authority['issue']>[1], reason: RegExp) => {
      const one = await authority.issue(names, options)
      refused(receive(one.envelope(), { kind: 'known', pem: one.pem }), reason)
    }
    await made(['sns.amazonaws.com'], { notBefore: new Date(NOW - 9 * day), notAfter: new Date(NOW - day) }, /has expired/)
    await made(['sns.amazonaws.com'], { notBefore: new Date(NOW + day), notAfter: new Date(NOW + 9 * day) }, /not valid yet/)
    await made(['sns.amazonaws.com'], { ca: true }, /authority/)
    await made(['sns.amazonaws.com'], { bits: 1_024 }, /weak key/)
    await made(['evil.example'], {}, /not of SNS/)
    await made(['sns.eu-west-1.amazonaws.com'], {}, /not of SNS/)
    refused(receive(signer.envelope(), { kind: 'known', pem: 'nonsense' }), /cannot be read/)
  })

  test('a certificate that its host says does not exist', () => {
    refused(receive(signer.envelope(), { kind: 'absent', reason: 'there is no such certificate' }), /no such certificate/)
  })

  test('a topic that may not speak through the source, however well it signs', () => {
    const demands = { topics: ['arn:aws:sns:us-east-1:123456789012:other'], signed: false }
    refused(receive(signer.envelope(), undefined, { demands }), /topic/)
    expect(receive(signer.envelope(), undefined, { demands: { ...demands, topics: [TOPIC] } }).kind).toBe('signals')
  })

  test('a confirmation whose address leads elsewhere', () => {
    for (const SubscribeURL of [
      'https://evil.example/?Action=ConfirmSubscription',
      'http://169.254.169.254/',
      'https://sns.us-east-1.amazonaws.com/?Action=DeleteTopic',
    ])
      refused(receive(signer.envelope({ Type: 'SubscriptionConfirmation', SubscribeURL })), /SubscribeURL/)
  })
})

describe('while the certificate cannot be had', () => {
  const unknown: SignerCertificate = { kind: 'unknown', reason: 'no answer in time' }
  const ends = { ...alarm, NewStateValue: 'OK' }

  test('an alarm pages all the same, marked, and is looked at again', () => {
    const received = receive(signer.envelope({ Message: JSON.stringify(alarm), MessageId: 'm-1' }), unknown)
    expect(received).toMatchObject({
      kind: 'signals',
      signals: [{ alarm: 'API5xxAlarm', status: 'firing', dedupKey: alarm.AlarmArn, labels: { signature: 'not checked' } }],
      followUp: { kind: 'verify-later', topic: TOPIC, messageId: 'm-1', certificateUrl: CERTIFICATE_URL },
      reply: { status: 200 },
    })
    if (received.kind !== 'signals') throw new Error(received.kind)
    expect(received.signals[0]?.title).toMatch(/\(signature not checked\)$/)
    expect(received.signals[0]?.summary).toMatch(/could not be checked: no answer in time/)
  })

  test('its number does not silence the real message of that number', () => {
    const received = receive(signer.envelope({ MessageId: 'm-1' }), unknown)
    expect(received).toMatchObject({ messageId: 'unchecked:m-1' })
  })

  test('an end is not believed until it is checked', () => {
    const received = receive(signer.envelope({ Message: JSON.stringify(ends) }), unknown)
    expect(received).toMatchObject({
      signals: [],
      changes: [{ title: expect.stringMatching(/^Not believed until/) }],
      followUp: { kind: 'verify-later' },
    })
  })

  test('nothing is confirmed', () => {
    const received = receive(signer.envelope({ Type: 'SubscriptionConfirmation' }), unknown)
    expect(received).toMatchObject({ signals: [], changes: [{}], followUp: { kind: 'verify-later' } })
  })

  test('a cut alarm path is told', () => {
    expect(receive(signer.envelope({ Type: 'UnsubscribeConfirmation' }), unknown)).toMatchObject({ signals: [{ status: 'firing' }] })
  })

  test('where the owner demands signatures, all of it waits', () => {
    const received = receive(signer.envelope({ Message: JSON.stringify(alarm) }), unknown, { demands: { topics: [], signed: true } })
    expect(received).toMatchObject({ kind: 'signals', signals: [], followUp: { kind: 'verify-later' } })
  })

  test('read again it is what it was, and once checked it is the whole message', () => {
    const envelope = signer.envelope({ Message: JSON.stringify(ends) })
    expect(receive(envelope, unknown)).toEqual(receive(envelope, unknown))
    expect(receive(envelope, { kind: 'checked' })).toMatchObject({ signals: [{ status: 'resolved' }] })
  })
})

describe('the published validator agrees', () => {
  /** It fetches the certificate by itself: the one fetch is answered here. */
  function validate(envelope: Record<string, unknown>, pem: string): Promise<boolean> {
    const get = vi.spyOn(https, 'get').mockImplementation((...given: unknown[]) => {
      const answer = given.at(-1) as (response: unknown) => void
      const response = Object.assign(new PassThrough(), { statusCode: 200 })
      setImmediate(() => {
        answer(response)
        response.end(pem)
      })
      return new PassThrough() as unknown as ReturnType<typeof https.get>
    })
    return new Promise((resolve) => {
      new MessageValidator().validate(JSON.stringify(envelope), (error) => {
        get.mockRestore()
        resolve(error === null)
      })
    })
  }
  /** It caches by address for ever. */
  let number = 0
  const freshUrl = () => `https://sns.us-east-1.amazonaws.com/SimpleNotificationService-${(number += 1)}.pem`

  test.each(['Notification', 'SubscriptionConfirmation'].flatMap((type) => ['1', '2'].map((version) => [type, version] as const)))(
    'about a %s, version %s, good and forged',
    async (Type, SignatureVersion) => {
      const good = signer.envelope({ Type, SignatureVersion, SigningCertURL: freshUrl() })
      expect([await validate(good, signer.pem), receive(good).kind]).toEqual([true, 'signals'])
      const forged = { ...good, Message: 'other', SigningCertURL: freshUrl() }
      expect([await validate(forged, signer.pem), receive(forged).kind]).toEqual([false, 'distrusted'])
    },
  )

  test('but for UnsubscribeConfirmation, of which it leaves out the token: it refuses what AWS signs', async () => {
    const good = signer.envelope({ Type: 'UnsubscribeConfirmation', SigningCertURL: freshUrl() })
    expect([await validate(good, signer.pem), receive(good).kind]).toEqual([false, 'signals'])
  })
})

test('a key that the certificate does not hold verifies nothing', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  expect(receive(signEnvelope(privateKey, {})).kind).toBe('distrusted')
})

test('any bytes with any headers and any certificate are read without throwing', () => {
  const certificates = fc.constantFrom<SignerCertificate>(
    { kind: 'known', pem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
    { kind: 'unknown', reason: 'r' },
    { kind: 'absent', reason: 'r' },
    { kind: 'checked' },
  )
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('ALARM', 'OK', CERTIFICATE_URL, TOPIC, '2', 'Notification'))
  const envelope = fc.record(
    {
      Type: fc.oneof(fc.constantFrom(...TYPES), value),
      MessageId: value,
      TopicArn: fc.oneof(fc.constant(TOPIC), value),
      Message: fc.oneof(
        fc.string(),
        fc
          .record({ AlarmName: value, AlarmArn: value, NewStateValue: value, Trigger: value, NewStateReason: value })
          .map((one) => JSON.stringify(one)),
        value,
      ),
      Subject: value,
      Timestamp: value,
      Signature: value,
      SignatureVersion: value,
      SigningCertURL: fc.oneof(fc.constant(CERTIFICATE_URL), value),
      SubscribeURL: value,
      Token: value,
      Records: value,
    },
    { requiredKeys: [] },
  )
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    envelope.map((one) => Buffer.from(JSON.stringify(one))),
    envelope.map((one) => Buffer.from(JSON.stringify({ Records: [{ Sns: one }] }))),
  )
  fc.assert(
    fc.property(bodies, certificates, fc.boolean(), (body, certificate, raw) => {
      const message = messageOf(body, raw ? { 'x-amz-sns-rawdelivery': 'true' } : {})
      certificateUrlOf(message)
      const received = receiveSns(message, { ...context, certificate })
      expect(received.reply.status).toBeGreaterThanOrEqual(200)
      expect(received.reply.status).toBeLessThan(500)
    }),
    { numRuns: 500 },
  )
})
