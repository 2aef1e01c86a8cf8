/** The alert rules that ship are understood by Prometheus' own checker. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('promtool takes the alert rules', () => {
  const file = fileURLToPath(new URL('../../../docs/prometheus-rules.yaml', import.meta.url))
  expect(execFileSync('/usr/bin/promtool', ['check', 'rules', file], { encoding: 'utf8' })).toContain('SUCCESS')
})
