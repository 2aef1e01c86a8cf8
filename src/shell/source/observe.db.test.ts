import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSourceScene, type SourceScene } from '../../../test/support/source-scene.ts'
import { own } from '../../../test/support/playbook.ts'
import { waitFor } from '../../../test/support/wait.ts'
import { releaseDue } from '../silence/release.ts'

let it: SourceScene
beforeAll(async () => {
  it = await openSourceScene()
})
afterAll(() => it.close())

const TEN_S = { timeoutMs: 10_000 }
const fire = (key: string, alarm: string, name: string, status = 'firing') =>
  it.post(`/hooks/json/${key}`, { alarm, title: name, dedup_key: name, status })
const patch = (id: string, body: object) => it.api.ask(own, 'PATCH', `/sources/${id}`, body)
const incidents = (id: string) => it.rows('select 1 from alert where source_id = $1 and incident_id is not null', [id])
const listed = async (id: string) =>
  (await it.api.ask(own, 'GET', '/signals')).body.items.filter((item: { source_id: string }) => item.source_id === id)

test('a source that starts observed opens nothing; its page says what it would have done; one switch, and what fires pages', async () => {
  const { id, key } = await it.addSource({ name: 'tried', kind: 'json', observe: true })
  await it.heard()
  for (const name of ['s-1', 's-2']) await fire(key, 'Spike', name)
  await fire(key, 'Unknown', 'u-1')
  await it.settled()
  expect(await incidents(id)).toEqual([])
  expect(await it.rows('select 1 from effect')).toEqual([])
  const [first] = await listed(id)
  expect(first).toMatchObject({
    outcome_kind: 'held',
    incident_id: null,
    outcome: expect.stringMatching(/^tried is only observed: it would have gone to amber/),
  })
  const { observe, observe_since: since } = await it.detail(id)
  expect(since).not.toBeNull()
  expect(observe).toMatchObject({
    alerts: 3,
    incidents: 2,
    pages: expect.arrayContaining([
      { role: 'Ops', severity: 'red', count: 1 },
      { role: 'Boss', severity: 'red', count: 1 },
      { role: 'Ops', severity: 'amber', count: 1 },
    ]),
    sentence: 'Would have paged Ops twice and Boss once in the last 7 days.',
    cut: false,
  })

  await fire(key, 'Unknown', 'u-1', 'resolved')
  await it.settled()
  expect(await patch(id, { observe: false })).toMatchObject({ status: 200, body: { observe_since: null, observe: null } })
  await waitFor('what fires still to be aimed', async () => (await releaseDue(it.ports)) === 0, TEN_S)
  const opened = await incidents(id)
  expect(opened).toHaveLength(2)
  expect((await it.rows('select 1 from effect')).length).toBeGreaterThan(0)
  await it.heard()
  await fire(key, 'Spike', 's-3')
  await it.settled()
  expect(await incidents(id)).toHaveLength(3)
})

test('no message slips between: what is held while the switch is thrown is released', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { id, key } = await it.addSource({ name: `raced ${round}`, kind: 'json', observe: true })
    await it.heard()
    const sent = Array.from({ length: 20 }, (_, index) => fire(key, 'Spike', `r-${round}-${index}`))
    await patch(id, { observe: false })
    await Promise.all(sent)
    await it.settled()
    await waitFor(
      'all to be aimed',
      async () => {
        await releaseDue(it.ports)
        return (await incidents(id)).length === 20
      },
      TEN_S,
    )
  }
})

test('a hold of another kind that ends does not let it page while it is observed', async () => {
  const { id, key } = await it.addSource({ name: 'silenced and observed', kind: 'json', observe: true })
  await it.heard()
  await fire(key, 'Spike', 'h-1')
  await it.settled()
  await it.rows(`update alert_hold set by_kind = 'silence', due_at = now() - interval '1 s' where ref_id = $1`, [id])
  await releaseDue(it.ports)
  expect(await incidents(id)).toEqual([])
  const [hold] = await it.rows<{ by_kind: string }>(
    'select by_kind from alert_hold h join alert a on a.id = h.alert_id where a.source_id = $1',
    [id],
  )
  expect(hold?.by_kind).toBe('observe')
})

test('a source that paged goes on with its open incidents when it is observed; new alerts are held', async () => {
  const { id, key } = await it.addSource({ name: 'turned', kind: 'json' })
  await it.heard()
  await fire(key, 'Spike', 't-1')
  await it.settled()
  await patch(id, { observe: true })
  await it.heard()
  await fire(key, 'Spike', 't-1')
  await fire(key, 'Spike', 't-2')
  await it.settled()
  expect(await incidents(id)).toHaveLength(1)
  expect((await it.detail(id)).observe).toMatchObject({ alerts: 1 })
})
