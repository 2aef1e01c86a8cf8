/** docs/explain.md lists every effect and code of a change, and every door that reads a raw message. */
import { test } from 'vitest'
import { expectGenerated, table } from '../../../test/support/generated-docs.ts'
import { CHANGE_CODES, EFFECTS } from '../../core/playbook/diff/change.ts'
import { doors } from '../../integrations/index.ts'

test.each([
  ['effects', ['effect', 'means'], Object.entries(EFFECTS)],
  ['codes', ['code', 'means'], Object.entries(CHANGE_CODES)],
  ['doors', ['door', 'address'], doors.map(({ door }) => [door.id, `\`${door.path}\``])],
] as const)('docs/explain.md lists the %s', (part, head, rows) => {
  expectGenerated(
    'docs/explain.md',
    part,
    table(
      head,
      rows.map(([name = '', means = '']) => [`\`${name}\``, means]),
    ),
  )
})
