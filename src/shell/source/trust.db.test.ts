import { createHmac } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSourceScene, type SourceScene } from '../../../test/support/source-scene.ts'
import { cyd, own } from '../../../test/support/playbook.ts'
import { readAgain } from '../alert/recover.ts'
import { findReceipt } from '../http/signal-list-store.ts'

const SECRET = 'the secret of both sides'
const NEXT = 'another secret, longer'
const BODY = readFileSync('src/integrations/sentry/fixtures/webhook.issue.created.json', 'utf8')
const sign = (secret: string, body = BODY) => createHmac('sha256', secret).update(body).digest('hex')

let it: SourceScene
beforeAll(async () => {
  it = await openSourceScene({ environment: { GIVEN_SECRET: 'a secret of the environment' } })
})
afterAll(() => it.close())

const send = (key: string, signature: string | null, body = BODY, more: Record<string, string> = {}) =>
  it.post(`/hooks/sentry/${key}`, body, {
    'sentry-hook-resource': 'issue',
    ...(signature === null ? {} : { 'sentry-hook-signature': signature }),
    ...more,
  })
const alerts = (id: string) => it.rows<{ incident_id: string | null }>('select incident_id from alert where source_id = $1', [id])
const lastReceipt = async () => {
  const [row] = await it.rows<{ id: number }>('select id from receipt order by id desc limit 1')
  return it.ports.database.inTransaction('main', (tx) => findReceipt(tx, row?.id ?? 0))
}
const patch = (id: string, body: object) => it.api.ask(own, 'PATCH', `/sources/${id}`, body)

describe('a source with a secret', () => {
  let source: { id: string; key: string }
  beforeAll(async () => {
    source = await it.addSource({ name: 'signed', kind: 'sentry', signing: { secret: SECRET } })
    await it.heard()
  })

  test('keeps it encrypted, and shows it to nobody', async () => {
    const [row] = await it.rows<{ sealed: Buffer }>('select sealed from source_secret where source_id = $1', [source.id])
    expect(row?.sealed.includes(Buffer.from(SECRET))).toBe(false)
    expect(statSync(join(it.dataDir, 'secret')).mode & 0o777).toBe(0o600)
    const shown = await it.detail(source.id)
    expect(JSON.stringify(shown)).not.toContain(SECRET)
    expect(shown.secrets).toMatchObject([{ kind: 'kept', name: null, readable: true, expires_at: null }])
    expect(JSON.stringify(await it.rows('select l::text from audit_leaf l'))).not.toContain(SECRET)
  })

  test.each<[string, () => ReturnType<typeof send>, string]>([
    ['without a signature', () => send(source.key, null), 'it has no Sentry-Hook-Signature'],
    ['with another key', () => send(source.key, sign('wrong')), 'its Sentry-Hook-Signature is wrong'],
    ['with an altered byte', () => send(source.key, sign(SECRET), `${BODY} `), 'its Sentry-Hook-Signature is wrong'],
    ['of the wrong length', () => send(source.key, sign(SECRET).slice(1)), 'its Sentry-Hook-Signature is wrong'],
    [
      'that is old',
      () => send(source.key, sign(SECRET), BODY, { 'sentry-hook-timestamp': '1700000000' }),
      'its Sentry-Hook-Timestamp is too old or too far ahead',
    ],
  ])('a message %s is kept and counted, and believed by nobody, after a crash neither', async (_name, deliver, reason) => {
    const before = (await it.detail(source.id)).today
    const { status } = await deliver()
    expect(status).toBeGreaterThanOrEqual(400)
    await it.settled()
    const after = await it.detail(source.id)
    expect(after.today).toMatchObject({ messages: before.messages + 1, distrusted: before.distrusted + 1, signals: before.signals })
    expect(after.faults[0]).toMatchObject({ kind: 'distrusted', reason })
    expect(after.distrusted.map((row: { reason: string }) => row.reason)).toContain(reason)
    expect(after.health).toBe('troubled')
    expect(await alerts(source.id)).toEqual([])
    const receipt = await lastReceipt()
    expect(receipt === undefined ? null : readAgain(receipt)).toMatchObject({ signals: [], aside: 'distrusted', refused: reason })
    const signal = (await it.api.ask(own, 'GET', '/signals')).body.items[0]
    expect(signal).toMatchObject({ outcome_kind: 'distrusted', incident_id: null })
  })

  test('a signed message pages, and is read again after a crash without any secret', async () => {
    const { status } = await send(source.key, sign(SECRET))
    expect(status).toBeLessThan(300)
    await it.settled()
    const found = await alerts(source.id)
    expect(found).toHaveLength(1)
    expect(found[0]?.incident_id).not.toBeNull()
    const receipt = await lastReceipt()
    expect(receipt === undefined ? 0 : readAgain(receipt).signals).toHaveLength(1)
  })

  test('while one secret takes the place of another both are good; then the old one is not', async () => {
    await patch(source.id, { signing: { secret: NEXT }, signing_overlap_hours: 0.001 })
    await it.heard()
    expect((await send(source.key, sign(NEXT))).status).toBeLessThan(300)
    expect((await send(source.key, sign(SECRET))).status).toBeLessThan(300)
    await new Promise((resolve) => setTimeout(resolve, 3_700))
    expect((await send(source.key, sign(SECRET))).status).toBeGreaterThanOrEqual(400)
    expect((await send(source.key, sign(NEXT))).status).toBeLessThan(300)
    expect((await it.detail(source.id)).secrets).toHaveLength(1)
  })

  test('two at most are good at once', async () => {
    for (const secret of ['third secret', 'fourth secret']) await patch(source.id, { signing: { secret } })
    await it.heard()
    expect((await send(source.key, sign(NEXT))).status).toBeGreaterThanOrEqual(400)
    expect((await send(source.key, sign('third secret'))).status).toBeLessThan(300)
    expect((await send(source.key, sign('fourth secret'))).status).toBeLessThan(300)
  })

  test('with its secret taken away it takes what is unsigned again, and says so', async () => {
    await patch(source.id, { signing: null })
    await it.heard()
    expect((await send(source.key, null)).status).toBeLessThan(300)
    const { secrets, notices } = await it.detail(source.id)
    expect(secrets).toEqual([])
    expect(notices.map((notice: { code: string }) => notice.code)).toContain('unsigned')
  })

  test('that takes signed messages alone believes nothing while it has no secret', async () => {
    await patch(source.id, { signed_only: true })
    await it.heard()
    expect((await send(source.key, null)).status).toBe(401)
  })
})

