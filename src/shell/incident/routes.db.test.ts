import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiScene, aud, openApiScene } from '../../../test/support/api.ts'
import { ann, bob, cyd, own } from '../../../test/support/playbook.ts'
import { changeIncident } from './change.ts'
import { findIncident } from './store.ts'

let scene: ApiScene
beforeAll(async () => {
  scene = await openApiScene()
})
afterAll(() => scene.close())

const declare = async (who = ann, over: object = {}) =>
  (await scene.ask(who, 'POST', '/incidents', { title: 'Checkout is down', ...over })).body

test('a declared incident is shown by id and by number, paged, and owed', async () => {
  const made = await scene.ask(own, 'POST', '/incidents', {
    title: 'Checkout is down',
    summary: 'All of it',
    severity: 'red',
    type: 'spike',
  })
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({
    title: 'Checkout is down',
    severity: 'red',
    severity_rank: 0,
    phase: 'detected',
    open: true,
    type: 'spike',
    type_title: 'Spike',
    first_step: 'Go back one version.',
    source: null,
    acknowledged_at: null,
    playbook_version: 1,
    paging_you: false,
  })
  expect(Date.parse(made.body.next_due)).toBe(Date.parse(made.body.opened_at) + 5 * 60_000)
  expect(made.body.next_clock).toMatchObject({ kind: 'response', state: 'running' })
  expect(made.body.roles).toEqual([
    expect.objectContaining({ role: 'incident-commander', person: null }),
    expect.objectContaining({ role: 'scribe' }),
  ])
  for (const name of [made.body.id, made.body.number, `INC-${made.body.number}`]) {
    const read = await scene.ask(ann, 'GET', `/incidents/${name}`)
    expect(read.status).toBe(200)
    expect(read.body).toEqual({ ...made.body, paging_you: true })
  }
  const pages = await scene.ask(ann, 'GET', `/incidents/${made.body.id}/pages`)
  expect(pages.body.items.map((page: { person: { name: string }; role: string }) => [page.person.name, page.role])).toEqual(
    expect.arrayContaining([
      ['Ann', 'Ops'],
      ['Cyd', 'Boss'],
    ]),
  )
  expect(pages.body.items[0].deliveries.map((delivery: { channel: string }) => delivery.channel)).toContain('console')
  const clocks = await scene.ask(ann, 'GET', `/incidents/${made.body.id}/clocks`)
  expect(clocks.body.items.map((clock: { kind: string; state: string }) => [clock.kind, clock.state])).toEqual([
    ['response', 'running'],
    ['post-mortem', 'not_started'],
  ])
  expect(clocks.body.items[1]).toMatchObject({ started_at: null, due_at: null })
})

test('an incident lives from its declaration to its end, and the timeline tells it', async () => {
  const { id } = await declare(own, { severity: 'red' })
  const steps: readonly (readonly [string, object])[] = [
    ['acknowledge', {}],
    ['triage', { type: 'spike' }],
    ['roles', { role: 'scribe', person: 'bob@example.com' }],
    ['roles', { role: 'scribe' }],
    ['note', { text: 'Looking at the load balancer' }],
    ['facts', { fact: 'aware_at', at: '2026-01-01T00:00:00+02:00', reason: 'the log says so' }],
    ['mitigate', {}],
    ['severity', { severity: 'amber', reason: 'half of it is back' }],
    ['resolve', { reason: 'rolled back' }],
    ['reopen', { reason: 'it is back' }],
    ['resolve', { reason: 'rolled back further' }],
    ['close', {}],
  ]
  for (const [path, body] of steps) {
    const answer = await scene.ask(ann, 'POST', `/incidents/${id}/${path}`, body)
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).toBe(200)
    expect(answer.body.id).toBe(id)
  }
  const after = (await scene.ask(ann, 'GET', `/incidents/${id}`)).body
  expect(after).toMatchObject({ phase: 'closed', open: false, severity: 'amber' })
  expect(after.closed_at).not.toBeNull()
  expect(after.roles.find((role: { role: string }) => role.role === 'scribe').person).toMatchObject({
    name: 'Ann',
    email: 'ann@example.com',
  })
  const timeline = (await scene.ask(ann, 'GET', `/incidents/${id}/timeline?limit=200`)).body
  expect(timeline.next).toBeNull()
  expect(timeline.items.map((entry: { version: number }) => entry.version)).toEqual(
    [...timeline.items.keys()].map((index) => timeline.items.length - index),
  )
  const texts = timeline.items.map((entry: { text: string }) => entry.text)
  expect(texts).toContain('Owner opened it as red: Declared by Owner.')
  expect(texts).toContain('Ann gave the role Scribe to Bob.')
  expect(texts).toContain('Ann took the role Scribe.')
  expect(texts).toContain('Ann: Looking at the load balancer')
  expect(texts).toContain('Ann recorded aware at as of 2025-12-31T22:00:00.000Z: the log says so.')
  expect(texts).toContain('Ann lowered the severity from red to amber: half of it is back.')
  expect(timeline.items.at(-1)).toMatchObject({ id: `${id}/1`, type: 'incident.opened', actor: { kind: 'person', name: 'Owner' } })
})

