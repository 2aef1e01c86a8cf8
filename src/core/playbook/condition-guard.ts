/**
 * What a condition, or an expression of a mapping, may use. The CEL library has no checker and no limits of its own, so the
 * parsed tree is walked when it is taken in: only known names and functions, bounded size and depth, no loop within a loop.
 */
import type { parse } from '@bufbuild/cel'
import type { ConditionProblem } from './condition.ts'
import { suggest } from './text.ts'

type Parsed = ReturnType<typeof parse>
type Expression = Parsed['expr']

export const CONDITION_CHARS_MAX = 1_000
const CONDITION_DEPTH_MAX = 24
const CONDITION_NODES_MAX = 300
const LIST_ITEMS_MAX = 100
const LOOPS_MAX = 2
/** Regular expressions run in linear time; these bound the factor: half a millisecond a pattern on the longest label. */
const PATTERN_CHARS_MAX = 200
const PATTERNS_MAX = 4
/** Shown at once: enough to mend a condition by. */
const PROBLEMS_MAX = 5

export const SIGNAL_FIELDS = ['alarm', 'status', 'title', 'dedup_key', 'severity_hint', 'value', 'labels', 'source'] as const

/** Operators carry CEL's own names; functions are those whose cost is linear in their arguments. */
const OPERATORS = new Set(
  [
    '_&&_',
    '_||_',
    '!_',
    '_==_',
    '_!=_',
    '_<_',
    '_<=_',
    '_>_',
    '_>=_',
    '_+_',
    '_-_',
    '_*_',
    '_/_',
    '_%_',
    '-_',
    '_?_:_',
    '_[_]',
    '@in',
  ].concat('@not_strictly_false'),
)
const FUNCTIONS = ['size', 'startsWith', 'endsWith', 'contains', 'matches', 'lowerAscii', 'upperAscii', 'trim', 'double', 'int', 'string']

/** What an expression is about, and how its problems are told. */
export interface Dialect {
  /** What it is called, such as "condition". */
  readonly noun: string
  /** What to do with one that is too large. */
  readonly splitAdvice: string
  /** The names it knows. `fields`: the only ones that stand after the point; null: any, and it may be used as a whole. */
  readonly roots: Readonly<Record<string, { readonly fields: readonly string[] | null }>>
  /** False: loops run over labels and lists that are written out. True: over any list of the message, whose size is bounded. */
  readonly loopsOverAnything: boolean
}

const CONDITIONS: Dialect = {
  noun: 'condition',
  splitAdvice: 'Split it over several detections.',
  roots: { signal: { fields: SIGNAL_FIELDS } },
  loopsOverAnything: false,
}

interface Walk {
  readonly parsed: Parsed
  readonly dialect: Dialect
  readonly problems: ConditionProblem[]
  readonly fields: Set<string>
  nodes: number
  loops: number
  patterns: number
}

interface Scope {
  readonly depth: number
  readonly inLoop: boolean
  /** Names bound by loops. */
  readonly names: readonly string[]
}

export interface Guarded {
  readonly problems: readonly ConditionProblem[]
  /** Parts of the root that it reads. */
  readonly fields: ReadonlySet<string>
  readonly nodes: number
  readonly loops: number
  readonly patterns: number
}

export function guardCondition(parsed: Parsed): Guarded {
  return guardExpression(parsed, CONDITIONS)
}

export function guardExpression(parsed: Parsed, dialect: Dialect): Guarded {
  const walk: Walk = { parsed, dialect, problems: [], fields: new Set(), nodes: 0, loops: 0, patterns: 0 }
  guard(parsed.expr, { depth: 0, inLoop: false, names: [] }, walk)
  const { fields, nodes, loops, patterns } = walk
  return { problems: walk.problems.slice(0, PROBLEMS_MAX), fields, nodes, loops, patterns }
}

function guard(expression: Expression | undefined, scope: Scope, walk: Walk): void {
  if (expression === undefined || walk.problems.length >= PROBLEMS_MAX) return
  walk.nodes += 1
  if (walk.nodes > CONDITION_NODES_MAX)
    return complain(walk, expression, `The ${walk.dialect.noun} is too large.`, walk.dialect.splitAdvice)
  if (scope.depth > CONDITION_DEPTH_MAX)
    return complain(walk, expression, `The ${walk.dialect.noun} is nested too deeply.`, walk.dialect.splitAdvice)
  const inner = { ...scope, depth: scope.depth + 1 }
  const { exprKind: kind } = expression
  switch (kind.case) {
    case 'constExpr':
      return
    case 'identExpr':
      return guardName(expression, kind.value.name, scope, walk)
    case 'selectExpr':
      return guardSelect(expression, kind.value, inner, walk)
    case 'callExpr':
      return guardCall(expression, kind.value, inner, walk)
    case 'listExpr':
      if (kind.value.elements.length > LIST_ITEMS_MAX) complain(walk, expression, `A list has more than ${LIST_ITEMS_MAX} items.`, '')
      for (const element of kind.value.elements) guard(element, inner, walk)
      return
    case 'comprehensionExpr':
      return guardLoop(expression, kind.value, inner, walk)
    default:
      return complain(walk, expression, `Maps and messages cannot be made in a ${walk.dialect.noun}.`, '')
  }
}

