import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyMapping, type Mapped } from './apply.ts'
import { compileMapping } from './compile.ts'
import { type MappingText, NO_MAPPING } from './mapping.ts'
import { suggestMapping } from './suggest.ts'

function map(text: Partial<MappingText>, body: unknown, headers: Record<string, string> = {}): Mapped {
  const compiled = compileMapping({ ...NO_MAPPING, ...text })
  if (compiled.kind !== 'mapping') throw new Error(JSON.stringify(compiled.problems))
  return applyMapping(compiled.mapping, { body, headers })
}

/** The same expression for each of 64 labels. */
function many(expression: string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`l${index}`, expression]))
}

function problems(text: Partial<MappingText>) {
  const compiled = compileMapping({ ...NO_MAPPING, ...text })
  return compiled.kind === 'problems' ? compiled.problems : []
}

test('every part of a signal is taken from where the mapping says', () => {
  const body = {
    check: { name: 'DiskFull', id: 7 },
    state: 'PROBLEM',
    text: 'Disk /var is full',
    long: 'It has 1 % left.',
    prio: 'P1',
    free: '1.5',
    tags: { host: 'db1', rack: 4 },
    url: 'https://checks.example/7',
    since: 1_795_000_000,
  }
  const mapped = map(
    {
      alarm: 'body.check.name',
      status: 'body.state',
      title: 'body.text + " on " + body.tags.host',
      summary: 'body.long',
      dedup_key: '"check-" + string(body.check.id)',
      severity_hint: 'body.prio',
      value: 'body.free',
      labels: 'body.tags',
      links: [{ href: 'body.url', text: 'Check' }],
      starts_at: 'body.since',
    },
    body,
  )
  expect(mapped).toEqual({
    kind: 'signals',
    signals: [
      {
        alarm: 'DiskFull',
        status: 'firing',
        title: 'Disk /var is full on db1',
        summary: 'It has 1 % left.',
        dedupKey: 'check-7',
        severityHint: 'P1',
        value: 1.5,
        labels: { host: 'db1', rack: '4' },
        links: [{ href: 'https://checks.example/7', text: 'Check' }],
        startsAt: 1_795_000_000_000,
        endsAt: null,
      },
    ],
  })
})

test('each item of a list is a signal, and may use what stands around the list', () => {
  const body = {
    team: 'core',
    alerts: [
      { n: 'A', ok: false },
      { n: 'B', ok: true },
    ],
  }
  const mapped = map({ each: 'body.alerts', alarm: 'item.n', status: '!item.ok', labels: { team: 'body.team' } }, body)
  expect(mapped).toMatchObject({
    signals: [
      { alarm: 'A', status: 'firing', labels: { team: 'core' } },
      { alarm: 'B', status: 'resolved' },
    ],
  })
})

test('headers can be read, and lists looped over', () => {
  const mapped = map(
    { alarm: 'headers["x-event"]', title: 'body.tags.filter(t, t.startsWith("host:"))[0]' },
    { tags: ['env:prod', 'host:db1'] },
    { 'x-event': 'disk' },
  )
  expect(mapped).toMatchObject({ signals: [{ alarm: 'disk', title: 'host:db1' }] })
})

test('a part that the message lacks is left out', () => {
  expect(map({ alarm: 'body.name', summary: 'body.more.text', value: 'body.v' }, { name: 'A' })).toMatchObject({
    signals: [{ alarm: 'A', summary: null, value: null }],
  })
})

