/** The lockfile's rule, shown to fail. */
import { expect, test } from 'vitest'
import { findLockfileFaults } from './lockfile.ts'

test('an entry without version or integrity is told, the root is not', () => {
  const packages = {
    '': {},
    'node_modules/good': { version: '1.0.0', integrity: 'sha512-x' },
    'node_modules/bad': { version: '1.0.0' },
    'node_modules/worse': {},
  }
  expect(findLockfileFaults({ packages })).toEqual([
    'node_modules/bad has no integrity',
    'node_modules/worse has no version',
    'node_modules/worse has no integrity',
  ])
})
