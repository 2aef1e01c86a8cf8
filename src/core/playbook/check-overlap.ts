/**
 * Finds signals that two incident types take by their conditions. Conditions cannot be compared as such, so signals are
 * tried that have what the two compare; an overlap that is reported has been seen on one. The first type in the file's
 * order takes such a signal, and a more special one before a more general one is as it should be.
 */
import type { Signal } from '../alert/signal.ts'
import { compileCondition, type Condition, toSubject } from './condition.ts'
import { samplesOf } from './condition-samples.ts'
import type { Path, Report } from './finding.ts'
import type { DetectionRule, Playbook } from './playbook.ts'
import { meetsThreshold } from './threshold.ts'

/** Bounds of the work: pairs that are compared, and signals that are tried on each. */
const PAIRS_MAX = 100
const TRIALS_MAX = 128
const SAMPLES_MAX = 6

/** Rules that are looked at: far more than a company has, and their pairs still cost next to nothing. */
const RULES_MAX = 2_000

interface Rule {
  readonly rule: DetectionRule
  /** Compiled when it is first asked for: most rules meet no other. Null: it cannot be read, as another check says. */
  readonly condition: () => Condition | null
  readonly title: string
  readonly typeIndex: number
  readonly path: Path
}

export function checkOverlaps(playbook: Playbook, report: Report): void {
  const rules = conditionalRules(playbook).slice(0, RULES_MAX)
  let pairs = 0
  for (const [index, later] of rules.entries()) {
    for (const earlier of rules.slice(0, index)) {
      if (earlier.typeIndex === later.typeIndex || !mayMeet(earlier.rule, later.rule)) continue
      pairs += 1
      if (pairs > PAIRS_MAX) return
      const both = findBoth(earlier, later)
      if (both === null) continue
      const message = `"${earlier.title}", which is tried first, takes signals that this detection of "${later.title}" means too, such as one with ${both}.`
      const fix = `Let one of the two conditions exclude the other, or list the more special type first.`
      report({ code: 'types-overlap', severity: 'warning', path: [...later.path, 'when'], message, fix })
      break
    }
  }
}

function conditionalRules(playbook: Playbook): Rule[] {
  return playbook.incidentTypes.flatMap((type, typeIndex) =>
    type.detection.flatMap((rule, index): Rule[] => {
      if (rule.when === null) return []
      const path = ['incident_types', typeIndex, 'detection', index]
      return [{ rule, condition: compileOnce(rule.when), title: type.title, typeIndex, path }]
    }),
  )
}

function compileOnce(source: string): () => Condition | null {
  let known: Condition | null | undefined
  return () => {
    if (known !== undefined) return known
    const compiled = compileCondition(source)
    known = compiled.kind === 'condition' ? compiled.condition : null
    return known
  }
}

/** The same condition with another threshold is graded: `check-detection` compares the numbers. */
function mayMeet(one: DetectionRule, other: DetectionRule): boolean {
  if (one.alarm !== null && other.alarm !== null && one.alarm !== other.alarm) return false
  if (one.when === other.when) return false
  return one.sources.length === 0 || other.sources.length === 0 || one.sources.some((kind) => other.sources.includes(kind))
}

/** A signal that both take, in words; null where there is none, or where the earlier one takes nothing but part of the later's. */
function findBoth(earlier: Rule, later: Rule): string | null {
  let both: string | null = null
  let earlierAlone = false
  for (const trial of trialsOf(earlier, later)) {
    const signal = toSignal(trial, earlier.rule.alarm ?? later.rule.alarm ?? 'any')
    const kind = String(trial.get('source') ?? commonSource(earlier.rule, later.rule))
    const [first, second] = [takes(earlier, signal, kind), takes(later, signal, kind)]
    if (first && second) both ??= describe(trial)
    if (first && !second) earlierAlone = true
    if (both !== null && earlierAlone) return both
  }
  return null
}

function commonSource(one: DetectionRule, other: DetectionRule): string {
  return one.sources.find((kind) => other.sources.length === 0 || other.sources.includes(kind)) ?? other.sources[0] ?? 'any'
}

function takes({ rule, condition }: Rule, signal: Signal, kind: string): boolean {
  if ((rule.alarm !== null && rule.alarm !== signal.alarm) || (rule.sources.length > 0 && !rule.sources.includes(kind))) return false
  if (rule.threshold !== null && signal.value !== null && !meetsThreshold(signal.value, rule.threshold)) return false
  return condition()?.evaluate(toSubject(signal, kind)).kind === 'yes'
}

type Trial = ReadonlyMap<string, string | number>

/** Every combination of what the two compare with, as far as the bound goes; each part may also be absent. */
function* trialsOf(one: Rule, other: Rule): Generator<Trial> {
  const parts = new Map<string, Set<string | number>>()
  for (const samples of [
    samplesOf(one.rule.when ?? ''),
    samplesOf(other.rule.when ?? ''),
    thresholdSamples(one.rule),
    thresholdSamples(other.rule),
  ]) {
    for (const [part, values] of samples) parts.set(part, new Set([...(parts.get(part) ?? []), ...values]))
  }
  const axes = [...parts].map(([part, values]) => ({ part, values: [...[...values].slice(0, SAMPLES_MAX), null] }))
  const count = axes.reduce((product, axis) => product * axis.values.length, 1)
  // A stride without a common divisor visits combinations from everywhere when there are too many.
  const stride = count <= TRIALS_MAX ? 1 : Math.floor(count / TRIALS_MAX) | 1
  for (let trial = 0; trial < Math.min(count, TRIALS_MAX); trial += 1) yield pick(axes, (trial * stride) % count)
}

function pick(axes: readonly { readonly part: string; readonly values: readonly (string | number | null)[] }[], place: number): Trial {
  let rest = place
  const trial = new Map<string, string | number>()
  for (const { part, values } of axes) {
    const value = values[rest % values.length]
    rest = Math.floor(rest / values.length)
    if (value !== null && value !== undefined) trial.set(part, value)
  }
  return trial
}

function thresholdSamples({ threshold }: DetectionRule): [string, Set<string | number>][] {
  if (threshold === null) return []
  const step = Math.max(Math.abs(threshold.bound) / 10, 1e-9)
  return [['value', new Set([threshold.bound, threshold.bound + step, threshold.bound - step])]]
}

function toSignal(trial: Trial, alarm: string): Signal {
  const text = (part: string): string | null => (trial.has(part) ? String(trial.get(part)) : null)
  const value = trial.get('value')
  return {
    alarm: text('alarm') ?? alarm,
    status: text('status') === 'resolved' ? 'resolved' : 'firing',
    title: text('title') ?? alarm,
    summary: null,
    dedupKey: text('dedup_key'),
    severityHint: text('severity_hint'),
    value: typeof value === 'number' ? value : null,
    labels: Object.fromEntries(
      [...trial].flatMap(([part, sample]) => (part.startsWith('labels.') ? [[part.slice('labels.'.length), String(sample)]] : [])),
    ),
    links: [],
    startsAt: null,
    endsAt: null,
  }
}

function describe(trial: Trial): string {
  const parts = [...trial].map(([part, value]) => `${part} ${JSON.stringify(value)}`)
  return parts.length === 0 ? 'nothing but the name of the alarm' : parts.join(', ')
}
