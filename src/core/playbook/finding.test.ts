/** docs/lint.md lists every code of a finding with its meaning and what to do. */
import { expect, test } from 'vitest'
import { expectGenerated, table } from '../../../test/support/generated-docs.ts'
import { FINDING_ADVICE } from './finding-advice.ts'
import { FINDING_CODES, type FindingCode } from './finding-code.ts'

test('every code is documented', () => {
  const rows = (Object.keys(FINDING_CODES) as FindingCode[]).map((code) => [`\`${code}\``, FINDING_CODES[code], FINDING_ADVICE[code]])
  expectGenerated('docs/lint.md', 'codes', table(['code', 'means', 'what to do'], rows))
})

test('codes are words with hyphens: scripts rely on them', () => {
  expect(Object.keys(FINDING_CODES).filter((code) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(code))).toEqual([])
})