function guardName(expression: Expression, name: string, scope: Scope, walk: Walk): void {
  if (scope.names.includes(name)) return
  const root = findRoot(walk, name)
  if (root?.fields === null) return
  if (root !== undefined)
    return complain(walk, expression, `The ${name} as a whole cannot be compared.`, `Name a part of it, such as ${name}.value.`)
  const holder = Object.entries(walk.dialect.roots).find(([, { fields }]) => fields?.includes(name) === true)
  const meant = holder === undefined ? suggest(name, [...Object.keys(walk.dialect.roots), ...scope.names]) : `Write ${holder[0]}.${name}.`
  complain(walk, expression, `The name "${name}" is not known.`, meant)
}

type Select = Extract<Expression['exprKind'], { case: 'selectExpr' }>['value']
type Call = Extract<Expression['exprKind'], { case: 'callExpr' }>['value']
type Loop = Extract<Expression['exprKind'], { case: 'comprehensionExpr' }>['value']

function guardSelect(expression: Expression, select: Select, scope: Scope, walk: Walk): void {
  const root = rootOf(select.operand)
  const fields = root === null || scope.names.includes(root) ? null : (findRoot(walk, root)?.fields ?? null)
  if (fields === null) return guard(select.operand, scope, walk)
  walk.fields.add(select.field)
  if (!fields.includes(select.field)) {
    complain(walk, expression, `A ${root} has no "${select.field}".`, suggest(select.field, fields))
  }
}

function findRoot(walk: Walk, name: string): Dialect['roots'][string] | undefined {
  return Object.hasOwn(walk.dialect.roots, name) ? walk.dialect.roots[name] : undefined
}

/** The name that the expression is, and no more than that. */
function rootOf(expression: Expression | undefined): string | null {
  return expression?.exprKind.case === 'identExpr' ? expression.exprKind.value.name : null
}

function guardCall(expression: Expression, call: Call, scope: Scope, walk: Walk): void {
  if (!OPERATORS.has(call.function) && !FUNCTIONS.includes(call.function)) {
    complain(walk, expression, `The function "${call.function}" is not known here.`, suggest(call.function, FUNCTIONS))
  }
  const indexed = call.function === '_[_]' ? rootOf(call.args[0]) : null
  if (indexed !== null && !scope.names.includes(indexed) && (findRoot(walk, indexed)?.fields ?? null) !== null) {
    return complain(walk, expression, `The parts of a ${indexed} are named with a point.`, `Write ${indexed}.value, for example.`)
  }
  if (call.function === 'matches') guardPattern(expression, call, scope, walk)
  guard(call.target, scope, walk)
  for (const argument of call.args) guard(argument, scope, walk)
}

function guardPattern(expression: Expression, call: Call, scope: Scope, walk: Walk): void {
  walk.patterns += 1
  if (scope.inLoop) complain(walk, expression, '"matches" stands within a loop.', 'Use startsWith, endsWith, contains or == there.')
  if (walk.patterns > PATTERNS_MAX) complain(walk, expression, `There are more than ${PATTERNS_MAX} patterns.`, 'Join them with "|".')
  const pattern = call.args.at(-1)?.exprKind
  const constant = pattern?.case === 'constExpr' ? pattern.value.constantKind : undefined
  if (constant?.case !== 'stringValue') return complain(walk, expression, 'The pattern of "matches" must be a text in quotes.', '')
  if (constant.value.length > PATTERN_CHARS_MAX) complain(walk, expression, `A pattern has more than ${PATTERN_CHARS_MAX} characters.`, '')
}

/** Loops of conditions run over the labels or over a list that is written out: both are bounded. */
function guardLoop(expression: Expression, loop: Loop, scope: Scope, walk: Walk): void {
  walk.loops += 1
  if (scope.inLoop) return complain(walk, expression, 'A loop (exists, all, filter, map) stands within another.', 'Use one loop.')
  if (walk.loops > LOOPS_MAX) return complain(walk, expression, `There are more than ${LOOPS_MAX} loops.`, walk.dialect.splitAdvice)
  const range = loop.iterRange?.exprKind
  const overLabels = range?.case === 'selectExpr' && range.value.field === 'labels'
  if (!walk.dialect.loopsOverAnything && !overLabels && range?.case !== 'listExpr') {
    return complain(walk, expression, 'A loop may run over signal.labels or over a list that is written out.', '')
  }
  guard(loop.iterRange, scope, walk)
  if (findRoot(walk, loop.iterVar) !== undefined)
    return complain(walk, expression, `A loop cannot call its items "${loop.iterVar}".`, 'Use another name.')
  const names = [...scope.names, loop.iterVar, loop.iterVar2, loop.accuVar].filter((name) => name !== '')
  const inside = { ...scope, inLoop: true, names }
  for (const part of [loop.accuInit, loop.loopCondition, loop.loopStep, loop.result]) guard(part, inside, walk)
}

function complain(walk: Walk, expression: Expression, message: string, fix: string): void {
  const offset = walk.parsed.sourceInfo?.positions[String(expression.id)] ?? 0
  if (walk.problems.length < PROBLEMS_MAX) walk.problems.push({ message, fix, offset })
}
