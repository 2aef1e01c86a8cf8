/**
 * The text of a mail that came as HTML alone: one pass, no parser, nothing executed or loaded. It is for people and for
 * telling alerts apart, never shown as HTML again.
 */

export interface HtmlText {
  readonly text: string
  /** Of anchors, in order, as written. */
  readonly links: readonly { readonly href: string; readonly text: string }[]
}

/** So much of the HTML is read. */
const HTML_CHARS_MAX = 262_144
const TAG_CHARS_MAX = 8_192
const LINKS_MAX = 64
/** Their content is not text. */
const SILENT = new Set(['script', 'style', 'head', 'title', 'template', 'noscript', 'svg', 'math'])
const LINE_TAGS = new Set(
  'p div br hr tr table ul ol li h1 h2 h3 h4 h5 h6 blockquote pre section article header footer dl dt dd address form'.split(' '),
)
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  copy: '©',
  middot: '·',
  bull: '•',
  laquo: '«',
  raquo: '»',
  euro: '€',
}

export function readHtml(html: string): HtmlText {
  const source = html.slice(0, HTML_CHARS_MAX)
  const parts: string[] = []
  const links: { href: string; text: string }[] = []
  let anchor: { href: string; from: number } | null = null
  let at = 0
  while (at < source.length) {
    const open = source.indexOf('<', at)
    parts.push(source.slice(at, open === -1 ? source.length : open))
    if (open === -1) break
    const tag = readTag(source, open)
    if (tag === null) {
      parts.push('<')
      at = open + 1
      continue
    }
    at = tag.end
    if (SILENT.has(tag.name) && !tag.closing) at = skipTo(source, at, tag.name)
    else if (LINE_TAGS.has(tag.name)) parts.push('\n')
    else if (tag.name === 'td' || tag.name === 'th') parts.push(' ')
    if (tag.name !== 'a') continue
    if (anchor !== null && links.length < LINKS_MAX) links.push({ href: anchor.href, text: tidy(parts.slice(anchor.from).join('')) })
    anchor = tag.closing || tag.href === null ? null : { href: tag.href, from: parts.length }
  }
  return { text: tidy(parts.join('')), links }
}

interface Tag {
  readonly name: string
  readonly closing: boolean
  readonly href: string | null
  readonly end: number
}

/** Null: no tag, a sign like any other. */
function readTag(source: string, open: number): Tag | null {
  if (source.startsWith('<!--', open)) {
    const end = source.indexOf('-->', open + 4)
    return { name: '!', closing: false, href: null, end: end === -1 ? source.length : end + 3 }
  }
  const next = source.charCodeAt(open + 1)
  const closing = next === SLASH
  const letter = source.charCodeAt(open + (closing ? 2 : 1)) | LOWER
  if (next !== BANG && next !== QUESTION && (letter < LETTER_A || letter > LETTER_Z)) return null
  const end = source.indexOf('>', open)
  if (end === -1 || end - open > TAG_CHARS_MAX) return null
  const inner = source.slice(open + 1, end)
  const name = /^\/?([a-z][a-z0-9]*)/i.exec(inner)?.[1]?.toLowerCase() ?? '!'
  const href = name === 'a' && !closing ? /\shref\s{0,4}=\s{0,4}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(inner) : null
  return { name, closing, href: href === null ? null : decode(href[1] ?? href[2] ?? href[3] ?? ''), end: end + 1 }
}
const SLASH = 0x2f
const BANG = 0x21
const QUESTION = 0x3f
const LOWER = 0x20
const LETTER_A = 0x61
const LETTER_Z = 0x7a

/** After the closing tag; the rest where there is none. */
function skipTo(source: string, from: number, name: string): number {
  const pattern = new RegExp(`</${name}[\\s>]`, 'gi')
  pattern.lastIndex = from
  const found = pattern.exec(source)
  if (found === null) return source.length
  const end = source.indexOf('>', found.index)
  return end === -1 ? source.length : end + 1
}

function decode(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));?/gi, (whole, decimal: string, hex: string, name: string) => {
    if (name !== undefined) return Object.hasOwn(ENTITIES, name.toLowerCase()) ? (ENTITIES[name.toLowerCase()] ?? whole) : whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD'
  })
}

/** Blanks as they would be seen: one between words, none at the ends of lines, no more than one empty line. */
function tidy(text: string): string {
  const lines = decode(text.replaceAll(/[ \t\r\f\u00a0]+/g, ' '))
    .split('\n')
    .map((line) => line.replaceAll(/[ \t\u00a0]+/g, ' ').trim())
  return lines
    .filter((line, index) => line !== '' || (index > 0 && lines[index - 1] !== ''))
    .join('\n')
    .trim()
}
