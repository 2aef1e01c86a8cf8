/** Measured values with their unit, as the document writes them: `25 %`, `4 s`, `250 ms`, `1200`. */
import { parseDuration } from './duration.ts'
import { normalizeName } from './text.ts'

/** What a measure is counted in: a share in per cent, a time in milliseconds, or things. */
export type MeasureUnit = '%' | 'ms' | 'number'

export interface Quantity {
  readonly value: number
  readonly unit: MeasureUnit
}

export type QuantityReading =
  | { readonly kind: 'quantity'; readonly quantity: Quantity }
  | { readonly kind: 'unclear'; readonly message: string; readonly fix: string }

const QUANTITY_CHARS_MAX = 64
const NUMBER = String.raw`[-+]?\d+(?:\.\d+)?(?:e[-+]?\d{1,3})?`
const PLAIN = new RegExp(`^(${NUMBER}) ?(%|ms)?$`, 'i')

/** Never throws. A number that is not finite is none. */
export function parseQuantity(text: string): QuantityReading {
  const written = normalizeName(text)
  if (written.length > QUANTITY_CHARS_MAX) return unclear(text, 'Write a number with its unit, such as "25 %" or "4 s".')
  if (/\d,\d/.test(written)) return unclear(text, 'Write a point for decimals and nothing between thousands, such as "2.5 %" or "1200".')
  const plain = PLAIN.exec(written)
  if (plain !== null) {
    const value = Number(plain[1])
    const unit = plain[2]?.toLowerCase()
    if (!Number.isFinite(value)) return unclear(text, 'Write a smaller number.')
    return { kind: 'quantity', quantity: { value, unit: unit === '%' ? '%' : unit === 'ms' ? 'ms' : 'number' } }
  }
  const duration = parseDuration(written)
  if (duration.kind === 'duration') return { kind: 'quantity', quantity: { value: duration.ms, unit: 'ms' } }
  return unclear(text, 'Write a number with its unit, such as "25 %" or "4 s".')
}

/** `25 %`, `4 s`, `250 ms`, `1200`; without what binary fractions add. */
export function formatQuantity({ value, unit }: Quantity): string {
  const written = String(Number(value.toPrecision(12)))
  if (unit === '%') return `${written} %`
  if (unit === 'number') return written
  if (value % 60_000 === 0 && value !== 0) return `${value / 60_000} min`
  return Math.abs(value) >= 1_000 ? `${Number((value / 1_000).toPrecision(12))} s` : `${written} ms`
}

function unclear(text: string, fix: string): QuantityReading {
  return { kind: 'unclear', message: `"${text}" is not a value that can be measured.`, fix }
}
