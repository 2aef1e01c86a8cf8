/** Names as people write them: made comparable, compared with what was meant, and turned into stable keys. */

const SPACES = /[\s\u00a0\u2007\u202f\u2009\u200a]+/gu
const HYPHENS = /[\u2010-\u2015\u2212\ufe63\uff0d]/gu
/** Zero-width characters and soft hyphens: word processors leave them in. */
const INVISIBLE = /[\u00ad\u200b-\u200d\u2060\ufeff]/gu

/** One spelling for what looks the same: plain spaces and hyphens, composed letters, no edges. `SEV‑1` is `SEV-1`. */
export function normalizeName(text: string): string {
  return text.normalize('NFC').replace(INVISIBLE, '').replace(HYPHENS, '-').replace(SPACES, ' ').trim()
}

/** A stable key from a title: `API 5xx Spike` is `api-5xx-spike`. May be empty when the title has no letter or digit. */
export function toSlug(title: string): string {
  return normalizeName(title)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
}

/** Longer names are not worth comparing: nobody mistypes them by two letters. */
const COMPARED_CHARS_MAX = 64

/** The candidate that a typing mistake away was meant, or null when none is near. Case never counts as distance. */
export function findNearest(name: string, candidates: readonly string[]): string | null {
  if (name.length > COMPARED_CHARS_MAX) return null
  const wanted = name.toLowerCase()
  const allowed = Math.max(1, Math.floor(wanted.length / 3))
  let best: { readonly candidate: string; readonly distance: number } | null = null
  for (const candidate of candidates) {
    if (candidate.length > COMPARED_CHARS_MAX) continue
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance <= allowed && (best === null || distance < best.distance)) best = { candidate, distance }
  }
  return best?.candidate ?? null
}

/** The candidate that is at most one typing mistake away, when it is the only one; else null. */
export function findOnlyNear(name: string, candidates: readonly string[]): string | null {
  if (name.length > COMPARED_CHARS_MAX) return null
  const near = [...new Set(candidates)].filter((one) => editDistance(name.toLowerCase(), one.toLowerCase()) <= 1)
  return near.length === 1 ? (near[0] ?? null) : null
}

/** "Did you mean x?", or the list of what is known when it is short, or nothing. */
export function suggest(name: string, candidates: readonly string[]): string {
  const nearest = findNearest(name, candidates)
  if (nearest !== null) return `Did you mean ${nearest}?`
  return candidates.length > 0 && candidates.length <= 20 ? `Known here: ${candidates.join(', ')}.` : ''
}

/** How many letters must be added, left out, replaced, or swapped with a neighbour (optimal string alignment). */
function editDistance(left: string, right: string): number {
  const rows = [Array.from({ length: right.length + 1 }, (_, place) => place)]
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= right.length; j += 1) {
      const at = (up: number, back: number): number => (up === 0 ? row[j - back] : rows[i - up]?.[j - back]) ?? 0
      const replaced = at(1, 1) + (left[i - 1] === right[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]
      row.push(Math.min(replaced, at(1, 0) + 1, at(0, 1) + 1, isSwap ? at(2, 2) + 1 : replaced))
    }
    rows.push(row)
  }
  return rows[left.length]?.[right.length] ?? 0
}
