import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { seedSource } from '../../../test/support/intake.ts'
import { type OpsgenieServer, startOpsgenieServer } from '../../../test/support/opsgenie-server.ts'
import { testPlaybook } from '../../../test/support/playbook.ts'
import { freshId } from '../fresh-id.ts'
import { loadReceipts } from '../alert/receipt-store.ts'
import { readAgain } from '../alert/recover.ts'
import { waitFor } from '../../../test/support/wait.ts'
import { carryOutPending } from './carry-out.ts'
import { insertRequest } from './request-store.ts'

const OTHER_KEY = 'a0a0a0a004764012d7bfb002500d5d1a'
const BOUND_KEY = 'b0b0b0b004764012d7bfb002500d5d1a'

let database: TestDatabase
let server: OpsgenieServer

beforeAll(async () => {
  database = await openTestDatabase()
  await seedSource(database.database)
  await seedSource(database.database, { name: 'other', key: OTHER_KEY })
  await seedSource(database.database, { name: 'bound', key: BOUND_KEY, kind: 'pagerduty' })
  const playbook = testPlaybook()
  const reasonRequired = playbook.severities.map(({ id }) => id)
  server = await startOpsgenieServer(database.database, { playbook: { ...playbook, muting: { ...playbook.muting, reasonRequired } } })
})
afterAll(async () => {
  await server?.close()
  await database?.close()
})

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

let made = 0
async function create(more: Record<string, unknown> = {}): Promise<{ id: string; alias: string }> {
  const alias = `alias-${++made}`
  const answer = await server.ask('POST', '/v2/alerts', { message: `Message ${made}`, alias, ...more })
  expect(answer.status).toBe(202)
  const status = await statusOf(answer.json.requestId)
  expect(status).toMatchObject({ success: true, isSuccess: true })
  return { id: status.alertId, alias: status.alias }
}

async function statusOf(requestId: string) {
  return waitFor(
    'the request to be processed',
    async () => {
      const answer = await server.ask('GET', `/v2/alerts/requests/${requestId}`)
      return answer.status === 200 && answer.json.data
    },
    { timeoutMs: 15_000 },
  )
}

async function act(method: string, path: string, body?: unknown) {
  const answer = await server.ask(method, path, body)
  expect(answer).toMatchObject({
    status: 202,
    json: { result: 'Request will be processed', took: expect.any(Number), requestId: expect.stringMatching(UUID) },
  })
  return statusOf(answer.json.requestId)
}

async function get(alias: string) {
  const answer = await server.ask('GET', `/v2/alerts/${alias}?identifierType=alias`)
  expect(answer.status).toBe(200)
  return answer.json.data
}

test('a create is answered with a request, whose status names the alert, which is shown whole', async () => {
  const answer = await server.ask('POST', '/v2/alerts/', {
    message: 'Disk full',
    alias: 'disk/db-1',
    description: 'Nothing left',
    responders: [
      { type: 'team', name: 'ops' },
      { type: 'user', username: 'ann@example.com' },
    ],
    visibleTo: [{ type: 'all' }],
    actions: ['Restart'],
    tags: ['db', 'disk'],
    details: { service: 'db', size: '10' },
    entity: 'db-1',
    source: 'monitor',
    priority: 'P2',
    user: 'u',
    note: 'n',
  })
  expect(answer).toMatchObject({ status: 202, json: { result: 'Request will be processed', took: expect.any(Number) } })
  const status = await statusOf(answer.json.requestId)
  expect(status).toEqual({
    success: true,
    action: 'Create',
    processedAt: expect.any(String),
    integrationId: expect.stringMatching(UUID),
    isSuccess: true,
    status: 'Created alert',
    alertId: expect.stringMatching(UUID),
    alias: 'disk/db-1',
  })
  const alert = await server.ask('GET', `/v2/alerts/${status.alertId}`)
  expect(alert.json.data).toEqual({
    seen: false,
    id: status.alertId,
    tinyId: expect.stringMatching(/^\d+$/),
    alias: 'disk/db-1',
    message: 'Disk full',
    status: 'open',
    acknowledged: false,
    isSeen: false,
    tags: ['db', 'disk'],
    snoozed: false,
    count: 1,
    lastOccurredAt: expect.any(String),
    createdAt: expect.any(String),
    updatedAt: expect.any(String),
    source: 'monitor',
    owner: '',
    priority: 'P2',
    responders: [
      { type: 'team', id: 'ops' },
      { type: 'user', id: 'ann@example.com' },
    ],
    integration: { id: status.integrationId, name: 'test', type: 'API' },
    report: {},
    actions: ['Restart'],
    entity: 'db-1',
    description: 'Nothing left',
    details: { service: 'db', size: '10' },
  })
  expect((await server.ask('GET', `/v2/alerts/${alert.json.data.tinyId}?identifierType=tiny`)).json.data.id).toBe(status.alertId)
  expect((await server.ask('GET', `/v2/alerts/${status.alertId}/notes`)).json.data).toMatchObject([{ note: 'n', owner: 'u' }])
  expect((await server.ask('GET', `/v2/alerts/${status.alertId}/logs`)).json.data).toMatchObject([{ log: 'Alert created', owner: 'u' }])
  expect((await server.ask('GET', '/v2/alerts/disk%2Fdb-1?identifierType=alias')).json.data.id).toBe(status.alertId)
})

