/** The parsed tree of an expression, made to pay: a loop of the library has no hook, so its condition is one. */
import { parse } from '@bufbuild/cel'

export type Tree = NonNullable<ReturnType<typeof parse>['expr']>

/** A function of the metered environment. Not a name that a text can hold. */
export const TURN = '@turn'

/** Makes every turn of its loops pay for the `nodes` of the expression. Changes the tree. */
export function meterLoops(tree: Tree | undefined, nodes: number): void {
  walk(tree, (part) => {
    const { exprKind: kind } = part
    if (kind.case === 'comprehensionExpr' && kind.value.loopCondition !== undefined) {
      kind.value.loopCondition = payFor(kind.value.loopCondition, nodes)
    }
  })
}

/** A call of `TURN` about the condition. Only the parser makes trees, so one of its own is changed. */
function payFor(condition: Tree, nodes: number): Tree {
  const call = parse(`turn(true, ${nodes}.0)`).expr
  if (call?.exprKind.case !== 'callExpr') throw new Error('the parser reads a call as something else')
  call.exprKind.value.function = TURN
  call.exprKind.value.args[0] = condition
  return call
}

export interface PatternText {
  readonly text: string
  readonly id: bigint
}

/** Patterns that are written out: the guard lets no others pass. */
export function patternsIn(tree: Tree | undefined): readonly PatternText[] {
  const found: PatternText[] = []
  walk(tree, ({ id, exprKind: kind }) => {
    if (kind.case !== 'callExpr' || kind.value.function !== 'matches') return
    const argument = kind.value.args.at(-1)?.exprKind
    const constant = argument?.case === 'constExpr' ? argument.value.constantKind : undefined
    if (constant?.case === 'stringValue') found.push({ text: constant.value, id })
  })
  return found
}

/** Parts first, then what holds them. The guard has bounded size and depth. */
function walk(tree: Tree | undefined, visit: (part: Tree) => void): void {
  if (tree === undefined) return
  for (const part of partsOf(tree)) walk(part, visit)
  visit(tree)
}

function partsOf({ exprKind: kind }: Tree): readonly (Tree | undefined)[] {
  switch (kind.case) {
    case 'selectExpr':
      return [kind.value.operand]
    case 'callExpr':
      return [kind.value.target, ...kind.value.args]
    case 'listExpr':
      return kind.value.elements
    case 'comprehensionExpr':
      return [kind.value.iterRange, kind.value.accuInit, kind.value.loopCondition, kind.value.loopStep, kind.value.result]
    default:
      return []
  }
}
