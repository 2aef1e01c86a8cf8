/**
 * What a playbook says and its tables do not, as a difference: a JSON Merge Patch (RFC 7396) in which lists of rows are
 * merged row by row, by the row's name. Where rows themselves differ the whole list stands under `instead`.
 */
import { isEqual, ORDERED } from './canonical.ts'

type Map = Readonly<Record<string, unknown>>

/** The key that names a row, by the path of its list. */
const ROW_KEYS: Readonly<Record<string, string>> = {
  severities: 'id',
  lifecycle: 'title',
  incident_types: 'title',
  communication: 'audience',
  roles: 'title',
  'post_mortem.sections': 'title',
  compliance: 'title',
}
const INSTEAD = 'instead'

/** @returns null when there is no difference; else what `applyPatch` makes `wanted` of `given` by */
export function makePatch(given: Map, wanted: Map): Map | null {
  const instead: Record<string, unknown> = {}
  const patch: Record<string, unknown> = {}
  for (const key of new Set([...Object.keys(given), ...Object.keys(wanted)])) {
    if (isEqual(given[key], wanted[key], key)) continue
    const found = wanted[key] === undefined ? null : diff(given[key], wanted[key], key)
    if (found === undefined) instead[key] = wanted[key]
    else patch[key] = found
  }
  const whole = Object.keys(instead).length === 0 ? patch : { ...patch, [INSTEAD]: instead }
  return Object.keys(whole).length === 0 ? null : whole
}

/** Undefined: no merge makes the one of the other. */
function diff(given: unknown, wanted: unknown, path: string): unknown {
  if (ORDERED.has(path.split('.').at(-1) ?? '')) return wanted
  if (isMap(given) && isMap(wanted)) {
    const patch: Record<string, unknown> = {}
    for (const key of new Set([...Object.keys(given), ...Object.keys(wanted)])) {
      if (isEqual(given[key], wanted[key], key)) continue
      const found = wanted[key] === undefined ? null : diff(given[key], wanted[key], `${path}.${key}`)
      if (found === undefined) return undefined
      patch[key] = found
    }
    return patch
  }
  const name = ROW_KEYS[path]
  if (name === undefined || !Array.isArray(given)) return wanted
  return Array.isArray(wanted) ? diffRows(given as Map[], wanted as Map[], name, path) : undefined
}

function diffRows(given: readonly Map[], wanted: readonly Map[], name: string, path: string): readonly Map[] | undefined {
  const names = given.map((row) => row[name])
  if (
    new Set(names).size < names.length ||
    !isEqual(
      names,
      wanted.map((row) => row[name]),
    )
  )
    return undefined
  const rows: Map[] = []
  for (const [index, row] of wanted.entries()) {
    const before = given[index] ?? {}
    if (isEqual(before, row)) continue
    const found = diff(before, row, `${path}[]`)
    if (!isMap(found)) return undefined
    rows.push({ [name]: row[name], ...found })
  }
  return rows
}

/** Never throws, whatever the patch is: a person may have edited it. */
export function applyPatch(given: Map, patch: Map): Map {
  const { [INSTEAD]: instead, ...rest } = patch
  const merged = merge(given, rest, '')
  return isMap(instead) ? { ...merged, ...instead } : merged
}

function merge(given: Map, patch: Map, path: string): Map {
  const result: Record<string, unknown> = { ...given }
  for (const [key, value] of Object.entries(patch)) {
    const before = result[key]
    const at = path === '' ? key : `${path}.${key}`
    const name = ROW_KEYS[at]
    if (value === null) delete result[key]
    else if (isMap(before) && isMap(value) && !ORDERED.has(key)) result[key] = merge(before, value, at)
    else if (name !== undefined && isRows(before) && isRows(value)) result[key] = mergeRows(before, value, name, at)
    else result[key] = value
  }
  return result
}

/** A row that is not there is added at the end. */
function mergeRows(given: readonly Map[], patch: readonly Map[], name: string, path: string): readonly Map[] {
  const rows = given.map((row) => {
    const changed = patch.find((one) => one[name] === row[name])
    return changed === undefined ? row : merge(row, changed, `${path}[]`)
  })
  return [...rows, ...patch.filter((one) => !given.some((row) => row[name] === one[name]))]
}

function isMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRows(value: unknown): value is readonly Map[] {
  return Array.isArray(value) && value.every(isMap)
}