test('a create under the alias of an open alert counts it up; after its end it is a new alert', async () => {
  const { id, alias } = await create()
  const again = await server.ask('POST', '/v2/alerts', { message: 'Again', alias })
  expect(await statusOf(again.json.requestId)).toMatchObject({ alertId: id, status: 'Alert count is incremented' })
  expect(await get(alias)).toMatchObject({ count: 2, message: expect.not.stringMatching('Again') })
  await act('POST', `/v2/alerts/${id}/close`, { user: 'u' })
  const anew = await server.ask('POST', '/v2/alerts', { message: 'Anew', alias })
  const status = await statusOf(anew.json.requestId)
  expect(status.alertId).not.toBe(id)
  expect(await get(alias)).toMatchObject({ id: status.alertId, status: 'open', message: 'Anew' })
})

test('without an alias each create is an alert of its own', async () => {
  const statuses = []
  for (let count = 0; count < 2; count += 1) {
    const answer = await server.ask('POST', '/v2/alerts', { message: 'No alias' })
    statuses.push(await statusOf(answer.json.requestId))
  }
  expect(statuses[0].alertId).not.toBe(statuses[1].alertId)
  expect(await get(statuses[0].alias)).toMatchObject({ id: statuses[0].alertId })
})

test('acknowledging acknowledges the incident, by the source; closing resolves the alert; both by receipts', async () => {
  const { id, alias } = await create()
  expect(await act('POST', `/v2/alerts/${alias}/acknowledge/?identifierType=alias`, { user: 'ann', note: 'on it' })).toMatchObject({
    action: 'Acknowledge',
    success: true,
    alertId: id,
  })
  await server.settled()
  expect(await get(alias)).toMatchObject({
    acknowledged: true,
    owner: 'ann',
    report: { acknowledgedBy: 'ann', ackTime: expect.any(Number) },
  })
  const [row] = await server.rows<{ acknowledged_at: Date | null }>(
    'select i.acknowledged_at from alert a join incident i on i.id = a.incident_id where a.id = $1',
    [id],
  )
  expect(row?.acknowledged_at).not.toBeNull()
  await act('POST', `/v2/alerts/${id}/close`, { user: 'ann' })
  await server.settled()
  expect(await get(alias)).toMatchObject({
    status: 'closed',
    acknowledged: false,
    report: { closedBy: 'ann', closeTime: expect.any(Number) },
  })
  const doors = await server.rows<{ door: string }>(`select door from receipt where door = 'opsgenie-act'`)
  expect(doors.length).toBeGreaterThanOrEqual(2)
})

test('an acknowledgement taken back pages the roles of the severity again', async () => {
  const { id, alias } = await create()
  await act('POST', `/v2/alerts/${id}/acknowledge`, {})
  await server.settled()
  const status = await act('POST', `/v2/alerts/${id}/unacknowledge`, { user: 'ann' })
  expect(status.status).toContain('paged again')
  expect(await get(alias)).toMatchObject({ acknowledged: false, status: 'open' })
  const events = await server.rows(
    `select e.type from event e join alert a on a.incident_id = e.stream_id where a.id = $1 and e.type = 'incident.summoned'`,
    [id],
  )
  expect(events.length).toBeGreaterThan(0)
})

async function summonings(id: string): Promise<number> {
  const rows = await server.rows(
    `select e.type from event e join alert a on a.incident_id = e.stream_id where a.id = $1 and e.type = 'incident.summoned'`,
    [id],
  )
  return rows.length
}

