/** Versions of the playbook under open incidents: each goes on by its own until a person moves it. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'
import { ann, testPlaybook } from '../../../test/support/playbook.ts'
import { asId, type IncidentId, type PlaybookDigest } from '../../core/id.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { MINUTE_MS } from '../../core/time.ts'
import { changeIncident } from './change.ts'

const first = testPlaybook()
const second: Playbook = {
  ...first,
  digest: asId<PlaybookDigest>('d2'),
  severities: first.severities.map((row) => ({
    ...row,
    responseMs: 3 * MINUTE_MS,
    roles: row.id === 'red' ? ['Ops'] : row.roles,
    escalation: {
      rounds: 1,
      steps: [
        { page: 'owners', waitMs: MINUTE_MS },
        { page: 'on-call', waitMs: MINUTE_MS },
      ],
    },
  })),
}
const third: Playbook = { ...second, digest: asId<PlaybookDigest>('d3'), severities: second.severities.filter((row) => row.id !== 'red') }
let current = first
let scene: ApiScene

beforeAll(async () => {
  const versions = new Map([first, second, third].map((playbook) => [playbook.digest, playbook]))
  scene = await openApiScene({
    ports: {
      playbooks: {
        current: () => current,
        load: (_tx, digest) => {
          const found = versions.get(digest)
          return found === undefined ? Promise.reject(new Error(`no version ${digest}`)) : Promise.resolve(found)
        },
      },
    },
  })
  for (const digest of ['d2', 'd3', 'd4'])
    await scene.database.database.query(`insert into playbook_version (digest, source) values ($1, '')`, [digest])
})
afterAll(() => scene.close())
beforeEach(() => {
  current = first
})

const declare = async () => (await scene.ask(ann, 'POST', '/incidents', { title: 'x', severity: 'red', type: 'spike' })).body
const move = (id: string, body: object) => scene.ask(ann, 'POST', `/incidents/${id}/playbook`, body)
const pages = async (id: string): Promise<string[]> =>
  (await scene.ask(ann, 'GET', `/incidents/${id}/pages`)).body.items
    .map((page: { role: string; person: { name: string }; step: number }) => `${page.role}:${page.person.name}:${page.step}`)
    .sort()

test('an incident goes on by the version it opened under when a new one is in force', async () => {
  const { id } = await declare()
  current = second
  const keys = (await scene.database.database.query<{ key: string }>('select key from page where incident_id = $1', [id])).rows.map(
    (row) => row.key,
  )
  await changeIncident(scene.ports, asId<IncidentId>(id), { type: 'record-hand-over', pages: keys as never, channel: 'email' })
  await scene.database.database.query(
    `update incident set state = jsonb_set(state, '{pages}', (
    select jsonb_agg(jsonb_set(page, '{handedOverAt}', to_jsonb((page ->> 'handedOverAt')::float8 - 121000))) from jsonb_array_elements(state -> 'pages') page)) where id = $1`,
    [id],
  )
  await changeIncident(scene.ports, asId<IncidentId>(id), { type: 'wake' })
  // By the first version the second step pages who is next; the new version would have paged nobody else so soon.
  expect(await pages(id)).toEqual(['Boss:Cyd:0', 'Boss:Owner:2', 'Ops:Ann:0', 'Ops:Bob:1'])
  expect((await scene.ask(ann, 'GET', `/incidents/${id}`)).body).toMatchObject({ playbook_digest: 'd1', severity: 'red' })
  const young = await declare()
  expect(young).toMatchObject({ playbook_digest: 'd2' })
  expect(Date.parse(young.next_due) - Date.parse(young.opened_at)).toBe(3 * MINUTE_MS)
})

test('a person moves it, with a reason: it is planned anew by that version, and the record says so', async () => {
  const { id } = await declare()
  current = second
  const answer = await move(id, { reason: 'the matrix was wrong' })
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({ playbook_digest: 'd2', playbook_version: 2 })
  expect(Date.parse(answer.body.next_due) - Date.parse(answer.body.opened_at)).toBe(3 * MINUTE_MS)
  const shown = (await scene.ask(ann, 'GET', `/incidents/${id}/pages`)).body.items
  expect(shown.filter((page: { state: string }) => page.state === 'paging').map((page: { role: string }) => page.role)).toEqual(['Ops'])
  const clocks = (await scene.ask(ann, 'GET', `/incidents/${id}/clocks`)).body.items
  expect(clocks.map((clock: { kind: string; state: string }) => [clock.kind, clock.state])).toEqual([
    ['response', 'waived'],
    ['response', 'running'],
    ['post-mortem', 'not_started'],
  ])
  const [latest] = (await scene.ask(ann, 'GET', `/incidents/${id}/timeline`)).body.items
  expect(latest).toMatchObject({
    text: 'Ann moved it to another version of the playbook: the matrix was wrong.',
    data: { from: 'd1', to: 'd2' },
  })
})

test('is refused with a fixed code, and then nothing has changed', async () => {
  const { id, version } = await declare()
  current = second
  expect((await move(id, { digest: 'd9', reason: 'x' })).body).toMatchObject({
    status: 422,
    code: 'playbook-unknown',
    errors: [{ field: 'digest' }],
  })
  expect((await move(id, { digest: 'd3', reason: 'x' })).body).toMatchObject({
    status: 422,
    code: 'severity-unknown',
    detail: expect.stringContaining('amber, blue'),
  })
  expect((await move(id, {})).body).toMatchObject({ status: 422, code: 'reason-required' })
  expect((await move(id, { digest: 'd1', reason: 'x' })).body).toMatchObject({ status: 409, code: 'playbook-unchanged' })
  expect((await scene.ask(ann, 'GET', `/incidents/${id}`)).body).toMatchObject({ playbook_digest: 'd1', version })
  await move(id, { digest: 'd2', reason: 'x' })
  expect((await move(id, { digest: 'd1', reason: 'x' })).body).toMatchObject({ status: 409, code: 'playbook-older' })
  current = first
  // The file was put back: what is in force is never too old.
  expect((await move(id, { reason: 'x' })).body).toMatchObject({ playbook_digest: 'd1' })
})
