/**
 * How many parts a text message has. In the alphabet of GSM 03.38 a message alone holds 160 septets and each part of a longer one
 * 153; characters of its extension take two, which never stand in two parts. Anything else makes all of it UCS-2: 70 and 67 units.
 * Sources: 3GPP TS 23.038, 6.2.1; https://www.twilio.com/docs/glossary/what-sms-character-limit (read 2026-11-24).
 */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
const EXTENSION = '\f^{}\\[~]|€'
const basic = new Set(BASIC)
const extension = new Set(EXTENSION)

export interface Segments {
  readonly encoding: 'GSM-7' | 'UCS-2'
  /** Septets, or units of 16 bits. */
  readonly units: number
  readonly count: number
}

export function segmentsOf(text: string): Segments {
  const costs: number[] = []
  for (const character of text) {
    if (basic.has(character)) costs.push(1)
    else if (extension.has(character)) costs.push(2)
    else
      return count(
        'UCS-2',
        Array.from(text, (one) => one.length),
        { alone: 70, part: 67 },
      )
  }
  return count('GSM-7', costs, { alone: 160, part: 153 })
}

function count(
  encoding: Segments['encoding'],
  costs: readonly number[],
  room: { readonly alone: number; readonly part: number },
): Segments {
  const units = costs.reduce((sum, cost) => sum + cost, 0)
  if (units <= room.alone) return { encoding, units, count: 1 }
  let parts = 1
  let used = 0
  for (const cost of costs) {
    if (used + cost > room.part) {
      parts += 1
      used = 0
    }
    used += cost
  }
  return { encoding, units, count: parts }
}

const ALIKE: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‚': "'",
  '‛': "'",
  '`': "'",
  '´': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '–': '-',
  '—': '-',
  '−': '-',
  '‑': '-',
  '•': '*',
  '·': '.',
  '…': '...',
  '→': '->',
  '←': '<-',
  '≥': '>=',
  '≤': '<=',
  '×': 'x',
}

/** What has a likeness in the alphabet is written by it, and pictures are left out: one of them would halve the room. */
export function plainer(text: string): string {
  const written = Array.from(text.toWellFormed().replaceAll(/\p{Extended_Pictographic}|\u200D|\uFE0F/gu, ''), (character) => {
    if (basic.has(character) || extension.has(character)) return character
    const alike = ALIKE[character]
    if (alike !== undefined) return alike
    if (/\s/u.test(character)) return ' '
    const bare = character.normalize('NFD').replaceAll(/\p{Mn}/gu, '')
    return bare !== '' && Array.from(bare).every((one) => basic.has(one)) ? bare : character
  })
  return written.join('').replaceAll(/ {2,}/gu, ' ').trim()
}

/** At most so many characters, `..` at the end of what is cut; never half a character. */
export function shorten(text: string, charactersMax: number): string {
  const characters = Array.from(text)
  if (characters.length <= charactersMax) return text
  return charactersMax < 4
    ? ''
    : `${characters
        .slice(0, charactersMax - 2)
        .join('')
        .trimEnd()}..`
}
