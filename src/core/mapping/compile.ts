/** From the text of a mapping to one that runs, or to all that is wrong with it. */
import { compileExpression, type Expression } from './expression.ts'
import { MAPPED_FIELDS, type MappedField, type MappingProblem, type MappingText } from './mapping.ts'

export interface Mapping {
  readonly each: Expression | null
  readonly fields: Readonly<Partial<Record<MappedField, Expression>>>
  /** `name` null: one expression gives them all. */
  readonly labels: readonly { readonly name: string | null; readonly expression: Expression }[]
  readonly links: readonly { readonly href: Expression; readonly text: string }[]
}

export type CompiledMapping =
  | { readonly kind: 'mapping'; readonly mapping: Mapping }
  | { readonly kind: 'problems'; readonly problems: readonly MappingProblem[] }

/** Of all its expressions: compiling them, once in each process, takes some hundredths of a second at most. */
const MAPPING_CHARS_MAX = 16_000
const MAPPING_PATTERNS_MAX = 16
const LABELS_MAX = 64
const LINKS_MAX = 16

/** Never throws, whatever is in the texts. */
export function compileMapping(text: MappingText): CompiledMapping {
  const problems: MappingProblem[] = []
  const over = text.each === null ? 'body' : 'item'
  const left = { chars: MAPPING_CHARS_MAX, patterns: MAPPING_PATTERNS_MAX }
  const compile = (field: string, source: string, names: 'body' | 'item' = over): Expression | null => {
    left.chars -= source.length
    if (left.chars < 0) return tooMuch(problems, field, `All expressions together have more than ${MAPPING_CHARS_MAX} characters.`)
    const compiled = compileExpression(field, source, names)
    if (compiled.kind === 'problems') {
      problems.push(...compiled.problems)
      return null
    }
    left.patterns -= compiled.expression.patterns
    if (left.patterns < 0) return tooMuch(problems, field, `There are more than ${MAPPING_PATTERNS_MAX} patterns.`)
    return compiled.expression
  }
  if (text.alarm === null && text.title === null) {
    problems.push({
      field: 'alarm',
      message: 'There is neither an alarm nor a title.',
      fix: 'Say where the message names what is wrong.',
      offset: 0,
    })
  }
  const each = text.each === null ? null : compile('each', text.each, 'body')
  const fields: Partial<Record<MappedField, Expression>> = {}
  for (const name of MAPPED_FIELDS) {
    const source = text[name]
    const expression = source === null ? null : compile(name, source)
    if (expression !== null) fields[name] = expression
  }
  const labels = labelsOf(text.labels).flatMap(([name, source]) => {
    const expression = compile(name === null ? 'labels' : `labels.${name}`, source)
    return expression === null ? [] : [{ name, expression }]
  })
  const links = text.links.slice(0, LINKS_MAX).flatMap((link, index) => {
    const href = compile(`links.${index}.href`, link.href)
    return href === null ? [] : [{ href, text: link.text }]
  })
  return problems.length > 0 ? { kind: 'problems', problems } : { kind: 'mapping', mapping: { each, fields, labels, links } }
}

/** Told once. */
function tooMuch(problems: MappingProblem[], field: string, message: string): null {
  if (!problems.some((problem) => problem.message === message)) problems.push({ field, message, fix: 'Make it simpler.', offset: 0 })
  return null
}

function labelsOf(labels: MappingText['labels']): (readonly [string | null, string])[] {
  if (labels === null) return []
  return typeof labels === 'string' ? [[null, labels]] : Object.entries(labels).slice(0, LABELS_MAX)
}
