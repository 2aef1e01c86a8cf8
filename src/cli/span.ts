/** Times and spans as people type them on the command line. */
import { readMoment } from '../core/oncall/moment.ts'
import { parseDuration } from '../core/playbook/duration.ts'
import { SECOND_MS, toRfc3339 } from '../core/time.ts'
import { type CliContext, UsageError } from './context.ts'

/** RFC 3339 in UTC. A time without an offset is in the reader's zone. @throws {UsageError} */
export function readTime(option: string, text: string): string {
  const instant = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (Number.isNaN(instant.getTime())) throw new UsageError(`${option}: expected a time such as 2026-12-24T18:00 or 2026-12-24T17:00:00Z`)
  return instant.toISOString()
}

/** The same with a zone after it where one is named; of two readings the one that hand-overs are at, which is told. @throws {UsageError} */
export function readMomentOption(option: string, text: string, { zone, warn }: Pick<CliContext, 'zone' | 'warn'>): string {
  const moment = readMoment(text, zone)
  const [instant] = moment?.instants ?? []
  if (moment === null || instant === undefined)
    throw new UsageError(`${option}: expected a time such as "2026-12-24T18:00 Europe/Berlin", 2026-12-24T18:00 or 2026-12-24T17:00:00Z`)
  if (moment.told !== null) warn(`${option}: ${moment.told}`)
  return toRfc3339(instant)
}

/** Whole seconds of `2 h`, `90 min`. @throws {UsageError} */
export function readSpan(option: string, text: string): number {
  const reading = parseDuration(text)
  if (reading.kind !== 'duration' || reading.ms < SECOND_MS)
    throw new UsageError(`${option}: expected a duration such as "2 h" or "90 min"`)
  return Math.round(reading.ms / SECOND_MS)
}

export interface SpanOptions {
  readonly for?: string
  readonly until?: string
}

/** The end of it, as the API takes it. @throws {UsageError} unless one of both is given */
export function readEnd(options: SpanOptions): { readonly duration_seconds: number } | { readonly ends_at: string } {
  if ((options.for === undefined) === (options.until === undefined)) throw new UsageError('give --for or --until')
  return options.for === undefined
    ? { ends_at: readTime('--until', options.until ?? '') }
    : { duration_seconds: readSpan('--for', options.for) }
}
