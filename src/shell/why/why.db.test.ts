import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { ann, bob, cyd, own } from '../../../test/support/playbook.ts'

let scene: ApiScene
let intake: TestIntake
beforeAll(async () => {
  scene = await openApiScene()
  await seedSource(scene.database.database)
  intake = await startTestIntake(scene.database.database)
})
afterAll(async () => {
  await intake.close()
  await scene.close()
})

const fire = async (summary: string, alarm: string, action = 'trigger') => {
  await intake.post('/v2/enqueue', {
    routing_key: KEY,
    event_action: action,
    dedup_key: summary,
    payload: { summary, source: 'host', severity: 'critical', custom_details: { alertname: alarm } },
  })
  await intake.settled()
}
const newestSignal = async () => (await scene.ask(ann, 'GET', '/signals?limit=1')).body.items[0]
const why = async (query: string, who = ann) => scene.ask(who, 'GET', `/why?${query}`)
const kinds = (answer: { steps: { kind: string }[] }) => answer.steps.map((step) => step.kind)

/** Each test has its own incident: what is open is closed first. */
const freshIncident = async (title: string): Promise<{ signal: { id: string; alert_id: string }; incident: string }> => {
  for (const { id } of (await scene.ask(own, 'GET', '/incidents?open=true')).body.items) {
    await scene.ask(own, 'POST', `/incidents/${id}/resolve`, { reason: 'next test' })
    await scene.ask(own, 'POST', `/incidents/${id}/close`)
  }
  await fire(title, 'Spike')
  const signal = await newestSignal()
  return { signal, incident: signal.incident_id }
}

test('a signal that opened an incident is followed from the door to the pages', async () => {
  const { signal, incident } = await freshIncident('Follows the chain')
  const { status, body } = await why(`signal=${signal.id}`)
  expect(status).toBe(200)
  expect(body).toMatchObject({
    verdict: 'opened',
    incident: { id: incident, severity: 'red' },
    subject: { kind: 'signal', title: 'Follows the chain' },
  })
  expect(kinds(body)).toEqual(expect.arrayContaining(['received', 'rule', 'severity', 'alert', 'fate', 'incident', 'paging']))
  expect(body.paged.map((page: { person: { name: string } }) => page.person.name).toSorted()).toEqual(['Ann', 'Cyd'])
  const [paged] = body.steps.filter((step: { event: { type: string } | null }) => step.event?.type === 'incident.paged')
  expect(paged.event).toMatchObject({ incident_id: incident, version: expect.any(Number) })
})

test('an alert is explained by the signal that began it', async () => {
  const { signal } = await freshIncident('Began an alert')
  await fire('Began an alert', 'Spike')
  const { body } = await why(`alert=${signal.alert_id}`)
  expect(body).toMatchObject({ verdict: 'opened', signal: { id: signal.id }, alert: { id: signal.alert_id, count: 2 } })
  const repeat = await newestSignal()
  expect((await why(`signal=${repeat.id}`)).body).toMatchObject({ verdict: 'repeated', alert: { id: signal.alert_id } })
})

test('an alert that is held says by what, now and afterwards', async () => {
  const { signal } = await freshIncident('Is held')
  await scene.database.database.query(
    `insert into alert_hold (alert_id, by_kind, ref_id, reason, held_at, source_kind) values ($1, 'silence', 's1', 'Bob silenced it.', now(), 'x')`,
    [signal.alert_id],
  )
  expect((await why(`alert=${signal.alert_id}`)).body).toMatchObject({ verdict: 'held', sentence: 'Bob silenced it.' })
  await scene.database.database.query(`update alert_hold set ended_at = held_at + interval '1 min' where alert_id = $1`, [signal.alert_id])
  const after = (await why(`alert=${signal.alert_id}`)).body
  const held = after.steps.find((step: { kind: string }) => step.kind === 'held')
  expect(held).toMatchObject({ about: { kind: 'silence', id: 's1' }, sentence: expect.stringContaining('Bob silenced it.') })
})

test('a message that could not be understood says why', async () => {
  await intake.post('/v2/enqueue', { routing_key: KEY, event_action: 'nonsense' })
  await intake.settled()
  const { body } = await why(`signal=${(await newestSignal()).id}`)
  expect(kinds(body)).toContain('refused')
})

test('who was paged is told so, with each delivery', async () => {
  const { incident } = await freshIncident('Pages Ann')
  const { person } = (await why(`incident=${incident}&person=me`)).body
  expect(person).toMatchObject({ person: { name: 'Ann' }, verdict: 'on-its-way' })
  expect(kinds(person)).toContain('page')
  await scene.ask(ann, 'POST', `/incidents/${incident}/acknowledge`)
  expect((await why(`incident=${incident}&person=${ann}`)).body.person.verdict).toBe('acknowledged')
})