test('a burst is told once on its page, and no message of it pages', async () => {
  const source = await it.addSource({ name: 'stormed', kind: 'sentry', signing: { secret: SECRET } })
  await it.heard()
  await Promise.all(Array.from({ length: 40 }, (_, index) => send(source.key, sign('guess'), `{"n":${index}}`)))
  await it.settled()
  const { notices, distrusted } = await it.detail(source.id)
  expect(notices.filter((notice: { code: string }) => notice.code === 'distrusted')).toMatchObject([{ level: 'fail' }])
  expect(distrusted).toEqual([{ reason: 'its Sentry-Hook-Signature is wrong', count: 40 }])
  expect(await alerts(source.id)).toEqual([])
})

test('a secret may stand in a variable of the server instead', async () => {
  const source = await it.addSource({ name: 'named', kind: 'sentry', signing: { secret_from: 'GIVEN_SECRET' } })
  await it.heard()
  expect((await send(source.key, sign('a secret of the environment'))).status).toBeLessThan(300)
  expect((await send(source.key, sign(SECRET))).status).toBeGreaterThanOrEqual(400)
  expect((await it.detail(source.id)).secrets).toMatchObject([{ kind: 'named', name: 'GIVEN_SECRET', readable: true }])
})

test('a secret that this server cannot read is our fault: the sender is asked to come again, and people are paged plainly', async () => {
  const source = await it.addSource({ name: 'unset', kind: 'sentry', signing: { secret_from: 'NOT_SET' } })
  await it.heard()
  expect((await send(source.key, sign(SECRET))).status).toBe(503)
  await it.settled()
  expect((await alerts(source.id)).map(({ incident_id: id }) => id !== null)).toEqual([true])
  const receipt = await lastReceipt()
  expect(receipt === undefined ? null : readAgain(receipt)).toMatchObject({ aside: null, refused: expect.stringContaining('cannot read') })
  const { secrets, notices } = await it.detail(source.id)
  expect(secrets).toMatchObject([{ readable: false }])
  expect(notices[0]).toMatchObject({ code: 'secret-unreadable', level: 'fail' })
})

test('a secret that was moved to another source’s row does not open there', async () => {
  const [one, other] = [
    await it.addSource({ name: 'mover', kind: 'sentry', signing: { secret: SECRET } }),
    await it.addSource({ name: 'moved', kind: 'sentry', signing: { secret: SECRET } }),
  ]
  await it.rows('update source_secret set sealed = (select sealed from source_secret where source_id = $1) where source_id = $2', [
    one.id,
    other.id,
  ])
  await it.heard()
  expect((await send(one.key, sign(SECRET))).status).toBeLessThan(300)
  expect((await send(other.key, sign(SECRET))).status).toBe(503)
})

test('a secret is refused where nobody would verify with it, and those who do not manage sources set none', async () => {
  const plain = await it.addSource({ name: 'plain', kind: 'prometheus' })
  expect(await patch(plain.id, { signing: { secret: SECRET } })).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
  expect(await patch(plain.id, { signed_only: true })).toMatchObject({ status: 400 })
  expect((await it.api.ask(cyd, 'PATCH', `/sources/${plain.id}`, { signing: null })).status).toBe(403)
  const signed = await it.addSource({ name: 'pasted', kind: 'sentry', signing: { secret: `  ${SECRET}\n` } })
  for (const secret of ['short', 'with a \u0000 in it', 'half \ud800 of one', 'x'.repeat(1_025)]) {
    expect((await patch(signed.id, { signing: { secret } })).status, secret.slice(0, 20)).toBe(400)
  }
  expect((await patch(signed.id, { signing: { secret_from: 'lower-case' } })).status).toBe(400)
  await it.heard()
  expect((await send(signed.key, sign(SECRET))).status).toBeLessThan(300)
})

test('a sender cannot write our own notes into a receipt', async () => {
  const source = await it.addSource({ name: 'liar', kind: 'sentry' })
  await it.heard()
  await send(source.key, null, BODY, { 'x-tocsin-distrusted': '1', 'x-tocsin-test': '1', 'x-tocsin-unread': '1' })
  await it.settled()
  const receipt = await lastReceipt()
  expect(receipt === undefined ? null : readAgain(receipt)).toMatchObject({ aside: null, refused: null })
  expect(await alerts(source.id)).toHaveLength(1)
})