test('the timeline is read in parts without a gap', async () => {
  const { id } = await declare(own, { severity: 'red' })
  const whole = (await scene.ask(ann, 'GET', `/incidents/${id}/timeline`)).body.items
  const parts: unknown[] = []
  let next: string | null = ''
  while (next !== null) {
    const part: { items: unknown[]; next: string | null } = (
      await scene.ask(ann, 'GET', `/incidents/${id}/timeline?limit=1&cursor=${next}`)
    ).body
    parts.push(...part.items)
    next = part.next
  }
  expect(parts).toEqual(whole)
})

test('an incident says who is paged next and when, from the hand-over on and until somebody acknowledges', async () => {
  const made = await declare(own, { severity: 'amber' })
  expect(made.next_page).toBeNull()
  const { ports } = scene
  const state = (await ports.database.inTransaction('main', (tx) => findIncident(tx, made.id, { lock: false })))?.state
  const pages = (state?.pages ?? []).map((page) => page.key)
  await changeIncident(ports, made.id, { type: 'record-hand-over', pages, channel: 'email' })
  const handed = (await scene.ask(ann, 'GET', `/incidents/${made.id}`)).body
  expect(handed.next_page).toMatchObject({ role: 'Ops', people: ['Bob'] })
  expect(Date.parse(handed.next_page.at)).toBeGreaterThan(Date.parse(handed.opened_at))
  expect((await scene.ask(ann, 'POST', `/incidents/${made.id}/acknowledge`)).body.next_page).toBeNull()
})

test('incidents are listed by the version of the playbook that they run under', async () => {
  const { id, playbook_version: version } = await declare(ann, { severity: 'blue' })
  const listed = async (number: number) =>
    (await scene.ask(ann, 'GET', `/incidents?version=${number}&limit=200`)).body.items as { id: string }[]
  expect((await listed(version)).map((incident) => incident.id)).toContain(id)
  expect(await listed(version + 1_000)).toEqual([])
  expect((await scene.ask(ann, 'GET', '/incidents?version=one')).body.errors[0].field).toBe('version')
})

test('a person or a role is called in: paged at once, and a member of what is private', async () => {
  const { id } = await declare(ann, { severity: 'blue', private: true })
  expect((await scene.ask(bob, 'GET', `/incidents/${id}`)).status).toBe(404)
  expect((await scene.ask(ann, 'POST', `/incidents/${id}/page`, { who: 'bob@example.com', reason: 'knows it' })).status).toBe(200)
  expect((await scene.ask(ann, 'POST', `/incidents/${id}/page`, { who: 'boss' })).status).toBe(200)
  expect((await scene.ask(bob, 'GET', `/incidents/${id}`)).body).toMatchObject({ id, paging_you: true })
  const pages = (await scene.ask(ann, 'GET', `/incidents/${id}/pages`)).body.items as { role: string; person: { name: string } }[]
  expect(pages.map((page) => `${page.role}: ${page.person.name}`).sort()).toEqual(['Bob: Bob', 'Boss: Cyd'])
  const unknown = await scene.ask(ann, 'POST', `/incidents/${id}/page`, { who: 'nobody@example.com' })
  expect([unknown.status, unknown.body.code, unknown.body.errors[0].field]).toEqual([422, 'person-unknown', 'who'])
})

test('refusals of the core are problems with its code and the field', async () => {
  const { id } = await declare(ann, { severity: 'blue' })
  const refused = async (path: string, body: object) => {
    const { status, body: problem, headers } = await scene.ask(bob, 'POST', `/incidents/${id}/${path}`, body)
    expect(headers['content-type']).toMatch('application/problem+json')
    return [status, problem.code, problem.errors?.[0]?.field]
  }
  expect(await refused('severity', { severity: 'mauve' })).toEqual([422, 'severity-unknown', 'severity'])
  expect(await refused('severity', { severity: 'blue' })).toEqual([409, 'severity-unchanged', 'severity'])
  expect(await refused('triage', { type: 'nothing' })).toEqual([422, 'type-unknown', 'type'])
  expect(await refused('roles', { role: 'king' })).toEqual([422, 'role-unknown', 'role'])
  expect(await refused('roles', { role: 'scribe', person: 'nobody@example.com' })).toEqual([422, 'person-unknown', 'person'])
  expect(await refused('resolve', {})).toEqual([422, 'reason-required', 'reason'])
  expect(await refused('reopen', { reason: 'x' })).toEqual([409, 'incident-not-resolved', undefined])
  expect(await refused('close', {})).toEqual([409, 'incident-not-resolved', undefined])
  expect(await refused('decline', {})).toEqual([409, 'not-paged', undefined])
  expect(await refused('release', {})).toEqual([409, 'nothing-to-release', undefined])
  const unknown = await scene.ask(ann, 'POST', '/incidents', { title: 'x', severity: 'mauve' })
  expect(unknown.body).toMatchObject({
    code: 'severity-unknown',
    errors: [{ field: 'severity', message: expect.stringContaining('red, amber, blue') }],
  })
})

