/**
 * What somebody who writes back asks for. STOP, START and HELP belong to the networks and to Twilio, which answer them; to ask for
 * help one writes 2. Source: https://help.twilio.com/articles/223134027 (opt-out keywords, read 2026-11-24).
 */
import { CODE_CHARACTERS, readCode } from '../../core/page/code.ts'
import type { WrittenAsk } from '../../integration.ts'

const STOPS = new Set(['stop', 'stopall', 'unsubscribe', 'cancel', 'end', 'quit', 'optout', 'revoke'])
const SILENT = new Set(['start', 'unstop', 'help', 'info'])
const ACKNOWLEDGE = new Set(['1', 'a', 'ack', 'acknowledge', 'acknowledged', 'yes', 'ok'])
const DECLINE = new Set(['2', 'no', 'decline', 'cannot', 'cant', 'next', 'escalate', 'pass'])
const STATUS = new Set(['status', 's', '?', 'who'])
const TEXT_CHARACTERS_MAX = 200
const NUMBER_DIGITS_MAX = 9

/** The first word is what is wanted, the second about what: `1`, `ack 12`, `2 K7M2QP`, `ack all`, or a number or code alone. */
export function readAsk(text: string): WrittenAsk {
  const words = text
    .slice(0, TEXT_CHARACTERS_MAX)
    .toLowerCase()
    .replaceAll(/['’]/gu, '')
    .split(/[\s,;:]+/u)
    .map((word) => word.replaceAll(/^[.!#([]+|[.!)\]]+$/gu, ''))
    .filter((word) => word !== '')
  const [first = '', second] = words
  if (words.length === 1 && STOPS.has(first)) return { kind: 'silent', stops: true }
  if (words.length === 1 && SILENT.has(first)) return { kind: 'silent' }
  if (STATUS.has(first)) return { kind: 'status' }
  const wish = ACKNOWLEDGE.has(first) ? 'acknowledge' : DECLINE.has(first) ? 'decline' : null
  if (wish === null) {
    const which = words.length === 1 ? readWhich(first) : null
    return which === null ? { kind: 'unclear' } : { kind: 'act', wish: 'acknowledge', which }
  }
  // "code K7M2QP" is copied as it stands in the message.
  const about = second === 'code' ? words[2] : second
  if (about === undefined) return { kind: 'act', wish, which: 'one' }
  if (about === 'all') return { kind: 'act', wish, which: 'all' }
  const which = readWhich(about)
  return which === null ? { kind: 'unclear' } : { kind: 'act', wish, which }
}

function readWhich(word: string): { readonly number: number } | { readonly code: string } | null {
  // Six digits may be both: incidents count up from 1, so a number of that length is a code.
  if (/^\d+$/u.test(word) && word.length < CODE_CHARACTERS) return { number: Number(word) }
  const code = readCode(word)
  if (code !== null) return { code }
  return /^\d+$/u.test(word) && word.length <= NUMBER_DIGITS_MAX ? { number: Number(word) } : null
}