describe('what cannot be mapped is one fault that names the part', () => {
  test.each([
    [{ alarm: 'body.name' }, {}, null, /neither an alarm nor a title/],
    [{ alarm: 'body.name', status: 'body.state' }, { name: 'A' }, 'status', /no status/],
    [{ alarm: 'body.name', status: 'body.state' }, { name: 'A', state: 'purple' }, 'status', /"purple" is no status/],
    [{ alarm: 'body.name + 1' }, { name: 'A' }, 'alarm', /overload/],
    [{ alarm: 'item', each: 'body.x' }, { x: 'A' }, 'each', /no list/],
    [{ alarm: 'item', each: 'body.x' }, {}, 'each', /no "x"/],
    [{ each: 'body', alarm: 'item.a' }, [{ a: 'A' }, {}], 'item 2', /neither/],
    [{ alarm: 'body.a', labels: 'body.a' }, { a: 'A' }, 'labels', /no object/],
    [{ alarm: 'int(body.a) == 1 ? "x" : "y"' }, { a: 'three' }, 'alarm', /three/],
  ] as const)('%j of %j', (text, body, field, reason) => {
    expect(map(text, body)).toEqual({ kind: 'fault', field, reason: expect.stringMatching(reason) })
  })

  test('a message of too many values', () => {
    const large = Array.from({ length: 60 }, () => Array.from({ length: 1_000 }, () => 1))
    expect(map({ alarm: 'string(size(body))' }, large)).toMatchObject({ kind: 'fault', reason: 'the message holds too many values' })
  })
})

describe('the guard refuses, when a mapping is taken in, with the part and a fix', () => {
  test.each([
    [{}, 'alarm', /neither an alarm nor a title/],
    [{ alarm: '' }, 'alarm', /empty/],
    [{ alarm: 'body.' }, 'alarm', /cannot be read/],
    [{ alarm: 'item.name' }, 'alarm', /name "item" is not known/],
    [{ alarm: 'process.env' }, 'alarm', /name "process"/],
    [{ alarm: 'body.a', labels: { 'a b': 'body.foo(' } }, 'labels.a b', /cannot be read/],
    [{ alarm: 'body.a', links: [{ href: 'nope', text: 'x' }] }, 'links.0.href', /nope/],
    [{ alarm: 'body.x.map(a, body.x.map(b, a + b))[0]' }, 'alarm', /within another/],
    [{ alarm: 'body.a.split("").join("")' }, 'alarm', /function "(split|join)"/],
    [{ alarm: 'body.a', each: 'item' }, 'each', /item/],
    [{ alarm: `body.${'a.'.repeat(500)}a` }, 'alarm', /1000 characters/],
    [{ alarm: '(body.a).map(body, body)' }, 'alarm', /loop cannot call/],
  ] as const)('%j', (text, field, message) => {
    expect(problems(text)[0]).toMatchObject({ field, message: expect.stringMatching(message) })
  })

  test.each([
    ['brackets within one another', { alarm: '{1:['.repeat(200) }, 'alarm', /nested too deeply/],
    ['brackets after a text that ends with a quote', { alarm: `"\\"" + ${'['.repeat(300)}` }, 'alarm', /nested too deeply/],
    ['brackets after a comment with a quote', { alarm: `// "\n${'['.repeat(300)}` }, 'alarm', /nested too deeply/],
    ['a large pattern', { alarm: 'string(body.a.matches("(a|aa){1,100}(.*b){90}"))' }, 'alarm', /pattern is too large/],
    ['a pattern that is none', { alarm: 'string(body.a.matches("("))' }, 'alarm', /pattern cannot be used: .*missing/],
    ['long expressions', { alarm: 'body.a', labels: many(`"${'x'.repeat(990)}"`) }, 'labels.l16', /more than 16000 characters/],
    ['many patterns', { alarm: 'body.a', labels: many('string(body.a.matches("a"))') }, 'labels.l16', /more than 16 patterns/],
  ] as const)('%s', (_name, text, field, message) => {
    const begun = process.threadCpuUsage().user
    expect(problems(text)[0]).toMatchObject({ field, message: expect.stringMatching(message) })
    expect((process.threadCpuUsage().user - begun) / 1_000).toBeLessThan(500)
  })
})

test('the letter case of ASCII is changed, that of other letters is not', () => {
  expect(map({ alarm: 'body.a.lowerAscii() + body.a.upperAscii()' }, { a: 'aBÄß' })).toMatchObject({ signals: [{ alarm: 'abÄßABÄß' }] })
})

