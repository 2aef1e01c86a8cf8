import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GOOD_CONNECTIONS, GOOD_ONCALL, GOOD_PLAYBOOK, OLD_PLAYBOOK } from '../../../test/support/bad-folders.ts'
import { findOnlyNear } from '../playbook/text.ts'
import { fixFolder } from './fix.ts'
import { type FolderTexts, lintFolder } from './lint.ts'

const GOOD: FolderTexts = { playbook: GOOD_PLAYBOOK, onCall: GOOD_ONCALL, connections: GOOD_CONNECTIONS }
const fixed = (over: Partial<FolderTexts>) => fixFolder({ ...GOOD, ...over })
const codesOf = (texts: FolderTexts): string[] => lintFolder(texts).findings.map(({ code }) => code)

test('there is nothing to mend in a good folder, nor in the one that ships', () => {
  const shipped = (file: string): string => readFileSync(`playbook/${file}.yaml`, 'utf8')
  expect(fixFolder(GOOD)).toEqual([])
  expect(fixFolder({ playbook: shipped('playbook'), onCall: shipped('oncall'), connections: shipped('connections') })).toEqual([])
  expect(fixFolder({ playbook: null, onCall: null, connections: null })).toEqual([])
})

test('a key that is one letter away is corrected, and what that shows is mended too', () => {
  const playbook = GOOD_PLAYBOOK.replace('escalation:\n', 'escalaton:\n').replace('rounds: 3', 'round: 3')
  expect(fixed({ playbook })).toEqual([
    {
      file: 'playbook.yaml',
      before: playbook,
      after: GOOD_PLAYBOOK,
      changes: [
        { code: 'unknown-key', line: 26, column: 1, from: 'escalaton', to: 'escalation' },
        { code: 'unknown-key', line: 27, column: 3, from: 'round', to: 'rounds' },
      ],
    },
  ])
})

test('keys in quotes keep them', () => {
  const [file] = fixed({ onCall: '{ "people": [{ "nam": "Ann", \'emial\': "a@example.com" }] }' })
  expect(file?.after).toBe('{ "people": [{ "name": "Ann", \'email\': "a@example.com" }] }')
})

test('durations are written as documents write them, in quotes where they were', () => {
  const [file] = fixed({
    playbook: GOOD_PLAYBOOK.replace('quiet: 90 s', "quiet: 'PT1M30S'").replace('within: 48 h', 'within: 1h30 # from resolution'),
  })
  expect(file?.after).toBe(
    GOOD_PLAYBOOK.replace('quiet: 90 s', "quiet: '90 s'").replace('within: 48 h', 'within: 90 min # from resolution'),
  )
})

describe('what is not understood is left alone', () => {
  test.each([
    ['a key that is two letters away', 'rounds: 3', 'rnds: 3'],
    ['a key that may mean two', 'rounds: 3', 'rounds: 3\n  stepss: []'],
    ['a duration that can be read in two ways', 'quiet: 90 s', 'quiet: 24:00'],
    ['a file that is no YAML', 'quiet: 90 s', 'quiet: PT15M: x'],
    ['a duration over two lines', 'quiet: 90 s', 'quiet: >-\n    PT15M'],
    ['a duration with escapes in it', 'quiet: 90 s', 'quiet: "PT\\x31M"'],
  ])('%s', (_, from, to) => expect(fixed({ playbook: GOOD_PLAYBOOK.replace(from, to) })).toEqual([]))

  test('a key whose right name is there already; all else is mended', () => {
    const playbook = GOOD_PLAYBOOK.replace('rounds: 3', 'rounds: 3\n  roundss: 4')
    expect(fixed({ playbook })).toEqual([])
    const [file] = fixed({ playbook: playbook.replace('response_time: 5 min', 'respons_time: 5 min') })
    expect(file?.changes.map(({ to }) => to)).toEqual(['response_time'])
  })

  test('a name that may mean two is no name', () => {
    expect([findOnlyNear('cat', ['bat', 'dog']), findOnlyNear('cat', ['bat', 'hat']), findOnlyNear('cat', ['dog'])]).toEqual([
      'bat',
      null,
      null,
    ])
  })

  test('two keys that would become one', () => {
    expect(fixed({ playbook: GOOD_PLAYBOOK.replace('rounds: 3', 'round: 3\n  roundss: 4') })).toEqual([])
  })
})

test('a file of an older version is rewritten, then mended: it is read as before, without that warning', () => {
  const playbook = OLD_PLAYBOOK.replace('5 min', 'PT5M')
  const [file] = fixed({ playbook })
  expect(file?.changes.map(({ code }) => code)).toContain('schema-old')
  expect(file?.changes.at(-1)).toMatchObject({ code: 'unusual-duration', to: '5 min' })
  const after = { ...GOOD, playbook: file?.after ?? '' }
  expect(codesOf({ ...GOOD, playbook })).toContain('schema-old')
  expect(codesOf(after)).not.toContain('schema-old')
  expect({ ...lintFolder(after).playbook?.playbook }).toEqual({ ...lintFolder({ ...GOOD, playbook }).playbook?.playbook })
})

test('mending twice is mending once, and nothing that it writes is worse', () => {
  const mistypings = fc
    .tuple(fc.nat(GOOD_PLAYBOOK.length - 1), fc.constantFrom('', 'x', 's', '_', 'e'))
    .map(([at, put]) => GOOD_PLAYBOOK.slice(0, at) + put + GOOD_PLAYBOOK.slice(at + 1))
  fc.assert(
    fc.property(mistypings, (playbook) => {
      const [file] = fixed({ playbook })
      if (file === undefined) return
      expect(fixed({ playbook: file.after })).toEqual([])
      const count = (text: string, code: string): number => codesOf({ ...GOOD, playbook: text }).filter((one) => one === code).length
      for (const code of new Set(file.changes.map((change) => change.code)))
        expect(count(file.after, code)).toBeLessThan(count(playbook, code))
    }),
    { numRuns: 150 },
  )
})
