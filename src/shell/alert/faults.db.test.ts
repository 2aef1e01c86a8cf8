import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Client } from 'pg'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { type Answer, KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { sleep } from '../../../test/support/wait.ts'

let base: TestDatabase
let it: TestIntake

beforeAll(async () => {
  base = await openTestDatabase()
  await seedSource(base.database)
  it = await startTestIntake(base.database)
})

afterAll(async () => {
  await it.close()
  await base.close()
})

const trigger = (payload: Record<string, unknown> = {}, over: Record<string, unknown> = {}) => ({
  routing_key: KEY,
  event_action: 'trigger',
  payload: { summary: 'Something broke', source: 'h', severity: 'critical', ...payload },
  ...over,
})

/** The newest receipt and what became of it, and the incident people were told in. */
async function last(): Promise<{ refused: string | null; body: Buffer; encoding: string }> {
  const [row] = await it.rows<{ refused: string | null; body: Buffer; encoding: string }>(
    'select refused, body, encoding from receipt order by id desc limit 1',
  )
  if (row === undefined) throw new Error('no receipt')
  return row
}

/** Short bodies are stored as they came. */
async function countReceipts(part: string): Promise<number> {
  const [row] = await it.rows<{ count: number }>('select count(*) from receipt where position($1::bytea in body) > 0', [Buffer.from(part)])
  return row?.count ?? 0
}

async function plainAlerts(): Promise<{ title: string; count: number; incident_open: boolean | null }[]> {
  return it.rows(
    `select a.title, a.count, i.open as incident_open from alert a left join incident i on i.id = a.incident_id
     where a.alarm = 'TocsinMessageNotUnderstood' order by a.last_at desc`,
  )
}

describe('a message with a valid key that nobody can understand is refused, kept, and told to people', () => {
  beforeEach(async () => {
    await it.settled()
  })

  test.each<[string, () => Promise<Answer>, number, string]>([
    ['bad JSON', () => it.post(`/hooks/alertmanager/${KEY}`, '{"alerts": [', {}), 400, 'not valid JSON'],
    ['the wrong shape', () => it.post(`/hooks/alertmanager/${KEY}`, '{"text":"x"}'), 422, 'not a webhook message'],
    ['nesting 4,250 deep', () => it.post(`/hooks/json/${KEY}`, '['.repeat(4_250) + ']'.repeat(4_250)), 400, 'nested too deeply'],
    [
      'nesting a million deep',
      () => it.post(`/hooks/alertmanager/${KEY}`, `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`),
      400,
      'nested too deeply',
    ],
    ['malformed UTF-8', () => it.post(`/hooks/json/${KEY}`, Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d])), 400, 'not valid UTF-8'],
    ['NaN as text', () => it.post(`/hooks/json/${KEY}`, '{"title":"t","value":NaN}'), 400, 'not valid JSON'],
    [
      'a broken PagerDuty event whose key can be read',
      () => it.post('/v2/enqueue', `{"routing_key":"${KEY}", "payload": {`),
      400,
      'not valid JSON',
    ],
    [
      'a PagerDuty event without what the vendor demands',
      () => it.post('/v2/enqueue', { routing_key: KEY, event_action: 'trigger' }),
      400,
      'payload.summary',
    ],
    ['damaged gzip', () => it.post(`/hooks/json/${KEY}`, Buffer.from('nope'), { 'content-encoding': 'gzip' }), 400, 'could not be undone'],
    ['an unknown encoding', () => it.post(`/hooks/json/${KEY}`, '{}', { 'content-encoding': 'lzma' }), 400, 'not one of'],
    [
      'a gzip bomb',
      () => it.post(`/hooks/json/${KEY}`, gzipSync(Buffer.alloc(50_000_000, 'x')), { 'content-encoding': 'gzip' }),
      413,
      'unpacks to more than',
    ],
    ['a body over the limit', () => it.post(`/hooks/json/${KEY}`, `{"title":"${'x'.repeat(2_000_000)}"}`), 413, 'larger than'],
  ])('%s', async (_name, send, status, reason) => {
    const [{ count: before } = { count: 0 }] = await it.rows<{ count: number }>('select count(*) from receipt')
    const answer = await send()
    expect(answer.status).toBe(status)
    await it.settled()
    expect(await it.rows('select count(*) from receipt')).toEqual([{ count: before + 1 }])
    expect((await last()).refused).toContain(reason)
    const [told] = await plainAlerts()
    expect(told?.title).toContain(reason)
    expect(told?.incident_open).toBe(true)
  })

  test('people are paged for it', async () => {
    expect(
      (await it.rows("select e.key from effect e join incident i on i.id = e.incident_id where i.group_key like 'triage:%'")).length,
    ).toBeGreaterThan(0)
  })

  test('after somebody resolved the incident, the next such message is heard again', async () => {
    await it.rows(
      "update incident set open = false, phase = 'resolved', state = jsonb_set(state, '{phase}', '\"resolved\"') where group_key like 'triage:%'",
    )
    await it.post(`/hooks/alertmanager/${KEY}`, '{"text":"x"}')
    await it.settled()
    expect(await it.rows("select count(*) from incident where group_key like 'triage:%'")).toEqual([{ count: 2 }])
    expect((await plainAlerts())[0]?.incident_open).toBe(true)
  })
})

