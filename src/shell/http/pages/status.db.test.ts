import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiScene, openApiScene } from '../../../../test/support/api.ts'
import { own } from '../../../../test/support/playbook.ts'

let scene: ApiScene
beforeAll(async () => {
  scene = await openApiScene()
})
afterAll(() => scene.close())

test('the status page and its feeds are open to all, and tell nothing of what was not published', async () => {
  await scene.ask(own, 'POST', '/incidents', { title: 'Checkout is down', severity: 'red' })
  const types: Record<string, string> = {
    '/status': 'text/html',
    '/status/': 'text/html',
    '/status/history.atom': 'application/atom+xml',
    '/status/api/v2/summary.json': 'application/json',
    '/status/api/v2/status.json': 'application/json',
    '/status/api/v2/incidents.json': 'application/json',
    '/status/api/v2/components.json': 'application/json',
  }
  for (const [url, type] of Object.entries(types)) {
    const answer = await scene.inject({ url })
    expect([url, answer.statusCode, answer.headers['content-type']]).toEqual([url, 200, expect.stringContaining(type)])
    expect(answer.body).not.toContain('Checkout')
    expect(answer.body.length).toBeLessThan(30_000)
  }
  expect((await scene.inject({ url: '/status/api/v2/summary.json' })).json()).toMatchObject({
    page: { url: expect.stringContaining('/status'), updated_at: expect.any(String) },
    status: { indicator: 'none', description: 'No incident has been published' },
    components: [],
    incidents: [],
    scheduled_maintenances: [],
  })
})
