/** Vendors that carry pages, against a real Postgres: what they tell reaches the ledger once, and what people answer there counts. */
import fc from 'fast-check'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { carrier, fakeVendor, type FakeVendor, type Told } from '../../../test/support/carrier-fake.ts'
import { testParts } from '../../../test/support/api.ts'
import { ACCOUNT, type FakeTwilio, fakeTwilio, SENDER, signTwilio } from '../../../test/support/twilio-fake.ts'
import { openOutboxScene, type OutboxScene, soon } from '../../../test/support/outbox-scene.ts'
import { ann, bob, testRoster } from '../../../test/support/playbook.ts'
import { findCarrier } from '../../core/oncall/carriers.ts'
import type { IncidentId } from '../../core/id.ts'
import type { CarrierConnection, Carriers, ChannelBook } from '../../integration.ts'
import { openChannels } from '../../integrations/channels.ts'
import { buildServer } from '../http/server.ts'
import { listPages } from '../page/ledger-store.ts'
import type { Ports } from '../ports.ts'
import { followOnce } from './follow.ts'

let scene: OutboxScene
const vendors: FakeVendor[] = []
/** Every line of the log, of every test here. */
const logged: string[] = []
const apps: { close: () => Promise<unknown> }[] = []
beforeAll(async () => {
  scene = await openOutboxScene()
})
afterEach(async () => {
  await scene.stopAll()
  for (const one of vendors.splice(0)) one.close()
  await Promise.all(apps.splice(0).map((app) => app.close()))
  await scene.rows(`update incident set open = false, wake_at = null`)
})
afterAll(() => scene.close())

const URL_HERE = 'https://tocsin.test'

function carriersOf(...connections: readonly CarrierConnection[]): Carriers {
  return {
    find: (channelId) => findCarrier(channelId, connections),
    named: (name) => connections.find((connection) => connection.name === name),
    list: () => connections,
  }
}

function bookOf(...connections: readonly CarrierConnection[]): ChannelBook {
  return openChannels({
    mailUrl: null,
    mailFrom: 'tocsin@example.com',
    connections: { find: () => undefined, ids: () => [] },
    carriers: carriersOf(...connections),
    publicUrl: URL_HERE,
    now: Date.now,
  })
}

/** Ann is reached on that channel and the console. */
async function reach(channel: string, address: string): Promise<Ports> {
  await scene.rows(
    `insert into contact (person_id, place, channel, address) values ($1, 1, $2, $3)
     on conflict (person_id, channel) do update set address = excluded.address`,
    [ann, channel, address],
  )
  const roster = testRoster()
  const people = { ...roster.people, [ann]: { name: 'Ann', channels: [channel, 'console'] } }
  const ports = scene.makeServer({ direct: true, roster: { ...roster, people } })
  return {
    ...ports,
    log: pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) }),
    config: { ...ports.config, url: URL_HERE },
  }
}

async function vendor(answer: Parameters<typeof fakeVendor>[0]): Promise<FakeVendor> {
  const made = await fakeVendor(answer)
  vendors.push(made)
  return made
}

async function deliveryOf(ports: Ports, id: IncidentId, channel: string) {
  const pages = await ports.database.inTransaction('main', (tx) => listPages(tx, id))
  return pages.find(({ person }) => person.id === ann)?.deliveries.find((delivery) => delivery.channel === channel)
}

const acknowledgements = async (id: IncidentId) =>
  (
    await scene.rows<{ data: { via: string; personId: string } }>(
      `select data from event where stream_id = $1 and type = 'incident.acknowledged'`,
      [id],
    )
  ).map(({ data }) => `${data.via} ${data.personId === ann ? 'ann' : 'another'}`)

