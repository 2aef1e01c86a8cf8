/** Text from strangers: made storable, cut to a bound, and shown so that nothing in it can hide. */

/** U+FFFD, what a character becomes that Postgres cannot store. */
const REPLACEMENT = '\uFFFD'

/** Postgres refuses U+0000 and lone surrogates. Everything else is kept as it came, bidi and zero-width marks too. */
export function clean(text: string): string {
  const withoutNul = text.includes('\u0000') ? text.replaceAll('\u0000', REPLACEMENT) : text
  return withoutNul.isWellFormed() ? withoutNul : withoutNul.toWellFormed()
}

/** At most `charsMax` UTF-16 units, never half a character; what was cut ends with an ellipsis. */
export function truncate(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text
  const last = text.charCodeAt(charsMax - 2)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return `${text.slice(0, splitsPair ? charsMax - 2 : charsMax - 1)}…`
}

/** Longest text looked at when one line is made of it: a megabyte of blanks costs nothing. */
const LINE_WORK_CHARS_MAX = 16_384

/** One line: runs of blanks and line ends become one space. Empty when there is nothing to see. */
export function toLine(text: string, charsMax: number): string {
  if (text.length <= charsMax && !UNLIKE_A_LINE.test(text)) return text
  return truncate(clean(text.slice(0, LINE_WORK_CHARS_MAX)).replace(/\s+/g, ' ').trim(), charsMax)
}

/** Two blanks in a row, a blank that is no space, blanks at the ends, NUL, and halves of characters. */
// oxlint-disable-next-line no-control-regex -- NUL is what it looks for
const UNLIKE_A_LINE = /^\s|\s$|\s\s|[^\S ]|[\u0000\ud800-\udfff]/

/** Controls, soft hyphen, zero-width, bidi marks and overrides, line separators, byte order mark, tags. */
const INVISIBLE =
  // oxlint-disable-next-line no-control-regex -- controls are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu

/** For people: what cannot be seen, or turns text around, is written out as `\u{202e}`. */
export function display(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/** `http` and `https` only: a link of a stranger must never run anything. @returns null for all else. */
export function safeHref(href: unknown): string | null {
  if (typeof href !== 'string' || href.length > HREF_CHARS_MAX || !/^https?:\/\//i.test(href)) return null
  return clean(href)
}
export const HREF_CHARS_MAX = 2_048