/** Alerts that no rule knows share an incident; this one has its own. */
async function createAlone(): Promise<{ id: string; alias: string }> {
  await server.rows(`update incident set group_key = null`)
  await server.rows(`update alert set resolved_at = now() where resolved_at is null`)
  return create()
}

async function endOfSnooze(id: string): Promise<void> {
  await waitFor(
    'the end of the snooze to be acted upon',
    async () => {
      const logs = await server.ask('GET', `/v2/alerts/${id}/logs`)
      return logs.json.data.some((entry: { log: string }) => entry.log.includes('Snooze ended'))
    },
    { timeoutMs: 15_000 },
  )
}

test('a snooze quiets the incident where nothing else fires in it, ends by itself, and pages again', async () => {
  const { id, alias } = await createAlone()
  const until = new Date(Date.now() + 2_500).toISOString()
  expect(await act('POST', `/v2/alerts/${id}/snooze`, { endTime: until, user: 'ann', note: 'later' })).toMatchObject({ success: true })
  expect(await get(alias)).toMatchObject({ snoozed: true, snoozedUntil: until, acknowledged: true })
  expect(await server.rows('select reason from snooze where alert_id = $1', [id])).toEqual([{ reason: 'later' }])
  expect(await summonings(id)).toBe(0)
  await endOfSnooze(id)
  const shown = await get(alias)
  expect(shown).toMatchObject({ snoozed: false, acknowledged: false, status: 'open' })
  expect(await summonings(id)).toBeGreaterThan(0)
})

test('a snooze of one alert among others that fire leaves their incident paging, and says so', async () => {
  const { id } = await createAlone()
  await create()
  const status = await act('POST', `/v2/alerts/${id}/snooze`, { endTime: new Date(Date.now() + 3_600_000).toISOString(), note: 'n' })
  expect(status).toMatchObject({ success: true, status: expect.stringContaining('1 other alerts fire') })
  expect((await server.ask('GET', `/v2/alerts/${id}`)).json.data).toMatchObject({ snoozed: true, acknowledged: false })
})

test('a snooze that somebody ends by hand is over here as well, and closing an alert ends its snooze', async () => {
  const { id } = await createAlone()
  const endTime = new Date(Date.now() + 3_600_000).toISOString()
  await act('POST', `/v2/alerts/${id}/snooze`, { endTime, note: 'n' })
  await server.rows('update snooze set until = now(), woken_at = now() where alert_id = $1', [id])
  await endOfSnooze(id)
  expect((await server.ask('GET', `/v2/alerts/${id}`)).json.data).toMatchObject({ snoozed: false })
  await act('POST', `/v2/alerts/${id}/snooze`, { endTime, note: 'n' })
  await act('POST', `/v2/alerts/${id}/close`, {})
  expect(await server.rows('select from snooze where alert_id = $1 and woken_at is null and until > now()', [id])).toEqual([])
})

test('what the playbook wants a reason for is not snoozed without one, and an end in the past is none', async () => {
  const { id } = await createAlone()
  const past = await act('POST', `/v2/alerts/${id}/snooze`, { endTime: '2020-01-01T00:00:00Z' })
  const unreasoned = await act('POST', `/v2/alerts/${id}/snooze`, { endTime: new Date(Date.now() + 3_600_000).toISOString() })
  expect(unreasoned).toMatchObject({ success: false, status: expect.stringContaining('the playbook wants a reason') })
  expect(past).toMatchObject({ success: false, status: expect.stringContaining('must end in the future') })
  expect((await server.ask('GET', `/v2/alerts/${id}`)).json.data).toMatchObject({ snoozed: false, acknowledged: false })
})

