import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiScene, openApiScene } from '../../../../test/support/api.ts'
import { openTestDatabase } from '../../../../test/support/database.ts'
import { ann, bob, cyd, own } from '../../../../test/support/playbook.ts'
import { asId, type IncidentId, type PersonId } from '../../../core/id.ts'
import { changeIncident } from '../../incident/change.ts'
import { createAcknowledgeLink } from '../../page/link-store.ts'
import { createSignInLink } from '../../person/sign-in.ts'
import { freshToken, hashToken } from '../../person/token.ts'

let scene: ApiScene
/** False: every transaction fails where it would commit. */
let commits = true
beforeAll(async () => {
  const opened = await openTestDatabase()
  const { database } = opened
  const inTransaction: typeof database.inTransaction = async (pool, work) =>
    database.inTransaction(pool, async (tx) => {
      const result = await work(tx)
      if (!commits) throw new Error('the commit failed')
      return result
    })
  scene = await openApiScene({ opened, ports: { database: Object.assign(Object.create(database), { inTransaction }) } })
})
afterAll(() => scene.close())

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const get = (token: string, method: 'GET' | 'HEAD' = 'GET') => scene.inject({ method, url: `/a/${token}` })
const press = (token: string, wish = 'acknowledge') =>
  scene.inject({ method: 'POST', url: `/a/${token}`, payload: `do=${wish}`, headers: FORM })
const declare = async (over: object = {}) =>
  (
    await scene.ask(own, 'POST', '/incidents', {
      title: 'API 5xx Spike: checkout above 50 %',
      summary: '61 % of requests fail',
      severity: 'red',
      type: 'spike',
      ...over,
    })
  ).body
const linkFor = (incidentId: string, personId: PersonId = ann, lifetimeMs = 60_000) => {
  const token = freshToken()
  return scene.database.database.inTransaction('main', async (tx) => {
    await createAcknowledgeLink(tx, { personId, incidentId: asId<IncidentId>(incidentId), expiresAt: tx.now + lifetimeMs, token })
    return token
  })
}
/** As a message that stands for many has it. */
const linkForMany = async (ids: readonly string[]) => {
  const token = await linkFor(ids[0] ?? '')
  await scene.database.database.query('update link set others = $1 where token_hash = $2', [ids.slice(1), hashToken(token)])
  return token
}
const acknowledgedOf = async (ids: readonly string[]) => (await Promise.all(ids.map(incident))).map((one) => one.acknowledged_at !== null)
const incident = async (id: string) => (await scene.ask(own, 'GET', `/incidents/${id}`)).body

test('what was not committed is not told: neither page, nor push, nor sign-in answers before', async () => {
  const { id } = await declare()
  const token = await linkFor(id)
  const signIn = await scene.database.database.inTransaction('main', (tx) => createSignInLink(tx, ann, 60_000))
  commits = false
  const answers = await Promise.all(
    [`/a/${token}`, `/a/${token}/act`, `/sign-in/${signIn}`].map((url) =>
      scene.inject({ method: 'POST', url, payload: 'do=acknowledge', headers: { ...FORM, 'sec-fetch-site': 'same-origin' } }),
    ),
  )
  commits = true
  expect(answers.map(({ statusCode, headers }) => [statusCode, headers['set-cookie']])).toEqual(answers.map(() => [500, undefined]))
  expect((await press(token)).body).toContain('You have it')
})

test('looking acknowledges nothing, however often and by whomever: mail scanners get the same page', async () => {
  const { id } = await declare()
  const token = await linkFor(id)
  for (const headers of [{}, { 'user-agent': 'Slackbot-LinkExpanding 1.0' }, { 'user-agent': 'Mozilla/5.0 (Windows) SafeLinks' }] as Record<
    string,
    string
  >[]) {
    expect((await scene.inject({ url: `/a/${token}`, headers })).statusCode).toBe(200)
    expect((await scene.inject({ method: 'HEAD', url: `/a/${token}`, headers })).statusCode).toBe(200)
  }
  expect((await scene.inject({ method: 'OPTIONS', url: `/a/${token}` })).statusCode).toBe(404)
  expect(
    (await scene.inject({ method: 'POST', url: `/a/${token}`, payload: {}, headers: { 'content-type': 'application/json' } })).statusCode,
  ).toBe(415)
  expect((await incident(id)).acknowledged_at).toBeNull()
  expect((await press(token)).statusCode).toBe(200)
  expect((await incident(id)).acknowledged_at).not.toBeNull()
})

