/** The alert rules that `tocsin render` writes are understood by Prometheus' own checker, and fire when the playbook's bound is passed. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-rules-'))
  cpSync('playbook', folder, { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function render(): string {
  const file = join(folder, 'rules.yaml')
  execFileSync(process.execPath, ['bin/tocsin.js', 'render', folder, '--prometheus-rules', '--out', file], { stdio: 'pipe' })
  return file
}

test('promtool takes the rules of the shipped playbook', () => {
  expect(execFileSync('/usr/bin/promtool', ['check', 'rules', render()], { encoding: 'utf8' })).toContain('SUCCESS: 3 rules found')
})

/** @param firing alerts that promtool expects of a drift of 0.3 for a minute */
function tryRules(file: string, firing: string): string {
  const tests = `rule_files: [${file}]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - { series: 'drift_psi{model="ranker"}', values: '0.3x5' }
    alert_rule_test:
      - eval_time: 2m
        alertname: drift_psi
        exp_alerts: ${firing}
`
  const path = join(folder, 'tests.yaml')
  writeFileSync(path, tests)
  return execFileSync('/usr/bin/promtool', ['test', 'rules', path], { encoding: 'utf8' })
}

test('a rule fires past the threshold of the playbook, and no more when the playbook is changed', () => {
  const alert = `[{ exp_labels: { model: ranker, severity: SEV-2, tocsin_type: model-drift }, exp_annotations: { summary: Model Drift, description: 'First: Switch to last stable model version', value: '0.3' } }]`
  expect(tryRules(render(), alert)).toContain('SUCCESS')
  const path = join(folder, 'playbook.yaml')
  writeFileSync(path, readFileSync(path, 'utf8').replace("threshold: '> 0.2'", "threshold: '> 0.4'"))
  expect(tryRules(render(), '[]')).toContain('SUCCESS')
})
