/** What may be muted, and what inhibits what, from the file. */
import { parseMatcher, type Matcher } from '../silence/matcher.ts'
import type { InhibitionRule } from '../silence/inhibition.ts'
import type { MutingRule } from '../silence/muting.ts'
import { DAY_MS, MINUTE_MS } from '../time.ts'
import type { Path, Report } from './finding.ts'
import type { PlaybookFile } from './schema.ts'
import { normalizeName } from './text.ts'

const DEFAULT_MAX_MS = DAY_MS
const DEFAULT_NOTICE_MS = 15 * MINUTE_MS

type ReadDuration = (text: string, path: Path, report: Report) => number

/** Where nothing is said, the most severe row needs a reason, and is muted for a day at most. */
export function buildMuting(file: PlaybookFile, readDuration: ReadDuration, report: Report): MutingRule {
  const { muting, severities } = file
  const first = severities[0]
  return {
    reasonRequired: muting?.reason_required?.map(normalizeName) ?? (first === undefined ? [] : [normalizeName(first.id)]),
    maxMs: muting?.max === undefined ? DEFAULT_MAX_MS : readDuration(muting.max, ['muting', 'max'], report),
    never: (muting?.never ?? []).map(normalizeName),
    noticeBeforeMs:
      muting?.notice_before === undefined ? DEFAULT_NOTICE_MS : readDuration(muting.notice_before, ['muting', 'notice_before'], report),
  }
}

export function buildInhibition(file: PlaybookFile, report: Report): readonly InhibitionRule[] {
  return (file.inhibition ?? []).map((rule, index) => {
    const path = ['inhibition', index]
    return {
      name: rule.name ?? `inhibition ${index + 1}`,
      source: readMatchers(rule.source_matchers, [...path, 'source_matchers'], report),
      target: readMatchers(rule.target_matchers, [...path, 'target_matchers'], report),
      equal: rule.equal ?? [],
    }
  })
}

function readMatchers(texts: readonly string[], path: Path, report: Report): readonly Matcher[] {
  return texts.flatMap((text, index) => {
    const matcher = parseMatcher(text)
    if (typeof matcher !== 'string') return [matcher]
    const message = `${matcher.charAt(0).toUpperCase()}${matcher.slice(1)}.`
    report({ code: 'bad-matcher', severity: 'error', path: [...path, index], message, fix: 'Write it as name="value".' })
    return []
  })
}