test('lists are filtered, and read on by cursor without repeating or losing any', async () => {
  const made: string[] = []
  for (let count = 0; count < 5; count += 1)
    made.push((await declare(ann, { title: `Paging list ${count}`, severity: count % 2 === 0 ? 'blue' : 'amber' })).id)
  for (const filter of ['q=paging%20list', 'q=paging%20list&open=true']) {
    const read: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const part: { items: { id: string }[]; next: string | null } = (
        await scene.ask(ann, 'GET', `/incidents?${filter}&limit=2&cursor=${next}`)
      ).body
      read.push(...part.items.map((item) => item.id))
      next = part.next
    }
    expect([...read].sort()).toEqual([...made].sort())
    if (filter === 'q=paging%20list') expect(read).toEqual([...made].reverse())
  }
  const ambers = (await scene.ask(ann, 'GET', '/incidents?q=Paging%20list&severity=amber')).body.items
  expect(ambers.map((item: { id: string }) => item.id)).toEqual([made[3], made[1]])
  expect((await scene.ask(ann, 'GET', '/incidents?q=Paging%20list&open=false')).body.items).toEqual([])
  expect((await scene.ask(ann, 'GET', '/incidents?q=%25_%25')).body.items).toEqual([])
  expect((await scene.ask(ann, 'GET', '/incidents?phase=closed,detected&type=spike&q=Paging%20list')).body.items).toEqual([])
})

test('a private incident is for its members; for everybody else there is none, in the same words', async () => {
  const secret = await declare(ann, { title: 'Payroll leak Zanzibar', private: true, severity: 'blue' })
  const absent = '00000000-0000-7000-8000-00000000ffff'
  expect((await scene.ask(ann, 'GET', `/incidents/${secret.id}`)).body.title).toBe('Payroll leak Zanzibar')
  const beneath = ['', '/timeline', '/pages', '/clocks', '/roles', '/alerts', '/mitigations', '/updates', '/postmortem']
  for (const who of [bob, own, cyd]) {
    for (const name of [secret.id, String(secret.number)]) {
      for (const path of beneath) {
        const hidden = await scene.ask(who, 'GET', `/incidents/${name}${path}`)
        expect(hidden.status).toBe(404)
        expect(hidden.body).toEqual((await scene.ask(who, 'GET', `/incidents/${absent}${path}`)).body)
      }
    }
    expect((await scene.ask(who, 'GET', '/incidents?q=Zanzibar')).body.items).toEqual([])
    expect(JSON.stringify((await scene.ask(who, 'GET', '/incidents?limit=200')).body)).not.toContain(secret.id)
    expect((await scene.ask(who, 'GET', `/incidents?q=${secret.number}`)).body.items.map((item: { id: string }) => item.id)).not.toContain(
      secret.id,
    )
  }
  for (const action of ['acknowledge', 'resolve', 'note', 'roles', 'severity']) {
    const body = { note: { text: 'x' }, roles: { role: 'scribe' }, severity: { severity: 'red' } }[action] ?? { reason: 'x' }
    const hidden = await scene.ask(bob, 'POST', `/incidents/${secret.id}/${action}`, body)
    expect(hidden.body).toEqual((await scene.ask(bob, 'POST', `/incidents/${absent}/${action}`, body)).body)
    expect(hidden.status).toBe(404)
  }
  for (const who of [aud, own]) {
    const leaves = JSON.stringify((await scene.ask(who, 'GET', '/audit?limit=200')).body)
    expect(leaves).toContain('incident.opened')
    expect(leaves).not.toContain(secret.id)
  }
  expect((await scene.ask(ann, 'POST', `/incidents/${secret.id}/roles`, { role: 'scribe', person: 'bob@example.com' })).status).toBe(200)
  expect((await scene.ask(bob, 'GET', `/incidents/${secret.id}`)).status).toBe(200)
})

test('who only reads can change nothing', async () => {
  const { id } = await declare()
  for (const path of ['acknowledge', 'note', 'resolve', 'roles']) {
    const answer = await scene.ask(
      cyd,
      'POST',
      `/incidents/${id}/${path}`,
      { note: { text: 'x' }, roles: { role: 'scribe' } }[path] ?? { reason: 'x' },
    )
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden'])
  }
  expect((await scene.ask(cyd, 'POST', '/incidents', { title: 'x' })).status).toBe(403)
  expect((await scene.ask(cyd, 'GET', `/incidents/${id}`)).status).toBe(200)
})

test('what the playbook offers is shown as offered, never as done', async () => {
  const { id } = await declare(ann, { type: 'spike' })
  expect((await scene.ask(ann, 'GET', `/incidents/${id}/mitigations`)).body).toEqual({ items: [], next: null })
  expect((await scene.ask(ann, 'GET', `/incidents/${id}/updates`)).body).toEqual({ items: [], next: null })
  expect((await scene.ask(ann, 'GET', `/incidents/${id}/postmortem`)).body).toEqual({
    incident_id: id,
    state: 'not_started',
    due_at: null,
    sections: [],
  })
})