test('a page that no channel took says which failed and why', async () => {
  const { incident } = await freshIncident('Fails to deliver')
  await scene.database.database.query(
    `update effect set state = 'rejected', reason = 'mailbox is gone', attempts = 3, ended_at = now() where incident_id = $1 and person_id = $2 and channel <> 'console'`,
    [incident, ann],
  )
  const { person } = (await why(`incident=${incident}&person=${ann}`)).body
  expect(person).toMatchObject({ verdict: 'delivery-failed', sentence: expect.stringContaining('mailbox is gone') })
  await scene.database.database.query(`update effect set state = 'cancelled', reason = null where incident_id = $1 and person_id = $2`, [
    incident,
    ann,
  ])
  expect((await why(`incident=${incident}&person=${ann}`)).body.person.verdict).toBe('superseded')
  await scene.database.database.query(
    `update effect set page_keys = '{}' where incident_id = $1 and person_id = $2 and channel <> 'console'`,
    [incident, ann],
  )
  expect((await why(`incident=${incident}&person=${ann}`)).body.person.verdict).toBe('no-channel')
})

test('who stands later in the escalation is told whether it came to them, was answered before, or was released', async () => {
  const { incident } = await freshIncident('Bob is next')
  const waits = (await why(`incident=${incident}&person=${bob}`)).body.person
  expect(waits).toMatchObject({ verdict: 'not-yet', sentence: expect.stringContaining('Step 2 of the escalation reaches Bob') })
  await scene.ask(ann, 'POST', `/incidents/${incident}/acknowledge`)
  const answered = (await why(`incident=${incident}&person=${bob}`)).body.person
  expect(answered).toMatchObject({ verdict: 'already-acknowledged', sentence: expect.stringContaining('Ann acknowledged for Ops before') })
  expect(answered.steps.some((step: { event: { type: string } | null }) => step.event?.type === 'incident.acknowledged')).toBe(true)
  const next = await freshIncident('Bob is released')
  await scene.ask(ann, 'POST', `/incidents/${next.incident}/release`, { reason: 'known' })
  expect((await why(`incident=${next.incident}&person=${bob}`)).body.person.verdict).toBe('released')
})

test('an alert that joined after the acknowledgement pages nobody anew', async () => {
  const { incident } = await freshIncident('Was first')
  await scene.ask(ann, 'POST', `/incidents/${incident}/acknowledge`)
  await fire('Came later', 'Spike')
  const late = await newestSignal()
  expect(late.incident_id).toBe(incident)
  const { person } = (await why(`signal=${late.id}&person=${bob}`)).body
  expect(person.verdict).toBe('already-acknowledged')
})

test('who holds no role that is paged is told who did', async () => {
  await scene.database.database.query(
    `insert into person (id, email, name, role) values ('00000000-0000-7000-8000-0000000000e9', 'eve@example.com', 'Eve', 'responder')`,
  )
  const { incident } = await freshIncident('Eve is nobody')
  const { person } = (await why(`incident=${incident}&person=eve@example.com`)).body
  expect(person).toMatchObject({
    verdict: 'not-in-role',
    sentence: expect.stringMatching(/Eve did not hold Ops then: Ann did\. Next was Bob\./u),
  })
  await scene.database.database.query(`update person set disabled_at = now() where email = 'eve@example.com'`)
  expect((await why(`incident=${incident}&person=eve@example.com`)).body.person.verdict).toBe('disabled')
  expect((await why(`incident=${incident}&person=nobody@example.com`)).status).toBe(400)
})

test('a severity that pages nobody says so, and so does a signal that opened nothing', async () => {
  const { id } = (await scene.ask(own, 'POST', '/incidents', { title: 'quiet', severity: 'blue' })).body
  expect((await why(`incident=${id}&person=me`)).body.person.verdict).toBe('pages-nobody')
  await fire('Never fired', 'Spike', 'resolve')
  const { body } = await why(`signal=${(await newestSignal()).id}&person=me`)
  expect(body).toMatchObject({ incident: null, person: { verdict: 'no-incident' } })
})

test('answers about a private incident are for its members, and reading asks for the right', async () => {
  const { signal, incident } = await freshIncident('Secret chain')
  await scene.database.database.query(`update incident set private = true where id = $1`, [incident])
  await scene.database.database.query('delete from incident_member where incident_id = $1', [incident])
  await scene.database.database.query('insert into incident_member (incident_id, person_id) values ($1, $2)', [incident, ann])
  for (const query of [`signal=${signal.id}`, `alert=${signal.alert_id}`, `incident=${incident}`]) {
    expect((await why(query)).status, query).toBe(200)
    expect((await why(query, bob)).status, query).toBe(404)
    expect((await why(query, own)).status, query).toBe(404)
  }
  expect((await why(`signal=${signal.id}`, cyd)).status).toBe(403)
  expect((await why('')).status).toBe(400)
  expect((await why('signal=nonsense')).status).toBe(404)
})
