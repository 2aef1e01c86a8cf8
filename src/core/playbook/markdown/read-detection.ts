/** Detection signals as people write them: "`API5xxAlarm` SEV-1", "`drift_psi` > 0.2", "Sentry SEV-1", "`A` or `B` from Grafana". */
import type { PlaybookFile } from '../schema.ts'
import { normalizeName } from '../text.ts'
import { parseThreshold } from '../threshold.ts'
import { readSeverityPhrase } from './phrase-severity.ts'

export type DetectionFile = NonNullable<PlaybookFile['incident_types'][number]['detection']>[number]

export interface DetectionReading {
  readonly rules: readonly DetectionFile[]
  /** Named in the cell: what the incident gets. */
  readonly severity: string | null
  /** What was read in a way that it need not be. */
  readonly guesses: readonly string[]
  /** Why a part of the cell cannot be run; empty: all of it can. */
  readonly problems: readonly string[]
}

/** Kinds of source by the words that documents use for them. */
const SOURCES: readonly (readonly [RegExp, string, string])[] = [
  [/\bsentry\b/i, 'sentry', 'Sentry'],
  [/\bprometheus\b/i, 'prometheus', 'Prometheus'],
  [/\balert ?manager\b/i, 'alertmanager', 'Alertmanager'],
  [/\bgrafana\b/i, 'grafana', 'Grafana'],
  [/\bdata ?dog\b/i, 'datadog', 'Datadog'],
  [/\b(?:cloud ?watch|sns)\b/i, 'sns', 'CloudWatch'],
  [/\bevent ?bridge\b/i, 'eventbridge', 'EventBridge'],
  [/\bpager ?duty\b/i, 'pagerduty', 'PagerDuty'],
  [/\bopsgenie\b/i, 'opsgenie', 'Opsgenie'],
  [/\bzen ?desk\b/i, 'zendesk', 'Zendesk'],
  [/\bjira\b/i, 'jira', 'Jira'],
  [/\bgit ?hub\b/i, 'github', 'GitHub'],
]

export function titleOfSource(kind: string): string {
  return SOURCES.find(([, id]) => id === kind)?.[2] ?? kind
}

/** What sources call their worst, by the place of the row in the matrix. */
const HINTS: readonly (readonly string[])[] = [
  ['fatal', 'critical'],
  ['error', 'high'],
  ['warning', 'medium'],
  ['info', 'low'],
]

/** The condition that stands for "Sentry SEV-1": what the source itself calls so. @param ids most severe first */
export function hintCondition(severity: string, ids: readonly string[]): string {
  const name = normalizeName(severity).toLowerCase()
  const number = /(\d+)$/.exec(name)?.[1]
  const words = [
    ...(HINTS[ids.indexOf(severity)] ?? []),
    name,
    name.replaceAll(/[\s-]/g, ''),
    ...(number === undefined ? [] : [`p${number}`]),
  ]
  const list = [...new Set(words)].map((word) => JSON.stringify(word)).join(', ')
  return `has(signal.severity_hint) && signal.severity_hint.lowerAscii() in [${list}]`
}

const CODE = /\ue000([^\ue001]*)\ue001/g
const COMPARISON = /(>=|<=|>|<|≥|≤)\s?[-+]?\d+(?:[.,]\d+)*(?:e[-+]?\d{1,3})?(?:\s?%)?/i
/** `HighErrorRate`, `db_cpu_high`, `API-5xx-Alarm`: what no sentence holds. */
const NAME_OF_ALARM =
  /^(?:[A-Za-z0-9]+(?:[_][A-Za-z0-9]+)+|(?:[A-Z]+[a-z0-9]+){2,}[A-Z0-9]*|[A-Z]{2,}\d*[a-z]+(?:[A-Z][A-Za-z0-9]*)*|[a-z]+(?:[A-Z][a-z0-9]+)+|[A-Za-z]+\d+[A-Za-z]+)$/
