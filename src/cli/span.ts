/** Times and spans as people type them on the command line. */
import { parseDuration } from '../core/playbook/duration.ts'
import { SECOND_MS } from '../core/time.ts'
import { UsageError } from './context.ts'

/** RFC 3339 in UTC. A time without an offset is in the reader's zone. @throws {UsageError} */
export function readTime(option: string, text: string): string {
  const instant = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (Number.isNaN(instant.getTime())) throw new UsageError(`${option}: expected a time such as 2026-12-24T18:00 or 2026-12-24T17:00:00Z`)
  return instant.toISOString()
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
