/** A message in the form that expressions read: bounded, so that no expression can cost more than its own size allows. */
import type { CelInput } from '@bufbuild/cel'

export interface View {
  readonly value: CelInput
  /** Lists that were cut. */
  readonly cut: boolean
}

/** A list is read so far. */
export const VIEW_ITEMS_MAX = 1_000
const VIEW_TEXT_CHARS_MAX = 8_192
/** Values in one message, at every depth. */
const VIEW_VALUES_MAX = 50_000

interface Walk {
  values: number
  cut: boolean
}

/** @returns null when the message holds too many values. Its depth has been bounded before. */
export function toView(json: unknown): View | null {
  const walk: Walk = { values: 0, cut: false }
  const value = view(json, walk)
  return walk.values > VIEW_VALUES_MAX ? null : { value, cut: walk.cut }
}

function view(json: unknown, walk: Walk): CelInput {
  walk.values += 1
  if (walk.values > VIEW_VALUES_MAX) return null
  if (typeof json === 'string') return json.length > VIEW_TEXT_CHARS_MAX ? json.slice(0, VIEW_TEXT_CHARS_MAX).toWellFormed() : json
  if (typeof json === 'number' || typeof json === 'boolean') return json
  if (Array.isArray(json)) {
    walk.cut ||= json.length > VIEW_ITEMS_MAX
    return json.slice(0, VIEW_ITEMS_MAX).map((item: unknown) => view(item, walk))
  }
  if (typeof json !== 'object' || json === null) return null
  const entries = Object.entries(json)
  walk.cut ||= entries.length > VIEW_ITEMS_MAX
  return new Map<string, CelInput>(entries.slice(0, VIEW_ITEMS_MAX).map(([name, item]) => [name, view(item, walk)]))
}