describe('Pushover', () => {
  const USER = 'u'.repeat(30)
  const RECEIPT = 'r'.repeat(30)

  async function paged(receipt: () => object) {
    const ports = await reach('pushover', USER)
    const asked: string[] = []
    const { url } = await vendor(({ method, path }): Told => {
      asked.push(`${method} ${path.split('?', 1)[0]}`)
      if (path.startsWith('/1/messages')) return { status: 200, body: { status: 1, receipt: RECEIPT } }
      return { status: 200, body: { status: 1, acknowledged: 0, expired: 0, ...receipt() } }
    })
    const channels = bookOf(carrier({ kind: 'pushover', secret: 'a'.repeat(30), url }))
    scene.start(ports, channels)
    const id = await scene.open(ports)
    await scene.settled(id, 'pushover')
    const follow = () => followOnce(ports, channels, ['pushover'])
    return { ports, id, asked, follow }
  }

  test('an answer in its app is an acknowledgement here, once, and the ledger says that it was seen', async () => {
    let acknowledged = {}
    const { ports, id, follow } = await paged(() => acknowledged)
    await follow()
    expect(await acknowledgements(id)).toEqual([])
    acknowledged = { acknowledged: 1, acknowledged_by: USER }
    await follow()
    await follow()
    expect(await acknowledgements(id)).toEqual(['pushover ann'])
    expect(await deliveryOf(ports, id, 'pushover')).toMatchObject({ state: 'seen' })
  })

  test('what another user key acknowledged acknowledges nothing, and is asked about no more', async () => {
    const { ports, id, follow, asked } = await paged(() => ({ acknowledged: 1, acknowledged_by: 'z'.repeat(30) }))
    await follow()
    const before = asked.length
    await follow()
    expect([await acknowledgements(id), asked.length]).toEqual([[], before])
    expect(await deliveryOf(ports, id, 'pushover')).toMatchObject({ state: 'sent', reason: expect.stringContaining('another user key') })
  })

  test('what is answered elsewhere stops ringing, and is told so once', async () => {
    const { ports, id, follow, asked } = await paged(() => ({}))
    await scene.acknowledge(ports, id)
    await follow()
    await follow()
    expect(asked.filter((line) => line.endsWith('/cancel.json'))).toEqual([`POST /1/receipts/${RECEIPT}/cancel.json`])
    expect(await soon('a ledger', () => deliveryOf(ports, id, 'pushover'))).toMatchObject({ state: 'sent' })
  })
})

