/** Dates as people write them, where only one day can be meant. */
import { normalizeName } from '../text.ts'

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** @returns `yyyy-mm-dd`, or null: "06/07/2025" is a day in June or in July */
export function readDate(text: string): string | null {
  const written = normalizeName(text).toLowerCase()
  const iso = /\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b/.exec(written)
  if (iso !== null) return toDate(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const dayFirst = /\b(\d{1,2})(?:st|nd|rd|th)?\.? (?:of )?([a-z]{3,9})\.?,? (\d{4})\b/.exec(written)
  if (dayFirst !== null) return toDate(Number(dayFirst[3]), monthOf(dayFirst[2] ?? ''), Number(dayFirst[1]))
  const monthFirst = /\b([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b/.exec(written)
  if (monthFirst !== null) return toDate(Number(monthFirst[3]), monthOf(monthFirst[1] ?? ''), Number(monthFirst[2]))
  const german = /\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b/.exec(written)
  if (german !== null) return toDate(Number(german[3]), Number(german[2]), Number(german[1]))
  const slashed = /\b(\d{1,2})[/-](\d{1,2})[/-](\d{4})\b/.exec(written)
  if (slashed === null) return null
  const [left, right, year] = [Number(slashed[1]), Number(slashed[2]), Number(slashed[3])]
  if (left > 12) return toDate(year, right, left)
  return right > 12 || left === right ? toDate(year, left, right) : null
}

function monthOf(word: string): number {
  return MONTHS.indexOf(word.slice(0, 3)) + 1
}

function toDate(year: number, month: number, day: number): string | null {
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? text : null
}

/** So many months later; the last day of the month where it has no such day. @param date `yyyy-mm-dd` */
export function addMonths(date: string, months: number): string {
  const [year = 1970, month = 1, day = 1] = date.split('-').map(Number)
  const first = new Date(Date.UTC(year, month - 1 + months, 1))
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  return new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), Math.min(day, last))).toISOString().slice(0, 10)
}
