/** Calls against a Twilio on loopback, and what is said in them. */
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { CARRIED_AT, carriedMessage } from '../../../test/support/carrier-fake.ts'
import { ACCOUNT, type FakeTwilio, fakeTwilio, SENDER } from '../../../test/support/twilio-fake.ts'
import type { AnswerView, CarrierConnection, PageMessage } from '../../integration.ts'
import { speakDone, speakPage, speakPlainly, speakToMachine } from './speech.ts'
import { voiceChannel } from './voice.ts'

const open: FakeTwilio[] = []
afterEach(() => {
  for (const twilio of open.splice(0)) twilio.vendor.close()
})

const ADA = '+4915112345678'
const SETTINGS = { account_sid: ACCOUNT, voice_from: SENDER, ring: '20 s' }
const TOKEN = 'tokentokentokentokentokentokentokentokentok'

async function call(message: PageMessage = carriedMessage(), over: Partial<CarrierConnection> = {}, publicUrl = 'https://tocsin.test') {
  const twilio = await fakeTwilio()
  open.push(twilio)
  return { twilio, send: (timeoutMs = 5_000) => send(twilio, message, { over, publicUrl, timeoutMs }) }
}

function send(twilio: FakeTwilio, message: PageMessage, how: { over: Partial<CarrierConnection>; publicUrl: string; timeoutMs: number }) {
  const connection = twilio.connection({ settings: SETTINGS, ...how.over })
  const channel = voiceChannel({ now: () => CARRIED_AT, publicUrl: how.publicUrl })
  return channel.send(message, { to: ADA, secret: connection.secret, carrier: connection }, AbortSignal.timeout(how.timeoutMs))
}

describe('a call', () => {
  test('is taken with a form as Twilio describes it: what is said is asked of us, machines are told apart', async () => {
    const { twilio, send: ring } = await call()
    expect(await ring()).toMatchObject({ kind: 'delivered', externalId: expect.stringMatching(/^CA[0-9a-f]{32}$/u) })
    const form = twilio.calls[0]?.form
    expect(Object.fromEntries(form ?? [])).toMatchObject({
      To: ADA,
      From: SENDER,
      Timeout: '20',
      Url: `https://tocsin.test/callbacks/phone/call/${TOKEN}`,
      StatusCallback: `https://tocsin.test/callbacks/phone/call-status/${TOKEN}`,
      MachineDetection: 'DetectMessageEnd',
    })
    expect(form?.getAll('StatusCallbackEvent')).toEqual(['initiated', 'answered', 'completed'])
  })

  test.each([
    ['a test', carriedMessage({ purpose: 'test', acknowledgeUrl: '' }), 'https://tocsin.test', 'Nothing is wrong'],
    ['a page that cannot be answered by it', carriedMessage(), 'http://127.0.0.1:4600', 'in the console'],
  ])('%s says it at once, and offers no key', async (_, { token, ...message }, publicUrl, said) => {
    const { twilio, send: ring } = await call(publicUrl.startsWith('https') ? message : { ...message, token: token ?? '' }, {}, publicUrl)
    expect(await ring()).toMatchObject({ kind: 'delivered' })
    const form = twilio.calls[0]?.form
    expect([form?.get('Twiml')?.includes(said), form?.get('Twiml')?.includes('Gather'), form?.has('Url')]).toEqual([true, false, false])
  })

  test.each([
    ['slow down', { status: 429, headers: { 'retry-after': '4' }, body: { code: 20_429 } }, { kind: 'retry', afterMs: 4_000 }],
    ['a country that is not allowed', { status: 400, body: { code: 21_215 } }, { kind: 'retry' }],
    ['no number', { status: 400, body: { code: 21_217 } }, { kind: 'rejected' }],
    ['a fault', { status: 500, body: '' }, { kind: 'unknown' }],
    ['a reset after it was taken', 'reset' as const, { kind: 'unknown' }],
  ])('%s', async (_, told, expected) => {
    const { twilio, send: ring } = await call()
    twilio.next = { told }
    expect(await ring()).toMatchObject(expected)
  })

  test('without a number to call from nobody is called', async () => {
    const { twilio, send: ring } = await call(carriedMessage(), { settings: { account_sid: ACCOUNT, from: SENDER } })
    expect([await ring(), twilio.calls]).toMatchObject([{ kind: 'rejected' }, []])
  })
})

