/** What of a row's words can be measured: ">25 % users impacted", "API 5xx > 50 % for 10 min", "p95 latency > 4 s". */
import { parseImpactThreshold } from '../impact-threshold.ts'
import { normalizeName } from '../text.ts'

export type ThresholdsFile = Record<string, string>

const SIGN = '(>=|<=|>|<|≥|≤|more than|over|above|at least|less than|under|below|up to)'
const WORDS: Readonly<Record<string, string>> = {
  'more than': '>',
  over: '>',
  above: '>',
  'at least': '>=',
  'less than': '<',
  under: '<',
  below: '<',
  'up to': '<=',
  '≥': '>=',
  '≤': '<=',
}
const HELD = '(?: for (?:at least |more than )?(\\d+ ?(?:s|sec|seconds|min|minutes|h|hours?)))?'
const PEOPLE = '(?:users?|customers?|clients|accounts|sessions|visitors)'
const USERS = new RegExp(`${SIGN} ?(\\d+(?:\\.\\d+)?) ?% (?:of )?(?:all |our |the |active |affected )?${PEOPLE}`, 'i')
const USERS_RANGE = new RegExp(
  `(\\d+(?:\\.\\d+)?) ?%? ?(?:-|–|to) ?(\\d+(?:\\.\\d+)?) ?% (?:of )?(?:all |our |the |active )?${PEOPLE}`,
  'i',
)
const ERRORS = new RegExp(
  `\\b(?:5xx|errors?|error rate|failures?|failure rate|failed requests)\\b[^.;,<>≥≤%]{0,20}?${SIGN} ?(\\d+(?:\\.\\d+)?) ?%${HELD}`,
  'i',
)
const LATENCY = new RegExp(`\\bp(50|95|99)\\b[^.;,<>≥≤%]{0,20}?${SIGN} ?(\\d+(?:\\.\\d+)?) ?(ms|s|sec|seconds|milliseconds)\\b${HELD}`, 'i')

/** By measure; empty where the words name none. */
export function guessThresholds(words: string): ThresholdsFile {
  const text = normalizeName(words)
  const found: ThresholdsFile = {}
  const range = USERS_RANGE.exec(text)
  const users = USERS.exec(text)
  if (range !== null) found['users_affected'] = `> ${range[1]} % and <= ${range[2]} %`
  else if (users !== null) found['users_affected'] = `${signOf(users[1])} ${users[2]} %`
  const errors = ERRORS.exec(text)
  if (errors !== null) found['error_rate'] = `${signOf(errors[1])} ${errors[2]} %${heldFor(errors[3])}`
  const latency = LATENCY.exec(text)
  if (latency !== null) found[`latency_p${latency[1]}`] = `${signOf(latency[2])} ${latency[3]} ${unitOf(latency[4])}${heldFor(latency[5])}`
  return Object.fromEntries(Object.entries(found).filter(([, threshold]) => parseImpactThreshold(threshold).kind === 'threshold'))
}

function signOf(word: string | undefined): string {
  const sign = (word ?? '>').toLowerCase()
  return WORDS[sign] ?? sign
}

function unitOf(unit: string | undefined): string {
  return unit?.toLowerCase().startsWith('m') === true ? 'ms' : 's'
}

function heldFor(duration: string | undefined): string {
  return duration === undefined ? '' : ` for ${duration}`
}

/**
 * "< 25 %" is some and not none; and where the row above begins at "> 25 %", the quarter itself is on neither side of the
 * signs: it is counted in the lower row.
 */
export function closeGaps(rows: readonly ThresholdsFile[]): ThresholdsFile[] {
  return rows.map((row, index) =>
    Object.fromEntries(
      Object.entries(row).map(([measure, threshold]) => {
        const below = /^(<=?) (\d+(?:\.\d+)? (?:%|ms|s))$/.exec(threshold)
        if (below === null) return [measure, threshold]
        const bound = below[2] ?? ''
        const meets = rows.slice(0, index).some((above) => above[measure]?.startsWith(`> ${bound}`) === true)
        const unit = bound.split(' ')[1] ?? ''
        return [measure, `> 0 ${unit} and ${meets ? '<=' : (below[1] ?? '<')} ${bound}`]
      }),
    ),
  )
}
