import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { KEY, seedSource } from '../../../test/support/intake.ts'
import { type OpsgenieServer, startOpsgenieServer } from '../../../test/support/opsgenie-server.ts'
import { findIntake } from '../alert/intake.ts'

let database: TestDatabase
let server: OpsgenieServer

beforeAll(async () => {
  database = await openTestDatabase()
  await seedSource(database.database)
  server = await startOpsgenieServer(database.database)
  for (const alias of ['a', 'b']) await server.ask('POST', '/v2/alerts', { message: alias, alias })
})
afterAll(async () => {
  await server?.close()
  await database?.close()
})

/** A lone dot or two is no name in an address: whoever asks takes it for another folder. */
const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('a', 'b', '1', '__proto__', '%00', '...', "'", '0'.repeat(400)),
)
const path = fc.oneof(
  fc
    .tuple(
      word,
      fc.constantFrom(
        '',
        '/acknowledge',
        '/unacknowledge',
        '/close',
        '/snooze',
        '/notes',
        '/tags',
        '/details',
        '/message',
        '/priority',
        '/assign',
        '/escalate',
        '/responders',
        '/logs',
        '/recipients',
        '/actions/x',
        '/nothing',
      ),
    )
    .map(([identifier, act]) => `/v2/alerts/${encodeURIComponent(identifier.toWellFormed())}${act}`),
  fc.constantFrom(
    '/v2/alerts',
    '/v2/alerts/count',
    '/v2/alerts/saved-searches',
    '/v2/heartbeats',
    '/v2/alerts/requests/x',
    '/v2/heartbeats/a/ping',
    '/v2/heartbeats/a/enable',
  ),
)
const query = fc.dictionary(
  fc.constantFrom(
    'identifierType',
    'query',
    'limit',
    'offset',
    'sort',
    'order',
    'tags',
    'keys',
    'searchIdentifier',
    'searchIdentifierType',
    'user',
  ),
  fc.oneof(word, fc.constantFrom('alias', 'tiny', 'id', 'asc', 'status: open', '-1', '1e9', 'createdAt', 'report.ackTime')),
)
const body = fc.option(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc
      .dictionary(
        fc.constantFrom(
          'message',
          'alias',
          'note',
          'tags',
          'details',
          'owner',
          'priority',
          'endTime',
          'name',
          'interval',
          'intervalUnit',
          'query',
          'responder',
        ),
        fc.oneof(
          fc.jsonValue({ maxDepth: 2 }),
          fc.constantFrom('2030-01-01T00:00:00Z', 'P1', 'days', 5, { name: 'x' }, ['x'], '\u0000', '\ud800'),
        ),
      )
      .map((object) => JSON.stringify(object)),
  ),
)
const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE')

test('whatever is asked is answered in the shape of the API, and never by a fault of ours', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(method, path, query, body, fc.boolean(), async (asked, address, parameters, text, jsm) => {
      const search = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, value.toWellFormed()]))
      const given = asked === 'GET' || text === null ? undefined : text
      const answer = await server.ask(asked, `${jsm ? '/jsm/ops/integration' : ''}${address}?${search.toString()}`, given)
      expect(answer.status, JSON.stringify(answer.json)).toBeLessThan(500)
      expect(answer.json).toMatchObject({ took: expect.any(Number), requestId: expect.any(String) })
    }),
    { numRuns: 400 },
  )
  await server.settled()
})

test('too much at once is 429 with what its clients wait by, for creates and for acts', async () => {
  const intake = findIntake(server.ports)
  if (intake === undefined) throw new Error('no intake runs')
  const isFull = intake.isFull
  Object.assign(intake, { isFull: () => true })
  const answer = await server.ask('POST', '/v2/alerts/a/notes?identifierType=alias', { note: 'n' })
  Object.assign(intake, { isFull })
  expect(answer).toMatchObject({ status: 429, json: { message: 'You are making too many requests!', took: expect.any(Number) } })
  expect(Object.fromEntries(answer.headers)).toMatchObject({ 'retry-after': '2', 'x-ratelimit-state': 'THROTTLED' })
  // at its end a server takes nothing new, and says so
  await intake.drain()
  const closed = await server.ask('POST', '/v2/alerts', { message: 'm' }, { authorization: `GenieKey ${KEY}` })
  expect(closed).toMatchObject({ status: 503, json: { message: expect.any(String), took: expect.any(Number) } })
  expect(closed.headers.get('retry-after')).toBe('2')
})
