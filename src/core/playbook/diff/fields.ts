/**
 * The net below the other comparisons: whatever field they do not know is told by its name, its value now and before, so
 * that nothing that differs goes unsaid.
 */
import { formatDuration } from '../duration.ts'
import type { Path } from '../finding.ts'
import type { Change, ChangeCode, Effect } from './change.ts'
import { shown } from './words.ts'

export interface FieldsOptions {
  /** What the sentences call the thing; empty for the playbook itself. */
  readonly what: string
  readonly path: Path
  /** Keys that others compare. */
  readonly known: readonly string[]
  readonly code?: ChangeCode
  readonly effect?: Effect
}

/** More leaves of one thing are counted, not told. */
const LEAVES_MAX = 20
const DEPTH_MAX = 12
const VALUE_CHARS_MAX = 60

interface Leaf {
  readonly path: Path
  readonly before: unknown
  readonly now: unknown
}

export function diffFields(before: object, after: object, options: FieldsOptions): readonly Change[] {
  const leaves = findLeaves(before, after, new Set(options.known))
  const { what, path, code = 'field', effect = 'behaviour' } = options
  const prefix = what === '' ? '' : `${what}: `
  const changes = leaves.slice(0, LEAVES_MAX).map(
    (leaf): Change => ({
      code,
      effect,
      path: [...path, ...leaf.path],
      side: leaf.now === undefined ? 'before' : 'after',
      sentence: `${prefix}${wordsOf(leaf.path)} is ${valueOf(leaf, leaf.now)} now, before ${valueOf(leaf, leaf.before)}`,
    }),
  )
  const more = leaves.length - LEAVES_MAX
  return more > 0 ? [...changes, { code, effect, path, side: 'after', sentence: `${prefix}${more} more values differ` }] : changes
}

function findLeaves(before: object, after: object, known: ReadonlySet<string>): Leaf[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !known.has(key))
  return keys.flatMap((key) => walk([key], (before as Fields)[key], (after as Fields)[key], 0))
}

type Fields = Readonly<Record<string, unknown>>

/** Down to values, and to what is there on one side only. */
function walk(path: Path, before: unknown, now: unknown, depth: number): Leaf[] {
  if (!isTree(before) || !isTree(now) || Array.isArray(before) !== Array.isArray(now) || depth > DEPTH_MAX) {
    return JSON.stringify(before) === JSON.stringify(now) ? [] : [{ path, before, now }]
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])]
  return keys.flatMap((key) => walk([...path, Array.isArray(now) ? Number(key) : key], before[key], now[key], depth + 1)).map(spellLast)
}

function isTree(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function spellLast(leaf: Leaf): Leaf {
  return { ...leaf, path: leaf.path.map((part) => (typeof part === 'string' ? toFileKey(part) : part)) }
}

/** As the file spells it: `everyMs` is `every`, `heldBy` is `held_by`. */
function toFileKey(key: string): string {
  return key.replace(/(?<=[a-z])Ms$/, '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function wordsOf(path: Path): string {
  return path.map((part) => (typeof part === 'number' ? `${part + 1}` : toFileKey(part).replaceAll('_', ' '))).join(' ')
}

function valueOf({ path, before, now }: Leaf, value: unknown): string {
  if (value === undefined || value === null) return 'not said'
  const isDuration =
    [before, now].every((one) => one === undefined || one === null || Number.isInteger(one)) && String(path.at(-1)).endsWith('Ms')
  if (isDuration) return formatDuration(Number(value))
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? 'not said')
  return shown(text.toWellFormed(), VALUE_CHARS_MAX)
}
