/** Messages that nobody should send: each gets a defined answer, what a valid key brought is kept and told, and paging goes on. */
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { readRssBytes } from '../bench/process.ts'
import { openConnection } from '../support/record-store.ts'
import { rawPost, sendRaw } from '../support/raw-socket.ts'
import { fire, listIncidents, requestsAbout, setClonedScene, waitForPages } from '../support/scene.ts'
import { INGEST_KEY, type RunningServer } from '../support/server.ts'
import { PAGED_ALARM, POISON_ALARM } from '../support/playbook-folder.ts'
import { sleep, waitFor } from '../support/wait.ts'

const DOOR = `/hooks/alertmanager/${INGEST_KEY}`
const MEBIBYTE = 1_048_576
const RSS_BYTES_MAX = 400e6

let scene: Awaited<ReturnType<typeof setClonedScene>>
let server: RunningServer
let probes = 0

beforeAll(async () => {
  scene = await setClonedScene({ escalationWait: '30 min' })
  server = await scene.start()
})
afterAll(async () => scene.close())

/** Whatever came before, the next good signal is paged within seconds. */
afterEach(async () => {
  expect(server.hasExited(), server.log().slice(-3_000)).toBe(false)
  probes += 1
  await fire(server, `good-${probes}-end`)
  await waitForPages(scene.webhook, `good-${probes}-end`, 2, 30_000, server)
})

async function countReceipts(): Promise<number> {
  const client = await openConnection(scene.databaseUrl)
  const found = await client.query<{ count: number }>('select count(*)::int as count from receipt')
  await client.end()
  return found.rows[0]?.count ?? 0
}

function event(fields: string): string {
  return `{"routing_key":"${INGEST_KEY}","event_action":"trigger",${fields}}`
}

function alertNamed(name: string, extra = ''): string {
  return event(
    `"dedup_key":"${name}","payload":{"summary":"${name}","source":"s","severity":"critical","custom_details":{"alertname":"${PAGED_ALARM}","service":"${name}"${extra}}}`,
  )
}

describe('messages with a valid key that cannot be understood', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  const cases: readonly (readonly [string, string | Buffer])[] = [
    ['JSON 4,250 levels deep', `{"alerts":${nested(4_250)}}`],
    ['JSON a million levels deep', nested(1_000_000)],
    ['text that is no JSON', '{"alerts": [NaN'],
    ['NaN where JSON has none', '{"alerts":[{"status":"firing","labels":{"alertname":"x","value":NaN}}]}'],
    [
      'malformed UTF-8',
      Buffer.concat([
        Buffer.from('{"alerts":[{"status":"firing","labels":{"alertname":"'),
        Buffer.from([0xff, 0xfe, 0xc0, 0x80]),
        Buffer.from('"}}]}'),
      ]),
    ],
    ['an empty body', ''],
    ['a list where an object belongs', '[1,2,3]'],
    ['alerts of the wrong type', '{"version":"4","alerts":[null,7,"x",{"status":5}]}'],
  ]
  test.each(cases)('%s is refused, kept, and shown as a signal', async (_name, body) => {
    const before = await countReceipts()
    const answer = await sendRaw(server.port, [rawPost(DOOR, body)])
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(400)
    expect(answer.status, answer.text).toBeLessThan(500)
    expect(await countReceipts()).toBe(before + 1)
    await waitFor(
      'the signal to be listed as refused',
      async () => {
        const [newest] = ((await server.api('GET', '/api/v1/signals?limit=1')).json as { items: { outcome_kind: string }[] }).items
        return newest?.outcome_kind === 'refused'
      },
      { timeoutMs: 30_000 },
    )
  })

  test('people are told of it: the triage incident of the source pages somebody', async () => {
    await sendRaw(server.port, [rawPost(DOOR, 'no json at all')])
    await waitFor(
      'a page that says so plainly',
      () => scene.webhook.requests.some((request) => /could not be understood/iu.test(request.text)),
      {
        timeoutMs: 30_000,
        explain: () =>
          scene.webhook.requests
            .slice(-3)
            .map((request) => request.text)
            .join('\n'),
      },
    )
  })
})

