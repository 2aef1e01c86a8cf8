import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cut, toLabels, toLinks, toSignal } from './build.ts'
import { field, isDeeper, parseExactly, parseJson, toNumber } from './json.ts'
import { clean, display, safeHref, toLine, truncate } from './text.ts'
import { toInstant } from './time-text.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

test('NUL and lone surrogates are replaced, all else is kept', () => {
  expect(clean('a\u0000b\ud800c\udfff')).toBe('a\ufffdb\ufffdc\ufffd')
  expect(clean('\u202edesrever\u200b😀')).toBe('\u202edesrever\u200b😀')
})

test('whatever a stranger sends becomes text that Postgres can store, within its bound', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 2, max: 40 }), (text, charsMax) => {
      const safe = cut(text, charsMax)
      expect(safe.isWellFormed()).toBe(true)
      expect(safe.includes('\u0000')).toBe(false)
      expect(safe.length).toBeLessThanOrEqual(charsMax)
    }),
  )
})

test('truncation never splits a character', () => {
  expect(truncate('ab😀cd', 5)).toBe('ab😀…')
  expect(truncate('ab😀cd', 4)).toBe('ab…')
  expect(truncate('abcd', 4)).toBe('abcd')
})

test('a megabyte of title becomes one line of bounded length', () => {
  const signal = toSignal({ alarm: null, status: 'firing', title: `x\n${'y'.repeat(1_048_576)}` })
  expect(signal.title).toHaveLength(1_024)
  expect(signal.title.startsWith('x y')).toBe(true)
  expect(toLine(' '.repeat(1_048_576), 10)).toBe('')
})

test('what turns text around or cannot be seen is written out for people', () => {
  expect(display('pay\u202eexe.\u200bdoc\u0007')).toBe('pay\\u{202e}exe.\\u{200b}doc\\u{7}')
})

test('only web links are kept', () => {
  expect(safeHref('javascript:alert(1)')).toBeNull()
  expect(safeHref(' https://x')).toBeNull()
  expect(
    toLinks([
      ['https://a.example', 'A'],
      ['data:text/html,x', 'B'],
      [7, 'C'],
      ['https://a.example', 'again'],
    ]),
  ).toEqual([{ href: 'https://a.example', text: 'A' }])
})

test.each([
  ['', 'the body is empty'],
  ['{', 'the body is not valid JSON'],
  ['{"value": NaN}', 'the body is not valid JSON'],
  ['['.repeat(4_250), 'the body is nested too deeply'],
  [`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`, 'the body is nested too deeply'],
])('a body that is no JSON is told apart with its reason (%#)', (text, reason) => {
  expect(parseJson(bytes(text))).toEqual({ kind: 'fault', reason })
})

test('malformed UTF-8 is not taken for JSON', () => {
  expect(parseJson(new Uint8Array([0x22, 0xc3, 0x28, 0x22]))).toEqual({ kind: 'fault', reason: 'the body is not valid UTF-8' })
})

test('brackets inside strings do not count as depth', () => {
  expect(isDeeper(bytes(JSON.stringify({ a: '['.repeat(500), b: '\\"[[' })), 3)).toBe(false)
})

test('oddities of JSON have one meaning each', () => {
  const parsed = parseJson(bytes('{"a":1,"a":2,"big":1e400,"zero":-0,"__proto__":{"polluted":true}}'))
  if (parsed.kind !== 'value') throw new Error('not parsed')
  const value = parsed.value as Record<string, unknown>
  expect(value['a']).toBe(2)
  expect(toNumber(value['big'])).toBeNull()
  expect(Object.is(toNumber(value['zero']), 0)).toBe(true)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  expect(field({}, 'constructor')).toBeUndefined()
})

test('an integer that a double cannot hold keeps its digits where it is a key', () => {
  expect(parseExactly(bytes('{"dedup_key": 9007199254740993, "n": 1.5}'))).toEqual({ dedup_key: '9007199254740993', n: 1.5 })
})

test('whatever the message, only such integers differ from what was parsed first', () => {
  const number = fc.oneof(
    fc.double().map((value) => JSON.stringify(value)),
    fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
    fc.constantFrom(
      '1e20',
      '1.5E3',
      '-0',
      '12345678901234567890.0',
      '1.2345678901234567890',
      '1e400',
      '9007199254740991',
      '9007199254740993',
    ),
  )
  const text = fc.string({ unit: 'binary' }).map((value) => JSON.stringify(`${value}\\"1e20 12345678901234567890`))
  const { json } = fc.letrec<{ json: string }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 3 },
      number,
      text,
      fc.array(tie('json')).map((items) => `[${items.join(' , ')}]`),
      fc.array(fc.tuple(text, tie('json'))).map((pairs) => `{${pairs.map(([name, value]) => `${name}:${value}`).join(',')}}`),
    ),
  }))
  const asWritten = (_name: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) ? context?.source : value
  fc.assert(
    fc.property(json, (written) => {
      expect(parseExactly(bytes(written))).toEqual(JSON.parse(written, asWritten))
    }),
  )
})

test('a megabyte of numbers is read exactly without holding up the rest', () => {
  const begun = process.threadCpuUsage().user
  const list = parseExactly(bytes(`[${'[1,2],'.repeat(170_000)}12345678901234567890]`)) as unknown[]
  expect(list.at(-1)).toBe('12345678901234567890')
  expect((process.threadCpuUsage().user - begun) / 1_000).toBeLessThan(200)
})

test('labels are text, bounded, and cannot reach a prototype', () => {
  const labels = toLabels(JSON.parse('{"__proto__":{"x":1},"constructor":"c","n":1,"o":{"a":[true]},"none":null}'))
  expect(labels).toEqual({ constructor: 'c', n: '1', o: '{"a":[true]}' })
  expect(Object.getPrototypeOf(labels)).toBe(Object.prototype)
  expect(Object.keys(toLabels(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`l${index}`, 'v']))))).toHaveLength(128)
})

test('a value is a finite number, or text that is one', () => {
  expect([0.25, '0.25', ' 3 ', '-1e3', 'NaN', 'Infinity', '1e999', '12 %', '', null, {}].map(toNumber)).toEqual([
    0.25,
    0.25,
    3,
    -1_000,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
  ])
})

test('times are read as tools write them, and nonsense is none', () => {
  expect(toInstant('2026-11-23T08:53:01.584143889Z')).toBe(Date.UTC(2026, 10, 23, 8, 53, 1, 584))
  expect(toInstant('2015-07-17T08:42:58.315+0000')).toBe(Date.UTC(2015, 6, 17, 8, 42, 58, 315))
  expect(toInstant('2026-11-23T10:00:00+02:00')).toBe(Date.UTC(2026, 10, 23, 8))
  expect(['0001-01-01T00:00:00Z', 'Nov 3 2026', '2026-13-01T00:00:00Z', 5, '', '9999-12-31T23:59:59-23:00'].map(toInstant)).toEqual([
    null,
    null,
    null,
    null,
    null,
    null,
  ])
})
