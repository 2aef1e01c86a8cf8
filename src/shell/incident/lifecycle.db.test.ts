/** The lifecycle over the API: what is owed, going back, resolving while alerts fire, and the matrix at triage. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'
import { ann, bob, cyd, measuringPlaybook } from '../../../test/support/playbook.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'

let scene: ApiScene
let intake: TestIntake
beforeAll(async () => {
  scene = await openApiScene({ playbook: measuringPlaybook() })
  await seedSource(scene.database.database)
  intake = await startTestIntake(scene.database.database, { playbook: measuringPlaybook() })
})
afterAll(async () => {
  await intake.close()
  await scene.close()
})

const ask = async (path: string, body: object = {}) => scene.ask(ann, 'POST', path, body)
const codes = (incident: { owed: { code: string }[] }): string[] => incident.owed.map((owed) => owed.code)
const fire = async (...names: string[]) => {
  const alerts = names.map((instance) => ({
    labels: { alertname: 'Spike', instance },
    annotations: { value: '0.7' },
    startsAt: '2026-11-24T00:00:00Z',
    endsAt: '2030-01-01T00:00:00Z',
  }))
  await intake.post('/alertmanager/api/v2/alerts', alerts, { authorization: `Bearer ${KEY}` })
  await intake.settled()
}

test('an incident shows what it owes, with its times, in a list and by itself', async () => {
  const made = (await ask('/incidents', { title: 'x', severity: 'red', type: 'spike' })).body
  expect(codes(made)).toEqual(['acknowledge', 'acknowledge', 'take-command', 'classify', 'measure-impact', 'start-mitigation', 'resolve'])
  expect(made.owed[0]).toEqual({
    code: 'acknowledge',
    text: 'Ops has not acknowledged.',
    due: made.next_due,
    role: 'Ops',
    clause: 'severities.0.response_time',
  })
  const listed = (await scene.ask(bob, 'GET', '/incidents?open=true')).body.items.find((item: { id: string }) => item.id === made.id)
  expect(listed.owed).toEqual(made.owed)
})

test('going back is recorded with its reason, and refused where there is nothing to go back to', async () => {
  const { id } = (await ask('/incidents', { title: 'x', severity: 'red', type: 'spike' })).body
  expect((await ask(`/incidents/${id}/back`, { reason: 'x' })).body).toMatchObject({ status: 409, code: 'nothing-to-go-back-to' })
  await ask(`/incidents/${id}/mitigate`)
  const back = await ask(`/incidents/${id}/back`, { reason: 'the wrong service' })
  expect(back.body).toMatchObject({ phase: 'triaged', mitigating_at: null })
  const [latest] = (await scene.ask(ann, 'GET', `/incidents/${id}/timeline`)).body.items
  expect(latest).toMatchObject({
    type: 'incident.went-back',
    text: 'Ann went back from mitigating to triaged: the wrong service.',
    data: { from: 'mitigating', to: 'triaged' },
  })
  expect((await scene.ask(cyd, 'POST', `/incidents/${id}/back`, { reason: 'x' })).status).toBe(403)
})

test('a resolution that monitors would ask for is declined with a reason, which the incident and its record then say', async () => {
  const spike = (endsAt: string) =>
    intake.post(
      '/alertmanager/api/v2/alerts',
      [{ labels: { alertname: 'Spike', instance: 'kept' }, annotations: { value: '0.7' }, startsAt: '2026-11-24T00:00:00Z', endsAt }],
      { authorization: `Bearer ${KEY}` },
    )
  await spike('2030-01-01T00:00:00Z')
  await intake.settled()
  const [{ id }] = (await scene.ask(ann, 'GET', '/incidents?open=true&q=Spike')).body.items
  expect((await ask(`/incidents/${id}/keep-open`, { reason: 'x' })).body).toMatchObject({ status: 409, code: 'nothing-proposed' })
  await spike('2026-11-24T00:01:00Z')
  await intake.settled()
  expect((await ask(`/incidents/${id}/keep-open`)).body).toMatchObject({
    status: 422,
    code: 'reason-required',
    errors: [{ field: 'reason' }],
  })
  expect((await scene.ask(cyd, 'POST', `/incidents/${id}/keep-open`, { reason: 'x' })).status).toBe(403)
  const kept = await ask(`/incidents/${id}/keep-open`, { reason: 'the queue still grows' })
  expect(kept.body).toMatchObject({
    open: true,
    resolution_proposed: null,
    kept_open: { by: { kind: 'person', name: 'Ann' }, reason: 'the queue still grows' },
  })
  expect((await ask(`/incidents/${id}/keep-open`, { reason: 'twice' })).body.version).toBe(kept.body.version)
  const [latest] = (await scene.ask(ann, 'GET', `/incidents/${id}/timeline`)).body.items
  expect(latest.text).toBe('Ann keeps it open though all alerts are clear: the queue still grows.')
  await spike('2030-01-02T00:00:00Z')
  await ask(`/incidents/${id}/resolve`, { reason: 'over' })
})

test('resolving while alerts fire is allowed, and the answer and the record say how many did', async () => {
  await fire('a', 'b')
  const [{ id }] = (await scene.ask(ann, 'GET', '/incidents?open=true&q=Spike')).body.items
  expect(codes((await scene.ask(ann, 'GET', `/incidents/${id}`)).body)).toContain('monitors-not-green')
  const resolved = await ask(`/incidents/${id}/resolve`, { reason: 'known noise' })
  expect(resolved.body).toMatchObject({ phase: 'resolved', alerts_firing: 2, alerts_firing_at_resolution: 2 })
  expect(codes(resolved.body)).toEqual(['monitors-not-green', 'post-mortem', 'close'])
  const timeline = (await scene.ask(ann, 'GET', `/incidents/${id}/timeline`)).body.items
  expect(timeline[0].text).toBe('Ann resolved it while 2 alerts still fire: known noise.')
  expect((await ask(`/incidents/${id}/reopen`, { reason: 'no' })).body).toMatchObject({
    phase: 'triaged',
    alerts_firing_at_resolution: null,
  })
})

test('triage shows the matrix with the evidence beside each row', async () => {
  await fire('c')
  const [{ id }] = (await scene.ask(ann, 'GET', '/incidents?open=true&q=Spike')).body.items
  await ask(`/incidents/${id}/impact`, { measure: 'error_rate', value: '70 %' })
  await ask(`/incidents/${id}/impact`, { measure: 'users_affected', value: '12 %', reason: 'asked support' })
  const { status, body } = await scene.ask(cyd, 'GET', `/incidents/${id}/triage`)
  expect(status).toBe(200)
  expect(
    body.rows.map((row: { severity: string; met: boolean; current: boolean; of_type: boolean }) => [
      row.severity,
      row.met,
      row.current,
      row.of_type,
    ]),
  ).toEqual([
    ['red', false, true, true],
    ['amber', true, false, false],
    ['blue', null, false, false],
  ])
  expect(body.rows[0].thresholds).toMatchObject([
    {
      measure: 'users_affected',
      title: 'Users affected',
      text: '> 25 %',
      measured: { text: '12 %', reason: 'asked support' },
      within: false,
      met: false,
      held_at: null,
    },
    { measure: 'error_rate', text: '> 50 % for 10 min', measured: { text: '70 %' }, within: true, met: false },
  ])
  expect(Date.parse(body.rows[0].thresholds[1].held_at) - Date.parse(body.rows[0].thresholds[1].measured.at)).toBe(600_000)
  // A person measured: the lower row is taken only when the higher threshold's time is over or broken.
  expect(body.proposed).toMatchObject({ severity: 'amber', clause: 'severities.1.thresholds.users_affected' })
  expect(body.alerts).toMatchObject({ items: [{ title: expect.stringContaining('Spike'), value: 0.7 }, {}, {}], firing: 3, total: 3 })
  expect(body.measures[0]).toEqual({ measure: 'users_affected', title: 'Users affected', unit: '%' })
  expect(body.types).toEqual([{ id: 'spike', title: 'Spike', severity: 'red' }])
})
