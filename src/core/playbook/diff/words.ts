/** The words that sentences about changes are made of. Texts of the playbook are shortened and shown on one line. */
import { display, toLine } from '../../alert/text.ts'
import { formatDuration } from '../duration.ts'

const NAME_CHARS_MAX = 80
const EXCERPT_CHARS_MAX = 100
/** So much of what both texts share stands before the place where they differ. */
const LEAD_CHARS = 24
const LISTED_MAX = 8

export function shown(text: string, charsMax = NAME_CHARS_MAX): string {
  return toLine(display(text), charsMax)
}

/** `a`, `a and b`, `a, b and c`; of a long list the first few. */
export function listed(names: readonly string[], nothing = 'nothing'): string {
  const some = names.slice(0, LISTED_MAX).map((name) => shown(name))
  if (names.length > LISTED_MAX) return `${some.join(', ')} and ${names.length - LISTED_MAX} more`
  if (some.length < 2) return some[0] ?? nothing
  return `${some.slice(0, -1).join(', ')} and ${some.at(-1)}`
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

/** `at once`, else `after 5 min`. */
export function after(ms: number): string {
  return ms === 0 ? 'at once' : `after ${formatDuration(ms)}`
}

export function times(number: number): string {
  return number === 1 ? 'once' : number === 2 ? 'twice' : `${number} times`
}

/** `reads "x" now, before "y"`; long texts are cut around the place where they differ, at a word. */
export function reads(before: string, now: string): string {
  if (now === '') return `is empty now, before ${quoted(before)}`
  if (before === '') return `reads ${quoted(now)} now, before it was empty`
  const fits = Math.max(before.length, now.length) <= EXCERPT_CHARS_MAX
  const from = fits ? 0 : wordBefore(now, firstDifference(before, now))
  return `reads ${quotedFrom(now, from)} now, before ${quotedFrom(before, from)}`
}

/** Both texts are the same up to there. */
function wordBefore(text: string, difference: number): number {
  const lead = Math.max(0, difference - LEAD_CHARS)
  const word = text.indexOf(' ', lead) + 1
  return lead > 0 && word > 0 && word <= difference ? word : lead
}

function quotedFrom(text: string, from: number): string {
  return quoted(from === 0 ? text : `…${text.slice(from)}`)
}

export function quoted(text: string): string {
  return `"${shown(text.toWellFormed(), EXCERPT_CHARS_MAX)}"`
}

function firstDifference(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at += 1) if (left[at] !== right[at]) return at
  return length
}

/** What one list has and the other has not. */
export function differenceOf(before: readonly string[], now: readonly string[]): { added: readonly string[]; removed: readonly string[] } {
  const was = new Set(before)
  const is = new Set(now)
  return { added: now.filter((name) => !was.has(name)), removed: before.filter((name) => !is.has(name)) }
}

export function sameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, index) => name === right[index])
}

/** `the mitigation has a and b now, and no longer c`. */
export function listChange(what: string, { added, removed }: { added: readonly string[]; removed: readonly string[] }): string {
  if (added.length + removed.length === 0) return `${what} is in another order now`
  const gone = removed.length === 0 ? '' : `${added.length === 0 ? '' : ', and '}no longer has ${listed(removed.map(quoted))}`
  return `${what} ${added.length === 0 ? '' : `has ${listed(added.map(quoted))} now`}${gone}`
}
