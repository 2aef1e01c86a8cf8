/** How often an audience is told: "Real-time", "SEV-1 hourly", "SEV-1/2 30-min cadence", "every 30 min for P1, daily for P3". */
import { normalizeName } from '../text.ts'
import { readDurationPhrase } from './phrase-duration.ts'
import { readSeverityPhrase } from './phrase-severity.ts'

export interface FrequencyPhrase {
  /** Empty: all of them. */
  readonly severities: readonly string[]
  /** As the file writes it. */
  readonly frequency: string
  /** What it was taken for, where the words can be read in several ways. */
  readonly why: string
}

export type FrequencyReading =
  | { readonly kind: 'frequencies'; readonly rows: readonly FrequencyPhrase[] }
  | { readonly kind: 'none'; readonly why: string }

const REAL_TIME =
  /\breal ?-?time\b|\b(?:immediate(?:ly)?|instant(?:ly)?|continuous(?:ly)?|live|as it happens|(?:on )?every change|on change|ongoing)\b/i
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:hourly|(?:every|once an|once per|per|each) hour)\b/i, 'hourly'],
  [/\b(?:daily|(?:every|once a|once per|per|each) day)\b/i, 'daily'],
  [/\b(?:weekly|(?:every|once a|once per|per|each) week)\b/i, 'weekly'],
]
const FILLER =
  /\b(?:every|each|cadence|updates?|update|interval|intervals|at|a|an|the|for|on|during|while|in|incidents?|until resolved|until resolution|and|only|then|of|per|frequency|minimum|min\.)\b|[.,;:()/+&–—-]/gi

/** @param ids of the matrix, most severe first */
export function readFrequency(text: string, ids: readonly string[]): FrequencyReading {
  const whole = normalizeName(text)
  const parts = whole.split(/[,;\n]|\s\/\s/).map((part) => part.trim())
  if (parts.length > 1) {
    const rows = parts.map((part) => readOne(part, ids))
    if (rows.every((row) => row !== null && row.severities.length > 0)) return { kind: 'frequencies', rows: rows as FrequencyPhrase[] }
  }
  const one = readOne(whole, ids)
  if (one !== null) return { kind: 'frequencies', rows: [one] }
  return { kind: 'none', why: 'It is no rhythm that can be watched: "real-time", "hourly", "daily", "weekly", or a duration.' }
}

function readOne(text: string, ids: readonly string[]): FrequencyPhrase | null {
  const { ids: severities, rest: said } = readSeverityPhrase(text, ids)
  // "Within 15 min and then hourly": the rhythm is what comes then.
  const rest = said.replace(/\bwithin\b[^,;]*?\b(?:and )?(?:then|after(?:wards)?)\b/i, ' ')
  const found = findRhythm(rest)
  if (found === null) return null
  if (rest !== said)
    return { severities, frequency: found.frequency, why: `It was read as "${found.frequency}"; when the first one is due is not run.` }
  const left = rest.replace(found.words, ' ').replaceAll(FILLER, ' ').trim()
  return { severities, frequency: found.frequency, why: left === '' ? found.why : `It was read as "${found.frequency}".` }
}

function findRhythm(text: string): { readonly frequency: string; readonly words: string | RegExp; readonly why: string } | null {
  for (const [pattern, frequency] of WORDS) if (pattern.test(text)) return { frequency, words: pattern, why: '' }
  const duration = readDurationPhrase(text)
  if (duration.kind !== 'none' && !REAL_TIME.test(text)) {
    // "30-min" stands in the text as it is written; a spelled-out one ("half an hour") is taken as a whole.
    const words = text.includes(duration.written) ? duration.written : text
    return { frequency: duration.written, words, why: duration.kind === 'guess' && /\d\s?(?:-|–|to)\s?\d/.test(text) ? duration.why : '' }
  }
  return REAL_TIME.test(text) ? { frequency: 'real-time', words: REAL_TIME, why: '' } : null
}
