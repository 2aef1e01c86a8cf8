/**
 * The rules as a Prometheus rule file. The playbook's first bound is the expression's, so that a changed threshold is a
 * changed rule; what the playbook does not say stands as a guess under a FILL IN that people must answer.
 * Source of the format: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ (read 2026-11-24).
 */
import { stringify } from 'yaml'
import type { Playbook } from '../playbook.ts'
import { type AlertRule, alertRulesOf } from './alert-rule.ts'

export interface RenderedRules {
  readonly text: string
  /** What people must still do, one sentence each. */
  readonly toDo: readonly string[]
}

const GROUP = 'tocsin-playbook'

export function renderPrometheusRules(playbook: Playbook): RenderedRules {
  const { rules, without } = alertRulesOf(playbook, 'prometheus')
  const toDo: string[] = []
  const blocks = rules.map((rule) => {
    const block = renderRule(rule)
    if (block.toDo !== null) toDo.push(`${rule.alarm}: ${block.toDo}`)
    return block.text
  })
  const notes = without.map(({ title, reason }) => comment(`No rule for ${title}: ${reason}.`, 0))
  const head = [
    comment(`Alert rules that the playbook ${playbook.metadata.id} needs, written by "tocsin render --prometheus-rules".`, 0),
    comment('Thresholds stand in playbook.yaml: change them there and render again, not here.', 0),
    ...(toDo.length === 0 ? [] : [comment(`${toDo.length} of ${rules.length} rules need a person: look for FILL IN.`, 0)]),
  ]
  const body = rules.length === 0 ? 'groups: []\n' : `groups:\n  - name: ${GROUP}\n    rules:\n${blocks.join('\n')}`
  return { text: `${head.join('')}${body}${notes.length === 0 ? '' : `\n${notes.join('')}`}`, toDo }
}

function renderRule(rule: AlertRule): { readonly text: string; readonly toDo: string | null } {
  const { expression, toDo } = expressionOf(rule)
  const guarded = rule.bounds.length === 0 ? expression : compare(expression, rule)
  const entry = {
    alert: rule.alarm,
    expr: guarded,
    ...(rule.forMs === 0 ? {} : { for: toPrometheusDuration(rule.forMs) }),
    labels: { severity: rule.type.severity, tocsin_type: rule.type.id },
    annotations: {
      summary: escapeTemplate(rule.type.title),
      ...(rule.type.firstStep === '' ? {} : { description: escapeTemplate(`First: ${rule.type.firstStep}`) }),
      value: '{{ $value }}',
    },
  }
  const comments = [
    ...(rule.boundsFrom === null ? [] : [`Bound: ${rule.boundsFrom}.`]),
    ...(toDo === null ? [] : [`FILL IN: ${toDo}`]),
    ...(rule.when === null ? [] : [`The playbook takes it only when ${rule.when}: send the labels that this needs.`]),
  ]
  const yaml = stringify([entry], { lineWidth: 0 }).trimEnd()
  return { text: `${comments.map((line) => comment(line, 6)).join('')}${indent(yaml, 6)}\n`, toDo }
}

/** What the playbook says, else a series named as the alarm: the likeliest guess where the name is one of a series. */
function expressionOf({ alarm, metric, guessed, bounds }: AlertRule): { readonly expression: string; readonly toDo: string | null } {
  const given = metric?.prometheus ?? null
  if (given !== null && guessed) {
    return {
      expression: given,
      toDo: 'the playbook does not say what measures this; these are the usual series. Give the detection a metric.prometheus.',
    }
  }
  if (given !== null) {
    const toDo =
      bounds.length === 0 && !/[<>=]/.test(given) ? 'nothing says from which value on this is bad: give the detection a threshold.' : null
    return { expression: given, toDo }
  }
  const looksLikeSeries = /^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(alarm)
  const series = looksLikeSeries ? alarm : guessSeries(alarm)
  const expression = bounds.length === 0 ? `${series} > 0` : series
  if (looksLikeSeries && bounds.length > 0) return { expression, toDo: null }
  return {
    expression,
    toDo: `the playbook does not say what measures this, and "${series}" is a guess; give the detection a metric.prometheus.`,
  }
}

/** `BiasAgeAlarm` → `bias_age`, `API5xxAlarm` → `api_5xx`. */
function guessSeries(alarm: string): string {
  const words = alarm
    .replace(/alarm$/i, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Za-z])(\d)/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase()
  return /^[a-z]/.test(words) ? words : `alarm_${words || 'value'}`
}

/** Two bounds are two comparisons of the same expression, which `and` keeps together. */
function compare(expression: string, { bounds }: AlertRule): string {
  const whole = /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^{}]*\})?$/.test(expression) ? expression : `(${expression})`
  return bounds.map(({ comparison, bound }) => `${whole} ${comparison} ${bound}`).join(' and ')
}

function toPrometheusDuration(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
    ['ms', 1],
  ]
  const [unit, size] = units.find(([, candidate]) => ms % candidate === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}

/** Braces would be a template of Prometheus' own. */
function escapeTemplate(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}')
}

function comment(text: string, spaces: number): string {
  return `${' '.repeat(spaces)}# ${text.replaceAll(/\s+/g, ' ')}\n`
}

function indent(text: string, spaces: number): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : `${' '.repeat(spaces)}${line}`))
    .join('\n')
}
