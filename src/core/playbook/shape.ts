/** Checks values against a schema and says what is wrong as a person would: which key, what was meant, what to write. */
import type { z } from 'zod'
import type { FindingCode } from './finding-code.ts'
import type { Path, Report } from './finding.ts'
import { findOnlyNear, suggest } from './text.ts'

type Issue = z.core.$ZodIssue

/** @returns the parsed value, or undefined when a problem was reported */
export function checkShape<Schema extends z.ZodType>(schema: Schema, data: unknown, report: Report): z.infer<Schema> | undefined {
  const result = schema.safeParse(data)
  if (result.success) return result.data
  for (const issue of result.error.issues) reportIssue(schema, data, issue, [], report)
  return undefined
}

function reportIssue(schema: z.ZodType, data: unknown, issue: Issue, above: Path, report: Report): void {
  const path = [...above, ...issue.path] as Path
  const value = valueAt(data, path)
  const add = (code: FindingCode, message: string, fix: string): void => report({ code, severity: 'error', path, message, fix })
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) {
        const message = `The key "${key}" is not known here.`
        const known = knownKeys(schema, path)
        const meant = findOnlyNear(key, known)
        const isFree = meant !== null && valueAt(value, [meant]) === undefined
        report({
          code: 'unknown-key',
          severity: 'error',
          path: [...path, key],
          atKey: true,
          message,
          fix: suggest(key, known),
          ...(isFree ? { replacement: meant } : {}),
        })
      }
      return
    case 'invalid_type':
      if (value === undefined) return add('missing-key', `"${path.at(-1) ?? 'The content'}" is missing.`, missingFix(schema, path))
      if (issue.expected === 'string' && typeof value === 'number') {
        return add('wrong-type', `${JSON.stringify(value)} is a number; a text is expected here.`, numberFix(schema, path, value))
      }
      return add('wrong-type', `${article(issue.expected)} is expected here, not ${describe(value)}.`, '')
    case 'invalid_value':
      if (value === undefined)
        return add('missing-key', `"${path.at(-1) ?? 'The content'}" is missing.`, `Use one of ${issue.values.join(', ')}.`)
      return add(
        'unknown-value',
        `${describe(value)} is not one of the values known here.`,
        suggest(typeof value === 'string' ? value : '', issue.values.map(String)),
      )
    case 'invalid_union':
      return reportUnion(schema, data, issue, path, report)
    case 'too_small':
      if (typeof value === 'number')
        return add('too-small', `${value} is too small: at least ${issue.minimum}.`, `Write ${issue.minimum} or more.`)
      return add('empty', 'Something must stand here.', '')
    case 'too_big':
      return add('too-big', `This is too long or too much: at most ${issue.maximum}.`, '')
    default:
      return add('wrong-value', `${issue.message}.`, '')
  }
}

/** Of several shapes that all failed, the one that came nearest is the one that was meant: its problems lie deepest. */
function reportUnion(schema: z.ZodType, data: unknown, issue: Issue & { code: 'invalid_union' }, path: Path, report: Report): void {
  const value = valueAt(data, path)
  if (value === undefined) {
    return report({ code: 'missing-key', severity: 'error', path, message: `"${path.at(-1) ?? 'The content'}" is missing.`, fix: '' })
  }
  const misfits = (error: Issue): boolean =>
    error.path.length === 0 && (error.code === 'invalid_type' || (error.code === 'invalid_value' && typeof value !== 'string'))
  const fitting = issue.errors.filter((errors) => !errors.some(misfits))
  const nearest = fitting[0] ?? []
  if (nearest.length === 0) {
    return report({
      code: 'wrong-type',
      severity: 'error',
      path,
      message: `This cannot be ${describe(value)}.`,
      fix: descriptionAt(schema, path),
    })
  }
  for (const inner of nearest) reportIssue(schema, data, inner, path, report)
}

function missingFix(schema: z.ZodType, path: Path): string {
  const description = descriptionAt(schema, path)
  return description === '' ? 'Add it.' : `Add it: ${description}`
}

function numberFix(schema: z.ZodType, path: Path, value: number): string {
  const isDuration = examplesAt(schema, path).some((example) => / (min|h|d)$/.test(example))
  return isDuration ? `Write the unit, such as "${value} min".` : `Put it in quotes: "${value}".`
}

function article(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'A text',
    array: 'A list',
    object: 'A map of keys',
    number: 'A number',
    int: 'A whole number',
  }
  return words[expected] ?? `A value of type ${expected}`
}

function describe(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  const text = JSON.stringify(value) ?? 'this'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}

/** What zod tells of a schema's insides; these fields are its documented reflection, the underscore is theirs. */
interface Definition {
  readonly type: string
  readonly shape?: Record<string, z.core.$ZodType>
  readonly element?: z.core.$ZodType
  /** Of a record, whose keys are names. */
  readonly valueType?: z.core.$ZodType
  readonly innerType?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
}

function definitionOf(schema: z.core.$ZodType): Definition {
  // oxlint-disable-next-line no-underscore-dangle
  return schema._zod.def
}

/** The schemas that may stand at a path: several where a union allows several. */
function schemasAt(schema: z.ZodType, path: Path): z.core.$ZodType[] {
  let found = expand(schema)
  for (const part of path) {
    found = found.flatMap((one) => {
      const definition = definitionOf(one)
      if (definition.type === 'object' && definition.shape !== undefined && Object.hasOwn(definition.shape, part)) {
        return expand(definition.shape[part] as z.core.$ZodType)
      }
      if (definition.type === 'record' && definition.valueType !== undefined) return expand(definition.valueType)
      return definition.type === 'array' && definition.element !== undefined ? expand(definition.element) : []
    })
  }
  return found
}

function expand(schema: z.core.$ZodType): z.core.$ZodType[] {
  const definition = definitionOf(schema)
  if (definition.innerType !== undefined) return [schema, ...expand(definition.innerType)]
  if (definition.options !== undefined) return [schema, ...definition.options.flatMap(expand)]
  return [schema]
}

function knownKeys(schema: z.ZodType, path: Path): string[] {
  return schemasAt(schema, path).flatMap((one) => Object.keys(definitionOf(one).shape ?? {}))
}

function descriptionAt(schema: z.ZodType, path: Path): string {
  const found = schemasAt(schema, path).map((one) => (one as z.ZodType).meta()?.description)
  return found.find((description) => description !== undefined) ?? ''
}

function examplesAt(schema: z.ZodType, path: Path): string[] {
  return schemasAt(schema, path).flatMap((one) => ((one as z.ZodType).meta()?.['examples'] as string[] | undefined) ?? [])
}
