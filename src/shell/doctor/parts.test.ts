/** What the doctor is told of the playbook folder. */
import { expect, test } from 'vitest'
import { faultOf } from './parts.ts'

const finding = {
  code: 'yaml-syntax' as const,
  severity: 'error' as const,
  line: 3,
  column: 1,
  message: 'No.',
  fix: '',
  path: '',
  file: 'oncall.yaml',
}

test('a file that was refused is told with its first error; warnings alone are no fault', () => {
  expect(faultOf({ refused: [], findings: [{ ...finding, severity: 'warning' }] })).toBeNull()
  expect(faultOf({ refused: ['oncall.yaml'], findings: [finding] })).toBe('oncall.yaml:3:1 yaml-syntax No.')
  expect(faultOf({ refused: ['oncall.yaml'], findings: [] })).toBe('oncall.yaml')
})