describe('strange text in good messages', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['U+0000 in title and labels', 'nul-text', '\\u0000zero\\u0000'],
    ['lone surrogates', 'surrogate-text', '\\ud800 lone \\udfff'],
    ['bidi and zero-width characters', 'bidi-text', '\\u202egnp.exe\\u200b\\u2066'],
    ['markup and line breaks', 'markup-text', '<script>alert(1)</script>\\r\\nBcc: x@example.org'],
    ['a title of 400 kB', 'long-text', 'long '.repeat(80_000)],
  ]
  test.each(cases)('%s: accepted, kept raw, and paged', async (_name, key, title) => {
    const body = event(
      `"dedup_key":"${key}","payload":{"summary":"${key} ${title}","source":"${title.slice(0, 100)}","severity":"critical","custom_details":{"alertname":"${PAGED_ALARM}","service":"${key}","strange":"${title.slice(0, 5_000)}"}}`,
    )
    const answer = await sendRaw(server.port, [rawPost('/v2/enqueue', body)])
    expect(answer.status, answer.text).toBe(202)
    const [page] = await waitForPages(scene.webhook, key, 2, 30_000, server)
    expect(Buffer.byteLength(page?.text ?? '')).toBeLessThan(20_000)
    expect(page?.text).not.toMatch(/\\u0000|\\ud800/u)
  })

  test('numbers that JavaScript cannot hold, duplicate keys and -0 have a defined meaning', async () => {
    const body = event(
      `"dedup_key":"first","dedup_key":"numbers-text","payload":{"summary":"numbers-text","source":"s","severity":"critical","custom_details":{"alertname":"${PAGED_ALARM}","service":"numbers-text","big":9007199254740993,"huge":1e400,"minus":-0,"value":1e400}}`,
    )
    const answer = await sendRaw(server.port, [rawPost('/v2/enqueue', body)])
    expect(answer.status, answer.text).toBe(202)
    expect(answer.text).toContain('numbers-text')
    await waitForPages(scene.webhook, 'numbers-text', 2, 30_000, server)
  })

  test('a key that is a number keeps its digits', async () => {
    const body = `{"routing_key":"${INGEST_KEY}","event_action":"trigger","dedup_key":9007199254740993,"payload":{"summary":"digits","source":"s","severity":"critical"}}`
    const answer = await sendRaw(server.port, [rawPost('/v2/enqueue', body)])
    // either refused for its type, or taken with every digit
    if (answer.status === 202) expect(answer.text).toContain('9007199254740993')
    else expect(answer.status).toBe(400)
  })

  test('__proto__ and constructor in bodies pollute nothing', async () => {
    const body = alertNamed('proto-text', ',"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}')
    const answer = await sendRaw(server.port, [rawPost('/v2/enqueue', body)])
    expect(answer.status, answer.text).toBe(202)
    await waitForPages(scene.webhook, 'proto-text', 2, 30_000, server)
    const declared = await server.api(
      'POST',
      '/api/v1/incidents',
      '{"title":"proto","__proto__":{"private":true},"constructor":{"prototype":{"private":true}}}',
    )
    expect(declared.status).toBeLessThan(500)
    const plain = await server.api('POST', '/api/v1/incidents', { title: 'after proto' })
    expect((plain.json as { private?: boolean }).private).toBe(false)
  })
})

test('a message whose rule throws is paged plainly, kept, and does not hold up the queue', async () => {
  const body = event(
    `"dedup_key":"poison","payload":{"summary":"poison here","source":"s","severity":"critical","custom_details":{"alertname":"${POISON_ALARM}"}}`,
  )
  const answers = await Promise.all([
    sendRaw(server.port, [rawPost('/v2/enqueue', body)]),
    sendRaw(server.port, [rawPost('/v2/enqueue', alertNamed('beside-poison'))]),
  ])
  expect(answers.map((answer) => answer.status)).toEqual([202, 202])
  await waitForPages(scene.webhook, 'beside-poison', 2, 30_000, server)
  const alerts = (await server.api('GET', '/api/v1/alerts?limit=200')).json as {
    items: { dedup_key: string; incident_id: string | null }[]
  }
  const poison = alerts.items.find((alert) => alert.dedup_key === 'poison')
  expect(poison?.incident_id).toEqual(expect.any(String))
  expect((await listIncidents(server)).some((incident) => incident.id === poison?.incident_id)).toBe(true)
})