test('hostile names and texts stay data', () => {
  const body = JSON.parse('{"__proto__":{"a":"x"},"constructor":"y","t":"\\u0000\\ud800","l":{"__proto__":"p","k":"v"}}') as unknown
  const mapped = map({ alarm: 'body.constructor', title: 'body.t', labels: 'body.l' }, body)
  expect(mapped).toMatchObject({ signals: [{ alarm: 'y', labels: { k: 'v' } }] })
  if (mapped.kind !== 'signals') throw new Error('a fault')
  expect(mapped.signals[0]?.title.isWellFormed()).toBe(true)
  expect(mapped.signals[0]?.title).not.toContain('\u0000')
  expect(Object.getPrototypeOf(mapped.signals[0]?.labels)).toBe(Object.prototype)
})

test('whatever the message is, the answer is signals or a fault, and the same one twice', () => {
  const text = {
    each: 'body.l',
    alarm: 'item.a',
    title: 'item.t',
    status: 'item.s',
    labels: 'item.k',
    value: 'item.v',
    starts_at: 'item.w',
  }
  const scalar = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null))
  const item = fc.dictionary(
    fc.constantFrom('a', 't', 's', 'k', 'v', 'w'),
    fc.oneof(scalar, fc.dictionary(fc.string(), scalar), fc.array(scalar)),
  )
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ l: fc.array(item) })), (body) => {
      const once = map(text, body)
      expect(map(text, body)).toEqual(once)
      expect(['signals', 'fault']).toContain(once.kind)
    }),
  )
})

describe('a sample suggests a mapping that works on it', () => {
  test('a list of alerts in the manner of Alertmanager', () => {
    const sample = {
      version: '4',
      status: 'firing',
      alerts: [
        {
          status: 'resolved',
          labels: { alertname: 'API5xxAlarm', severity: 'critical' },
          annotations: { summary: 'Many errors' },
          startsAt: '2026-11-24T10:00:00Z',
          generatorURL: 'https://prom.example/graph',
          fingerprint: 'abc',
        },
      ],
    }
    const { mapping, found, places } = suggestMapping(sample)
    expect(mapping).toMatchObject({
      each: 'body.alerts',
      alarm: 'item.labels.alertname',
      status: 'item.status',
      title: 'item.annotations.summary',
      dedup_key: 'item.fingerprint',
      labels: 'item.labels',
      links: [{ href: 'item.generatorURL', text: 'Link' }],
    })
    expect(found).toContainEqual({ field: 'alarm', expression: 'item.labels.alertname', example: 'API5xxAlarm' })
    expect(places.map((place) => place.expression)).toContain('body.version')
    expect(map(mapping, sample)).toMatchObject({ signals: [{ alarm: 'API5xxAlarm', status: 'resolved', severityHint: 'critical' }] })
  })

  test('one flat object with awkward names', () => {
    const sample = { 'check-name': 'Disk', in: 'x', 'alert.state': 'DOWN', priority: 2, 'created-at': '2026-11-24T10:00:00Z' }
    const { mapping, places } = suggestMapping(sample)
    expect(mapping).toMatchObject({ alarm: 'body["check-name"]', status: 'body["alert.state"]', severity_hint: 'body.priority' })
    expect(places.map((place) => place.expression)).toContain('body["in"]')
    expect(map(mapping, sample)).toMatchObject({ signals: [{ alarm: 'Disk', status: 'firing', startsAt: Date.UTC(2026, 10, 24, 10) }] })
  })

  test('whatever is pasted, every place that is shown can be read', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const { places, mapping } = suggestMapping(body)
        for (const place of places.slice(0, 10)) {
          const each = place.expression.startsWith('item') ? mapping.each : null
          expect(problems({ each, title: `string(${place.expression})` })).toEqual([])
        }
      }),
    )
  })
})
