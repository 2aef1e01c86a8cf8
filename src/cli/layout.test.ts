/** What a terminal is shown: aligned, readable in two zones, and harmless whatever strangers put into titles. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columns, painter, safeLine, safeText, timeIn } from './layout.ts'

test('columns line up, also for letters of several code points, and the last one runs free', () => {
  expect(
    columns([
      ['A', 'WHO', 'X'],
      ['long', '👩‍🚒', 'a b  c'],
      ['é', 'b', ''],
    ]),
  ).toBe(['A     WHO  X', 'long  👩‍🚒    a b  c', 'é     b'].join('\n'))
})

test('text from outside can neither move the cursor nor turn the reading direction nor begin a new line', () => {
  expect(safeLine('a\u001b[2Jb\r\nFAIL\u202egnp.exe\u0007')).toBe('a\ufffd[2Jb FAIL\ufffdgnp.exe\ufffd')
  expect(safeText('one\ntwo\u001b[31m')).toBe('one\ntwo\ufffd[31m')
})

test('no control character survives, whatever is put in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(safeLine(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
    }),
  )
})

test('a time is told in the zone of the reader and in UTC, over a change of the clocks', () => {
  expect(timeIn('Europe/Berlin', '2026-11-24T05:00:00.000Z')).toBe('Tue 24 Nov 06:00 Europe/Berlin (05:00 UTC)')
  expect(timeIn('Europe/Berlin', '2026-10-25T00:30:00Z')).toBe('Sun 25 Oct 02:30 Europe/Berlin (00:30 UTC)')
  expect(timeIn('Europe/Berlin', '2026-10-25T01:30:00Z')).toBe('Sun 25 Oct 02:30 Europe/Berlin (01:30 UTC)')
  expect(timeIn('UTC', '2026-11-24T05:00:00.000Z')).toBe('Tue 24 Nov 05:00 UTC')
})

test('colours are for terminals', () => {
  expect(painter(true)('red', 'FAIL')).toBe('\u001b[31mFAIL\u001b[0m')
  expect(painter(false)('red', 'FAIL')).toBe('FAIL')
})
