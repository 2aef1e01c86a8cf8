/** What the server is asked about a signal, from what the address and the fields hold. Pure. */
import type { ExplainBody } from '../../../src/api/schema.ts'
import { fromWall, isZone } from '../../lib/wall-time.ts'
import type { ExplainSearch } from './search.ts'

/** Null while too little is given to ask. @param body what was pasted @param zone the reader's, where none is chosen */
export function toQuestion(search: ExplainSearch, { body, zone }: { readonly body: string; readonly zone: string }): ExplainBody | null {
  const instant = search.at === undefined ? null : fromWall(search.at, isZone(search.zone ?? '') ? (search.zone ?? zone) : zone)
  const when = {
    ...(instant === null ? {} : { at: new Date(instant).toISOString() }),
    ...(search.source === undefined ? {} : { source: search.source }),
  }
  if (search.by === 'signal') return search.signal === undefined ? null : { ...when, signal_id: search.signal }
  if (search.by === 'body') return search.door === undefined || body.trim() === '' ? null : { ...when, door: search.door, body }
  const alarm = search.alarm?.trim() ?? ''
  const title = search.title?.trim() ?? ''
  if (alarm === '' && title === '') return null
  return {
    ...when,
    signal: {
      alarm: alarm === '' ? null : alarm,
      title: title === '' ? null : title,
      summary: null,
      status: search.status ?? 'firing',
      value: readNumber(search.value),
      severity_hint: search.hint?.trim() || null,
      dedup_key: null,
      labels: readLabels(search.labels ?? ''),
    },
  }
}

/** A comma is how half of the world writes a decimal point. */
export function readNumber(text: string | undefined): number | null {
  if (text === undefined || text.trim() === '') return null
  const number = Number(text.trim().replace(',', '.'))
  return Number.isFinite(number) ? number : null
}

/** One `name=value` a line or between commas; lines without a sign of equality say nothing. */
export function readLabels(text: string): Record<string, string> {
  const pairs = text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line.indexOf('=') > 0)
  return Object.fromEntries(
    pairs.map((line) => [
      line.slice(0, line.indexOf('=')).trim(),
      line
        .slice(line.indexOf('=') + 1)
        .trim()
        .replace(/^"(.*)"$/, '$1'),
    ]),
  )
}