describe('Twilio', () => {
  const ADA = '+4915112345678'
  let messageCount = 0
  const freshSid = (): string => `SM${String((messageCount += 1)).padStart(32, 'f')}`

  async function connect(channel: 'sms' | 'voice' = 'sms') {
    const ports = await reach(channel, ADA)
    const twilio = await fakeTwilio()
    vendors.push(twilio.vendor)
    const connection = twilio.connection({ settings: { account_sid: ACCOUNT, from: SENDER, voice_from: SENDER } })
    scene.start(ports, bookOf(connection))
    const app = buildServer(ports, { ...testParts(), carriers: carriersOf(connection) })
    await app.ready()
    apps.push(app)
    /** As Twilio calls: a form, signed for the address that it was given. */
    const call = async (url: string, fields: Record<string, string>, how: { signature?: string } = {}) => {
      const form = new URLSearchParams({ AccountSid: ACCOUNT, ApiVersion: '2010-04-01', ...fields })
      const reply = await app.inject({
        method: 'POST',
        url: url.replace(URL_HERE, ''),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': how.signature ?? signTwilio(url, form),
        },
        payload: form.toString(),
      })
      return { status: reply.statusCode, text: /<Message>(.*)<\/Message>/u.exec(reply.body)?.[1] ?? '', body: reply.body }
    }
    const write = (text: string, { sid = freshSid(), from = ADA }: { sid?: string; from?: string } = {}) =>
      call(`${URL_HERE}/callbacks/phone/message`, { MessageSid: sid, From: from, To: SENDER, Body: text })
    const page = async (over: object = {}) => {
      const id = await scene.open(ports, over)
      await scene.settled(id, channel)
      const [{ number } = { number: 0 }] = await scene.rows<{ number: string | number }>('select number from incident where id = $1', [id])
      return { id, number: Number(number) }
    }
    return { ports, twilio, call, write, page }
  }

  const statusUrl = (twilio: FakeTwilio): string => twilio.messages[0]?.form.get('StatusCallback') ?? ''
  const failures = async (id: IncidentId) =>
    (await scene.rows(`select from event where stream_id = $1 and type = 'incident.page-failed'`, [id])).length

  describe('states of a message', () => {
    test('that it arrived is told once, and what comes late changes nothing', async () => {
      const { ports, twilio, call, page } = await connect()
      const { id } = await page()
      const sid = twilio.messages[0]?.sid ?? ''
      const tell = (word: string) => call(statusUrl(twilio), { MessageSid: sid, MessageStatus: word })
      expect(await deliveryOf(ports, id, 'sms')).toMatchObject({ state: 'sent' })
      for (const word of ['queued', 'delivered', 'delivered', 'sent', 'undelivered']) expect((await tell(word)).status).toBe(204)
      expect(await deliveryOf(ports, id, 'sms')).toMatchObject({ state: 'delivered', reason: 'The network says that it arrived.' })
      expect(await scene.rows('select from vendor_report where external_id = $1', [sid])).toHaveLength(4)
    })

    test('that it did not arrive is in the ledger with its reason, and the incident hears of it once', async () => {
      const { ports, twilio, call, page } = await connect()
      const { id } = await page()
      const fields = { MessageSid: twilio.messages[0]?.sid ?? '', MessageStatus: 'undelivered', ErrorCode: '30005' }
      await call(statusUrl(twilio), fields)
      await call(statusUrl(twilio), fields)
      expect(await deliveryOf(ports, id, 'sms')).toMatchObject({
        state: 'failed',
        reason: 'It did not arrive: code 30005 (nobody has that number).',
      })
      expect(await failures(id)).toBe(1)
    })

    test('told before our own commit, of a message whose answer was lost: it is there, and not sent again', async () => {
      const { ports, twilio, call } = await connect()
      twilio.next = { told: 'reset', made: true }
      // The lookup is of no use here: the callback alone must keep it from being sent twice.
      twilio.listAway = true
      const id = await scene.open(ports)
      await soon('the first message', () => twilio.messages.length > 0)
      await call(statusUrl(twilio), { MessageSid: twilio.messages[0]?.sid ?? '', MessageStatus: 'delivered' })
      await scene.settled(id, 'sms')
      expect(twilio.messages).toHaveLength(1)
      expect(await deliveryOf(ports, id, 'sms')).toMatchObject({ state: 'delivered' })
    })

    test('whose signature, account or token is wrong changes nothing', async () => {
      const { ports, twilio, call, page } = await connect()
      const { id } = await page()
      const fields = { MessageSid: twilio.messages[0]?.sid ?? '', MessageStatus: 'delivered' }
      const url = statusUrl(twilio)
      const good = signTwilio(url, new URLSearchParams({ AccountSid: ACCOUNT, ApiVersion: '2010-04-01', ...fields }))
      expect((await call(url, fields, { signature: '' })).status).toBe(403)
      expect((await call(url, { ...fields, MessageStatus: 'undelivered' }, { signature: good })).status).toBe(403)
      expect((await call(url, { ...fields, AccountSid: `AC${'f'.repeat(32)}` })).status).toBe(403)
      expect((await call(`${url}x`, fields)).status).toBe(204)
      expect((await call(url.replace('/phone/', '/other/'), fields)).status).toBe(404)
      expect(await deliveryOf(ports, id, 'sms')).toMatchObject({ state: 'sent' })
    })
  })

  describe('what is written back', () => {
    test('acknowledges once, says who else did, and is answered alike when it comes again', async () => {
      const { ports, write, page } = await connect()
      const { id, number } = await page()
      const sid = freshSid()
      const first = await write('1', { sid })
      expect(first.text).toBe(`You have incident ${number}. Nobody else has acknowledged it.`)
      expect(await acknowledgements(id)).toEqual(['sms ann'])
      expect(await deliveryOf(ports, id, 'sms')).toMatchObject({ state: 'seen' })
      expect(await write('1', { sid })).toEqual(first)
      expect((await write('ack')).text).toBe(`You already have incident ${number}. Nobody else has acknowledged it.`)
      expect(await acknowledgements(id)).toHaveLength(1)
      // A later page is not answered by what was written before it, however often that is played again.
      const later = await page()
      expect(await write('1', { sid })).toEqual(first)
      expect(await acknowledgements(later.id)).toEqual([])
    })

    test('names others who acknowledged', async () => {
      const { write, page } = await connect()
      const { id, number } = await page()
      await scene.rows(
        `insert into page (id, key, incident_id, person_id, role, state, round, step, because, created_at, acknowledged_at)
         select gen_random_uuid(), key || '-bob', incident_id, $2, role, 'acknowledged', round, step, because, created_at, now()
         from page where incident_id = $1 limit 1`,
        [id, bob],
      )
      expect((await write('1')).text).toBe(`You have incident ${number}. Also acknowledged by bob.`)
    })

    test('of several asks which, and takes a number, a code, or all', async () => {
      const { twilio, write, page } = await connect()
      const [one, two, three] = [await page(), await page(), await page()]
      expect((await write('1')).text).toMatch(/^Which one\? You are paged for incidents /u)
      expect(await acknowledgements(one.id)).toEqual([])
      expect((await write(`ack ${two.number}`)).text).toContain(`incident ${two.number}`)
      expect([await acknowledgements(one.id), await acknowledgements(two.id)]).toEqual([[], ['sms ann']])
      const body = twilio.messages.find(({ form }) => form.get('Body')?.includes(`#${one.number} `))?.form.get('Body') ?? ''
      await write(/code (\w+)$/u.exec(body)?.[1]?.toLowerCase() ?? '')
      expect([await acknowledgements(one.id), await acknowledgements(three.id)]).toEqual([['sms ann'], []])
      await write('ack all')
      expect(await acknowledgements(three.id)).toEqual(['sms ann'])
    })

    test('passes the page on, and knows nothing of what does not page the writer', async () => {
      const { write, page } = await connect()
      const { id, number } = await page()
      expect((await write(`ack ${number + 1_000}`)).text).toContain('you are not paged for')
      expect((await write('2')).text).toBe(`Passed on: somebody else is paged for incident ${number}.`)
      expect(await scene.rows(`select from page where incident_id = $1 and person_id = $2 and state = 'declined'`, [id, ann])).not.toEqual(
        [],
      )
    })

    test.each(['STOP', 'HELP'])('%s is left to Twilio, and strangers get no word', async (word) => {
      const { write, page } = await connect()
      const { id } = await page()
      const before = logged.length
      expect(await write(word)).toMatchObject({ status: 200, text: '' })
      // Whoever runs this is told of the one that keeps pages from arriving.
      expect(logged.slice(before).some((line) => line.includes('has stopped text messages'))).toBe(word === 'STOP')
      expect(await write('1', { from: '+15005550001' })).toMatchObject({ status: 200, text: '' })
      expect(await acknowledgements(id)).toEqual([])
    })

    test('without a good signature acknowledges nothing', async () => {
      const { call, page } = await connect()
      const { id } = await page()
      const fields = { MessageSid: freshSid(), From: ADA, To: SENDER, Body: '1' }
      expect((await call(`${URL_HERE}/callbacks/phone/message`, fields, { signature: 'AAAA' })).status).toBe(403)
      expect(await acknowledgements(id)).toEqual([])
    })
  })

  describe('a call', () => {
    let callCount = 0
    const freshCall = (): string => `CA${String((callCount += 1)).padStart(32, 'e')}`

    async function ring(connected = connect('voice')) {
      const { ports, twilio, call, page } = await connected
      const made = await page()
      const form = twilio.calls[0]?.form
      const url = form?.get('Url') ?? ''
      const sid = freshCall()
      const answer = (answeredBy = 'human') => call(url, { CallSid: sid, CallStatus: 'in-progress', AnsweredBy: answeredBy })
      const press = (digits: string, at = url.replace('/call/', '/digits/')) => call(at, { CallSid: sid, Digits: digits })
      const end = (word: string) => call(form?.get('StatusCallback') ?? '', { CallSid: sid, CallStatus: word })
      return { ...made, ports, call, page, url, sid, answer, press, end }
    }

    test('1 acknowledges, once, however often Twilio hands the key over', async () => {
      const { ports, id, number, answer, press, end } = await ring()
      expect((await answer()).body).toContain('<Gather')
      expect(await deliveryOf(ports, id, 'voice')).toMatchObject({ state: 'delivered', reason: 'The call was answered.' })
      const said = `You have incident ${number}. Nobody else has acknowledged it. Goodbye.`
      for (let times = 0; times < 3; times += 1) expect((await press('1')).body).toContain(said)
      await end('completed')
      expect(await acknowledgements(id)).toEqual(['voice ann'])
      expect(await deliveryOf(ports, id, 'voice')).toMatchObject({ state: 'seen' })
      expect((await answer()).body).not.toContain('<Gather')
    })

    test('2 passes it on, 9 says it again, and no other key does anything', async () => {
      const { id, answer, press } = await ring()
      await answer()
      expect((await press('9')).body).toContain('<Gather')
      expect((await press('7')).body).toContain('That key does nothing.')
      expect(await acknowledgements(id)).toEqual([])
      expect((await press('2')).body).toContain('Passed on')
      expect(await scene.rows(`select from page where incident_id = $1 and person_id = $2 and state = 'declined'`, [id, ann])).not.toEqual(
        [],
      )
    })

    test.each(['machine_end_beep', 'machine_start', 'fax'])(
      '%s is told and never asked, and no key of that call acknowledges',
      async (by) => {
        const { ports, id, answer, press } = await ring()
        expect((await answer(by)).body).not.toContain('<Gather')
        await press('1')
        expect(await acknowledgements(id)).toEqual([])
        expect(await deliveryOf(ports, id, 'voice')).toMatchObject({
          state: 'delivered',
          reason: expect.stringContaining('A machine answered the call'),
        })
      },
    )

    test('whatever is told and pressed, in whatever order and however often: it takes a signed 1 of a person, and that counts once', async () => {
      const steps = fc.array(
        fc.constantFrom('human', 'machine', 'press 1', 'press 2', 'press 9', 'forged 1', 'no-answer', 'completed', 'stranger 1'),
        { minLength: 1, maxLength: 7 },
      )
      const connected = connect('voice')
      await fc.assert(
        fc.asyncProperty(steps, async (taken) => {
          const { id, answer, press, end, call, url, sid } = await ring(connected)
          const digits = url.replace('/call/', '/digits/')
          for (const step of taken) {
            if (step === 'human') await answer()
            else if (step === 'machine') await answer('machine_end_beep')
            else if (step === 'forged 1') await call(digits, { CallSid: sid, Digits: '1' }, { signature: 'bm8=' })
            else if (step === 'stranger 1') await press('1', digits.replace(/[^/]+$/u, 'y'.repeat(43)))
            else if (step.startsWith('press')) await press(step.slice(-1))
            else await end(step)
          }
          const barred = taken.includes('machine') ? taken.indexOf('machine') : taken.length
          const acts = taken.slice(0, barred).filter((step) => step === 'press 1' || step === 'press 2')
          expect(await acknowledgements(id)).toEqual(acts[0] === 'press 1' ? ['voice ann'] : [])
        }),
        { numRuns: 10 },
      )
    })

    test('that nobody answered, or that cannot be put through, is in the ledger', async () => {
      const missed = await ring()
      await missed.end('ringing')
      await missed.end('no-answer')
      expect(await deliveryOf(missed.ports, missed.id, 'voice')).toMatchObject({ state: 'failed', reason: 'Nobody answered the call.' })
      expect(await failures(missed.id)).toBe(0)
      await missed.end('failed')
      expect(await failures(missed.id)).toBe(1)
    })

    test('once somebody has acknowledged elsewhere, it says so and asks nothing', async () => {
      const { ports, id, number, answer } = await ring()
      await scene.acknowledge(ports, id)
      expect((await answer()).body).toContain(`You have incident ${number}.`)
    })

    test('a key without a signature, for another page, or with a token that is none, acknowledges nothing', async () => {
      const { id, call, page, press, sid, url } = await ring()
      const other = await page()
      const digits = url.replace('/call/', '/digits/')
      expect((await call(digits, { CallSid: sid, Digits: '1' }, { signature: 'AAAA' })).status).toBe(403)
      expect((await press('1', digits.replace(/[^/]+$/u, 'x'.repeat(43)))).body).toContain('not known any more')
      expect([await acknowledgements(id), await acknowledgements(other.id)]).toEqual([[], []])
      await press('1')
      expect([await acknowledgements(id), await acknowledgements(other.id)]).toEqual([['voice ann'], []])
    })
  })
})

test('no number, user key or token of a page stands in any line of the log', async () => {
  expect(logged.length).toBeGreaterThan(20)
  const tokens = (await scene.rows<{ count: string }>('select count(*) from link'))[0]?.count
  expect(Number(tokens)).toBeGreaterThan(5)
  for (const line of logged)
    expect(line).not.toMatch(/4915112345678|u{30}|r{30}|auth-token|\/(?:a|call|digits|sms-status|call-status)\/[\w-]{43}/u)
})
