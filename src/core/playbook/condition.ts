/**
 * Conditions of the playbook: CEL over one signal, checked and bounded when the playbook loads. Evaluating never throws;
 * what cannot be decided (a comparison with a value that is not there) is a fault that says why, never a silent "no".
 */
import { type CelInput, type CelResult, isCelError, parse, plan } from '@bufbuild/cel'
import type { Signal } from '../alert/signal.ts'
import { celEnvironment } from './cel-environment.ts'
import { isNestedTooDeeply } from './cel-nesting.ts'
import { CONDITION_CHARS_MAX, guardCondition } from './condition-guard.ts'

export type Verdict = { readonly kind: 'yes' } | { readonly kind: 'no' } | { readonly kind: 'fault'; readonly reason: string }

export interface ConditionProblem {
  readonly message: string
  readonly fix: string
  /** In characters from the start of the condition. */
  readonly offset: number
}

export interface Condition {
  readonly source: string
  /** False: the signal's value cannot change the answer. */
  readonly readsValue: boolean
  readonly evaluate: (subject: Subject) => Verdict
}

export type CompiledCondition =
  | { readonly kind: 'condition'; readonly condition: Condition }
  | { readonly kind: 'problems'; readonly problems: readonly ConditionProblem[] }

/** A signal in the form that conditions read, made once a signal and shared by all of them. */
export interface Subject {
  readonly signal: Map<string, CelInput>
}

/** Absent parts are absent keys, so that `has(signal.value)` says whether a source sent one. */
export function toSubject(signal: Signal, sourceKind: string): Subject {
  const view = new Map<string, CelInput>([
    ['alarm', signal.alarm],
    ['status', signal.status],
    ['title', signal.title],
    ['source', sourceKind],
    ['labels', new Map(Object.entries(signal.labels))],
  ])
  if (signal.dedupKey !== null) view.set('dedup_key', signal.dedupKey)
  if (signal.severityHint !== null) view.set('severity_hint', signal.severityHint)
  if (signal.value !== null) view.set('value', signal.value)
  return { signal: view }
}

/** The same signal as if its source had sent no number. */
export function withoutValue(subject: Subject): Subject {
  const signal = new Map(subject.signal)
  signal.delete('value')
  return { signal }
}

export function compileCondition(source: string): CompiledCondition {
  if (source.trim() === '') return problem('The condition is empty.', 'Leave "when" out, or write a condition.', 0)
  if (source.length > CONDITION_CHARS_MAX) {
    return problem(
      `The condition has ${source.length} characters; at most ${CONDITION_CHARS_MAX} are allowed.`,
      'Split it over several detections.',
      0,
    )
  }
  if (isNestedTooDeeply(source)) return problem('The condition is nested too deeply.', 'Split it over several detections.', 0)
  try {
    return compile(source)
  } catch (error) {
    const { location } = error as { location?: { start?: { offset?: number } } }
    const message =
      error instanceof RangeError ? 'The condition is nested too deeply.' : `The condition cannot be read: ${(error as Error).message}.`
    return problem(message, 'It is written in CEL, such as: signal.labels["env"] == "prod"', location?.start?.offset ?? 0)
  }
}

function compile(source: string): CompiledCondition {
  const parsed = parse(source)
  const { problems, fields } = guardCondition(parsed)
  if (problems.length > 0) return { kind: 'problems', problems }
  const run = plan(celEnvironment, parsed) as (bindings: Record<string, CelInput>) => CelResult
  const evaluate = (subject: Subject): Verdict => toVerdict(evaluateSafely(run, subject))
  const probed = probe(run)
  if (probed !== null) return problem(probed[0], probed[1], 0)
  return { kind: 'condition', condition: { source, readsValue: fields.has('value'), evaluate } }
}

function evaluateSafely(run: (bindings: Record<string, CelInput>) => CelResult, subject: Subject): CelResult | Error {
  try {
    return run({ signal: subject.signal })
  } catch (error) {
    return error as Error
  }
}

function toVerdict(result: CelResult | Error): Verdict {
  if (result === true) return { kind: 'yes' }
  if (result === false) return { kind: 'no' }
  if (isCelError(result) || result instanceof Error) return { kind: 'fault', reason: explain(result.message) }
  return {
    kind: 'fault',
    reason: `the condition gives ${typeof result === 'bigint' ? 'a number' : `a ${typeof result}`} instead of yes or no`,
  }
}

function explain(message: string): string {
  const missing = /^(?:field not found|no such key): (.*)$/.exec(message)
  return missing === null ? message : `the signal has no "${missing[1]}"`
}

/** What is wrong with a condition whatever the signal: an answer that is no yes or no, types that never fit, a bad pattern. */
function probe(run: (bindings: Record<string, CelInput>) => CelResult): readonly [message: string, fix: string] | null {
  const result = evaluateSafely(run, PROBE)
  if (isCelError(result) || result instanceof Error) {
    return /no matching overload|error parsing regexp/.test(result.message)
      ? [
          `The condition can never be decided: ${result.message}.`,
          'A value is a decimal number (write 1.0, not 1, to add to it); all else is text.',
        ]
      : null
  }
  return typeof result === 'boolean'
    ? null
    : ['The condition does not give yes or no.', 'Compare something, so that the answer is yes or no.']
}

const PROBE: Subject = toSubject(
  {
    alarm: 'probe',
    status: 'firing',
    title: 'probe',
    summary: null,
    dedupKey: 'probe',
    severityHint: 'critical',
    value: 1,
    labels: {},
    links: [],
    startsAt: null,
    endsAt: null,
  },
  'probe',
)

function problem(message: string, fix: string, offset: number): CompiledCondition {
  return { kind: 'problems', problems: [{ message, fix, offset }] }
}
