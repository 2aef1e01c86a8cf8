/** Plain output: aligned columns, times in the reader's zone and in UTC, text from outside made harmless for a terminal. */

/** Columns padded to the widest cell, two spaces between; the last one runs free. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, lengthOf(cell))
  return rows
    .map((row) =>
      row
        .map((cell, index) => (index === row.length - 1 ? cell : pad(cell, widths[index] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(width - lengthOf(cell))
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** In what a reader takes for one character. */
function lengthOf(text: string): number {
  return Array.from(graphemes.segment(text)).length
}

/**
 * One line that cannot move the cursor, change colours or turn the reading direction: titles and names come from strangers.
 */
export function safeLine(text: string): string {
  return text
    .replaceAll(/[\s\u0085]+/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, '\ufffd')
    .trim()
}

/** The same for text of several lines. */
export function safeText(text: string): string {
  return text.split('\n').map(safeLine).join('\n')
}

/** `Tue 24 Nov 06:00 Europe/Berlin (05:00 UTC)`; in UTC only once. */
export function timeIn(zone: string, rfc3339: string): string {
  const instant = new Date(rfc3339)
  const utc = `${format(instant, 'UTC', { hour: '2-digit', minute: '2-digit' })} UTC`
  const full = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const
  if (zone === 'UTC' || zone === 'Etc/UTC') return `${format(instant, 'UTC', full)} UTC`
  return `${format(instant, zone, full)} ${zone} (${utc})`
}

function format(instant: Date, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }).format(instant).replace(',', '')
}

const CODES = { red: 31, yellow: 33, green: 32, bold: 1, dim: 2 } as const

export function painter(colour: boolean): (style: keyof typeof CODES, text: string) => string {
  return (style, text) => (colour ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text)
}
