import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'
import { ann, bob, own, testPlaybook } from '../../../test/support/playbook.ts'
import { waitFor } from '../../../test/support/wait.ts'
import type { IncidentType } from '../../core/playbook/playbook.ts'
import { type Intake, startIntake } from '../alert/intake.ts'
import { startPresence } from '../server/presence.ts'

const base = testPlaybook()
const [spike] = base.incidentTypes
if (spike === undefined) throw new Error('the test playbook has no type')
const breach: IncidentType = {
  ...spike,
  id: 'breach',
  title: 'Data breach',
  private: true,
  detection: [{ alarm: 'SecurityReport', sources: [], threshold: null, when: null }],
}
const playbook = {
  ...base,
  incidentTypes: [...base.incidentTypes, breach],
  reports: [
    { kind: 'security' as const, alarm: 'SecurityReport', form: true, mail: [] },
    { kind: 'ticket' as const, alarm: 'CustomerTicket', form: true, mail: [] },
  ],
}

let scene: ApiScene
let intake: Intake
let presence: { stop: () => Promise<void> }
/** What the pages think it is; moved so that a form has been looked at for a while. */
let clockMs = Date.now()
beforeAll(async () => {
  scene = await openApiScene({ playbook })
  presence = await startPresence(scene.ports)
  intake = startIntake(scene.ports)
  await waitFor('the intake to be ready', () => intake.ready(), { timeoutMs: 15_000 })
})
beforeEach(() => {
  vi.spyOn(Date, 'now').mockImplementation(() => clockMs)
})
afterAll(async () => {
  vi.restoreAllMocks()
  await intake.stop()
  await presence.stop()
  await scene.close()
})

