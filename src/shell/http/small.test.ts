import { expect, test } from 'vitest'
import { parseJson } from './body.ts'
import { readCursor, toList } from './cursor.ts'
import { createLimiter } from './limiter.ts'
import { html } from './pages/html.ts'
import { ago, clockTime, countdown, shortTime } from './pages/time-words.ts'
import { redactUrl } from './redact.ts'

test('addresses in logs hold no key and no token, however they are written', () => {
  const secret = 'e93facc04764012d7bfb002500d5d1a6'
  const paths = [
    `/a/${secret}`,
    `/a/${secret}?x=${secret}`,
    `/sign-in/${secret}`,
    `/callbacks/phone/call/${secret}`,
    `/callbacks/phone/digits/${secret}/more?x=${secret}`,
    `/callback%73/phone/call/${secret}`,
    `/hooks/alertmanager/${secret}`,
    `/hooks/json/${secret}/more`,
    `/alertmanager/${secret}/api/v2/alerts`,
    `/%61/${secret}`,
    `//a/${secret}`,
    `/A/${secret}`,
    `/HOOKS/json/${secret}`,
    `/api/v1/incidents?cursor=${secret}`,
  ]
  for (const path of paths) expect(redactUrl(path)).not.toContain(secret)
  expect(redactUrl('/hooks/sns/x')).toBe('/hooks/sns/:key')
  expect(redactUrl('/alertmanager/api/v2/alerts')).toBe('/alertmanager/api/v2/alerts')
  expect(redactUrl('/api/v1/incidents/7?limit=1')).toBe('/api/v1/incidents/7')
  expect(redactUrl('/alerts')).toBe('/alerts')
})

test('a limiter counts failures within its window and forgets them after', () => {
  let now = 0
  const limiter = createLimiter({ failuresMax: 2, windowMs: 1_000 }, () => now)
  limiter.fail('a')
  expect(limiter.waitSeconds('a')).toBe(0)
  limiter.fail('a')
  expect([limiter.waitSeconds('a'), limiter.waitSeconds('b')]).toEqual([1, 0])
  now = 1_001
  expect(limiter.waitSeconds('a')).toBe(0)
  limiter.fail('a')
  limiter.fail('a')
  limiter.forgive('a')
  expect(limiter.waitSeconds('a')).toBe(0)
})

test('a flood of names does not grow a limiter', () => {
  const limiter = createLimiter({ failuresMax: 1, windowMs: 1_000 }, () => 0)
  for (let count = 0; count < 25_000; count += 1) limiter.fail(`name ${count}`)
  expect([limiter.waitSeconds('name 0'), limiter.waitSeconds('name 24999')]).toEqual([0, 1])
})

test('bodies are read to their depth, and brackets in strings are no depth', () => {
  expect(parseJson(Buffer.from(''))).toEqual({})
  expect(parseJson(Buffer.from(JSON.stringify({ text: '[{'.repeat(100), quote: '\\"[[' })))).toHaveProperty('text')
  expect(parseJson(Buffer.from(`${'['.repeat(32)}${']'.repeat(32)}`))).toHaveLength(1)
  for (const bad of [`${'['.repeat(33)}${']'.repeat(33)}`, '{"a":{"__proto__":1}}', '{', '\u0000']) {
    expect(() => parseJson(Buffer.from(bad))).toThrow(expect.objectContaining({ code: 'invalid-json' }))
  }
  expect(({} as Record<string, unknown>)['role']).toBeUndefined()
})

test('a cursor says where to go on, and what we have not made is refused', () => {
  const list = toList([1, 2, 3], 2, String, (value) => value * 10)
  expect(list.items).toEqual([10, 20])
  expect(readCursor(list.next ?? '', 'number')).toBe('2')
  expect(toList([1, 2], 2, String, String).next).toBeNull()
  for (const [cursor, kind] of [
    ['nonsense', 'uuid'],
    [list.next ?? '', 'uuid'],
    [Buffer.from('after:1 or 1=1').toString('base64url'), 'number'],
  ] as const) {
    expect(() => readCursor(cursor, kind)).toThrow(expect.objectContaining({ code: 'invalid-request' }))
  }
})

test('whatever is put into a page is text', () => {
  const hostile = `<img src=x onerror="alert('1')">&`
  expect(html`<p title="${hostile}">${[hostile, html`<b>${1}</b>`]}${null}${false}</p>`.text).toBe(
    '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;<b>1</b></p>',
  )
})

test('times are said in the zone of the reader, and in UTC', () => {
  const at = Date.UTC(2026, 6, 1, 12, 2, 11)
  expect(clockTime(at, 'Europe/Berlin', at)).toBe('14:02 CEST (12:02 UTC)')
  expect(clockTime(at, 'UTC', at)).toBe('12:02 UTC')
  expect(clockTime(at, 'Mars/Base', at)).toBe('12:02 UTC')
  expect(clockTime(at, 'Asia/Tokyo', at + 86_400_000)).toBe('1 Jul, 21:02 GMT+9 (1 Jul, 12:02 UTC)')
  expect(shortTime(at, 'America/New_York')).toBe('08:02')
  expect([countdown(221_500), countdown(3_821_000), countdown(-5)]).toEqual(['3:41', '1:03:41', '0:00'])
  expect([ago(1_000), ago(240_000), ago(10_800_000), ago(200_000_000)]).toEqual(['just now', '4 min ago', '3 h ago', '2 days ago'])
})