const FILLER =
  /\b(?:alarms?|alerts?|alert rule|fires?|firing|triggers?|triggered|from|in|on|by|the|a|an|when|or|and|monitor|reports?|events?|issues?|errors?|metric|signal|shows?|is|goes|rule|threshold|above|below)\b|[.,;:()"'|+–—-]/gi

/** @param marked the cell, its code between U+E000 and U+E001; @param ids of the matrix, most severe first */
export function readDetection(marked: string, ids: readonly string[]): DetectionReading {
  const rules: DetectionFile[] = []
  const guesses: string[] = []
  const problems: string[] = []
  let severity: string | null = null
  for (const part of splitAlternatives(marked)) {
    const read = readPart(part, ids)
    severity ??= read.severity
    rules.push(...read.rules.filter((rule) => !rules.some((other) => JSON.stringify(other) === JSON.stringify(rule))))
    guesses.push(...read.guesses)
    problems.push(...read.problems)
  }
  return { rules, severity, guesses, problems }
}

/** By "or", semicolons and lines, and by commas between alarms; nothing is parted within code. */
function splitAlternatives(marked: string): string[] {
  const codes: string[] = []
  const hidden = marked.replaceAll(CODE, (code) => `\ue000${codes.push(code) - 1}\ue001`)
  return hidden
    .split(/\s+or\s+|[;\n•]|,\s*(?=\ue000)|(?<=\ue001)\s*(?:,|\/|\band\b)\s*(?=\ue000)/i)
    .map((part) => part.replaceAll(/\ue000(\d+)\ue001/g, (_, index: string) => codes[Number(index)] ?? '').trim())
    .filter((part) => /[\p{L}\p{N}]/u.test(part))
}

function readPart(part: string, ids: readonly string[]): DetectionReading {
  const codes = [...part.matchAll(CODE)].map((match) => match[1] ?? '')
  const words = part.replaceAll(CODE, ' ')
  const when = /\b(?:when|if|where)\s*\ue000([^\ue001]+)\ue001\s*$/i.exec(part)?.[1]
  const phrase = readSeverityPhrase(normalizeName(words), ids)
  const severity = phrase.ids[0] ?? null
  const sources = [...sourcesIn(phrase.rest), ...codesAfterFrom(part)]
  const bare = SOURCES.reduce((rest, [pattern]) => rest.replace(pattern, ' '), phrase.rest)
  const outer = COMPARISON.exec(bare)
  const names = codes.filter((code) => code !== when && !sources.includes(code))
  const sure = names.length > 0
  const found = sure ? names : namesIn(bare)
  const left = found.reduce((rest, name) => (sure ? rest : rest.replace(name, ' ')), outer === null ? bare : bare.replace(outer[0], ' '))
  const problems = /[\p{L}\p{N}]/u.test(left.replaceAll(FILLER, ' ')) ? [`"${readable(left)}" is no alarm, source or threshold.`] : []
  const fromSources = sources.length === 0 ? {} : { sources: sources.length === 1 ? (sources[0] ?? '') : sources }
  const base = { ...fromSources, ...(when === undefined ? {} : { when }) }
  if (found.length === 0) return withoutAlarm({ base, severity, ids, problems, outer: outer?.[0], part })
  const rules: DetectionFile[] = []
  for (const name of found) {
    const rule = readNamed(name, outer?.[0], problems)
    if (rule !== null) rules.push({ ...rule, ...base })
  }
  const guesses = sure ? [] : [`${found.join(', ')} is taken for the name of an alarm.`]
  return { rules, severity, guesses, problems }
}

/** In the order in which they are named. */
function sourcesIn(text: string): string[] {
  const found = SOURCES.map(([pattern, id]) => ({ id, at: text.search(pattern) })).filter(({ at }) => at !== -1)
  return found.sort((left, right) => left.at - right.at).map(({ id }) => id)
}

/** Kinds of source that nobody else knows stand as code: "`A` from `my-checks`". */
function codesAfterFrom(part: string): string[] {
  const list = /\bfrom\s((?:[\w ,/&+]*\ue000[\w-]+\ue001)+)(?:\s+(?:when|if|where)\s|\s*$)/i.exec(part)?.[1] ?? ''
  return [...list.matchAll(CODE)].map((match) => match[1] ?? '')
}

function readable(text: string): string {
  return text
    .replaceAll(/[\ue000\ue001]/g, '`')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** "`drift_psi > 0.2`" and "`drift_psi` > 0.2" are one. */
function readNamed(name: string, outer: string | undefined, problems: string[]): DetectionFile | null {
  const inner = /^([^<>≤≥]+?)\s*((?:>=|<=|>|<|≥|≤).+)$/.exec(name)
  const written = inner?.[2] ?? outer
  const alarm = normalizeName(inner?.[1] ?? name)
  if (alarm === '') return null
  if (written === undefined) return { alarm }
  const reading = parseThreshold(written)
  if (reading.kind === 'threshold') return { alarm, threshold: `${reading.threshold.comparison} ${reading.threshold.bound}` }
  problems.push(`${reading.message} ${reading.fix}`)
  return null
}

function namesIn(words: string): string[] {
  return words
    .split(/[\s,;()"']+/)
    .map((word) => word.replace(/[.:]+$/, ''))
    .filter((word) => NAME_OF_ALARM.test(word))
}

interface Unnamed {
  readonly base: Partial<DetectionFile>
  readonly severity: string | null
  readonly ids: readonly string[]
  readonly problems: readonly string[]
  readonly outer: string | undefined
  readonly part: string
}

/** "Sentry SEV-1": what that source itself calls so. A source alone would take every signal it sends: that is no rule. */
function withoutAlarm({ base, severity, ids, problems, outer, part }: Unnamed): DetectionReading {
  const said = { severity, guesses: [], rules: [] }
  if (base.when !== undefined && problems.length === 0) return { ...said, rules: [base], problems }
  if (base.sources !== undefined && severity !== null && problems.length === 0 && outer === undefined) {
    const guesses = [`"${readable(part)}" is read as: what the source itself calls ${severity}, by its own word for it.`]
    return { ...said, guesses, rules: [{ ...base, when: hintCondition(severity, ids) }], problems }
  }
  const why = problems.length > 0 ? problems : [`"${readable(part)}" names no alarm.`]
  return { ...said, problems: severity !== null && base.sources === undefined && problems.length === 0 && outer === undefined ? [] : why }
}
