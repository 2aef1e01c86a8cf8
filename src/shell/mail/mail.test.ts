import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Received } from '../../integration.ts'
import { readMail } from './read-mail.ts'
import { readAddress, withoutKey } from '../../core/mail/address.ts'
import { readHtml } from '../../core/mail/html-text.ts'
import { ENVELOPE_HEADER, MAIL_HEADER, type MailEnvelope } from '../../core/mail/mail.ts'
import { receiveMail } from '../../integrations/mail/receive.ts'
import { readSubject } from '../../integrations/mail/subject.ts'

async function receive(raw: string | Buffer, envelope: Partial<MailEnvelope> = {}): Promise<Received> {
  const body = Buffer.isBuffer(raw) ? raw : Buffer.from(raw.replaceAll(/\r?\n/g, '\r\n'), 'latin1')
  const mail = await readMail(body)
  const whole: MailEnvelope = { sender: 'a@b.example', recipient: 'alerts+***@tocsin.example', alarm: null, ...envelope }
  const headers = { ...(mail === null ? {} : { [MAIL_HEADER]: JSON.stringify(mail) }), [ENVELOPE_HEADER]: JSON.stringify(whole) }
  return receiveMail({ method: 'POST', path: '/email', query: new URLSearchParams(), headers, body, receivedAt: 0 })
}

async function signalOf(raw: string, envelope: Partial<MailEnvelope> = {}) {
  const received = await receive(raw, envelope)
  if (received.kind !== 'signals' || received.signals[0] === undefined) throw new Error(JSON.stringify(received))
  return received.signals[0]
}

const head = (lines: string) => `From: Ada <ada@example.com>\nTo: x@y.example\nMessage-ID: <m1@example.com>\n${lines}\n`

test('a plain mail is an alert with its words, its sender and its thread', async () => {
  const received = await receive(head('Subject: Checkout is slow\n') + 'Since ten minutes.\n')
  expect(received).toMatchObject({ kind: 'signals', messageId: 'm1@example.com', messageIdAlone: true, reply: { status: 250 } })
  expect(received.kind === 'signals' && received.signals).toEqual([
    {
      alarm: 'Checkout is slow',
      status: 'firing',
      title: 'Checkout is slow',
      summary: 'Since ten minutes.',
      dedupKey: 'mail-thread/m1@example.com',
      severityHint: null,
      value: null,
      labels: { from: 'ada@example.com', to: 'alerts+***@tocsin.example', authentication: 'not checked' },
      links: [],
      startsAt: null,
      endsAt: null,
    },
  ])
})

test('a reply belongs to the alert of its thread', async () => {
  const first = await signalOf(head('Subject: Checkout is slow\n') + 'x')
  const reply = (extra: string) => signalOf(`Message-ID: <m2@example.com>\nSubject: Re: Checkout is slow\n${extra}\n\nmore`)
  expect((await reply('In-Reply-To: <m1@example.com>')).dedupKey).toBe(first.dedupKey)
  expect((await reply('References: <m1@example.com>\n <m1b@example.com>\nIn-Reply-To: <m1b@example.com>')).dedupKey).toBe(first.dedupKey)
  expect((await reply('X: y')).dedupKey).not.toBe(first.dedupKey)
})

describe("Alertmanager's own mail", () => {
  const raw = readFileSync(new URL('../../integrations/mail/fixtures/alertmanager-0.25-firing.eml', import.meta.url))

  test('is its alerts, as their labels say', async () => {
    const received = await receive(raw)
    expect(received).toMatchObject({ kind: 'signals', messageId: '1795423982755410812.13476312089157598475@vm' })
    expect(received.kind === 'signals' && received.signals).toMatchObject([
      {
        alarm: 'API5xxAlarm',
        status: 'firing',
        title: 'API 5xx > 50% for 10 min',
        dedupKey: null,
        severityHint: 'sev1',
        labels: { alertname: 'API5xxAlarm', instance: 'api-1', service: 'api', severity: 'sev1' },
        links: [
          { text: 'Runbook', href: 'https://runbooks.example/api-5xx' },
          { text: 'View in Alertmanager' },
          { text: 'Sent by Alertmanager' },
        ],
      },
      { alarm: 'API5xxAlarm', labels: { instance: 'api-2' } },
    ])
  })

  test('of which some fire and some have ended, is both', async () => {
    const text = raw.toString('latin1').replace('[2] Firing', '[2] Resolved').replace('[FIRING:2]', '[RESOLVED]')
    const received = await receive(text)
    expect(received.kind === 'signals' && received.signals.map((signal) => signal.status)).toEqual(['resolved', 'resolved'])
  })

  test('in a shape that is not known is read as any mail', async () => {
    expect(await signalOf('Subject: [FIRING:1] Thing (x)\n\nLabels and so on\n')).toMatchObject({ alarm: 'Thing (x)', status: 'firing' })
  })
})

