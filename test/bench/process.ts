/** What the system and /metrics tell of a running server. */
import { readFileSync } from 'node:fs'
import type { RunningServer } from '../support/server.ts'

/** The highest resident memory since its start, as Linux counts it. */
export function readPeakRssBytes(pid: number): number {
  return readStatusKib(pid, 'VmHWM') * 1_024
}

export function readRssBytes(pid: number): number {
  return readStatusKib(pid, 'VmRSS') * 1_024
}

function readStatusKib(pid: number, field: string): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'mu').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1] ?? Number.NaN)
}

/** The sum over all labels of that metric. @throws when it is not there: a bench must not take absence for zero. */
export async function readMetric(server: RunningServer, name: string): Promise<number> {
  const answer = await server.api('GET', '/metrics')
  const values = [...answer.text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([-+.eE0-9]+)`, 'gmu'))].map((match) => Number(match[1]))
  if (values.length === 0) throw new Error(`/metrics (${answer.status}) has no ${name}`)
  return values.reduce((sum, value) => sum + value, 0)
}