test('the page says what broke, how bad, since when, what first, who knows, and who is next', async () => {
  const { id, number } = await declare()
  const { body, headers } = await get(await linkFor(id))
  for (const text of [
    '▲ red',
    `Incident ${number}`,
    'API 5xx Spike: checkout above 50 %',
    '61 % of requests fail',
    'just now',
    'Go back one version.',
    'You (Ops)',
    'Cyd (Boss)',
    'Acknowledge',
    'page the next person now',
  ]) {
    expect(body).toContain(text)
  }
  expect(body).toMatch(/Since \d\d:\d\d (CET|CEST|GMT\+[12]) \(\d\d:\d\d UTC\)/)
  expect(body).not.toMatch(/<script|<link|<img|https?:\/\/(?!127)/)
  expect(Buffer.byteLength(body)).toBeLessThan(15_000)
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'/)
  expect(headers['cache-control']).toBe('no-store')
})

test('once a page is handed over, the page counts down to the next person', async () => {
  const { id } = await declare()
  const { rows } = await scene.database.database.query<{ key: string }>(`select key from page where incident_id = $1 and person_id = $2`, [
    id,
    ann,
  ])
  await changeIncident(scene.ports, asId<IncidentId>(id), {
    type: 'record-hand-over',
    pages: rows.map((row) => asId(row.key)),
    channel: 'email',
  })
  const { body } = await get(await linkFor(id))
  expect(body).toMatch(/Else Bob is paged<small>for Ops, at \d\d:\d\d .*<\/small><\/span><span class="left">(2:00|1:5\d) left/)
})

test('after pressing it says who else has it, and where the incident is', async () => {
  const { id, number } = await declare()
  const [first, second] = [await linkFor(id, ann), await linkFor(id, cyd)]
  const alone = await press(first)
  expect(alone.body).toContain('You have it')
  expect(alone.body).toContain('Nobody else has acknowledged yet.')
  expect(alone.body).toContain(`/incidents/${number}`)
  expect(alone.body).not.toContain('<form')
  expect((await press(second)).body).toContain('Ann acknowledged as well.')
  const timeline = (await scene.ask(own, 'GET', `/incidents/${id}/timeline`)).body.items.map((entry: { text: string }) => entry.text)
  expect(timeline).toContain('Ann acknowledged for Ops by link.')
})

test('the link of a message that told of many shows them all, and one press acknowledges them all', async () => {
  const made = [await declare(), await declare({ title: 'Queue <b>grows</b>' }), await declare({ title: 'Payroll leak', private: true })]
  const ids = made.map(({ id }) => id as string)
  const token = await linkForMany(ids)
  const shown = await get(token)
  for (const text of ['3 incidents in this message', `#${made[1].number} Queue &lt;b&gt;grows`, `#${made[2].number} Private incident`])
    expect(shown.body).toContain(text)
  expect(shown.body).toContain('Acknowledge all 3')
  expect(shown.body).not.toMatch(/Payroll|<script|<b>grows/)
  expect(await acknowledgedOf(ids)).toEqual([false, false, false])
  const pressed = await press(token)
  expect(pressed.body).toContain('You have all 3 incidents of this message')
  expect(pressed.body).not.toContain('<form')
  expect(await acknowledgedOf(ids)).toEqual([true, true, true])
  for (const id of ids) {
    const [latest] = (await scene.ask(own, 'GET', `/incidents/${id}/timeline`)).body.items.filter(
      (entry: { type: string }) => entry.type === 'incident.acknowledged',
    )
    expect(latest.text).toBe('Ann acknowledged for Ops by link, with 2 more incidents of the same message.')
  }
  const versions = await Promise.all(ids.map(async (id) => (await incident(id)).version))
  expect((await press(token)).body).not.toContain('<form')
  expect(await Promise.all(ids.map(async (id) => (await incident(id)).version))).toEqual(versions)
})

test('of many only those that are ticked can be acknowledged, and ticking nothing leaves the link good', async () => {
  const made = [await declare(), await declare(), await declare()]
  const ids = made.map(({ id }) => id as string)
  const token = await linkForMany(ids)
  expect((await press(token, 'some')).body).toContain('Nothing was ticked')
  expect(await acknowledgedOf(ids)).toEqual([false, false, false])
  // What is not of the message is not acknowledged, whoever asks for it.
  const stranger = await declare()
  const pressed = await press(token, `some&incident=${made[1].number}&incident=${made[2].number}&incident=${stranger.number}`)
  expect(pressed.body).toContain('You have 2 of 3 incidents')
  expect(pressed.body).toContain('1 still waits for an answer')
  expect(await acknowledgedOf([...ids, stranger.id])).toEqual([false, true, true, false])
  expect((await press(token)).body).not.toContain('<form')
  expect(await acknowledgedOf(ids)).toEqual([false, true, true])
})