describe('subjects say whether it fires or has ended, and of what', () => {
  test.each([
    ['[FIRING:2] API5xxAlarm (api sev1)', 'firing', 'API5xxAlarm (api sev1)', true],
    ['[RESOLVED] API5xxAlarm (api sev1)', 'resolved', 'API5xxAlarm (api sev1)', true],
    ['PROBLEM: disk full on db1', 'firing', 'disk full on db1', true],
    ['RECOVERY: disk full on db1', 'resolved', 'disk full on db1', true],
    ['Re: AW: [OK] disk full', 'resolved', 'disk full', true],
    ['Acknowledgement: disk full', 'acknowledged', 'disk full', true],
    ['ALARM: "API5xxAlarm" in EU (Ireland)', 'firing', 'API5xxAlarm', true],
    ['OK: "API5xxAlarm" in EU (Ireland)', 'resolved', 'API5xxAlarm', true],
    ['INSUFFICIENT DATA: "API5xxAlarm" in EU (Ireland)', 'firing', 'API5xxAlarm', true],
    ['OK so the site is down', 'firing', 'OK so the site is down', false],
    ['API5xxAlarm', 'firing', 'API5xxAlarm', false],
    ['Re:', 'firing', 'Re:', false],
    ['', 'firing', '', false],
  ] as const)('%s', (subject, status, about, stated) => {
    expect(readSubject(subject)).toEqual({ status, about, stated })
  })

  test('the mail that ends finds the one that fires', async () => {
    const fires = await signalOf('Message-ID: <1@x>\nSubject: PROBLEM: disk full\n\n')
    expect((await signalOf('Message-ID: <2@x>\nSubject: RECOVERY: disk full\n\n')).dedupKey).toBe(fires.dedupKey)
  })
})

describe('what answers a mail is kept, refused, and pages nobody', () => {
  test.each([
    ['Auto-Submitted: auto-replied', {}, /Auto-Submitted/],
    ['Auto-Submitted: auto-notified; x=y', {}, /Auto-Submitted/],
    ['Precedence: bulk', {}, /Precedence/],
    ['Precedence: auto_reply', {}, /Precedence/],
    ['X: y', { sender: '' }, /bounce/],
    ['In-Reply-To: <incident-0195c0de-1111-7000-8000-0123456789ab@example.com>', {}, /Tocsin has sent/],
    ['References: <a@b> <incident-0195c0de-1111-7000-8000-0123456789ab@example.com>', {}, /Tocsin has sent/],
    ['X-Tocsin-Reference: page-1', {}, /Tocsin has sent/],
  ])('%s', async (line, envelope, reason) => {
    const received = await receive(head(`${line}\nSubject: Out of office\n`) + 'x', envelope)
    expect(received).toMatchObject({ kind: 'refused', page: false, reason: expect.stringMatching(reason), reply: { status: 554 } })
  })

  test('but what a machine says by itself is an alert', async () => {
    expect(await signalOf(head('Auto-Submitted: auto-generated\nSubject: API5xxAlarm\n'))).toMatchObject({ alarm: 'API5xxAlarm' })
  })
})

