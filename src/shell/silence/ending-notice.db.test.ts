/** The author of a silence is told before it ends, once for each end, and of what will page then. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { type FakeChannels, fakeChannels } from '../../../test/support/outbox-scene.ts'
import { ann } from '../../../test/support/playbook.ts'
import type { Actor } from '../../core/incident/event.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts'
import { tellEnding } from './ending-notice.ts'
import { changeSilence, createSilence, expireSilence, type NewSilence } from './silence-act.ts'

let base: TestDatabase
let it: TestIntake
let channels: FakeChannels
const byAnn: Actor = { kind: 'person', id: ann, name: 'Ann' }

beforeAll(async () => {
  base = await openTestDatabase()
  await seedSource(base.database)
  await base.database.query(`insert into person (id, email, name, zone) values ($1, 'ann@example.com', 'Ann', 'Europe/Berlin')`, [ann])
  it = await startTestIntake(base.database)
  channels = fakeChannels()
})
afterAll(async () => {
  await it.close()
  await base.close()
})

const told = async () => {
  channels.calls.length = 0
  await tellEnding(it.ports, channels)
  return channels.calls.map(({ to, message }) => ({ to, purpose: message.purpose, title: message.incident.title, notice: message.notice }))
}
const silence = async (leftMs: number, over: Partial<NewSilence> = {}): Promise<string> => {
  const made = await it.ports.database.inTransaction('main', (tx) =>
    createSilence(it.ports, tx, {
      matchers: [{ name: 'alertname', value: 'Spike', isRegex: false, isEqual: true }],
      startsAt: tx.now,
      endsAt: tx.now + 2 * HOUR_MS,
      reason: 'r',
      author: byAnn,
      ...over,
    }),
  )
  if (made.kind !== 'done') throw new Error(JSON.stringify(made))
  // As if it had been made two hours before its end.
  await it.rows(`update silence set starts_at = now() - interval '2 hours', ends_at = now() + $2 * interval '1 ms' where id = $1`, [
    made.silence.id,
    leftMs,
  ])
  return made.silence.id
}
const expire = (id: string) => it.ports.database.inTransaction('main', (tx) => expireSilence(it.ports, tx, id, byAnn))

test('within the playbook’s time before the end, once, with what it holds', async () => {
  const id = await silence(20 * MINUTE_MS)
  const alert = { labels: { alertname: 'Spike' }, startsAt: '2026-11-24T00:00:00Z', endsAt: '2030-01-01T00:00:00Z' }
  await it.post('/alertmanager/api/v2/alerts', [alert], { authorization: `Bearer ${KEY}` })
  await it.settled()
  expect(await told()).toEqual([])
  await it.rows(`update silence set ends_at = now() + interval '10 min' where id = $1`, [id])
  expect(await told()).toEqual([
    {
      to: 'ann@example.com',
      purpose: 'notice',
      title: 'A silence of yours ends in 10 min: alertname="Spike"',
      notice: expect.stringContaining('It holds 1 firing alert now: what still fires then is paged.'),
    },
  ])
  expect(await told()).toEqual([])
  await it.ports.database.inTransaction('main', (tx) => changeSilence(it.ports, tx, id, { endsAt: tx.now + 12 * MINUTE_MS, by: byAnn }))
  expect(await told()).toHaveLength(1)
  await expire(id)
  expect(await told()).toEqual([])
})

test('a silence of a tool tells the person whose address it gave; one of nobody known tells nobody', async () => {
  const author: Actor = { kind: 'source', id: null, name: 'eu' }
  const known = await silence(5 * MINUTE_MS, { author, createdBy: 'Ann@example.com' })
  const unknown = await silence(5 * MINUTE_MS, { author, createdBy: 'deploy-bot' })
  expect((await told()).map(({ to }) => to)).toEqual(['ann@example.com'])
  await expire(known)
  await expire(unknown)
})

test('whoever silences for a few minutes is not told that it ends in a few minutes', async () => {
  const id = await silence(5 * MINUTE_MS)
  await it.rows(`update silence set starts_at = now() - interval '1 min' where id = $1`, [id])
  expect(await told()).toEqual([])
  await expire(id)
})
