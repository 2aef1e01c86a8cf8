import { type CelInput, isCelError, isCelList, parse, plan } from '@bufbuild/cel'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { celEnvironment } from '../playbook/cel-environment.ts'
import { applyMapping } from './apply.ts'
import { compileMapping } from './compile.ts'
import { compileExpression } from './expression.ts'
import { type MappingText, NO_MAPPING } from './mapping.ts'
import { startMeter } from './meter.ts'

function compile(text: Partial<MappingText>) {
  const compiled = compileMapping({ ...NO_MAPPING, ...text })
  if (compiled.kind !== 'mapping') throw new Error(JSON.stringify(compiled.problems))
  return compiled.mapping
}

const long = 'aA'.repeat(4_096)
const names = Array.from({ length: 1_000 }, (_, index) => `item${index}`)
const lists = Array.from({ length: 40 }, () => names)
const grown = (times: number): string =>
  times <= 1 ? 'body.t' : `(${grown(Math.floor(times / 2))} + ${grown(times - Math.floor(times / 2))})`
const many = (expression: string) => Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`l${index}`, expression]))
const CPU_MS_MAX = 400

describe('a mapping that costs too much is a fault that says where, after a few hundredths of a second', () => {
  test.each([
    ['letters changed in a loop', { title: 'string(size(body.x.map(a, body.t.upperAscii() + body.t.lowerAscii())))' }, 'title'],
    ['text that grows in a loop', { title: `string(size(body.x.map(a, size(${grown(60)}))))` }, 'title'],
    ['search in a loop', { title: `body.x.filter(a, ${grown(50)}.contains(a))[0]` }, 'title'],
    ['blanks trimmed in a loop', { title: 'string(size(body.x.filter(a, body.blank.trim() == a)))' }, 'title'],
    ['whole messages compared in a loop', { title: 'string(size(body.x.filter(a, body == body && [body] == [body])))' }, 'title'],
    ['membership in a loop', { title: 'string(size(body.x.filter(a, (a + "x") in body.x)))' }, 'title'],
    ['lists joined in a loop', { title: 'string(size(body.x.map(a, (body.x + body.x + body.x)[2999])))' }, 'title'],
    ['a loop for each signal', { each: 'body.y', title: 'item.map(a, a)[0]' }, 'title (item '],
    [
      'a loop without a call for each signal',
      { each: 'body.x', title: 'body.x.all(a, has(body.t) && has(body.x)) ? "a" : "b"' },
      'title (item ',
    ],
    ['a list of lists', { title: '"t"', summary: 'body.x.map(a, body.x)' }, 'summary'],
    ['a pattern on a long text', { title: 'string(body.t.matches("(.*a){4}([ab]?c){9}$"))' }, 'title'],
    ['a pattern for each signal', { each: 'body.x', title: 'string(body.m.matches("(.*a){4}([ab]?c){9}$"))' }, 'title (item '],
    ['large labels of each signal', { each: 'body.x', title: '"t"', labels: many('body.y') }, 'labels.l'],
    ['long labels of each signal', { each: 'body.x', title: '"t"', labels: many('body.t') }, 'labels.l'],
    ['many labels of each signal', { each: 'body.x', title: '"t"', labels: 'body.o' }, 'labels'],
    ['texts of blanks as titles', { each: 'body.x', alarm: 'body.blank', title: 'body.blank' }, null],
  ] satisfies [string, Partial<MappingText>, string | null][])('%s', (_name, text, field) => {
    const body = {
      x: names,
      y: lists,
      t: long,
      m: 'a'.repeat(500),
      blank: `x${' \t'.repeat(4_000)}`,
      o: Object.fromEntries(names.map((name) => [name, 'v\u0000'])),
    }
    const mapping = compile(text)
    const begun = process.threadCpuUsage().user
    const mapped = applyMapping(mapping, { body, headers: {} })
    expect((process.threadCpuUsage().user - begun) / 1_000).toBeLessThan(CPU_MS_MAX)
    if (mapped.kind !== 'fault') throw new Error('no fault')
    expect(mapped.reason).toBe('it costs too much on a message of this size')
    if (field === null) expect(mapped.field).toBeNull()
    else expect(mapped.field?.startsWith(field)).toBe(true)
  })
})

test('a thousand honest alerts with labels, tags and a pattern stay well within it', () => {
  const alerts = names.map((name, index) => ({
    name,
    host: `host-${index}`,
    state: 'firing',
    url: `https://checks.example/${index}`,
    tags: ['env:prod', 'team:core', 'zone:a'],
    labels: Object.fromEntries(Array.from({ length: 8 }, (_, place) => [`label${place}`, `value${place}`])),
  }))
  const mapping = compile({
    each: 'body.alerts',
    alarm: 'item.name',
    title: 'item.name + " on " + item.host',
    status: 'item.state',
    severity_hint: 'item.name.matches("^(disk|cpu)") ? "high" : "low"',
    summary: 'item.tags.filter(tag, tag.startsWith("env:"))[0]',
    labels: 'item.labels',
    links: [{ href: 'item.url', text: 'Check' }],
  })
  expect(applyMapping(mapping, { body: { alerts }, headers: {} })).toMatchObject({ kind: 'signals', signals: { length: 1_000 } })
})

test('counting changes no answer: what the library gives by itself is given here', () => {
  const expressions = [
    'body.l + body.m',
    '(body.l + body.m)[1]',
    'body.l.map(a, a)',
    'body.l.filter(a, a in body.m)',
    'body.l.filter(a, a != body.m[0])',
    'body.l.exists(a, a == body.s)',
    'body.l.all(a, a in [body.s, body.m])',
    'body.l.exists_one(a, a == 1.0)',
    'body.m == body.l || body == body',
    'body.s + body.t',
    'body.s < body.t',
    'size(body.s) + size(body.l)',
    'body.s.contains(body.t) || body.s.startsWith(body.t)',
    'body.s.matches("^[a-c]+$")',
    'body.s.matches("b|(c.*){2}")',
    'body.s.trim().lowerAscii() + string(body.n)',
    'body.o.map(name, body.o[name])',
    'body.n / 0.0 > body.n ? body.l : body.m',
    'body.n.contains("a")',
  ]
  const compiled = expressions.map((source) => {
    const counting = compileExpression('title', source, 'body')
    if (counting.kind !== 'expression') throw new Error(JSON.stringify(counting.problems))
    return { counting: counting.expression, run: plan(celEnvironment, parse(source)) }
  })
  const scalar = fc.oneof(fc.string({ maxLength: 4 }), fc.double(), fc.constantFrom('a', 'abc', 'b', 1, 2), fc.boolean(), fc.constant(null))
  const text = fc.oneof(fc.constantFrom('abc', 'b', 'cc', ' A '), fc.string())
  const list = fc.array(fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })), { maxLength: 4 })
  const body = fc.record({ l: list, m: list, s: text, t: text, n: fc.double(), o: fc.dictionary(fc.string(), scalar, { maxKeys: 3 }) })
  fc.assert(
    fc.property(fc.constantFrom(...compiled), body, ({ counting, run }, given) => {
      const bindings = {
        body: new Map<string, CelInput>(Object.entries({ ...given, o: new Map(Object.entries(given.o)) })),
        headers: new Map(),
      }
      const counted = counting.evaluate(bindings, startMeter())
      const plain = run({ ...bindings })
      if (isCelError(plain)) expect(counted.kind).not.toBe('value')
      else expect(counted).toEqual({ kind: 'value', value: plainOf(plain) })
    }),
    { numRuns: 200 },
  )
})

function plainOf(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  return isCelList(value) ? Array.from(value, plainOf) : value
}
