import { expect, test } from 'vitest'
import { receiveAgain } from '../alert/door-table.ts'
import { CERTIFICATE_HEADER, contextOfNote, noteCertificate } from './confirm-note.ts'

const ENDS = JSON.stringify({
  Type: 'Notification',
  MessageId: 'm-1',
  TopicArn: 'arn:aws:sns:us-east-1:1:t',
  Message: JSON.stringify({ AlarmName: 'A', AlarmArn: 'arn:aws:cloudwatch:us-east-1:1:alarm:A', NewStateValue: 'OK' }),
  Timestamp: '2012-05-02T00:54:06.655Z',
  SignatureVersion: '1',
  Signature: 'AAAA',
  SigningCertURL: 'https://sns.us-east-1.amazonaws.com/a.pem',
})
const again = (headers: Record<string, string>) =>
  receiveAgain('sns', {
    method: 'POST',
    path: '/hooks/sns/:key',
    query: new URLSearchParams(),
    headers,
    body: Buffer.from(ENDS),
    receivedAt: 0,
  })

test('a message that was found good is good when it is read again, whatever the time and the certificates of then', () => {
  expect(again(noteCertificate({ kind: 'known', pem: 'forgotten since' }, false))).toMatchObject({ signals: [{ status: 'resolved' }] })
  expect(again(noteCertificate({ kind: 'checked' }, false))).toMatchObject({ signals: [{ status: 'resolved' }] })
})

test('one that could not be checked is not believed more when it is read again', () => {
  expect(again(noteCertificate({ kind: 'unknown', reason: 'no answer in time' }, false))).toMatchObject({ kind: 'signals', signals: [] })
  expect(again(noteCertificate({ kind: 'absent', reason: 'none' }, false))).toMatchObject({ kind: 'distrusted' })
})

test('without its note, or with one that cannot be read, it counts as unchecked', () => {
  for (const headers of [{}, { [CERTIFICATE_HEADER]: '{' }, { [CERTIFICATE_HEADER]: '42' }, { [CERTIFICATE_HEADER]: '{"kind":"good"}' }])
    expect(again(headers)).toMatchObject({ kind: 'signals', signals: [] })
})

test('that its owner demanded signatures is part of the note', () => {
  expect(contextOfNote(noteCertificate({ kind: 'unknown', reason: 'r' }, true))).toEqual({
    certificate: { kind: 'unknown', reason: 'r' },
    demands: { topics: [], signed: true },
  })
  expect(contextOfNote({})).toEqual({})
})
