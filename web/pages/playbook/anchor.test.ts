import { expect, test } from 'vitest'
import { anchorsOf, clauseLink } from './anchor.ts'

test('a clause leads to its own place, else to what it stands in', () => {
  expect(anchorsOf('severities.0.thresholds.error_rate')).toEqual([
    'severities.0.thresholds.error_rate',
    'severities.0.thresholds',
    'severities.0',
    'severities',
  ])
  expect(anchorsOf('default_severity')).toEqual(['default_severity'])
  expect(anchorsOf('')).toEqual([])
})

test('a link to a clause names the version by its digest, because rows move', () => {
  expect(clauseLink('abc', 'severities.1')).toEqual({ to: '/playbook/versions/$digest', params: { digest: 'abc' }, hash: 'severities.1' })
})
