/**
 * Signals that a condition has an opinion of: for each part of a signal that it compares, the values it compares with and
 * some beside them. With such signals two conditions can be tried against each other.
 */
import { parse } from '@bufbuild/cel'

type Expression = ReturnType<typeof parse>['expr']
/** By part of a signal: `severity_hint`, `value`, or `labels.` and the label's name. */
export type Samples = ReadonlyMap<string, ReadonlySet<string | number>>

interface Found {
  readonly parts: readonly string[]
  readonly constants: readonly (string | number)[]
}

const NOTHING: Found = { parts: [], constants: [] }
const LABEL = 'labels.'

/** Empty for a condition that does not parse: another check says so. */
export function samplesOf(source: string): Samples {
  const samples = new Map<string, Set<string | number>>()
  try {
    collect(parse(source).expr, samples)
  } catch {
    // Nothing can be tried.
  }
  return samples
}

/** What a part of the tree names; where a call brings parts and constants together, they are noted as samples. */
function collect(expression: Expression | undefined, samples: Map<string, Set<string | number>>): Found {
  const kind = expression?.exprKind
  switch (kind?.case) {
    case 'constExpr':
      return { parts: [], constants: constantOf(kind.value.constantKind) }
    case 'selectExpr':
      if (kind.value.operand?.exprKind.case === 'identExpr' && kind.value.operand.exprKind.value.name === 'signal')
        return { parts: [kind.value.field], constants: [] }
      return collect(kind.value.operand, samples)
    case 'listExpr':
      return join(kind.value.elements.map((element) => collect(element, samples)))
    case 'callExpr': {
      const found = [...(kind.value.target === undefined ? [] : [kind.value.target]), ...kind.value.args].map((part) =>
        collect(part, samples),
      )
      const all = join(found)
      const label = all.parts.includes('labels') ? all.constants.find((constant) => typeof constant === 'string') : undefined
      if ((kind.value.function === '_[_]' || kind.value.function === '@in') && label !== undefined) {
        note(samples, `${LABEL}${label}`, [])
        return { parts: [`${LABEL}${label}`], constants: [] }
      }
      for (const part of all.parts) note(samples, part, all.constants)
      return LOGICAL.has(kind.value.function) ? NOTHING : all
    }
    case 'comprehensionExpr':
      return join([kind.value.iterRange, kind.value.loopCondition, kind.value.loopStep].map((part) => collect(part, samples)))
    default:
      return NOTHING
  }
}

/** What stands on their two sides does not belong together. */
const LOGICAL = new Set(['_&&_', '_||_', '!_', '_?_:_'])

function join(found: readonly Found[]): Found {
  return { parts: found.flatMap(({ parts }) => parts), constants: found.flatMap(({ constants }) => constants) }
}

function note(samples: Map<string, Set<string | number>>, part: string, constants: readonly (string | number)[]): void {
  if (part === 'labels') return
  const known = samples.get(part) ?? new Set()
  samples.set(part, known)
  for (const constant of constants)
    if ((part === 'value') === (typeof constant === 'number')) for (const beside of around(constant)) known.add(beside)
}

function around(constant: string | number): readonly (string | number)[] {
  if (typeof constant === 'string') return [constant, constant.toUpperCase()]
  const step = Math.max(Math.abs(constant) / 10, 1e-9)
  return [constant, constant + step, constant - step]
}

type Constant = Extract<NonNullable<Expression>['exprKind'], { case: 'constExpr' }>['value']['constantKind']

function constantOf(constant: Constant): (string | number)[] {
  switch (constant.case) {
    case 'stringValue':
    case 'doubleValue':
      return [constant.value]
    case 'int64Value':
    case 'uint64Value':
      return [Number(constant.value)]
    default:
      return []
  }
}