test('notes, tags, details, message, description, priority, owner and responders are changed and shown', async () => {
  const { id, alias } = await create({ tags: ['a'], details: { x: '1', y: '2' } })
  await act('POST', `/v2/alerts/${id}/notes`, { note: 'first', user: 'ann' })
  await act('POST', `/v2/alerts/${id}/notes/`, { note: 'second' })
  await act('POST', `/v2/alerts/${id}/tags`, { tags: ['b', 'a'] })
  await act('DELETE', `/v2/alerts/${id}/tags?tags=a&user=ann`)
  await act('POST', `/v2/alerts/${id}/details`, { details: { z: '3', x: '9' } })
  await act('DELETE', `/v2/alerts/${id}/details/?keys=y`)
  await act('PUT', `/v2/alerts/${alias}/message?identifierType=alias`, { message: 'New message' })
  await act('PUT', `/v2/alerts/${id}/description`, { description: 'New description' })
  await act('PUT', `/v2/alerts/${id}/priority`, { priority: 'P1' })
  await act('POST', `/v2/alerts/${id}/assign`, { owner: { username: 'bob@example.com' } })
  const responded = await act('POST', `/v2/alerts/${id}/responders`, { responder: { type: 'team', name: 'Nobody Knows' } })
  expect(responded.status).toContain('no duty role Nobody Knows')
  expect(await get(alias)).toMatchObject({
    tags: ['b'],
    details: { x: '9', z: '3' },
    message: 'New message',
    description: 'New description',
    priority: 'P1',
    owner: 'bob@example.com',
    responders: [{ type: 'team', id: 'Nobody Knows' }],
  })
  const notes = await server.ask('GET', `/v2/alerts/${id}/notes?order=asc&limit=1`)
  expect(notes.json).toMatchObject({ data: [{ note: 'first', owner: 'ann', createdAt: expect.any(String), offset: expect.any(String) }] })
  const next = new URL(notes.json.paging.next)
  const second = (await server.ask('GET', `${next.pathname}${next.search}`)).json.data
  expect(second).toMatchObject([{ note: 'second' }])
  const before = await server.ask('GET', `/v2/alerts/${id}/notes?order=asc&direction=prev&offset=${second[0].offset}`)
  expect(before.json.data).toMatchObject([{ note: 'first' }])
  const logs = await server.ask('GET', `/v2/alerts/${id}/logs`)
  expect(logs.json.data.map((entry: { log: string }) => entry.log)).toContain('Priority updated from P3 to P1')
  const audited = await server.rows<{ leaf: Buffer }>(`select leaf from audit_leaf where position($1 in encode(leaf, 'escape')) > 0`, [
    `alert:${id}`,
  ])
  expect(audited.length).toBeGreaterThanOrEqual(11)
  const noted = await server.rows(
    `select from event e join alert a on a.incident_id = e.stream_id
     where a.id = $1 and e.type = 'incident.noted' and e.data ->> 'text' ~ '(first|second)$'`,
    [id],
  )
  expect(noted.length).toBe(2)
})

test('a deleted alert counts as over and is not shown any more', async () => {
  const { id, alias } = await create()
  expect(await act('DELETE', `/v2/alerts/${id}?user=ann`)).toMatchObject({ action: 'Delete', success: true })
  expect((await server.ask('GET', `/v2/alerts/${alias}?identifierType=alias`)).status).toBe(404)
  await server.settled()
  const [row] = await server.rows<{ resolved_at: Date | null }>('select resolved_at from alert where id = $1', [id])
  expect(row?.resolved_at).not.toBeNull()
})

test('lists are searched, sorted and paged, and counted alike', async () => {
  const tag = `list-${Date.now()}`
  const first = await create({ tags: [tag], priority: 'P1', message: 'Checkout is down' })
  const second = await create({ tags: [tag], priority: 'P4', message: 'Search "is" slow_' })
  const third = await create({ tags: [tag, 'x'], priority: 'P4', message: '100 % of nothing', details: { team: 'web' } })
  await act('POST', `/v2/alerts/${first.id}/close`, {})
  await server.settled()
  const ids = async (query: string, more = '') => {
    const encoded = encodeURIComponent(query)
    const answer = await server.ask('GET', `/v2/alerts?query=${encoded}${more}`)
    expect(answer.status).toBe(200)
    const counted = await server.ask('GET', `/v2/alerts/count?query=${encoded}`)
    if (more === '') expect(counted.json.data.count).toBe(answer.json.data.length)
    return answer.json.data.map((alert: { id: string }) => alert.id)
  }
  expect(await ids(`tag: ${tag}`)).toEqual([third.id, second.id, first.id])
  expect(await ids(`tag: ${tag} AND status: open`)).toEqual([third.id, second.id])
  expect(await ids(`tag: ${tag} status=closed`)).toEqual([first.id])
  expect(await ids(`tag: ${tag} AND (priority: P1 OR message: slow_)`)).toEqual([second.id, first.id])
  expect(await ids(`tag: ${tag} AND NOT tag: x`)).toEqual([second.id, first.id])
  expect(await ids(`tag: ${tag} "Checkout is"`)).toEqual([first.id])
  expect(await ids(`tag: ${tag} details.key: team`)).toEqual([third.id])
  expect(await ids(`tag: ${tag} message: "100 %"`)).toEqual([third.id])
  expect(await ids(`tag: list-* AND alias: ${second.alias}`)).toEqual([second.id])
  expect(await ids(`tag: ${tag} AND createdAt > ${Date.now() - 600_000} AND count < 2`)).toHaveLength(3)
  expect(await ids(`tag: ${tag}`, '&sort=message&order=asc')).toEqual([third.id, first.id, second.id])
  const page = await server.ask('GET', `/v2/alerts?query=tag%3A${tag}&limit=2`)
  expect(page.json.paging).toMatchObject({
    first: expect.any(String),
    next: expect.stringContaining('offset=2'),
    last: expect.stringContaining('offset=2'),
  })
  const next = new URL(page.json.paging.next)
  expect((await server.ask('GET', `${next.pathname}${next.search}`)).json.data.map((alert: { id: string }) => alert.id)).toEqual([first.id])
})

