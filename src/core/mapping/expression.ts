/** One CEL expression over a message: guarded as the playbook's conditions are, evaluated without throwing. */
import { type CelInput, type CelResult, isCelError, isCelList, isCelMap, parse, plan } from '@bufbuild/cel'
import { celEnvironment } from '../playbook/cel-environment.ts'
import { type Dialect, guardExpression } from '../playbook/condition-guard.ts'
import type { MappingProblem } from './mapping.ts'

/** What an expression gave, as plain values. `missing`: the message has no such part. */
export type Given =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'fault'; readonly reason: string }

export interface Expression {
  /** Such as `alarm`, `labels.host`. */
  readonly field: string
  /** What evaluating it may cost, by the longest list in the message. */
  readonly cost: (longestList: number) => number
  readonly evaluate: (bindings: Bindings) => Given
}
export type Bindings = Readonly<Record<'body' | 'headers', CelInput>> & { readonly item?: CelInput }

export type CompiledExpression =
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'problems'; readonly problems: readonly MappingProblem[] }

const EXPRESSION_CHARS_MAX = 1_000
/** A step of a loop may touch a long text, a pattern walks one: what they weigh against a plain step. */
const LOOP_WEIGHT = 16
const PATTERN_WEIGHT = 200

const BODY: Dialect = {
  noun: 'mapping',
  splitAdvice: 'Make it simpler.',
  roots: { body: { fields: null }, headers: { fields: null } },
  loopsOverAnything: true,
}
const ITEM: Dialect = { ...BODY, roots: { ...BODY.roots, item: { fields: null } } }

/** @param over `item`: `each` gives one, so that the expression may name it */
export function compileExpression(field: string, source: string, over: 'body' | 'item'): CompiledExpression {
  const problem = (message: string, fix = '', offset = 0): CompiledExpression => ({
    kind: 'problems',
    problems: [{ field, message, fix, offset }],
  })
  if (source.trim() === '') return problem('The expression is empty.', 'Leave it out, or write one.')
  if (source.length > EXPRESSION_CHARS_MAX) return problem(`An expression may have ${EXPRESSION_CHARS_MAX} characters.`, 'Make it simpler.')
  try {
    const parsed = parse(source)
    const { problems, nodes, loops, patterns } = guardExpression(parsed, over === 'item' ? ITEM : BODY)
    if (problems.length > 0) return { kind: 'problems', problems: problems.map((found) => ({ ...found, field })) }
    const run = plan(celEnvironment, parsed) as (bindings: Record<string, CelInput>) => CelResult
    const cost = (longestList: number) => nodes * (loops === 0 ? 1 : LOOP_WEIGHT * Math.max(1, longestList)) + patterns * PATTERN_WEIGHT
    return { kind: 'expression', expression: { field, cost, evaluate: (bindings) => evaluate(run, bindings) } }
  } catch (error) {
    if (error instanceof RangeError) return problem('The expression is nested too deeply.', 'Make it simpler.')
    const { location } = error as { location?: { start?: { offset?: number } } }
    const fix = 'It is written in CEL, such as: body.alert.name'
    return problem(`The expression cannot be read: ${(error as Error).message}.`, fix, location?.start?.offset ?? 0)
  }
}

function evaluate(run: (bindings: Record<string, CelInput>) => CelResult, bindings: Bindings): Given {
  let result: CelResult | Error
  try {
    result = run({ ...bindings })
  } catch (error) {
    result = error instanceof Error ? error : new Error('unknown')
  }
  if (!isCelError(result) && !(result instanceof Error)) return { kind: 'value', value: toPlain(result, 0) }
  const missing = /^(?:field not found|no such key): (.*)$/.exec(result.message) ?? /^index out of (?:bounds|range)/.exec(result.message)
  return missing === null
    ? { kind: 'fault', reason: result.message.slice(0, REASON_CHARS_MAX) }
    : { kind: 'missing', name: (missing[1] ?? 'item').slice(0, REASON_CHARS_MAX) }
}
const REASON_CHARS_MAX = 300
const PLAIN_DEPTH_MAX = 100

/** Lists and maps of the library as those of the language; what has no JSON is its text. */
function toPlain(value: unknown, depth: number): unknown {
  if (depth > PLAIN_DEPTH_MAX) return null
  if (typeof value === 'bigint') return Number(value)
  if (isCelList(value)) return Array.from(value, (item) => toPlain(item, depth + 1))
  if (isCelMap(value)) return plainObject([...value.entries()], depth)
  if (value instanceof Map) return plainObject([...value.entries()], depth)
  if (Array.isArray(value)) return value.map((item) => toPlain(item, depth + 1))
  return typeof value === 'object' && value !== null ? null : value
}

function plainObject(entries: readonly (readonly [unknown, unknown])[], depth: number): Record<string, unknown> {
  return Object.fromEntries(entries.map(([name, value]) => [String(name), toPlain(value, depth + 1)]))
}