describe('hostile text is taken, and the page goes out', () => {
  test.each<[string, Record<string, unknown>, (title: string) => void]>([
    ['U+0000', { summary: 'a\u0000b' }, (title) => expect(title).toBe('a\ufffdb')],
    ['lone surrogates', { summary: 'a\ud800b', custom_details: { '\udfff': '\ud800' } }, (title) => expect(title).toBe('a\ufffdb')],
    ['bidi and zero-width', { summary: 'a\u202eb\u200bc' }, (title) => expect(title).toBe('a\u202eb\u200bc')],
    ['a very long title', { summary: 'x'.repeat(500_000) }, (title) => expect(title).toHaveLength(1_024)],
    ['markup', { summary: "<script>alert(1)</script> '; drop table alert; --" }, (title) => expect(title).toContain('<script>')],
    [
      'prototypes',
      { summary: 'proto', custom_details: JSON.parse('{"__proto__":{"polluted":1},"constructor":"x"}') },
      () => expect(({} as Record<string, unknown>)['polluted']).toBeUndefined(),
    ],
    ['infinite numbers', { summary: 'big', custom_details: { value: '1e400' } }, (title) => expect(title).toBe('big')],
  ])('%s', async (name, payload, check) => {
    const answer = await it.post('/v2/enqueue', trigger(payload, { dedup_key: `hostile ${name}` }))
    expect(answer.status).toBe(202)
    await it.settled()
    const [row] = await it.rows<{ title: string; incident_id: string | null }>(
      'select title, incident_id from alert where dedup_key = $1',
      [`hostile ${name}`],
    )
    check(row?.title ?? '')
    expect(row?.incident_id).not.toBeNull()
  })

  test('a key in a body is not kept, wherever it stands in it', async () => {
    await it.post('/v2/enqueue', trigger({ custom_details: { echo: `key ${KEY}` } }, { dedup_key: 'echo' }))
    await it.settled()
    expect(JSON.stringify(await it.rows("select labels from alert where dedup_key = 'echo'"))).not.toContain(KEY)
    const bodies = await it.rows<{ body: Buffer; encoding: string }>(
      "select body, encoding from receipt where door like 'pagerduty%' and encoding = 'identity'",
    )
    expect(bodies.length).toBeGreaterThan(0)
    expect(bodies.every(({ body }) => !body.includes(KEY))).toBe(true)
  })
})

test.each<[string, (body: Buffer) => Buffer]>([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
])('a body in %s is read', async (encoding, compress) => {
  const answer = await it.post(`/hooks/json/${KEY}`, compress(Buffer.from('{"title":"packed","dedup_key":"packed"}')), {
    'content-encoding': encoding,
  })
  expect([answer.status, JSON.parse(answer.text)]).toEqual([202, { status: 'accepted', dedup_key: 'packed' }])
})

