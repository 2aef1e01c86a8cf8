/** The way of SNS from its first question to a forged message, against an AWS on loopback with an authority of its own. */
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../../test/support/certificate.ts'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { type Answer, KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { type Authority, CERTIFICATE_URL, makeAuthority, type Signer, TOPIC } from '../../../test/support/sns-signer.ts'
import { startSnsService } from '../../../test/support/sns-service.ts'
import { waitFor as waitForWithin } from '../../../test/support/wait.ts'
import { readConfig } from '../../config.ts'
import { asId } from '../../core/id.ts'
import { parsePlaybook } from '../../core/playbook/parse.ts'
import { makeOutbound } from './confirm-outbound.ts'
import { dropDecided } from './confirm-store.ts'
import { KEEP_DECIDED_MS } from './confirm-unchecked.ts'

const waitFor = (what: string, look: () => Promise<boolean>) => waitForWithin(what, look, { timeoutMs: 15_000 })

let base: TestDatabase
let it: TestIntake
let aws: Server
let authority: Authority
let signer: Signer

/** What the AWS on loopback does; its visitors' paths, in order. */
let visits: string[] = []
let certificate: { status: number; body: string } | 'hang' = 'hang'
let confirmation = 200

beforeAll(async () => {
  authority = await makeAuthority()
  signer = await authority.issue(['sns.amazonaws.com'])
  const tls = await makeCertificate({ names: ['sns.us-east-1.amazonaws.com'] })
  aws = createServer({ cert: tls.cert, key: tls.key }, (request, response) => {
    visits.push(request.url ?? '')
    if (request.url?.includes('.pem') !== true) response.writeHead(confirmation).end('<ok/>')
    else if (certificate !== 'hang') response.writeHead(certificate.status).end(certificate.body)
  })
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve))
  const { port } = aws.address() as AddressInfo
  const outbound = makeOutbound({
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    isForbidden: () => false,
    portOf: () => port,
    ca: tls.cert,
  })
  const { playbook } = parsePlaybook(readFileSync('playbook/playbook.yaml', 'utf8'), asId('shipped'))
  if (playbook === null) throw new Error('the playbook that ships has errors')
  base = await openTestDatabase()
  await seedSource(base.database, { kind: 'sns' })
  const config = readConfig({ NODE_ENV: 'test' })
  it = await startTestIntake(base.database, {
    playbook,
    ports: { config: { ...config, timing: { ...config.timing, confirmMs: 50 } }, signers: { outbound, roots: [authority.pem] } },
  })
})

afterAll(async () => {
  await it.close()
  await base.close()
  aws.closeAllConnections()
  aws.close()
})

let number = 0
beforeEach(() => {
  visits = []
  confirmation = 200
  number += 1
})
/** Each test has a certificate address of its own: what is known of one is remembered. */
const url = () => CERTIFICATE_URL.replace('0123456789abcdef', `${number}`.padStart(16, '0'))
const sign = (fields: Record<string, string>, by: Signer = signer) => by.envelope({ SigningCertURL: url(), ...fields })
const post = (body: unknown): Promise<Answer> => it.post(`/hooks/sns/${KEY}`, body, { 'content-type': 'text/plain; charset=UTF-8' })

