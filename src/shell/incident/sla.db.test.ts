/** SLAs over the API: this incident and what else was down in the window, as far as the reader may know. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'
import { ann, bob, testPlaybook } from '../../../test/support/playbook.ts'
import type { Service } from '../../core/playbook/playbook.ts'
import { DAY_MS, MINUTE_MS } from '../../core/time.ts'

const service = (name: string): Service => ({ name, description: '', team: null, tier: null, labels: [], links: [] })
const playbook = testPlaybook({
  services: [service('checkout'), service('search')],
  slas: [
    {
      id: 'shops',
      title: 'Shops',
      customer: 'Acme',
      services: ['checkout'],
      objective: { percent: 99.9, windowMs: 30 * DAY_MS },
      severities: ['red'],
      responses: [{ severity: 'red', withinMs: 15 * MINUTE_MS }],
    },
  ],
})

let scene: ApiScene
beforeAll(async () => {
  scene = await openApiScene({ playbook })
})
afterAll(() => scene.close())

const declare = async (over: object): Promise<string> =>
  (await scene.ask(ann, 'POST', '/incidents', { title: 'x', severity: 'red', service: 'checkout', ...over })).body.id
/** As if it had been opened so long ago, and resolved after so long. */
const age = async (id: string, openedAgo: number, lasted: number | null): Promise<void> => {
  const from = Date.now() - openedAgo
  const until = lasted === null ? null : from + lasted
  await scene.database.database.query(
    `update incident set opened_at = to_timestamp($2::float8 / 1000), resolved_at = to_timestamp($3::float8 / 1000),
       state = state || jsonb_build_object('openedAt', $2::float8, 'resolvedAt', $3::float8) where id = $1`,
    [id, from, until],
  )
}
const slas = async (id: string, who = ann) => (await scene.ask(who, 'GET', `/incidents/${id}/slas`)).body.items

test('an incident says what it and others in the window have done to each promise', async () => {
  const earlier = await declare({})
  await age(earlier, 5 * DAY_MS, 30 * MINUTE_MS)
  const elsewhere = await declare({ service: 'search' })
  await age(elsewhere, DAY_MS, 600 * MINUTE_MS)
  const minor = await declare({ severity: 'amber' })
  await age(minor, DAY_MS, 600 * MINUTE_MS)
  const id = await declare({})
  await age(id, 20 * MINUTE_MS, null)
  const [availability, response] = await slas(id)
  expect(availability).toMatchObject({ id: 'shops', customer: 'Acme', kind: 'availability', state: 'violated', allowed_seconds: 2_592 })
  expect(availability.used_seconds).toBeGreaterThanOrEqual(50 * 60)
  expect(availability.used_seconds).toBeLessThan(52 * 60)
  expect(availability.text).toContain('with 1 other incident')
  expect(response).toMatchObject({ kind: 'response', severity: 'red', state: 'at_risk' })
})

test('an incident that the reader may not see is in no figure', async () => {
  const secret = await declare({ private: true })
  await age(secret, 2 * DAY_MS, 300 * MINUTE_MS)
  const id = await declare({})
  const [forMember] = await slas(id, ann)
  const [forOther] = await slas(id, bob)
  expect(forMember.used_seconds - forOther.used_seconds).toBeGreaterThan(290 * 60)
})

test('what nobody knows is unknown, and of another service nothing is said', async () => {
  const [unknown] = await slas(await declare({ service: null }))
  expect(unknown).toMatchObject({
    state: 'unknown',
    unknown: expect.arrayContaining([expect.stringContaining('Nobody has said which service is hit')]),
  })
  expect(await slas(await declare({ service: 'search' }))).toEqual([])
})
