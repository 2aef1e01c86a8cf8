import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import { compileMatcher, compileMatchers, formatMatcher, matchesAll, matchesEverything, parseMatcher, parseMatchers } from './matcher.ts'

const equal = { isRegex: false, isEqual: true }

describe('a matcher is read as Alertmanager reads it', () => {
  // Cases of Alertmanager's own tests of its parser, and amtool 0.25.0 tried.
  test.each([
    ['foo=bar', { name: 'foo', value: 'bar', ...equal }],
    ['foo="bar"', { name: 'foo', value: 'bar', ...equal }],
    [' foo = "bar" ', { name: 'foo', value: 'bar', ...equal }],
    ['foo=""', { name: 'foo', value: '', ...equal }],
    ['foo=', { name: 'foo', value: '', ...equal }],
    ['foo!=bar', { name: 'foo', value: 'bar', isRegex: false, isEqual: false }],
    ['foo=~"ba.*"', { name: 'foo', value: 'ba.*', isRegex: true, isEqual: true }],
    ['foo!~bar|baz', { name: 'foo', value: 'bar|baz', isRegex: true, isEqual: false }],
    [String.raw`foo="a\"b\\c\nd"`, { name: 'foo', value: 'a"b\\c\nd', ...equal }],
    ['foo=a=b', { name: 'foo', value: 'a=b', ...equal }],
    ['"a label"="x"', { name: 'a label', value: 'x', ...equal }],
    ['aws.region="eu"', { name: 'aws.region', value: 'eu', ...equal }],
  ])('%s', (text, matcher) => expect(parseMatcher(text)).toEqual(matcher))

  test.each(['', 'foo', '="bar"', 'foo="bar', 'foo=bar"', 'foo"x="y"', '""="x"'])('%j is none', (text) =>
    expect(parseMatcher(text)).toBeTypeOf('string'),
  )

  test('several stand in braces, and a comma in quotes parts nothing', () => {
    expect(parseMatchers('{foo="a,b", bar!~"c}"}')).toEqual([
      { name: 'foo', value: 'a,b', ...equal },
      { name: 'bar', value: 'c}', isRegex: true, isEqual: false },
    ])
    expect(parseMatchers('{foo="a", bar}')).toBeTypeOf('string')
  })

  test('what is written is read again', () => {
    for (const value of ['', 'a', '"', '\\', 'a\nb', 'ü,}']) {
      for (const name of ['a', 'a b', 'ü', 'x"y'])
        for (const isRegex of [true, false]) {
          const matcher = { name, value, isRegex, isEqual: !isRegex }
          expect(parseMatcher(formatMatcher(matcher))).toEqual(matcher)
        }
    }
  })
})

const fits = (text: string, value: string): boolean => {
  const matcher = parseMatcher(text)
  if (typeof matcher === 'string') throw new Error(matcher)
  const compiled = compileMatcher(matcher)
  if (compiled.kind === 'fault') throw new Error(compiled.message)
  return compiled.matcher.test(value)
}

describe('what a matcher fits', () => {
  test.each([
    ['a=x', 'x', true],
    ['a=x', 'X', false],
    ['a!=x', 'y', true],
    ['a!=x', '', true],
    ['a=~x', 'xx', false],
    ['a=~x.*', 'xyz', true],
    ['a=~b|c', 'c', true],
    ['a=~b|c', 'bc', false],
    ['a!~b|c', 'd', true],
    ['a=~(?i)x', 'X', true],
    ['a=~.*', '', true],
    ['a=~.+', '', false],
    ['a=~^x$', 'x', true],
    ['a=~x.y', 'x\ny', false],
  ])('%s, of %j: %s', (text, value, expected) => expect(fits(text, value)).toBe(expected))

  test('what is asked of a value first never changes the answer', () => {
    const expressions = [
      'ab?',
      'ab*c',
      'a{0,2}',
      '(?i)ab',
      '^ab',
      'ab$',
      'ab|c',
      '(?:ab|ac)d',
      'a.c',
      '',
      '😀?',
      '😀+',
      String.raw`\babc`,
      '[ab]c',
      'ab',
    ]
    const values = ['', 'a', 'A', 'ab', 'AB', 'aB', 'abc', 'abb', 'ac', 'acd', 'abd', 'c', 'bc', 'a\nc', '😀', '😀😀', '\uD83D', 'xab']
    for (const value of expressions) {
      const compiled = compileMatcher({ name: 'a', value, isRegex: true, isEqual: true })
      if (compiled.kind === 'fault') throw new Error(compiled.message)
      const plainly = RE2JS.compile(`(?:${value})`)
      for (const given of values) expect([value, given, compiled.matcher.test(given)]).toEqual([value, given, plainly.matches(given)])
    }
  })

  test('an expression cannot leave its anchors by its brackets', () => {
    expect(compileMatcher({ name: 'a', value: 'x)|(y', isRegex: true, isEqual: true })).toMatchObject({ kind: 'fault' })
  })

  test.each(['(', 'a**', '[z-a]', String.raw`(?P<n>a)\1`, '(a{1,1000}){1,1000}', `(${'a{1,100}'.repeat(100)})`])(
    'the expression %s is refused, with a reason',
    (value) => expect(compileMatcher({ name: 'a', value, isRegex: true, isEqual: true })).toMatchObject({ kind: 'fault' }),
  )

  test('an expression that is cruel to others takes no time', () => {
    const compiled = compileMatcher({ name: 'a', value: '(a|aa|a?)+b?(a*)*$', isRegex: true, isEqual: true })
    if (compiled.kind === 'fault') throw new Error(compiled.message)
    const begun = performance.now()
    for (let count = 0; count < 20; count += 1) compiled.matcher.test(`${'a'.repeat(4_095)}!`)
    expect(performance.now() - begun).toBeLessThan(2_000)
  })

  test('all must hold, and a label that is not there is the empty text', () => {
    const compiled = compileMatchers([
      { name: 'a', value: 'x', ...equal },
      { name: 'b', value: '', ...equal },
    ])
    if (compiled.kind === 'fault') throw new Error(compiled.message)
    const labels = (given: Record<string, string>) => (name: string) => given[name] ?? ''
    expect(matchesAll(compiled.matchers, labels({ a: 'x' }))).toBe(true)
    expect(matchesAll(compiled.matchers, labels({ a: 'x', b: 'y' }))).toBe(false)
    expect(matchesEverything(compiled.matchers)).toBe(false)
    expect(matchesEverything(compiled.matchers.slice(1))).toBe(true)
  })
})
