/** One CEL expression over a message: guarded as the playbook's conditions are, evaluated without throwing. */
import { type CelInput, type CelResult, isCelError, isCelList, isCelMap, parse, plan } from '@bufbuild/cel'
import { isNestedTooDeeply } from '../playbook/cel-nesting.ts'
import { type Dialect, guardExpression } from '../playbook/condition-guard.ts'
import type { MappingProblem } from './mapping.ts'
import { type Meter, stepsOfText } from './meter.ts'
import { meteredEnvironment, withMeter } from './metered-environment.ts'
import { meterLoops, patternsIn } from './metered-tree.ts'

import { compilePattern } from './pattern.ts'

/** What an expression gave, as plain values. `missing`: the message has no such part. */
export type Given =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'fault'; readonly reason: string }

export interface Expression {
  /** Such as `alarm`, `labels.host`. */
  readonly field: string
  /** Regular expressions in it. */
  readonly patterns: number
  /** A fault too where it costs more than the meter has left. */
  readonly evaluate: (bindings: Bindings, meter: Meter) => Given
}
export type Bindings = Readonly<Record<'body' | 'headers', CelInput>> & { readonly item?: CelInput }

export type CompiledExpression =
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'problems'; readonly problems: readonly MappingProblem[] }

const EXPRESSION_CHARS_MAX = 1_000
const TOO_DEEP = 'The expression is nested too deeply.'

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
    if (isNestedTooDeeply(source)) return problem(TOO_DEEP, 'Make it simpler.')
    const parsed = parse(source)
    const { problems, nodes, patterns } = guardExpression(parsed, over === 'item' ? ITEM : BODY)
    if (problems.length > 0) return { kind: 'problems', problems: problems.map((found) => ({ ...found, field })) }
    for (const { text, id } of patternsIn(parsed.expr)) {
      const compiled = compilePattern(text)
      const offset = parsed.sourceInfo?.positions[String(id)] ?? 0
      if (typeof compiled === 'string') return problem(`The pattern cannot be used: ${compiled}.`, 'It is written as for RE2.', offset)
    }
    meterLoops(parsed.expr, nodes)
    const run = plan(meteredEnvironment, parsed) as Run
    return { kind: 'expression', expression: { field, patterns, evaluate: (bindings, meter) => evaluate(run, nodes, bindings, meter) } }
  } catch (error) {
    if (error instanceof RangeError) return problem(TOO_DEEP, 'Make it simpler.')
    const { location } = error as { location?: { start?: { offset?: number } } }
    const fix = 'It is written in CEL, such as: body.alert.name'
    return problem(`The expression cannot be read: ${(error as Error).message}.`, fix, location?.start?.offset ?? 0)
  }
}

type Run = (bindings: Record<string, CelInput>) => CelResult

function evaluate(run: Run, nodes: number, bindings: Bindings, meter: Meter): Given {
  let result: CelResult | Error
  try {
    meter.spend(nodes)
    result = withMeter(meter, () => run({ ...bindings }))
    if (!isCelError(result)) return { kind: 'value', value: toPlain(result, 0, meter) }
  } catch (error) {
    result = error instanceof Error ? error : new Error('unknown')
  }
  const missing = /^(?:field not found|no such key): (.*)$/.exec(result.message) ?? /^index out of (?:bounds|range)/.exec(result.message)
  return missing === null
    ? { kind: 'fault', reason: result.message.slice(0, REASON_CHARS_MAX) }
    : { kind: 'missing', name: (missing[1] ?? 'item').slice(0, REASON_CHARS_MAX) }
}
const REASON_CHARS_MAX = 300
const PLAIN_DEPTH_MAX = 100

/** Lists and maps of the library as those of the language; what has no JSON is its text. Each value is paid for. */
function toPlain(value: unknown, depth: number, meter: Meter): unknown {
  meter.spend(VALUE_STEPS + (typeof value === 'string' ? stepsOfText(value, TEXT_SLOWNESS) : 0))
  if (depth > PLAIN_DEPTH_MAX) return null
  if (typeof value === 'bigint') return Number(value)
  if (isCelList(value)) return Array.from(value, (item) => toPlain(item, depth + 1, meter))
  if (isCelMap(value)) return plainObject(value.entries(), depth, meter)
  return typeof value === 'object' && value !== null ? null : value
}
/** It is looked through, cut, and becomes JSON. */
const VALUE_STEPS = 2
const TEXT_SLOWNESS = 4

function plainObject(entries: Iterable<readonly [unknown, unknown]>, depth: number, meter: Meter): Record<string, unknown> {
  return Object.fromEntries(Array.from(entries, ([name, value]) => [String(name), toPlain(value, depth + 1, meter)]))
}
