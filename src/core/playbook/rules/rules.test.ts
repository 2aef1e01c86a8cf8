import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { asId } from '../../id.ts'
import { parsePlaybook } from '../parse.ts'
import type { Playbook } from '../playbook.ts'
import { renderCloudWatchAlarms } from './cloudwatch-alarms.ts'
import { renderPrometheusRules } from './prometheus-rules.ts'

const SHIPPED = readFileSync('playbook/playbook.yaml', 'utf8')

function playbook(change: (text: string) => string = (text) => text): Playbook {
  const changed = change(SHIPPED)
  const { playbook: parsed, findings } = parsePlaybook(changed, asId('d'))
  if (parsed === null) throw new Error(JSON.stringify(findings))
  return parsed
}

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

function rulesOf(given: Playbook): Readonly<Record<string, Rule>> {
  const { groups } = parse(renderPrometheusRules(given).text) as { groups: { rules: Rule[] }[] }
  return Object.fromEntries(groups.flatMap((group) => group.rules.map((rule) => [rule.alert, rule])))
}

type Alarm = Readonly<Record<string, unknown>>

function templateOf(given: Playbook) {
  return JSON.parse(renderCloudWatchAlarms(given).text) as {
    Parameters: Readonly<Record<string, { Description: string; Default?: unknown }>>
    Resources: Readonly<Record<string, { Type: string; Properties: Alarm }>>
    Metadata: { WithoutAlarm: string[] }
  }
}

describe('rules of Prometheus', () => {
  test('are named as the playbook listens, bounded as it compares, and say what to do first', () => {
    const rules = rulesOf(playbook())
    expect(Object.keys(rules)).toEqual(['API5xxAlarm', 'drift_psi', 'BiasAgeAlarm'])
    expect(rules['drift_psi']).toEqual({
      alert: 'drift_psi',
      expr: 'drift_psi > 0.2',
      labels: { severity: 'SEV-2', tocsin_type: 'model-drift' },
      annotations: { summary: 'Model Drift', description: 'First: Switch to last stable model version', value: '{{ $value }}' },
    })
  })

  test('take the bound of the severity row, in the unit of the metric, and for how long', () => {
    const rule = rulesOf(playbook())['API5xxAlarm']
    expect(rule?.expr).toMatch(/^\(sum\(rate.*\) > 0\.5$/)
    expect(rule?.for).toBe('10m')
  })

  test('change with the threshold, wherever it stands', () => {
    const otherDrift = rulesOf(playbook((text) => text.replace("threshold: '> 0.2'", "threshold: '>= 0.35'")))
    expect(otherDrift['drift_psi']?.expr).toBe('drift_psi >= 0.35')
    const otherRow = rulesOf(playbook((text) => text.replace("error_rate: '> 50 % for 10 min'", "error_rate: '> 12.5 % for 90 s'")))
    expect(otherRow['API5xxAlarm']?.expr).toMatch(/> 0\.125$/)
    expect(otherRow['API5xxAlarm']?.for).toBe('90s')
  })

  test('measure what the playbook says, by the expression it gives, and for as long', () => {
    const { text, toDo } = renderPrometheusRules(
      playbook((given) =>
        given.replace("threshold: '> 0.07'", "threshold: '> 0.07'\n        metric: { prometheus: max by (group) (bias_gap), for: 5 min }"),
      ),
    )
    expect(text).toContain('expr: (max by (group) (bias_gap)) > 0.07\n        for: 5m')
    expect(toDo.join()).not.toContain('BiasAgeAlarm')
  })

  test('say what people must fill in, and for what there is no rule', () => {
    const { text, toDo } = renderPrometheusRules(playbook())
    expect(toDo).toEqual([
      expect.stringMatching(/^API5xxAlarm: .* the usual series/),
      expect.stringMatching(/^BiasAgeAlarm: .*"bias_age" is a guess/),
    ])
    expect(text).toContain('# FILL IN: the playbook does not say what measures this')
    expect(text).toContain('# No rule for Mobile Crash Surge: it listens to sentry alone.')
    expect(text).toContain('# No rule for SEV-2: no incident type detects latency_p95 > 4 s, which the matrix names.')
    expect(text).not.toContain('No rule for SEV-1')
  })

  test('hold what people write as data: quotes, line ends and templates break nothing', () => {
    const hostile = playbook((text) =>
      text
        .replace('title: Model Drift', String.raw`title: "Drift \"{{ end }}\" # not a comment"`)
        .replace('alarm: drift_psi', 'alarm: "a: b\\n- c"'),
    )
    const rule = Object.values(rulesOf(hostile)).find((candidate) => candidate.labels['severity'] === 'SEV-2')
    expect(rule?.annotations['summary']).toBe('Drift "{{ "{{" }} end }}" # not a comment')
  })
})

describe('alarms of CloudWatch', () => {
  test('fire as the matrix says and tell the topic when they end', () => {
    const { Resources, Parameters } = templateOf(playbook())
    expect(Resources['API5xxAlarm']).toMatchObject({
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'API5xxAlarm',
        Namespace: 'AWS/ApiGateway',
        MetricName: '5XXError',
        Statistic: 'Average',
        Period: 60,
        EvaluationPeriods: 10,
        DatapointsToAlarm: 10,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0.5,
        TreatMissingData: 'ignore',
        Dimensions: [{ Name: 'ApiName', Value: { Ref: 'API5xxAlarmDimension1' } }],
        AlarmActions: [{ Ref: 'TocsinTopicArn' }],
        OKActions: [{ Ref: 'TocsinTopicArn' }],
      },
    })
    expect(Parameters['API5xxAlarmDimension1']).not.toHaveProperty('Default')
  })

  test('ask by a parameter for what the playbook does not know', () => {
    const { Resources, Parameters, Metadata } = templateOf(playbook())
    expect(Resources['DriftPsi']?.Properties).toMatchObject({ Threshold: 0.2, Namespace: { Ref: 'DriftPsiNamespace' } })
    const asked = JSON.stringify(Resources).match(/(?<="Ref":")[^"]+/g) ?? []
    expect(asked.filter((name) => !Object.hasOwn(Parameters, name))).toEqual([])
    expect(Metadata.WithoutAlarm).toContain('Mobile Crash Surge: it listens to sentry alone')
  })

  test('change with the threshold, and take what the playbook says of the metric', () => {
    const { Resources } = templateOf(
      playbook((text) =>
        text
          .replace("error_rate: '> 50 % for 10 min'", "latency_p95: '>= 2 s for 3 min'")
          .replace(
            'alarm: API5xxAlarm',
            'alarm: API5xxAlarm\n        metric: { measures: latency_p95 in s, cloudwatch: { namespace: Own, name: Latency, statistic: p95, period: 30 s } }',
          ),
      ),
    )
    expect(Resources['API5xxAlarm']?.Properties).toMatchObject({
      Namespace: 'Own',
      ExtendedStatistic: 'p95',
      Period: 30,
      EvaluationPeriods: 6,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 2,
    })
  })

  test('have names that CloudFormation takes, each its own', () => {
    const { Resources } = templateOf(
      playbook((text) => text.replace('alarm: BiasAgeAlarm', 'alarm: drift/psi').replace('alarm: API5xxAlarm', 'alarm: "drift psi"')),
    )
    expect(Object.keys(Resources)).toEqual(['DriftPsi', 'DriftPsi2', 'DriftPsi3'])
  })
})