const alarmOf = (name: string, state: string, at: string) =>
  JSON.stringify({
    AlarmName: name,
    AlarmDescription: 'made by a test',
    AWSAccountId: '123456789012',
    NewStateValue: state,
    NewStateReason: 'Threshold Crossed: 1 datapoint [61.5 (24/11/26 09:40:00)] was greater than the threshold (50.0).',
    StateChangeTime: at,
    Region: 'US East (N. Virginia)',
    AlarmArn: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}`,
  })
const T1 = '2026-11-24T09:45:12.345+0000'
const T2 = '2026-11-24T09:55:12.345+0000'

const alertsOf = (name: string) =>
  it.rows<{ title: string; firing: boolean; count: number; value: number | null }>(
    'select title, resolved_at is null as firing, count::int as count, value from alert where alarm = $1 order by first_at',
    [name],
  )
const subscription = () =>
  it.rows<{ topic: string; state: string; url: string | null; reason: string | null }>(
    'select topic, state, url, reason from subscription order by topic',
  )

describe('with a certificate that can be had', () => {
  beforeEach(() => {
    certificate = { status: 200, body: signer.pem }
  })

  test('a subscription is confirmed by one visit to the address in it, and that is on record', async () => {
    const question = sign({ Type: 'SubscriptionConfirmation' })
    expect((await post(question)).status).toBe(200)
    await waitFor('the subscription to be confirmed', async () => (await subscription())[0]?.state === 'confirmed')
    expect(await subscription()).toEqual([{ topic: TOPIC, state: 'confirmed', url: null, reason: null }])
    expect(visits.filter((visit) => visit.startsWith('/?'))).toEqual([
      new URL(question['SubscribeURL'] ?? '').pathname + new URL(question['SubscribeURL'] ?? '').search,
    ])
    const leaves = await it.rows<{ leaf: Buffer }>(
      "select leaf from audit_leaf where convert_from(leaf, 'utf8') like '%source.subscription-confirmed%'",
    )
    expect(leaves).toHaveLength(1)
  })

  test.each(['1', '2'])('API5xxAlarm, signed with version %s, opens a SEV-1 and pages', async (SignatureVersion) => {
    expect((await post(sign({ Message: alarmOf('API5xxAlarm', 'ALARM', T1), SignatureVersion }))).status).toBe(200)
    await it.settled()
    const incidents = await it.rows("select severity, incident_type, title from incident where incident_type = 'api-5xx-spike'")
    expect(incidents).toEqual([
      { severity: 'SEV-1', incident_type: 'api-5xx-spike', title: expect.stringContaining('API5xxAlarm: made by a test') },
    ])
    expect((await it.rows('select key from effect')).length).toBeGreaterThan(0)
    expect(await alertsOf('API5xxAlarm')).toMatchObject([{ firing: true, value: 61.5 }])
  })

  test('what AWS’s own client subscribes and publishes is confirmed and read, to the last character', async () => {
    const topic = `${TOPIC}-by-sdk`
    const sns = await startSnsService(
      async ({ endpoint, fields }) =>
        (await it.post(endpoint, sign({ ...fields }), { 'content-type': 'text/plain; charset=UTF-8' })).status,
    )
    try {
      await sns.client.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'https', Endpoint: `/hooks/sns/${KEY}` }))
      await waitFor('the subscription to be confirmed', async () =>
        (await subscription()).some((row) => row.topic === topic && row.state === 'confirmed'),
      )
      const name = 'p95 > 4 s & "checkout" für 日本 +%2B'
      await sns.client.send(
        new PublishCommand({ TopicArn: topic, Subject: `ALARM: "${name.replace(/[^ -~]/g, '?')}"`, Message: alarmOf(name, 'ALARM', T1) }),
      )
      await it.settled()
      expect(await alertsOf(name)).toMatchObject([{ firing: true, count: 1, value: 61.5 }])
      expect(sns.answers).toEqual([200, 200])
    } finally {
      sns.close()
    }
  })

  test('OK ends its alert; INSUFFICIENT_DATA does not', async () => {
    await post(sign({ Message: alarmOf('Ends', 'ALARM', T1) }))
    await post(sign({ Message: alarmOf('Ends', 'INSUFFICIENT_DATA', T1) }))
    await it.settled()
    expect(await alertsOf('Ends')).toMatchObject([{ firing: true }])
    await post(sign({ Message: alarmOf('Ends', 'OK', T2) }))
    await it.settled()
    expect(await alertsOf('Ends')).toMatchObject([{ firing: false }])
  })

  test('the same message again is answered alike and counts once', async () => {
    const message = sign({ Message: alarmOf('Once', 'ALARM', T1), MessageId: 'repeated' })
    expect([(await post(message)).status, (await post(message)).status]).toEqual([200, 200])
    await it.settled()
    expect(await alertsOf('Once')).toMatchObject([{ count: 1 }])
  })

  test('a wrong key, a changed message and an old one are refused for good, kept, and page nobody', async () => {
    const before = (await it.rows<{ n: number }>('select count(*)::int as n from alert'))[0]
    const stranger = await authority.issue(['sns.amazonaws.com'])
    const good = sign({ Message: alarmOf('Forged', 'ALARM', T1) })
    const old = new Date(Date.now() - 2 * 3_600_000).toISOString()
    const answers = [
      await post(sign({ Message: alarmOf('Forged', 'ALARM', T1) }, stranger)),
      await post({ ...good, Message: alarmOf('Forged', 'OK', T1) }),
      await post(sign({ Message: alarmOf('Forged', 'ALARM', T1), Timestamp: old })),
      await post({ ...good, SigningCertURL: 'https://evil.example/x.pem' }),
    ]
    expect(answers.map((answer) => answer.status)).toEqual([403, 403, 403, 403])
    await it.settled()
    expect((await it.rows<{ n: number }>('select count(*)::int as n from alert'))[0]).toEqual(before)
    const kept = await it.rows<{ refused: string }>('select refused from receipt where refused is not null order by id desc limit 4')
    expect(kept.map((row) => row.refused)).toEqual([
      'its certificate is not at an address of SNS',
      expect.stringContaining('older than SNS'),
      'its signature does not fit',
      'its signature does not fit',
    ])
    expect(visits.filter((visit) => visit.includes('evil'))).toEqual([])
  })

  test('the certificate is fetched once for all, however many messages', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => post(sign({ Message: alarmOf(`Many${index}`, 'ALARM', T1) }))))
    expect(visits.filter((visit) => visit.endsWith('.pem'))).toHaveLength(1)
  })

  test('an ended subscription is an alarm, and confirming it again ends that', async () => {
    await post(sign({ Type: 'UnsubscribeConfirmation' }))
    await it.settled()
    expect(await alertsOf('SubscriptionEnded')).toMatchObject([{ firing: true }])
    expect((await subscription())[0]?.state).toBe('ended')
    await post(sign({ Type: 'SubscriptionConfirmation' }))
    await waitFor('the alarm to end', async () => (await alertsOf('SubscriptionEnded'))[0]?.firing === false)
    expect((await subscription())[0]?.state).toBe('confirmed')
  })

  test('a confirmation that AWS refuses is told as failed', async () => {
    confirmation = 403
    await post(sign({ Type: 'SubscriptionConfirmation', TopicArn: `${TOPIC}-refused` }))
    const found = async () => (await subscription()).find((row) => row.topic.endsWith('-refused'))
    await waitFor('the subscription to fail', async () => (await found())?.state === 'failed')
    expect((await found())?.reason).toMatch(/status 403.*subscribe again/)
  })

  test('one that AWS cannot answer now is tried again', async () => {
    confirmation = 503
    await post(sign({ Type: 'SubscriptionConfirmation', TopicArn: `${TOPIC}-later` }))
    const found = async () => (await subscription()).find((row) => row.topic.endsWith('-later'))
    await waitFor('the first try', async () => (await found())?.reason !== null)
    confirmation = 200
    await base.database.query('update subscription set due_at = now() where due_at is not null')
    await waitFor('the subscription to be confirmed', async () => (await found())?.state === 'confirmed')
  })

  test('a latency alarm, of one metric, of metric math, or composite, lands where the matrix puts it', async () => {
    const latency = (name: string, extra: object) => JSON.stringify({ ...JSON.parse(alarmOf(name, 'ALARM', T1)), ...extra })
    const metric = { MetricName: 'Duration', Namespace: 'AWS/Lambda', Dimensions: [{ name: 'FunctionName', value: 'orders' }] }
    await post(sign({ Message: latency('LambdaP95', { Trigger: { ...metric, ExtendedStatistic: 'p95' } }) }))
    await post(
      sign({
        Message: latency('LambdaP95Math', {
          Trigger: {
            Metrics: [
              { Id: 'e', Expression: 'm/1000' },
              { Id: 'm', MetricStat: { Metric: metric, Stat: 'p95' } },
            ],
          },
        }),
      }),
    )
    await post(sign({ Message: latency('LambdaComposite', { AlarmRule: 'ALARM(LambdaP95)' }) }))
    await it.settled()
    const rows = await it.rows<{ severity: string }>(
      "select distinct i.severity from alert a join incident i on i.id = a.incident_id where a.alarm in ('LambdaP95', 'LambdaP95Math', 'LambdaComposite')",
    )
    expect(rows).toEqual([{ severity: 'SEV-2' }])
  })
})

describe('while the certificate cannot be had', () => {
  const hurry = async () => {
    await base.database.query('update unchecked_message set due_at = now() where due_at is not null')
  }
  const states = () =>
    it.rows<{ state: string; reason: string | null }>(
      'select state, reason from unchecked_message where certificate_url = $1 order by received_at',
      [url()],
    )
  /** What is remembered of an address is forgotten as after its time. */
  const serve = async (pem: string) => {
    certificate = { status: 200, body: pem }
    it.intake.certificates.forget(url())
    await hurry()
  }

  beforeEach(() => {
    certificate = { status: 503, body: '' }
  })

  test('an alarm pages at once, marked; what ends it waits, and is believed when it proves good', async () => {
    expect((await post(sign({ Message: alarmOf('Early', 'ALARM', T1) }))).status).toBe(200)
    expect((await post(sign({ Message: alarmOf('Early', 'OK', T2) }))).status).toBe(200)
    await it.settled()
    expect(await alertsOf('Early')).toMatchObject([{ firing: true, title: expect.stringMatching(/signature not checked/) }])
    await serve(signer.pem)
    await waitFor('the end to be believed', async () => (await alertsOf('Early'))[0]?.firing === false)
    await waitFor('both to be decided', async () => (await states()).every((row) => row.state === 'good'))
    expect(await alertsOf('Early')).toHaveLength(1)
  })

  test('a forged alarm is taken back, and a forged end ends nothing, once the certificate is there', async () => {
    const stranger = await authority.issue(['sns.amazonaws.com'])
    await post(sign({ Message: alarmOf('Real', 'ALARM', T1) }))
    await post(sign({ Message: alarmOf('Real', 'OK', T2) }, stranger))
    await post(sign({ Message: alarmOf('Fake', 'ALARM', T1) }, stranger))
    await it.settled()
    expect([await alertsOf('Real'), await alertsOf('Fake')]).toMatchObject([[{ firing: true }], [{ firing: true }]])
    await serve(signer.pem)
    await waitFor('the forged alarm to be taken back', async () => (await alertsOf('Fake'))[0]?.firing === false)
    await waitFor('all to be decided', async () => (await states()).every((row) => row.state !== 'waiting'))
    expect((await states()).map((row) => row.state)).toEqual(['good', 'forged', 'forged'])
    expect(await alertsOf('Real')).toMatchObject([{ firing: true }])
  })

  test('a forged alarm that a real one has joined since goes on', async () => {
    const stranger = await authority.issue(['sns.amazonaws.com'])
    await post(sign({ Message: alarmOf('Both', 'ALARM', T1) }, stranger))
    await post(sign({ Message: alarmOf('Both', 'ALARM', T2) }))
    await serve(signer.pem)
    await waitFor('both to be decided', async () => (await states()).every((row) => row.state !== 'waiting'))
    await it.settled()
    expect((await states()).map((row) => row.state)).toEqual(['forged', 'good'])
    expect(await alertsOf('Both')).toMatchObject([{ firing: true, count: 2 }])
  })

  test('a subscription is confirmed when its question proves good, and not before', async () => {
    await post(sign({ Type: 'SubscriptionConfirmation', TopicArn: `${TOPIC}-early` }))
    const found = async () => (await subscription()).find((row) => row.topic.endsWith('-early'))
    expect(await found()).toBeUndefined()
    expect(visits.filter((visit) => visit.startsWith('/?'))).toEqual([])
    await serve(signer.pem)
    await waitFor('the subscription to be confirmed', async () => (await found())?.state === 'confirmed')
  })

  test('where the owner demands signatures, an alarm waits too and pages when it proves good', async () => {
    await base.database.query('update source set signed_only = true')
    try {
      await waitFor('the doors to know', async () => (await post({ AlarmName: 'x', NewStateValue: 'ALARM' })).status === 403)
      expect((await post(sign({ Message: alarmOf('Demanded', 'ALARM', T1) }))).status).toBe(200)
      await it.settled()
      expect(await alertsOf('Demanded')).toEqual([])
      await serve(signer.pem)
      await waitFor('the alarm to be believed', async () => (await alertsOf('Demanded')).length === 1)
    } finally {
      await base.database.query('update source set signed_only = false')
      await waitFor('the doors to know', async () => (await post({ AlarmName: 'x', NewStateValue: 'OK' })).status === 200)
    }
  })

  test('a sender waits no longer than it can, though the certificate hangs', async () => {
    certificate = 'hang'
    const begun = performance.now()
    expect((await post(sign({ Message: alarmOf('Slow', 'ALARM', T1) }))).status).toBe(200)
    expect(performance.now() - begun).toBeLessThan(10_000)
    await it.settled()
    expect(await alertsOf('Slow')).toMatchObject([{ firing: true }])
  })

  test('one that its host does not know, or that leads to no authority, is not believed', async () => {
    certificate = { status: 404, body: '' }
    expect((await post(sign({ Message: alarmOf('Nowhere', 'ALARM', T1) }))).status).toBe(403)
    number += 1
    const other = await makeAuthority('CN=Somebody else')
    const foreign = await other.issue(['sns.amazonaws.com'])
    certificate = { status: 200, body: foreign.pem }
    expect((await post(sign({ Message: alarmOf('Nowhere', 'ALARM', T1) }, foreign))).status).toBe(403)
    await it.settled()
    expect(await alertsOf('Nowhere')).toEqual([])
  })
})

test('read again, each message is what it was', async () => {
  const kept = await it.rows<{ note: string }>(
    "select headers->>'x-tocsin-certificate' as note from receipt where headers ? 'x-tocsin-certificate' order by id limit 1",
  )
  expect(JSON.parse(kept[0]?.note ?? '')).toEqual({ kind: 'checked' })
})

test('what was decided is forgotten after a month, what waits is not', async () => {
  await base.database.query("update unchecked_message set decided_at = now() - interval '29 days' where decided_at is not null")
  await base.database.inTransaction('main', (tx) => dropDecided(tx, tx.now - KEEP_DECIDED_MS))
  const count = async () => (await it.rows<{ n: number }>('select count(*)::int as n from unchecked_message'))[0]?.n ?? 0
  const before = await count()
  expect(before).toBeGreaterThan(0)
  await base.database.query("update unchecked_message set decided_at = now() - interval '31 days' where decided_at is not null")
  await base.database.inTransaction('main', (tx) => dropDecided(tx, tx.now - KEEP_DECIDED_MS))
  expect(await it.rows('select 1 from unchecked_message where decided_at is not null')).toEqual([])
  expect(await count()).toBeLessThan(before)
})