test('of many one that is over meanwhile does not keep the others from being acknowledged; declining passes all on', async () => {
  const made = [await declare(), await declare(), await declare()]
  const ids = made.map(({ id }) => id as string)
  const [token, other] = [await linkForMany(ids), await linkForMany(ids)]
  await scene.ask(own, 'POST', `/incidents/${ids[0]}/resolve`, { reason: 'gone' })
  expect((await press(other, 'decline')).body).toContain('You said that you cannot, of 2 incidents')
  const pages = (await scene.ask(own, 'GET', `/incidents/${ids[2]}/pages`)).body.items
  expect(pages.map((page: { person: { name: string }; state: string }) => `${page.person.name} ${page.state}`)).toContain('Bob paging')
  expect((await press(token)).body).toContain('You have all 3 incidents of this message')
  expect(await acknowledgedOf(ids)).toEqual([false, true, true])
})

test('a link works once; pressed again it says so, and does nothing more', async () => {
  const { id } = await declare()
  const token = await linkFor(id)
  const answers = await Promise.all([press(token), press(token), press(token, 'decline')])
  expect(answers.every((answer) => answer.statusCode === 200)).toBe(true)
  const version = (await incident(id)).version
  const again = await press(token)
  expect(again.statusCode).toBe(200)
  expect((await get(token)).body).not.toContain('<form')
  expect((await incident(id)).version).toBe(version)
})

test('who cannot says so, and the next person is paged at once', async () => {
  const { id } = await declare()
  const token = await linkFor(id)
  expect((await press(token, 'decline')).body).toContain('You said that you cannot')
  const pages = (await scene.ask(own, 'GET', `/incidents/${id}/pages`)).body.items
  expect(pages.map((page: { person: { name: string }; state: string }) => [page.person.name, page.state])).toEqual(
    expect.arrayContaining([
      ['Ann', 'declined'],
      ['Bob', 'paging'],
    ]),
  )
  const other = await linkFor(id)
  expect((await get(other)).body).toContain('Acknowledge')
  expect((await press(other)).body).toContain('You have it')
})

test('a link that is expired, unknown, or whose person is gone does nothing and says so', async () => {
  const { id } = await declare()
  const expired = await linkFor(id, ann, -1)
  expect([(await get(expired)).statusCode, (await press(expired)).statusCode]).toEqual([410, 410])
  expect((await get(expired)).body).toContain('Nothing was acknowledged')
  for (const token of ['unknown', 'x'.repeat(300), '%00', freshToken()]) {
    expect([token, (await get(token)).statusCode, (await press(token)).statusCode]).toEqual([token, 404, 404])
  }
  const disabled = await linkFor(id, bob)
  await scene.ask(own, 'PATCH', `/people/${bob}`, { disabled: true })
  await press(disabled)
  expect((await incident(id)).acknowledged_at).toBeNull()
  await scene.ask(own, 'PATCH', `/people/${bob}`, { disabled: false })
})

test('an incident that is over offers nothing to press', async () => {
  const { id } = await declare()
  const [token, late] = [await linkFor(id), await linkFor(id)]
  await scene.ask(own, 'POST', `/incidents/${id}/resolve`, { reason: 'gone' })
  expect((await get(token)).body).toContain('It is resolved')
  expect((await get(token)).body).not.toContain('<form')
  expect((await press(late)).body).toContain('It is resolved')
})

test('what strangers sent is shown as text, and a private incident says nothing of itself', async () => {
  const hostile = `<script>alert(1)</script>"'><img src=x>`
  const { id } = await declare({ title: hostile, summary: hostile })
  const { body } = await get(await linkFor(id))
  expect(body).not.toContain('<script>')
  expect(body).not.toContain('<img')
  const secret = await declare({ title: 'Payroll leak', summary: 'of everybody', private: true })
  const page = (await get(await linkFor(secret.id))).body
  expect(page).toContain(`Private incident ${secret.number}`)
  expect(page).not.toMatch(/Payroll|everybody/)
  expect((await press(await linkFor(secret.id))).body).not.toMatch(/Payroll|everybody/)
})

test('thousands of wrong tokens do not lock anybody out', async () => {
  const { id } = await declare()
  const token = await linkFor(id)
  for (let count = 0; count < 200; count += 1) await get(`guess${count}`)
  expect((await press(token)).body).toContain('You have it')
})

test('a page of a thousand characters and many people still fits its weight', async () => {
  const { id } = await declare({ title: 'x'.repeat(1_000), summary: 'y'.repeat(15_000) })
  expect(Buffer.byteLength((await get(await linkFor(id))).body)).toBeLessThan(15_000)
  const many = [id]
  while (many.length < 40) many.push((await declare({ title: `&${'x'.repeat(1_000)}` })).id)
  const { body } = await get(await linkForMany(many))
  expect(body).toContain('and 20 more, which acknowledging all of them includes')
  expect(Buffer.byteLength(body)).toBeLessThan(15_000)
  const startedMs = performance.now()
  expect((await press(await linkForMany(many))).body).toContain('You have all 40')
  console.log(`one press acknowledged 40 incidents in ${Math.round(performance.now() - startedMs)} ms`)
  expect((await acknowledgedOf(many)).every(Boolean)).toBe(true)
})
