/** Durations within the words people put around them: "within 1 hour", "< 15 min", "Immediately", "15-30 min, 24x7". */
import { parseDuration } from '../duration.ts'
import { normalizeName } from '../text.ts'

export type DurationPhrase =
  /** `written` is a duration of the language, as near to the document's own as can be. `left`: words that say something besides. */
  | { readonly kind: 'exact' | 'guess'; readonly written: string; readonly why: string; readonly left: string }
  | { readonly kind: 'none'; readonly why: string }

const UNIT = '(?:milliseconds?|seconds?|secs?|s|minutes?|mins?|min|m|hours?|hrs?|hr|h|days?|d|weeks?|wks?|w|months?|years?)'
const AMOUNT = `\\d+(?:[.,]\\d+)?\\s?-?${UNIT}\\b\\.?`
const DURATION = new RegExp(
  `\\bpt?\\d[\\dhmswd.t]*\\b|\\d{1,4}\\s?h\\s?[0-5]\\d(?![\\d\\w]|\\s?[a-z])|${AMOUNT}(?:(?:\\s|,\\s|\\sand\\s)?${AMOUNT})*`,
  'gi',
)
const RANGE = new RegExp(`(\\d+(?:\\.\\d+)?)(?:\\s?${UNIT})?\\s?(?:-|–|—|to)\\s?(\\d+(?:\\.\\d+)?)\\s?-?(${UNIT})\\b`, 'i')

/** Words that add nothing to how long. */
const FILLER =
  /\b(?:within|in|under|less|than|up|to|at|most|max(?:imum)?|no|later|of|from|after|the|a|an|is|be|being|must|should|are|and|then|detection|alert|page|paging|notification|report|respond|response|responds|acknowledged?|acknowledgement|acknowledgment|acknowledge|ack|initial|first|sla|target|time|by|we|opening|paged|incident|happens|start|answer|someone|answers|every|each|per|it|for|filled|written|completed?|published|due|held|done|resolution|resolved|closing|closure|end|cadence|updates?|intervals?|once|an)\b|[<≤~=.,;:()/|+'"!*-]/gi

const NUMBERS: Readonly<Record<string, string>> = {
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
  ten: '10',
  twelve: '12',
  fifteen: '15',
  twenty: '20',
  thirty: '30',
  'forty-five': '45',
  sixty: '60',
  ninety: '90',
  'twenty-four': '24',
  'forty-eight': '48',
  'seventy-two': '72',
  an: '1',
  a: '1',
}
const NUMBER_WORD = new RegExp(`\\b(${Object.keys(NUMBERS).join('|')})(?=[\\s-]${UNIT}\\b)`, 'gi')

function spellOut(text: string): string {
  return normalizeName(text)
    .replaceAll(/\b(?:calendar|full|whole) (?=days?|hours?|weeks?)/gi, '')
    .replaceAll(/\b(?:half an|a half|half-an) hour\b|½ ?(?:hour|h)\b/gi, '30 min')
    .replaceAll(/\b(?:a )?quarter of an hour\b/gi, '15 min')
    .replaceAll(NUMBER_WORD, (word) => NUMBERS[word.toLowerCase()] ?? word)
    .replaceAll(/(\d)['’′](?!\w)/g, '$1 min')
}

/** @param unit what a bare number counts, from the column's title: "Response (min)" */
export function readDurationPhrase(text: string, unit: string | null = null): DurationPhrase {
  const given = normalizeName(text)
  const written = unit !== null && /^\W*\d+(?:\.\d+)?\W*$/.test(given) ? `${given.replaceAll(/[^\d.]/g, '')} ${unit}` : spellOut(given)
  if (/\b(?:business|working|office|work) |\bnext (?:day|morning|week)|\bnbd\b|\bweekdays?\b|\bsprint/i.test(written)) {
    return { kind: 'none', why: 'It depends on a calendar, and the engine counts hours that pass on every day.' }
  }
  const range = RANGE.exec(written)
  if (range !== null) return readRange(written, range)
  const [first, ...others] = written.match(DURATION) ?? []
  if (first === undefined) return readWords(written)
  const reading = parseDuration(first.trim())
  if (reading.kind === 'unclear') return { kind: 'none', why: reading.message }
  if (reading.ms === 0) return { kind: 'none', why: 'Nothing can be done in no time.' }
  const duration = first.trim().replace(/\.$/, '')
  if (others.length > 0) {
    return { kind: 'guess', written: duration, why: `Of several durations the first, ${duration}, was taken.`, left: text }
  }
  const left = written
    .replace(first, ' ')
    .replaceAll(/\bapprox\w*|\babout\b|\baround\b|\bca\b/gi, ' ')
    .replaceAll(FILLER, ' ')
    .trim()
  if (left !== '') return { kind: 'guess', written: duration, why: `It was read as ${duration}.`, left: text }
  return { kind: 'exact', written: duration, why: '', left: '' }
}

function readRange(text: string, [, , upper, unit]: RegExpExecArray): DurationPhrase {
  const written = `${upper} ${unit}`
  if (parseDuration(written).kind === 'unclear') return { kind: 'none', why: `"${text}" is not a duration.` }
  return { kind: 'guess', written, why: `It is a range; its end, ${written}, was taken: a promise holds until then.`, left: text }
}

function readWords(text: string): DurationPhrase {
  if (/\b(?:immediate(?:ly)?|instant(?:ly)?|asap|at once|right away|now|straight away)\b/i.test(text)) {
    return { kind: 'guess', written: '5 min', why: 'Nobody answers in no time; 5 min stands for it.', left: text }
  }
  if (/^\W*$/.test(text) || /^(?:n\/?a|none|tbd|todo|-|—)$/i.test(text)) return { kind: 'none', why: 'It says no time.' }
  const reading = parseDuration(text.replaceAll(/[<≤~]|\bwithin\b|\bunder\b/gi, '').trim())
  return { kind: 'none', why: reading.kind === 'unclear' ? reading.message : `"${text}" is not a duration.` }
}

/** "Response (min)", "Ack in minutes": what a bare number in that column counts. */
export function unitOfHeader(header: string): string | null {
  const unit = /\(\s*(?:in )?([a-z]+)\.?\s*\)|\bin (minutes|hours|days|seconds)\b/i.exec(header)
  const word = (unit?.[1] ?? unit?.[2] ?? '').toLowerCase()
  return parseDuration(`1 ${word}`).kind === 'duration' && word !== '' ? word : null
}
