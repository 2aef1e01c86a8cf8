import { describe, expect, test } from 'vitest'
import { signalOf } from '../../../test/support/signal.ts'
import type { Signal } from '../alert/signal.ts'
import { compileCondition, toSubject, type Verdict } from './condition.ts'

function ask(condition: string, signal: Partial<Signal> = {}, source = 'prometheus'): Verdict {
  const compiled = compileCondition(condition)
  if (compiled.kind !== 'condition') throw new Error(compiled.problems[0]?.message ?? 'no problem given')
  return compiled.condition.evaluate(toSubject(signalOf(signal), source))
}

describe('a condition is answered', () => {
  test.each([
    ['signal.value > 0.2', { value: 0.3 }, 'yes'],
    ['signal.value > 0.2', { value: 0.2 }, 'no'],
    ['signal.value > 1', { value: 2 }, 'yes'],
    ['!has(signal.value) || signal.value > 0.2', {}, 'yes'],
    ['signal.labels["env"] == "prod"', { labels: { env: 'prod' } }, 'yes'],
    ['"env" in signal.labels && signal.labels["env"] == "prod"', {}, 'no'],
    ['signal.labels.exists(name, name.startsWith("team_"))', { labels: { team_a: 'x' } }, 'yes'],
    ['signal.status == "firing" && signal.source == "prometheus"', {}, 'yes'],
    ['signal.title.matches("^disk (full|slow)$")', { title: 'disk full' }, 'yes'],
    ['has(signal.severity_hint) && signal.severity_hint.lowerAscii() in ["fatal"]', { severityHint: 'FATAL' }, 'yes'],
    ['has(signal.dedup_key)', {}, 'no'],
  ] as const)('%s of %j: %s', (condition, signal, kind) => expect(ask(condition, signal)).toEqual({ kind }))
})

describe('what cannot be decided is a fault that says why, never a silent no', () => {
  test.each([
    ['signal.value > 0.2', {}, 'the signal has no "value"'],
    ['signal.labels["env"] == "prod"', {}, 'the signal has no "env"'],
    ['signal.labels["n"] > 1.0', { labels: { n: '2' } }, /no matching overload/],
    ['int(signal.title) == 3', { title: 'three' }, /three/],
  ] as const)('%s of %j', (condition, signal, reason) => {
    expect(ask(condition, signal)).toEqual({ kind: 'fault', reason: expect.stringMatching(reason) })
  })
})

describe('the guard refuses, at load, with the place and a fix', () => {
  const nested = 'signal.labels.exists(a, signal.labels.exists(b, a == b))'
  test.each([
    ['', 0, /empty/],
    ['signal.value >', 13, /cannot be read/],
    ['signal.valeu > 1', 6, /no "valeu"/],
    ['value > 1', 0, /name "value" is not known/],
    ['process.exit() == 1', 7, /function "exit"/],
    ['signal == signal', 0, /as a whole/],
    ['signal["value"] > 1', 6, /with a point/],
    ['signal.title', 0, /yes or no/],
    ['signal.value + 1 > 2', 0, /never be decided/],
    ['signal.title.matches("(")', 0, /never be decided/],
    ['signal.title.matches(signal.alarm)', 12, /text in quotes/],
    [`signal.title.matches("${'a'.repeat(201)}")`, 12, /more than 200/],
    ['signal.labels.exists(n, n.matches("a"))', 33, /within a loop/],
    [Array.from({ length: 5 }, () => 'signal.title.matches("a")').join(' || '), 0, /more than 4 patterns/],
    [nested, 37, /within another/],
    ['[[1]].exists(a, a.exists(b, b == 1))', 24, /within another/],
    ['signal.title.split("").exists(c, c == "x")', 29, /may run over/],
    [Array.from({ length: 3 }, () => 'signal.labels.exists(a, a == "b")').join(' || '), 95, /more than 2 loops/],
    [`signal.alarm in [${Array.from({ length: 101 }, () => '"a"').join(',')}]`, 16, /more than 100/],
    [`${'signal.status == "a" || '.repeat(45)}true`, 0, /more than|characters/],
    ['{"a": 1}["a"] == 1', 0, /cannot be made/],
    ['timestamp("2020-01-01T00:00:00Z") == timestamp("x")', 9, /"timestamp"/],
    [`${'size('.repeat(30)}"a"${')'.repeat(30)} == 1`, expect.any(Number), /nested too deeply/],
  ])('%s', (condition, offset, message) => {
    const compiled = compileCondition(condition)
    expect(compiled.kind).toBe('problems')
    if (compiled.kind === 'problems') {
      expect(compiled.problems.map((problem) => problem.message).join(' ')).toMatch(message)
      if (typeof offset === 'number') expect(compiled.problems[0]?.offset).toBeGreaterThanOrEqual(0)
    }
  })

  test('a text of brackets is refused, not a crash', () => {
    expect(compileCondition('('.repeat(999)).kind).toBe('problems')
    const begun = process.threadCpuUsage().user
    expect(compileCondition('{1:['.repeat(200)).kind).toBe('problems')
    expect((process.threadCpuUsage().user - begun) / 1_000).toBeLessThan(500)
  })

  test('the nearest known field is suggested', () => {
    const compiled = compileCondition('signal.titel == "x"')
    expect(compiled).toEqual({
      kind: 'problems',
      problems: [{ message: 'A signal has no "titel".', fix: 'Did you mean title?', offset: 6 }],
    })
  })
})