test.each([
  ['a query that is no query', 'GET', '/v2/alerts?query=tag%3A%20(a'],
  ['an unknown field', 'GET', '/v2/alerts?query=color%3A%20red'],
  ['a limit over the bound', 'GET', '/v2/alerts?limit=101'],
  ['an unknown order of a list', 'GET', '/v2/alerts?sort=size'],
  ['an unknown type of identifier', 'GET', '/v2/alerts/x?identifierType=name'],
  ['a note without text', 'POST', '/v2/alerts/x/notes'],
  ['tags that are none', 'POST', '/v2/alerts/x/tags'],
  ['a snooze without an end', 'POST', '/v2/alerts/x/snooze'],
  ['a priority that does not exist', 'PUT', '/v2/alerts/x/priority'],
])('%s is refused as Opsgenie does', async (_name, method, path) => {
  const answer = await server.ask(method, path, method === 'GET' ? undefined : { priority: 'P9' })
  expect(answer).toMatchObject({ status: 422, json: { message: expect.any(String), errors: expect.any(Object), took: expect.any(Number) } })
  expect(answer.json.requestId).toMatch(UUID)
})

test('what is asked of an alert that does not exist is accepted, and its status says so', { timeout: 40_000 }, async () => {
  expect(await act('POST', '/v2/alerts/no-such-alias/notes?identifierType=alias', { note: 'n' })).toMatchObject({
    success: false,
    action: 'AddNote',
    status: 'Alert does not exist',
    alertId: '',
    alias: '',
  })
  expect((await server.ask('GET', '/v2/alerts/no-such-alias?identifierType=alias')).status).toBe(404)
  expect((await server.ask('GET', '/v2/alerts/no-such-id')).status).toBe(404)
  expect(await server.ask('GET', '/v2/alerts/requests/0ccf1dd2-4a6b-4ed8-9b7a-3b0f6a4d3c11')).toMatchObject({
    status: 404,
    json: { message: 'Request not found. It might not be processed, yet.' },
  })
})

test('an act that overtakes its create is carried out when the alert is there, in the order of asking', async () => {
  const alias = `late-${Date.now()}`
  const asked = await Promise.all([
    server.ask('PUT', `/v2/alerts/${alias}/message?identifierType=alias`, { message: 'One' }),
    server.ask('POST', '/v2/alerts', { message: 'Late', alias }),
  ])
  const after = await server.ask('PUT', `/v2/alerts/${alias}/message?identifierType=alias`, { message: 'Two' })
  for (const answer of [...asked, after]) expect(await statusOf(answer.json.requestId)).toMatchObject({ success: true })
  expect(await get(alias)).toMatchObject({ message: 'Two' })
})

test('what is asked of an alert that is over by its id does not touch the one that fires under its alias by now', async () => {
  const { id, alias } = await create()
  await act('POST', `/v2/alerts/${id}/close`, {})
  await server.settled()
  const anew = await statusOf((await server.ask('POST', '/v2/alerts', { message: 'Anew', alias })).json.requestId)
  expect(await act('POST', `/v2/alerts/${id}/close`, { note: 'again' })).toMatchObject({ success: true, alertId: id })
  expect(await act('POST', `/v2/alerts/${id}/acknowledge`, {})).toMatchObject({ success: false, status: 'Alert is already closed' })
  await server.settled()
  expect(await get(alias)).toMatchObject({ id: anew.alertId, status: 'open' })
})

