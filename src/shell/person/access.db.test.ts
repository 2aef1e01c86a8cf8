import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiScene, aud, openApiScene } from '../../../test/support/api.ts'
import { ann, bob, cyd, own } from '../../../test/support/playbook.ts'
import { ensureApiKey, findApiKey, type GivenApiKey, makeApiKey } from './api-key-store.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { ensureOwner } from './person-store.ts'
import { createSignInLink } from './sign-in.ts'
import { hashToken } from './token.ts'

let scene: ApiScene
beforeAll(async () => {
  scene = await openApiScene()
})
afterAll(() => scene.close())

const SAME = { 'sec-fetch-site': 'same-origin' }
const link = (token: string, method: 'GET' | 'POST' | 'HEAD') =>
  scene.inject({
    method,
    url: `/sign-in/${token}`,
    headers: { ...SAME, ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
  })
const me = (cookie: string) => scene.inject({ url: '/api/v1/me', headers: { cookie } })
const cookieOf = (headers: Record<string, unknown>) => String(headers['set-cookie']).split(';', 1)[0] ?? ''
const signIn = (email: string, password: string, headers: Record<string, string> = SAME) =>
  scene.inject({ method: 'POST', url: '/api/v1/sign-in', payload: { email, password }, headers })

test('a sign-in link is looked at without being used, works once, and then never again', async () => {
  const token = await scene.database.database.inTransaction('main', (tx) => createSignInLink(tx, ann))
  for (const method of ['GET', 'HEAD', 'GET'] as const) {
    const seen = await link(token, method)
    expect(seen.statusCode).toBe(200)
    expect(seen.headers['set-cookie']).toBeUndefined()
  }
  expect((await link(token, 'GET')).body).toContain('Sign in as Ann')
  const [one, two] = await Promise.all([link(token, 'POST'), link(token, 'POST')])
  expect(new Set([one.statusCode, two.statusCode])).toEqual(new Set([303, 410]))
  const entered = one.statusCode === 303 ? one : two
  expect(entered.headers.location).toBe('/incidents')
  expect(String(entered.headers['set-cookie'])).toMatch(/^tocsin=[\w-]{43};.*HttpOnly; SameSite=Lax$/)
  expect((await me(cookieOf(entered.headers))).json()).toMatchObject({ name: 'Ann', signed_in_by: 'session', has_password: false })
  expect((await link(token, 'POST')).statusCode).toBe(410)
  expect((await link(token, 'GET')).body).toContain('has been used')
  expect((await link('unknown', 'GET')).statusCode).toBe(404)
})

test('a new link makes the one before worthless, and an expired one signs nobody in', async () => {
  const make = (lifetimeMs?: number) => scene.database.database.inTransaction('main', (tx) => createSignInLink(tx, bob, lifetimeMs))
  const first = await make()
  const second = await make()
  expect((await link(first, 'POST')).statusCode).toBe(404)
  expect((await link(second, 'GET')).statusCode).toBe(200)
  const past = await make(-1)
  expect((await link(past, 'POST')).statusCode).toBe(410)
})

test('a password is set in the console, signs in, and a wrong one tells nothing', async () => {
  const set = await scene.ask(ann, 'POST', '/me/password', { password: 'correct horse battery' })
  expect(set.status).toBe(204)
  expect((await scene.ask(ann, 'POST', '/me/password', { password: 'another one here' })).body.code).toBe('password-wrong')
  expect((await scene.ask(ann, 'POST', '/me/password', { password: 'short' })).body.errors[0].field).toBe('password')
  const entered = await signIn('ANN@example.com', 'correct horse battery')
  expect(entered.statusCode).toBe(200)
  expect(entered.json()).toMatchObject({ email: 'ann@example.com', has_password: true, on_call: ['Ops'] })
  expect(entered.json().can).toContain('incident.respond')
  const [wrong, nobody] = [await signIn('ann@example.com', 'wrong'), await signIn('no@example.com', 'wrong')]
  expect(wrong.statusCode).toBe(401)
  expect(wrong.json()).toEqual(nobody.json())
  expect((await signIn('ann@example.com', 'correct horse battery', { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
})

test('passwords of 64 characters and more work, and each hash is its own', async () => {
  const long = '長'.repeat(80)
  const [one, two] = [await hashPassword(long), await hashPassword(long)]
  expect(one).not.toBe(two)
  expect(await verifyPassword(long, one)).toBe(true)
  expect(await verifyPassword(`${long}x`, one)).toBe(false)
  expect(await verifyPassword('', null)).toBe(false)
  expect(await verifyPassword('x', 'no hash')).toBe(false)
})

test('guessing a password is stopped for that address and account, and others are not locked out', async () => {
  let status = 0
  for (let count = 0; count < 12; count += 1) status = (await signIn('cyd@example.com', `guess ${count}`)).statusCode
  expect(status).toBe(429)
  expect(Number((await signIn('cyd@example.com', 'guess')).headers['retry-after'])).toBeGreaterThan(0)
  expect((await signIn('ann@example.com', 'correct horse battery')).statusCode).toBe(200)
})

test('signing out ends the session at once; ending another one does too', async () => {
  const [here, there] = [`tocsin=${await scene.signIn(bob)}`, `tocsin=${await scene.signIn(bob)}`]
  const listed = (await scene.inject({ url: '/api/v1/me/sessions', headers: { cookie: here } })).json().items
  expect(listed.filter((session: { current: boolean }) => session.current)).toHaveLength(1)
  const other = listed.find((session: { current: boolean }) => !session.current)
  expect(
    await scene.inject({ method: 'DELETE', url: `/api/v1/me/sessions/${other.id}`, headers: { cookie: here, ...SAME } }),
  ).toMatchObject({ statusCode: 204 })
  expect((await me(there)).statusCode).toBe(401)
  expect(
    (
      await scene.inject({
        method: 'DELETE',
        url: `/api/v1/me/sessions/${listed[0].id}`,
        headers: { cookie: `tocsin=${await scene.signIn(ann)}`, ...SAME },
      })
    ).statusCode,
  ).toBe(404)
  expect((await scene.inject({ method: 'POST', url: '/api/v1/sign-out', headers: { cookie: here, ...SAME } })).statusCode).toBe(204)
  expect((await me(here)).statusCode).toBe(401)
})

test('sessions end after idleness and in any case after their time', async () => {
  const age = async (column: string, days: number) => {
    const token = await scene.signIn(ann)
    await scene.database.database.query(`update session set ${column} = now() - make_interval(days => $1) where token_hash = $2`, [
      days,
      hashToken(token),
    ])
    return (await me(`tocsin=${token}`)).statusCode
  }
  expect(await age('last_seen_at', 8)).toBe(401)
  expect(await age('expires_at', 1)).toBe(401)
  expect(await age('last_seen_at', 6)).toBe(200)
})

test('an API key is shown once, acts as who made it, and stops when revoked', async () => {
  const made = await scene.ask(bob, 'POST', '/keys', { name: 'script' }, { 'idempotency-key': 'make-key' })
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({ name: 'script', person: { name: 'Bob' }, revoked_at: null })
  expect(made.body.key.startsWith(`${made.body.prefix}.`)).toBe(true)
  const by = { authorization: `Bearer ${made.body.key}` }
  expect((await scene.ask(null, 'GET', '/me', undefined, by)).body.name).toBe('Bob')
  expect(JSON.stringify((await scene.ask(bob, 'GET', '/keys')).body)).not.toContain(made.body.key)
  expect((await scene.ask(bob, 'POST', '/keys', { name: 'script' }, { 'idempotency-key': 'make-key' })).body.code).toBe(
    'idempotency-secret-shown',
  )
  const kept = await scene.database.database.query('select body::text from idempotency')
  expect(JSON.stringify(kept.rows)).not.toContain(made.body.key)
  expect((await scene.ask(ann, 'DELETE', `/keys/${made.body.id}`)).status).toBe(404)
  expect((await scene.ask(ann, 'GET', '/keys')).body.items.every((key: { person: { name: string } }) => key.person.name === 'Ann')).toBe(
    true,
  )
  expect((await scene.ask(own, 'GET', '/keys')).body.items.map((key: { id: string }) => key.id)).toContain(made.body.id)
  expect((await scene.ask(bob, 'DELETE', `/keys/${made.body.id}`)).body.revoked_at).not.toBeNull()
  expect((await scene.ask(null, 'GET', '/me', undefined, by)).status).toBe(401)
  expect((await scene.ask(cyd, 'POST', '/keys', { name: 'x' })).status).toBe(403)
})

test('the key of the environment works as it is, gives way to the next one, and stays revoked', async () => {
  const { database } = scene.database
  const ensure = (key: string) => database.inTransaction('main', (tx) => ensureApiKey(tx, { key, from: 'environment' }, own))
  const find = (key: string) => database.inTransaction('main', (tx) => findApiKey(tx, key))
  expect(await ensure('plain-old-key')).toBe('made')
  expect(await ensure('plain-old-key')).toBe('present')
  expect(await find('plain-old-key')).toMatchObject({ personId: own, role: 'owner' })
  expect(await ensure('next-key')).toBe('made')
  expect(await find('plain-old-key')).toBeUndefined()
  const row = (await scene.ask(own, 'GET', '/keys')).body.items.find(
    (key: { name: string; revoked_at: null }) => key.name === 'TOCSIN_API_KEY' && key.revoked_at === null,
  )
  await scene.ask(own, 'DELETE', `/keys/${row.id}`)
  expect(await ensure('next-key')).toBe('revoked')
  expect(await find('next-key')).toBeUndefined()
})

test('the key that a start makes for its machine acts as the owner beside that of the environment, and stays revoked', async () => {
  const { database } = scene.database
  const ensure = (given: GivenApiKey) => database.inTransaction('main', (tx) => ensureApiKey(tx, given, own))
  const find = (key: string) => database.inTransaction('main', (tx) => findApiKey(tx, key))
  const [key, other] = [makeApiKey(), makeApiKey()]
  expect([await ensure({ key, from: 'machine' }), await ensure({ key, from: 'machine' })]).toEqual(['made', 'present'])
  expect([await ensure({ key: other, from: 'machine' }), await ensure({ key: 'env-key', from: 'environment' })]).toEqual(['made', 'made'])
  expect(await Promise.all([key, other, 'env-key'].map(find))).toEqual(
    [key, other, 'env-key'].map(() => expect.objectContaining({ personId: own })),
  )
  const shown = (await scene.ask(own, 'GET', '/keys')).body.items.filter((row: { prefix: string }) => row.prefix === 'in its data folder')
  expect(JSON.stringify(shown)).not.toContain(key.slice(-20))
  for (const row of shown) await scene.ask(own, 'DELETE', `/keys/${row.id}`)
  expect([await ensure({ key, from: 'machine' }), await find(key)]).toEqual(['revoked', undefined])
})

test('people are managed by administrators, and a disabled one is out at once', async () => {
  const made = await scene.ask(own, 'POST', '/people', { email: 'Dan@Example.com', name: 'Dan', zone: 'Europe/Berlin' })
  expect(made.body).toMatchObject({
    email: 'dan@example.com',
    role: 'responder',
    contacts: [{ channel: 'email', address: 'dan@example.com' }, { channel: 'console' }],
  })
  expect((await scene.ask(own, 'POST', '/people', { email: 'dan@example.com', name: 'Dan' })).body.code).toBe('already-exists')
  expect((await scene.ask(own, 'POST', '/people', { email: 'e@example.com', name: 'E', zone: 'Mars/Base' })).body.errors[0].field).toBe(
    'zone',
  )
  for (const who of [ann, cyd, aud])
    expect((await scene.ask(who, 'POST', '/people', { email: 'x@example.com', name: 'X' })).status).toBe(403)
  const seen = (await scene.ask(ann, 'GET', '/people/dan@example.com')).body
  expect(seen.contacts[0]).toMatchObject({ channel: 'email', address: null })
  const invited = await scene.ask(own, 'POST', `/people/${made.body.id}/sign_in_link`, {})
  expect(invited.status).toBe(201)
  const entered = await link(invited.body.url.split('/').at(-1), 'POST')
  const cookie = cookieOf(entered.headers)
  expect((await me(cookie)).json().name).toBe('Dan')
  expect((await scene.ask(own, 'PATCH', `/people/${made.body.id}`, { disabled: true })).body.disabled_at).not.toBeNull()
  expect((await me(cookie)).statusCode).toBe(401)
  expect((await scene.ask(own, 'POST', `/people/${made.body.id}/sign_in_link`, {})).status).toBe(404)
  expect((await scene.ask(own, 'PATCH', `/people/${made.body.id}`, { disabled: false, role: 'admin' })).body).toMatchObject({
    disabled_at: null,
    role: 'admin',
  })
})

test('an administrator cannot become owner, and the last owner stays', async () => {
  const admin = (await scene.ask(own, 'POST', '/people', { email: 'admin@example.com', name: 'Adm', role: 'admin' })).body
  const invited = (await scene.ask(own, 'POST', `/people/${admin.id}/sign_in_link`, {})).body
  const cookie = cookieOf((await link(invited.url.split('/').at(-1), 'POST')).headers)
  const asAdmin = (method: 'POST' | 'PATCH', path: string, payload: object) =>
    scene.inject({ method, url: `/api/v1${path}`, payload, headers: { cookie, ...SAME } })
  expect((await asAdmin('PATCH', `/people/${admin.id}`, { role: 'owner' })).statusCode).toBe(403)
  expect((await asAdmin('PATCH', `/people/${own}`, { disabled: true })).statusCode).toBe(403)
  expect((await asAdmin('POST', `/people/${own}/sign_in_link`, {})).statusCode).toBe(403)
  expect((await asAdmin('POST', '/people', { email: 'o@example.com', name: 'O', role: 'owner' })).statusCode).toBe(403)
  expect((await scene.ask(own, 'PATCH', `/people/${own}`, { role: 'responder' })).body.code).toBe('last-owner')
  expect((await scene.ask(own, 'PATCH', `/people/${own}`, { disabled: true })).body.code).toBe('last-owner')
})

test('the first owner is made once, with mail where the address can get any', async () => {
  const ensure = (email: string) => scene.database.database.inTransaction('main', (tx) => ensureOwner(tx, email))
  const made = await ensure('owner@localhost')
  expect(made).toMatchObject({ role: 'owner', contacts: [] })
  expect((await ensure('owner@localhost')).id).toBe(made.id)
  expect((await ensure('ops@example.com')).contacts).toMatchObject([{ channel: 'email', address: 'ops@example.com' }])
})

test('changes of access stand in the audit log, without names of keys or addresses', async () => {
  const leaves = (await scene.ask(aud, 'GET', '/audit?limit=200')).body.items
  const acts = leaves.map((leaf: { leaf: { act: string } }) => leaf.leaf.act)
  for (const act of ['person.created', 'person.changed', 'person.password-set', 'key.created', 'key.revoked']) expect(acts).toContain(act)
  expect(JSON.stringify(leaves)).not.toContain('dan@example.com')
  expect((await scene.ask(ann, 'GET', '/audit')).status).toBe(403)
})

test('over https the cookie is bound to this host, and a forged forwarding header changes nothing', async () => {
  const token = await scene.database.database.inTransaction('main', (tx) => createSignInLink(tx, ann))
  const entered = await scene.inject({
    method: 'POST',
    url: `/sign-in/${token}`,
    headers: { ...SAME, 'x-forwarded-proto': 'https', 'x-forwarded-for': '1.2.3.4' },
  })
  expect(String(entered.headers['set-cookie'])).toMatch(/^tocsin=/)
  const trusting = await openApiScene({ ports: { config: { ...scene.ports.config, trustedProxies: ['127.0.0.0/8'] } } })
  const again = await trusting.database.database.inTransaction('main', (tx) => createSignInLink(tx, ann))
  const secure = await trusting.inject({ method: 'POST', url: `/sign-in/${again}`, headers: { ...SAME, 'x-forwarded-proto': 'https' } })
  expect(String(secure.headers['set-cookie'])).toMatch(/^__Host-tocsin=.*; Path=\/; HttpOnly; Secure; SameSite=Lax/)
  expect(secure.headers['strict-transport-security']).toBe('max-age=31536000')
  await trusting.close()
})