describe('mails as they really come', () => {
  test('HTML alone is read as text, without scripts and styles', async () => {
    const html =
      '<html><head><title>t</title><style>p{}</style></head><body><p>Disk&nbsp;full &amp; slow</p><script>alert(1)</script><ul><li>a<li>b</ul><a href="https://x.example/d">Dash</a><a href="javascript:alert(1)">no</a></body></html>'
    const signal = await signalOf(head('Subject: s\nContent-Type: text/html\n') + html)
    expect(signal.summary).toBe('Disk full & slow\n\na\nb\nDashno')
    expect(signal.links).toEqual([{ href: 'https://x.example/d', text: 'Dash' }])
  })

  test('attachments are listed', async () => {
    const body =
      '--b\nContent-Type: text/plain\n\nsee\n--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="../r.pdf"\n\nPDF\n--b--\n'
    const signal = await signalOf(head('Subject: s\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n') + body)
    expect(signal.summary).toMatch(/^see\s+Attachments, kept with the raw mail:\n- (\.\.[-/])?r\.pdf \(application\/pdf, \d+ bytes\)$/)
  })

  test('encoded words, other charsets and junk in them become text that can be stored', async () => {
    expect((await signalOf(head('Subject: =?utf-8?B?U3BlaWNoZXIgdm9sbCDwn5Sl?=\n'))).title).toBe('Speicher voll 🔥')
    expect((await signalOf(head('Subject: =?iso-8859-1?Q?St=F6rung?=\n'))).title).toBe('Störung')
    const junk = await signalOf(
      head('Subject: =?klingon?B?/////w==?= a\u0000b\nContent-Type: text/plain; charset=klingon\n') + '\xff\xfe\u0000 body',
    )
    expect(JSON.stringify(junk)).not.toMatch(/\\u0000|\\ud8/)
    expect(junk.title.isWellFormed() && (junk.summary ?? '').isWellFormed()).toBe(true)
  })

  test('without a subject they say from whom they are; urgent ones say so', async () => {
    const signal = await signalOf('From: ada@example.com\nX-Priority: 1\n\nhelp')
    expect(signal).toMatchObject({ title: 'Mail without a subject from ada@example.com', severityHint: 'high' })
  })

  test('what the mail server in front found is shown as its word', async () => {
    const lines =
      'Authentication-Results: mx.example.com;\n dkim=pass header.d=example.com; spf=fail; dmarc=none\nAuthentication-Results: forged; dkim=pass\nSubject: s\n'
    expect((await signalOf(head(lines))).labels['authentication']).toBe('dkim=pass spf=fail dmarc=none (says mx.example.com)')
  })

  test('those that cannot be taken apart are told plainly', async () => {
    const received = await receive(`Subject: x\n${'X-A: b\n'.repeat(50_000)}\nbody`)
    expect(received).toMatchObject({ kind: 'refused', page: true, reply: { status: 250 } })
  })

  test('a mail to an address for reports is a report, whatever its subject says', async () => {
    const signal = await signalOf(head('Subject: [RESOLVED] Leak\n'), { alarm: 'SecurityReport' })
    expect(signal).toMatchObject({ alarm: 'SecurityReport', status: 'firing', title: '[RESOLVED] Leak' })
  })
})

test('whatever bytes come, there is an answer', async () => {
  const lines = fc.array(
    fc.oneof(
      fc.constantFrom(
        'Subject: [',
        'Content-Type: multipart/mixed; boundary=b',
        '--b',
        '',
        'From: <',
        'Content-Type: text/html',
        '<a href=',
      ),
      fc.string({ unit: 'binary', maxLength: 60 }),
    ),
  )
  await fc.assert(
    fc.asyncProperty(lines, async (parts) => {
      const received = await receive(Buffer.from(parts.join('\r\n')))
      expect(received.reply.status).toBeGreaterThanOrEqual(250)
    }),
    { numRuns: 60 },
  )
})

test('hostile HTML is read in a time that grows with its size', () => {
  for (const part of ['<', '<a ', '<!--', '<script>', '&#', '<td><tr>', '</a', '<a href="x', ' \n ', '<p>']) {
    const begun = performance.now()
    readHtml(part.repeat(262_144 / part.length))
    expect(performance.now() - begun).toBeLessThan(2_000)
  }
})

test('the key stands in the address, alone or after a plus, and is not kept', () => {
  const key = 'e93facc04764012d7bfb002500d5d1a6'
  expect(readAddress(`${key}@t.example`)?.keys).toEqual([key])
  expect(readAddress(`alerts+${key}@t.example`)?.keys[0]).toBe(key)
  expect(readAddress('Security@Example.com')).toEqual({ keys: ['Security'], address: 'security@example.com' })
  expect([readAddress(''), readAddress('@x'), readAddress('nobody')]).toEqual([null, null, null])
  expect(withoutKey(`alerts+${key}@t.example`, key)).toBe('alerts+***@t.example')
})