test('what waits for one alert holds up nothing that is asked of others', async () => {
  const { id } = await create()
  await server.ask('POST', '/v2/alerts/nobody-knows-it/notes?identifierType=alias', { note: 'waits' })
  const answer = await server.ask('POST', `/v2/alerts/${id}/notes`, { note: 'at once' })
  expect((await server.ask('GET', `/v2/alerts/requests/${answer.json.requestId}`)).json.data).toMatchObject({ success: true })
})

test('what one pass finds waiting for one alert is carried out in the order of asking', async () => {
  const { id, alias } = await create()
  const [sourceId] = (await server.rows<{ source_id: string }>('select source_id from alert where id = $1', [id])).map(
    (row) => row.source_id,
  )
  if (sourceId === undefined) throw new Error('no source')
  const asked = ['Four', 'One', 'Three', 'Two']
  const ids = asked.map(() => freshId()).toSorted()
  const place = { One: 0, Two: 1, Three: 2, Four: 3 } as Record<string, number>
  await database.database.inTransaction('main', async (tx) => {
    // As they lie in the table is not as they were asked.
    for (const message of asked) {
      const changing = { kind: 'message', message, user: null, source: null, note: null } as const
      await insertRequest(tx, { id: ids[place[message] ?? 0] ?? '', sourceId, identifier: { type: 'alias', value: alias }, act: changing })
    }
  })
  await carryOutPending(server.ports)
  expect(await get(alias)).toMatchObject({ message: 'Four' })
})

test('a list pages over all alerts of its source, however many there are and by whichever door they came', {
  timeout: 60_000,
}, async () => {
  const key = 'c0c0c0c004764012d7bfb002500d5d1a'
  await seedSource(database.database, { name: 'many', key })
  const count = 5_300
  await server.rows(
    `insert into alert (id, source_id, fingerprint, alarm, title, labels, first_at, last_at)
     select ('0195c0de-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, source.id, gen_random_uuid(), 'A', 'Old ' || n, '{}',
       now() - interval '1 day' + n * interval '1 ms', now()
     from generate_series(1, $1) n, source where source.name = 'many'`,
    [count],
  )
  const authorization = `GenieKey ${key}`
  const messages = async (query: string): Promise<string[]> =>
    (await server.ask('GET', `/v2/alerts?limit=100&${query}`, undefined, { authorization })).json.data.map(
      ({ message }: { message: string }) => message,
    )
  const shown = (from: number) => Array.from({ length: 100 }, (_, place) => `Old ${from - place}`)
  await waitFor('the key to be known', async () => (await messages('offset=0')).length === 100, { timeoutMs: 10_000 })
  expect(await messages('offset=5200')).toEqual(shown(count - 5_200))
  const total = async () => (await server.ask('GET', '/v2/alerts/count', undefined, { authorization })).json.data.count
  await waitFor('all of them to be counted', async () => (await total()) === count, { timeoutMs: 40_000 })
  expect(await messages('offset=0&order=asc')).toEqual(shown(100).toReversed())
  expect(await messages('query=message%3A%22Old%201%22&order=asc&offset=0')).toContain('Old 1')
})

test('after a crash the receipts of creates, acknowledgements and closes are read as they were', async () => {
  const { id, alias } = await create()
  await act('POST', `/v2/alerts/${id}/acknowledge`, {})
  await act('POST', `/v2/alerts/${alias}/close?identifierType=alias`, {})
  const read = await database.database.inTransaction('main', async (tx) => {
    const receipts = await loadReceipts(tx, { serverId: server.ports.serverId, above: 0, upTo: null, limit: 10_000 })
    return receipts
      .map(readAgain)
      .flatMap(({ signals, fingerprints, kind }) =>
        signals.map(({ status, dedupKey }, index) => ({ status, dedupKey, kind, fingerprint: fingerprints[index] })),
      )
  })
  const [row] = await server.rows<{ fingerprint: string }>('select fingerprint from alert where id = $1', [id])
  const own = read.filter(({ dedupKey }) => dedupKey === alias)
  expect(own.map(({ status }) => status)).toEqual(['firing', 'acknowledged', 'resolved'])
  expect(own.every(({ kind, fingerprint }) => kind === 'opsgenie' && fingerprint === row?.fingerprint)).toBe(true)
})