describe('what is said', () => {
  const view = (over: Partial<AnswerView> = {}, incident: Partial<AnswerView['incident']> = {}): AnswerView => ({
    person: { name: 'Ada', zone: 'UTC' },
    incident: { number: 12, title: 'API 5xx', severity: 'SEV-1', firstStep: 'Roll back', open: true, ...incident },
    paging: true,
    acknowledged: false,
    othersAcknowledged: [],
    othersCount: 0,
    done: null,
    ...over,
  })
  const spoken = (body: string): string => [...body.matchAll(/<Say>(.*?)<\/Say>/gu)].map(([, text]) => text).join(' ')

  test('asks for one key, a few times, and ends', () => {
    const { body } = speakPage(view(), 'https://t.test/d')
    expect(body.match(/<Gather /gu)).toHaveLength(3)
    expect(spoken(body)).toMatch(/^Tocsin\. SEV-1, incident 12\. API 5xx\. First step: Roll back\. Press 1 if you have it\./u)
    expect(body).toMatch(/<Hangup\/><\/Response>$/u)
  })

  test.each([
    ['what is resolved', view({}, { open: false }), 'is resolved'],
    ['what somebody else took', view({ paging: false, othersAcknowledged: ['Ben'] }), 'does not page you any more. Acknowledged by Ben.'],
    ['what one has already', view({ paging: false, acknowledged: true }), 'You have incident 12. Nobody else has acknowledged it.'],
    ['what is not known', null, 'not known any more'],
  ])('asks nothing of %s', (_, one, said) => {
    const { body } = speakPage(one, 'https://t.test/d')
    expect([body.includes('<Gather'), spoken(body).includes(said)]).toEqual([false, true])
  })

  test('after a key says what came of it, and who else has it', () => {
    const done = view({ done: 'acknowledge', paging: false, acknowledged: true, othersAcknowledged: ['Ben'] })
    expect(spoken(speakDone(done).body)).toBe('You have incident 12. Also acknowledged by Ben. Goodbye.')
    expect(spoken(speakDone(view({ done: 'decline', paging: false })).body)).toContain('Passed on')
  })

  test('a machine is asked nothing', () => {
    expect(speakToMachine(view()).body).not.toContain('Gather')
  })

  test('whatever an alert is called, it is text: it closes no tag and opens none', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.constantFrom(
        '"'.repeat(600),
        '&'.repeat(600),
        '</Say><Dial>+1900</Dial><Say>',
        '"><Redirect>x</Redirect>',
        '&lt;Dial&gt;',
        ']]>',
        '\u0000\u0008',
      ),
    )
    fc.assert(
      fc.property(hostile, hostile, (title, firstStep) => {
        const bodies = [
          speakPage(view({}, { title, firstStep }), 'https://t.test/d'),
          speakToMachine(view({}, { title, firstStep })),
          speakPlainly(carriedMessage({}, { title, firstStep })),
          speakDone(view({ paging: false, acknowledged: true, othersAcknowledged: [title] })),
        ].map(({ body }) => body)
        for (const body of bodies) {
          const tags = body.replaceAll(/<\/?(?:Response|Say|Gather|Pause|Hangup)(?: [a-zA-Z]+="[^"<>]*")*\/?>|^<\?xml [^<>]*\?>/gu, '')
          expect(tags).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|apos);)/u)
          // oxlint-disable-next-line eslint/no-control-regex -- XML 1.0 has no place for them
          expect(tags).not.toMatch(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/u)
          expect(body.length).toBeLessThan(10_000)
        }
        expect(speakPlainly(carriedMessage({}, { title, firstStep })).body.length).toBeLessThanOrEqual(4_000)
      }),
      { numRuns: 200 },
    )
  })
})
