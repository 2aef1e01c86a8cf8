import { afterAll, beforeAll, expect, test } from 'vitest'
import { ann, cyd, own } from '../../../test/support/playbook.ts'
import { CERTIFICATE_URL, makeAuthority, type Signer, TOPIC } from '../../../test/support/sns-signer.ts'
import { openSourceScene, type SourceScene } from '../../../test/support/source-scene.ts'
import { waitFor } from '../../../test/support/wait.ts'

let it: SourceScene
let signer: Signer
let source: { readonly id: string; readonly key: string }

/** An installation that reaches nothing outside. */
const airGapped = {
  signers: { outbound: { get: async () => ({ kind: 'failed', reason: 'the connection failed (ENETUNREACH)' }) as const } },
}

beforeAll(async () => {
  signer = await (await makeAuthority()).issue(['sns.amazonaws.com'])
  it = await openSourceScene({ ports: airGapped })
  source = await it.addSource({ name: 'aws', kind: 'sns' })
  await it.heard()
})

afterAll(() => it.close())

const ask = (who: typeof own, method: 'GET' | 'POST', path: string, body?: unknown) =>
  it.api.ask(who, method, `/sources/${source.id}/${path}`, body)
const send = (fields: Record<string, string>) =>
  it.post(`/hooks/sns/${source.key}`, signer.envelope(fields), { 'content-type': 'text/plain' })
const alarm = (state: string, at: string) =>
  JSON.stringify({ AlarmName: 'A', AlarmArn: 'arn:aws:cloudwatch:us-east-1:1:alarm:A', NewStateValue: state, StateChangeTime: at })

test('where no certificate can be had, its page says which one is missing and what waits for it', async () => {
  await send({ Message: alarm('ALARM', '2026-11-24T09:00:00.000+0000') })
  await send({ Message: alarm('OK', '2026-11-24T09:10:00.000+0000') })
  await send({ Type: 'SubscriptionConfirmation' })
  await it.settled()
  const { status, body } = await ask(ann, 'GET', 'certificates')
  expect(status).toBe(200)
  expect(body.items).toEqual([
    { url: CERTIFICATE_URL, state: 'missing', waiting: 3, good: 0, forged: 0, given_up: 0, reason: null, certificate: null },
  ])
  expect(await it.rows('select resolved_at from alert')).toEqual([{ resolved_at: null }])
  const notice = (await it.detail(source.id)).notices.find((one: { code: string }) => one.code === 'certificate-missing')
  expect(notice).toMatchObject({
    level: 'fail',
    text: expect.stringMatching(/^3 messages could not be checked/),
    remedy: expect.stringContaining(CERTIFICATE_URL),
  })
})

test('what is no certificate, or is an authority, is refused', async () => {
  const give = (pem: string, url = CERTIFICATE_URL) => ask(own, 'POST', 'certificates', { url, pem })
  for (const pem of ['nonsense', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', (await makeAuthority()).pem])
    expect(await give(pem)).toMatchObject({ status: 400, body: { errors: [{ field: 'pem' }] } })
  for (const url of ['http://sns.us-east-1.amazonaws.com/a.pem', 'nonsense']) expect((await give(signer.pem, url)).status).toBe(400)
})

test('only those who manage sources give one; stakeholders see none', async () => {
  expect((await ask(ann, 'POST', 'certificates', { url: CERTIFICATE_URL, pem: signer.pem })).status).toBe(403)
  for (const path of ['certificates', 'subscriptions']) expect((await ask(cyd, 'GET', path)).status).toBe(403)
  for (const id of ['nonsense', '00000000-0000-7000-8000-000000000000'])
    for (const path of ['certificates', 'subscriptions']) expect((await it.api.ask(own, 'GET', `/sources/${id}/${path}`)).status).toBe(404)
})

test('a certificate by hand is taken, recorded, and checks what waits: the end is believed at last', async () => {
  expect((await ask(own, 'POST', 'certificates', { url: CERTIFICATE_URL, pem: signer.pem })).status).toBe(200)
  const counts = async () => (await ask(ann, 'GET', 'certificates')).body.items[0]
  await waitFor('all to be checked', async () => (await counts()).good === 3, { timeoutMs: 20_000 })
  expect(await counts()).toMatchObject({
    state: 'given',
    waiting: 0,
    forged: 0,
    certificate: { subject: expect.stringContaining('sns.amazonaws.com'), fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}/) },
  })
  const { valid_from: from, valid_until: until } = (await counts()).certificate
  expect([Date.parse(from) < Date.now(), Date.parse(until) > Date.now()]).toEqual([true, true])
  await it.settled()
  const alerts = await it.rows<{ resolved_at: Date | null }>('select resolved_at from alert')
  expect(alerts[0]?.resolved_at).not.toBeNull()
  const leaves = await it.rows("select 1 from audit_leaf where convert_from(leaf, 'utf8') like '%source.certificate-given%'")
  expect(leaves).toHaveLength(1)
})

test('a subscription that cannot be confirmed from here shows on the source', async () => {
  await waitFor('the first try', async () => (await ask(ann, 'GET', 'subscriptions')).body.items[0]?.reason !== null, { timeoutMs: 10_000 })
  expect((await ask(ann, 'GET', 'subscriptions')).body).toEqual({
    items: [
      {
        topic: TOPIC,
        state: 'asked',
        asked_at: expect.any(String),
        confirmed_at: null,
        ended_at: null,
        tries: expect.any(Number),
        next_try_at: expect.any(String),
        reason: 'the connection failed (ENETUNREACH)',
        last_message_at: null,
        waiting: 0,
      },
    ],
    next: null,
  })
  // One that has just asked is no trouble yet.
  await it.rows("update subscription set asked_at = now() - interval '1 hour'")
  expect((await it.detail(source.id)).notices.map((notice: { code: string }) => notice.code)).toContain('subscription-unconfirmed')
  expect(JSON.stringify(await it.detail(source.id))).not.toMatch(/Token=/)
})

test('a topic shows when it last spoke and was believed, and how many of its messages wait', async () => {
  const topic = async () => (await ask(ann, 'GET', 'subscriptions')).body.items[0]
  await send({ Message: alarm('ALARM', '2026-11-24T10:00:00.000+0000'), MessageId: 'later' })
  await it.settled()
  await waitFor('its last message', async () => (await topic()).last_message_at !== null, { timeoutMs: 10_000 })
  expect(Math.abs(Date.parse((await topic()).last_message_at) - Date.now())).toBeLessThan(60_000)
  const heard = (await topic()).last_message_at
  // Another certificate, which nobody can get: whoever signs so is not believed to be the topic.
  const other = CERTIFICATE_URL.replace('0123456789abcdef', 'fedcba9876543210')
  await send({ Message: alarm('OK', '2026-11-24T10:10:00.000+0000'), MessageId: 'other', SigningCertURL: other })
  await it.settled()
  await waitFor('the count', async () => (await topic()).waiting === 1, { timeoutMs: 10_000 })
  expect((await topic()).last_message_at).toBe(heard)
  const { items } = (await ask(ann, 'GET', 'certificates')).body
  expect(items.map((one: { url: string; state: string }) => [one.url, one.state])).toEqual([
    [other, 'missing'],
    [CERTIFICATE_URL, 'given'],
  ])
  const elsewhere = await it.addSource({ name: 'aws 2', kind: 'sns' })
  const known = (await it.api.ask(ann, 'GET', `/sources/${elsewhere.id}/certificates`)).body.items
  expect(known).toMatchObject([{ url: CERTIFICATE_URL, state: 'given', waiting: 0 }])
})