test('an unknown key is 401, a key of another kind 403, and no key sees the alerts of another source', async () => {
  const { id, alias } = await create()
  const as = (key: string) => ({ authorization: `GenieKey ${key}` })
  expect(await server.ask('GET', `/v2/alerts/${id}`, undefined, as('wrong'))).toMatchObject({
    status: 401,
    json: { message: 'Could not authenticate', took: expect.any(Number), requestId: expect.stringMatching(UUID) },
  })
  expect(await server.ask('POST', '/v2/alerts', { message: 'm' }, as('wrong'))).toMatchObject({
    status: 401,
    json: { message: 'Could not authenticate' },
  })
  expect(await server.ask('GET', `/v2/alerts/${id}`, undefined, as(BOUND_KEY))).toMatchObject({ status: 403, json: { code: 40_301 } })
  const other = as(OTHER_KEY)
  expect((await server.ask('GET', `/v2/alerts/${id}`, undefined, other)).status).toBe(404)
  expect((await server.ask('GET', `/v2/alerts/${alias}?identifierType=alias`, undefined, other)).status).toBe(404)
  expect((await server.ask('GET', '/v2/alerts', undefined, other)).json.data).toEqual([])
  await server.ask('POST', `/v2/alerts/${id}/close`, {}, other)
  await server.settled()
  expect(await get(alias)).toMatchObject({ status: 'open' })
})

test('broken JSON is refused, kept and told where it would have closed; a body that is too large is refused', async () => {
  const { id } = await create()
  const broken = await server.ask('POST', `/v2/alerts/${id}/close`, '{"user":')
  expect(broken).toMatchObject({ status: 400, json: { message: expect.any(String), took: expect.any(Number) } })
  const kept = await server.rows(`select from receipt where door = 'opsgenie-act' and refused is not null`)
  expect(kept).toHaveLength(1)
  expect((await server.ask('POST', `/v2/alerts/${id}/notes`, { note: 'x'.repeat(600_000) })).status).toBe(413)
  expect(await server.ask('POST', '/v2/alerts', { message: 'x'.repeat(600_000) })).toMatchObject({
    status: 413,
    json: { message: expect.any(String) },
  })
  expect((await server.ask('POST', `/v2/alerts/${id}/close`, undefined)).status).toBe(202)
})

test("the address of Opsgenie's successor is the same API", async () => {
  const prefix = '/jsm/ops/integration'
  const answer = await server.ask('POST', `${prefix}/v2/alerts`, { message: 'By JSM', alias: 'jsm' })
  expect(answer.status).toBe(202)
  const status = await statusOf(answer.json.requestId)
  expect((await server.ask('GET', `${prefix}/v2/alerts/jsm?identifierType=alias`)).json.data).toMatchObject({
    id: status.alertId,
    message: 'By JSM',
  })
  expect((await server.ask('POST', `${prefix}/v2/alerts/jsm/close?identifierType=alias`, {})).status).toBe(202)
  expect((await server.ask('GET', `${prefix}/v2/alerts/requests/${answer.json.requestId}/`)).json.data.action).toBe('Create')
})

test("the acknowledge and close of Opsgenie's own client, as they were captured, reach their alert", async () => {
  await server.ask('POST', '/v2/alerts/', { message: 'API 5xx', alias: 'api-5xx' })
  for (const name of ['ack', 'close']) {
    const file = join(import.meta.dirname, '../../integrations/opsgenie/fixtures', `captured.opsgenie-sdk.${name}.json`)
    const { request, body } = JSON.parse(readFileSync(file, 'utf8'))
    expect(await act(request.method, request.path, body)).toMatchObject({ success: true, alias: 'api-5xx' })
  }
  await server.settled()
  expect(await get('api-5xx')).toMatchObject({ status: 'closed' })
  const notes = await server.ask('GET', '/v2/alerts/api-5xx/notes?identifierType=alias')
  expect(notes.json.data).toMatchObject([
    { note: 'n', owner: 'u' },
    { note: 'n', owner: 'u' },
  ])
})

test('an alert of another door is shown as far as its signals say', async () => {
  await server.post('/v2/enqueue', {
    routing_key: 'e93facc04764012d7bfb002500d5d1a6',
    event_action: 'trigger',
    dedup_key: 'by-pagerduty',
    payload: { summary: 'From PagerDuty', source: 'host', severity: 'critical' },
  })
  expect(await get('by-pagerduty')).toMatchObject({ message: 'From PagerDuty', priority: 'P3', source: 'host' })
})
