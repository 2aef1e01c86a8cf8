/** Impact over the API: what is asked, what is refused, and what the incident then shows. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'
import { ann, cyd, measuringPlaybook } from '../../../test/support/playbook.ts'

let scene: ApiScene
beforeAll(async () => {
  scene = await openApiScene({ playbook: measuringPlaybook() })
})
afterAll(() => scene.close())

const declare = async (over: object = {}) => (await scene.ask(ann, 'POST', '/incidents', { title: 'Checkout is down', ...over })).body
const measure = (id: string, body: object) => scene.ask(ann, 'POST', `/incidents/${id}/impact`, body)

test('a measured impact sets the severity, pages at once, and the incident says by which sentence of the playbook', async () => {
  const { id } = await declare()
  const answer = await measure(id, { measure: 'users_affected', value: '30 %', reason: 'from the dashboard' })
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({
    severity: 'red',
    severity_reason: 'Users affected: 30 %, and "> 25 %" is red.',
    severity_clause: 'severities.0.thresholds.users_affected',
    severity_basis: 'impact',
    severity_proposed: null,
    impact: { users_affected: { value: 30, unit: '%', text: '30 %', by: { kind: 'person', name: 'Ann' }, reason: 'from the dashboard' } },
  })
  expect(answer.body.severity_sentence).toContain('users affected > 25 %')
  const pages = (await scene.ask(ann, 'GET', `/incidents/${id}/pages`)).body.items
  expect(
    pages
      .filter((page: { state: string }) => page.state === 'paging')
      .map((page: { role: string }) => page.role)
      .sort(),
  ).toEqual(['Boss', 'Ops'])
  const timeline = (await scene.ask(ann, 'GET', `/incidents/${id}/timeline`)).body.items
  expect(timeline.map((entry: { text: string }) => entry.text)).toContain('Ann measured users affected: 30 %: from the dashboard.')
})

test('an opening says which part of the playbook gave it its severity', async () => {
  expect(await declare()).toMatchObject({
    severity_clause: 'default_severity',
    severity_sentence: 'Default severity: amber',
    severity_basis: 'playbook',
  })
  expect(await declare({ type: 'spike' })).toMatchObject({
    severity_clause: 'incident_types.0.severity',
    severity_sentence: 'Spike: red',
    impact: {},
  })
  expect(await declare({ severity: 'blue' })).toMatchObject({ severity_clause: 'severities.2' })
})

test('a choice by hand stands, and what is measured then is proposed', async () => {
  const { id } = await declare()
  await scene.ask(ann, 'POST', `/incidents/${id}/severity`, { severity: 'blue', reason: 'a rehearsal' })
  const answer = await measure(id, { measure: 'users_affected', value: '90 %' })
  expect(answer.body).toMatchObject({
    severity: 'blue',
    severity_basis: 'person',
    severity_proposed: { severity: 'red', severity_rank: 0, clause: 'severities.0.thresholds.users_affected' },
  })
})

describe('is refused', () => {
  test.each([
    ['a share without its sign', { measure: 'users_affected', value: 30 }, 422, 'unit-wrong', 'value'],
    ['a share as a text without its sign', { measure: 'users_affected', value: '0.3' }, 422, 'unit-wrong', 'value'],
    ['a time in per cent', { measure: 'latency_p95', value: '4 %' }, 422, 'unit-wrong', 'value'],
    ['a value that is none', { measure: 'users_affected', value: 'many' }, 400, 'invalid-request', 'value'],
    ['a comma', { measure: 'users_affected', value: '2,5 %' }, 400, 'invalid-request', 'value'],
    ['more than all', { measure: 'users_affected', value: '130 %' }, 422, 'value-impossible', 'value'],
    ['what nothing measures', { measure: 'mood', value: 3 }, 422, 'measure-unknown', 'measure'],
  ])('%s', async (_, body, status, code, field) => {
    const { id } = await declare()
    const answer = await measure(id, body)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ code, errors: [{ field, message: expect.any(String) }] })
    expect((await scene.ask(ann, 'GET', `/incidents/${id}`)).body.impact).toEqual({})
  })

  test('whoever only reads', async () => {
    const { id } = await declare()
    expect((await scene.ask(cyd, 'POST', `/incidents/${id}/impact`, { measure: 'users_affected', value: '1 %' })).status).toBe(403)
  })
})