test('nobody hears "yes" before the commit', async () => {
  const blocker = new Client({ connectionString: base.url })
  await blocker.connect()
  await blocker.query('begin; lock table receipt in access exclusive mode')
  let answered = false
  const answer = it.post('/v2/enqueue', trigger({}, { dedup_key: 'blocked' })).then((value) => {
    answered = true
    return value
  })
  await sleep(500)
  expect(answered).toBe(false)
  await blocker.query('rollback')
  await blocker.end()
  expect((await answer).status).toBe(202)
  expect(await countReceipts('"blocked"')).toBe(1)
})

test('a commit that does not come is answered with 503 and Retry-After', async () => {
  const blocker = new Client({ connectionString: base.url })
  await blocker.connect()
  await blocker.query('begin; lock table receipt in access exclusive mode')
  const answer = await it.post('/v2/enqueue', trigger({}, { dedup_key: 'too-late' }))
  await blocker.query('rollback')
  await blocker.end()
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2'])
}, 20_000)

test('ten deliveries of one message at once make one incident, one alert and ten raw records', async () => {
  const body = { title: 'Once only', alarm: 'Spike', dedup_key: 'once' }
  await Promise.all(Array.from({ length: 10 }, () => it.post(`/hooks/json/${KEY}`, body)))
  await it.settled()
  expect(await it.rows("select count from alert where dedup_key = 'once'")).toEqual([{ count: 10 }])
  expect(await it.rows("select count(*) from incident where incident_type = 'spike'")).toEqual([{ count: 1 }])
  expect(await countReceipts('Once only')).toBe(10)
})

test('the audit leaf of a batch covers the bodies as they are stored', async () => {
  await it.settled()
  const leaves = await it.rows<{ leaf: Buffer }>(
    "select leaf from audit_leaf where convert_from(leaf, 'utf8') like '%receipts.applied%' order by id",
  )
  const { data } = JSON.parse(leaves.at(-1)?.leaf.toString('utf8') ?? '{}') as {
    data: { first: number; last: number; count: number; digest: string }
  }
  const receipts = await it.rows<{ body: Buffer }>('select body from receipt where id between $1 and $2 order by id', [
    data.first,
    data.last,
  ])
  const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')
  expect(receipts).toHaveLength(data.count)
  expect(sha256(receipts.map(({ body }) => `${sha256(body)}\n`).join(''))).toBe(data.digest)
})

/** Writes raw bytes and collects what comes back until the server closes or `waitMs` have gone. */
function raw(text: string, waitMs: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(it.port, '127.0.0.1', () => socket.write(text))
    let heard = ''
    const done = () => {
      socket.destroy()
      resolve(heard)
    }
    socket.on('data', (chunk) => (heard += chunk.toString('latin1')))
    socket.on('close', done)
    socket.on('error', done)
    setTimeout(done, waitMs)
  })
}

test('a body that comes too slowly is cut off with 408', async () => {
  const head = `POST /hooks/json/${KEY} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"title"`
  expect(await raw(head, 15_000)).toMatch(/^HTTP\/1\.1 408 /)
}, 20_000)

test('chunks that lie about their size end the connection and leave nothing behind', async () => {
  const [before] = await it.rows('select count(*) from receipt')
  const head = `POST /hooks/json/${KEY} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n{}\r\n`
  expect(await raw(head, 1_500)).not.toMatch(/^HTTP\/1\.1 2/)
  expect((await it.rows('select count(*) from receipt'))[0]).toEqual(before)
})

test('ten thousand headers are refused', async () => {
  const headers = Array.from({ length: 10_000 }, (_, index) => `x-${index}: 1\r\n`).join('')
  expect(await raw(`POST /hooks/json/${KEY} HTTP/1.1\r\nHost: x\r\n${headers}Content-Length: 2\r\n\r\n{}`, 3_000)).toMatch(
    /^HTTP\/1\.1 (?:431|400) /,
  )
})

test('another method is told which one', async () => {
  expect(await raw(`GET /v2/enqueue HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 3_000)).toMatch(
    /^HTTP\/1\.1 405 [\s\S]*allow: POST/i,
  )
})

test('what clients ask an Alertmanager is answered', async () => {
  expect(await raw(`GET /alertmanager/-/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 3_000)).toMatch(/200 OK[\s\S]*OK$/)
})