describe('bodies and connections that lie', () => {
  test('a body over the limit is refused with 413', async () => {
    const answer = await sendRaw(server.port, [rawPost('/v2/enqueue', alertNamed('too-big', `,"pad":"${'x'.repeat(MEBIBYTE)}"`))])
    expect(answer.status).toBe(413)
  })

  test('a body that announces gigabytes is refused before it comes', async () => {
    const answer = await sendRaw(server.port, [
      `POST ${DOOR} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9000000000\r\n\r\n{`,
    ])
    expect(answer.status).toBe(413)
  })

  test('an endless chunked body is cut at the limit', async () => {
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MEBIBYTE, 0x20), Buffer.from('\r\n')])
    const answer = await sendRaw(server.port, [
      `POST ${DOOR} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
      ...Array.from({ length: 40 }, () => chunk),
    ])
    expect([413, 0]).toContain(answer.status)
  })

  test('a gzip bomb is refused at the cap, and memory stays flat', async () => {
    const before = readRssBytes(server.pid)
    const bomb = gzipSync(Buffer.alloc(200 * MEBIBYTE, 0x20))
    const answer = await sendRaw(server.port, [rawPost(DOOR, bomb, ['content-type: application/json', 'content-encoding: gzip'])])
    expect([413, 415, 400]).toContain(answer.status)
    expect(readRssBytes(server.pid) - before).toBeLessThan(100e6)
  })

  test('good gzip is understood', async () => {
    const message = {
      version: '4',
      status: 'firing',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: PAGED_ALARM, service: 'gzip-good' },
          annotations: { summary: 'gzip-good' },
          startsAt: new Date().toISOString(),
          endsAt: '0001-01-01T00:00:00Z',
          fingerprint: 'gzip-good',
        },
      ],
    }
    const answer = await sendRaw(server.port, [
      rawPost(DOOR, gzipSync(JSON.stringify(message)), ['content-type: application/json', 'content-encoding: gzip']),
    ])
    expect(answer.status, answer.text).toBe(200)
    await waitForPages(scene.webhook, 'gzip-good', 2, 30_000, server)
  })

  test('ten thousand headers are refused', async () => {
    const headers = Array.from({ length: 10_000 }, (_, place) => `x-h-${place}: v`)
    const answer = await sendRaw(server.port, [rawPost(DOOR, '{}', headers)])
    expect([431, 400]).toContain(answer.status)
  })

  test.each([
    ['two lengths', `POST ${DOOR} HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 30\r\n\r\n{}`],
    ['a length and chunks', `POST ${DOOR} HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`],
    ['a bad chunk size', `POST ${DOOR} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n`],
    ['no HTTP at all', 'HELO there\r\n\r\n'],
  ])('%s: answered with 400', async (_name, bytes) => {
    expect((await sendRaw(server.port, [bytes])).status).toBe(400)
  })

  test('a body that never comes is ended by the server, and so are slow headers', { timeout: 300_000 }, async () => {
    const [body, headers] = await Promise.all([
      sendRaw(server.port, [`POST ${DOOR} HTTP/1.1\r\nhost: a\r\ncontent-length: 50\r\n\r\n{"al`], { timeoutMs: 45_000 }),
      sendRaw(server.port, ['POST /v2/enqueue HTTP/1.1\r\n', ...Array.from({ length: 90 }, (_, place) => `x-${place}: y\r\n`)], {
        gapMs: 500,
        timeoutMs: 45_000,
      }),
    ])
    expect([408, 0]).toContain(body.status)
    expect(body.tookMs).toBeLessThan(40_000)
    expect([408, 0]).toContain(headers.status)
    expect(headers.tookMs).toBeLessThan(40_000)
  })

  test('three hundred idle connections leave room for a page, and memory stays bounded', async () => {
    const sockets: Socket[] = []
    for (let place = 0; place < 300; place += 1) {
      const socket = connect(server.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write('POST /v2/enqueue HTTP/1.1\r\nhost: a\r\n')
      sockets.push(socket)
    }
    await sleep(300)
    await fire(server, 'through-the-crowd')
    await waitForPages(scene.webhook, 'through-the-crowd', 2, 30_000, server)
    for (const socket of sockets) socket.destroy()
    expect(readRssBytes(server.pid)).toBeLessThan(RSS_BYTES_MAX)
  })
})

test('a wrong key opens nothing and is not echoed', async () => {
  const wrong = 'wrong-key-wrong-key-wrong-key-00'
  const before = await countReceipts()
  const answers = await Promise.all([
    sendRaw(server.port, [
      rawPost(
        '/v2/enqueue',
        `{"routing_key":"${wrong}","event_action":"trigger","payload":{"summary":"x","source":"s","severity":"critical"}}`,
      ),
    ]),
    sendRaw(server.port, [rawPost(`/hooks/alertmanager/${wrong}`, '{}')]),
    sendRaw(server.port, [
      rawPost('/alertmanager/api/v2/alerts', '[]', ['content-type: application/json', `authorization: Bearer ${wrong}`]),
    ]),
  ])
  for (const answer of answers) {
    expect([400, 401, 403, 404]).toContain(answer.status)
    expect(answer.text).not.toContain(wrong)
  }
  expect(await countReceipts()).toBe(before)
  expect(server.log()).not.toContain(wrong)
  // the greeting names the integration key on purpose; lines of the log never do
  expect(
    server
      .log()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .join('\n'),
  ).not.toContain(INGEST_KEY)
  expect(requestsAbout(scene.webhook, wrong)).toEqual([])
})