let address = 1
const get = (kind: string) => scene.inject({ method: 'GET', url: `/report/${kind}` })
async function post(kind: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  return scene.inject({
    method: 'POST',
    url: `/report/${kind}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(fields).toString(),
    remoteAddress: `192.0.2.${address}`,
  })
}
async function tokenOf(kind: string): Promise<string> {
  const token = /name="token" value="([^"]+)"/.exec((await get(kind)).body)?.[1] ?? ''
  clockMs += 5_000
  return token
}
const referenceOf = (body: string) => /<span class="left">([A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4})<\/span>/.exec(body)?.[1]
const settled = () => waitFor('all to be applied', () => intake.backlog() === 0, { timeoutMs: 10_000 })
const receipts = async () => (await scene.database.database.query<{ n: number }>(`select count(*) as n from receipt`)).rows[0]?.n

test('a security report opens a private incident, seen by those who are paged, and gives a reference', async () => {
  address += 1
  const token = await tokenOf('security')
  const answer = await post('security', {
    token,
    what: 'Your bucket <b>is</b> open',
    details: 'see\r\nhere',
    extent: 'yes',
    contact: 'eve@example.com',
  })
  expect(answer.statusCode).toBe(200)
  const reference = referenceOf(answer.body)
  expect(reference).toMatch(/^SR-/)
  await settled()
  const rows = await scene.database.database.query<{ title: string; private: boolean; incident_type: string; id: string }>(
    `select i.id, i.title, i.private, i.incident_type from incident i join alert a on a.incident_id = i.id where a.alarm = 'SecurityReport'`,
  )
  expect(rows.rows).toMatchObject([{ private: true, incident_type: 'breach' }])
  expect(rows.rows[0]?.title).toContain(`${reference}: Your bucket <b>is</b> open`)
  const members = await scene.database.database.query<{ person_id: string }>(
    'select person_id from incident_member where incident_id = $1',
    [rows.rows[0]?.id],
  )
  const paged = members.rows.map((row) => row.person_id)
  expect(paged.length).toBeGreaterThan(0)
  for (const person of [ann, bob, own]) {
    const listed = (await scene.ask(person, 'GET', '/alerts?limit=200')).body.items.some(
      (alert: { alarm: string }) => alert.alarm === 'SecurityReport',
    )
    expect(listed).toBe(paged.includes(person))
  }
})

test('a ticket is triaged where no type detects it, with what the customer wrote', async () => {
  address += 1
  const token = await tokenOf('ticket')
  const answer = await post('ticket', {
    token,
    what: 'I cannot log in',
    details: 'Since noon',
    extent: 'down',
    service: 'checkout',
    contact: '',
  })
  expect(referenceOf(answer.body)).toMatch(/^CT-/)
  await settled()
  const alert = (await scene.ask(ann, 'GET', '/alerts?limit=200')).body.items.find(
    (item: { alarm: string }) => item.alarm === 'CustomerTicket',
  )
  expect(alert).toMatchObject({
    labels: { report: 'ticket', service: 'checkout', reference: referenceOf(answer.body) },
    source: 'Customer tickets by form',
  })
  expect(alert.incident_id).not.toBeNull()
})

test('pressing twice is one report with one reference', async () => {
  address += 1
  const token = await tokenOf('ticket')
  const [first, second] = [await post('ticket', { token, what: 'Twice' }), await post('ticket', { token, what: 'Twice' })]
  expect(referenceOf(first.body)).toBe(referenceOf(second.body))
  await settled()
  const { rows } = await scene.database.database.query<{ count: number }>(`select count from alert where title like '%Twice'`)
  expect(rows).toEqual([{ count: 1 }])
})

describe('nothing is kept, and nothing that was written is lost', () => {
  test.each([
    ['a field that is needed is empty', { what: ' ' }, 400, 'Please fill this in.'],
    ['the trap is filled in', { what: 'x', website: 'spam' }, 400, 'Leave this empty'],
    ['a text is too long', { what: 'x', details: 'd'.repeat(8_001) }, 400, 'longer than 8000'],
    [
      'the token is not ours',
      { what: 'x', token: '1795000000000.00000000000000000000000000000000.' + '0'.repeat(64) },
      400,
      'send it once more',
    ],
  ])('%s', async (_, fields, status, says) => {
    address += 1
    const before = await receipts()
    const token = await tokenOf('ticket')
    const answer = await post('ticket', { token, service: 'kept "as" <it> was', ...fields })
    expect(answer.statusCode).toBe(status)
    expect(answer.body).toContain(says)
    expect(answer.body).toContain('kept &quot;as&quot; &lt;it&gt; was')
    expect(await receipts()).toBe(before)
  })

  test('it is sent faster than anybody reads', async () => {
    const token = /name="token" value="([^"]+)"/.exec((await get('ticket')).body)?.[1] ?? ''
    expect((await post('ticket', { token, what: 'x' })).body).toContain('send it once more')
  })

  test('it comes from a page of another site', async () => {
    const token = await tokenOf('ticket')
    expect((await post('ticket', { token, what: 'x' }, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
  })

  test('it is far too large, or no form', async () => {
    const token = await tokenOf('ticket')
    expect((await post('ticket', { token, what: 'x', details: 'd'.repeat(70_000) })).statusCode).toBe(413)
    expect((await post('ticket', { token, what: 'x' }, { 'content-type': 'text/plain' })).statusCode).toBe(415)
  })

  test('there are too many from one address', async () => {
    address += 1
    const statuses: number[] = []
    for (let count = 0; count < 6; count += 1)
      statuses.push((await post('ticket', { token: await tokenOf('ticket'), what: `n${count}` })).statusCode)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  })
})

test('a form that the playbook keeps closed is not there', async () => {
  expect((await get('other')).statusCode).toBe(404)
  const closed = await openApiScene()
  expect((await closed.inject({ method: 'GET', url: '/report/ticket' })).statusCode).toBe(404)
  await closed.close()
})

test('the page runs no script and is not framed', async () => {
  const page = await get('security')
  expect(page.headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
  expect(page.body).not.toMatch(/<script|onload|javascript:/i)
})
