/** A measured value as somebody in a hurry types it, with its unit. Pure. */

/** A bare number gets the unit that its field says; what has one already stays, and so does what the server should refuse. */
export function withUnit(text: string, unit: '%' | 'ms' | 'number'): string {
  const value = text.trim().replace(/^(\d+),(\d+)/, '$1.$2')
  return unit === 'number' || !/^\d+(\.\d+)?$/.test(value) ? value : `${value} ${unit}`
}
