/** How the report is laid out for people. */
import { expect, test } from 'vitest'
import type { DoctorReport } from '../../api/doctor.ts'
import { describe } from './doctor.ts'

const report: DoctorReport = {
  at: '2026-11-24T05:00:00.000Z',
  state: 'fail',
  checks: [
    { id: 'mail', state: 'fail', title: 'Mail', found: 'not set', meaning: 'nobody\nis reached', remedy: 'set it' },
    { id: 'x', state: 'warn', title: 'Title\u001b[2J', found: 'odd', meaning: '', remedy: '' },
    { id: 'disk', state: 'ok', title: 'Disk', found: '7 GiB free', meaning: '', remedy: '' },
  ],
}

test('what fails says what it means and what to do; what is well takes a line', () => {
  expect(describe(report, false)).toBe(
    [
      'FAIL  Mail: not set',
      '      At 03:00: nobody',
      '      is reached',
      '      To do: set it',
      'WARN  Title\ufffd[2J: odd',
      'ok    Disk: 7 GiB free',
      '',
      'Paging does not work as it should: 1 failed, 1 to look at, 1 well.',
    ].join('\n'),
  )
})

test('a terminal sees failures in red', () => {
  expect(describe(report, true)).toContain('\u001b[31mFAIL\u001b[0m')
})
