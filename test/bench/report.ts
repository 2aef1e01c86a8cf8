/** What the bench measured, as a table for people and as JSON for comparison. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../support/server.ts'

export interface Line {
  readonly what: string
  readonly measured: string
  /** The peer's figure in the same run, or empty. */
  readonly peer: string
  readonly budget: string
  /** Null: there is no budget for it, or it could not be measured (then `measured` says why). */
  readonly met: boolean | null
  readonly figures: Readonly<Record<string, number | string>>
}

export function printTable(lines: readonly Line[]): void {
  const rows = [
    ['what', 'measured', 'peer', 'budget', ''],
    ...lines.map((line) => [line.what, line.measured, line.peer, line.budget, mark(line.met)]),
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

export function writeResults(lines: readonly Line[], options: { full: boolean; short: boolean; startedAt: Date }): string {
  const folder = join(ROOT, 'bench-results')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'latest.json')
  const machine = { cpus: cpus().length, model: cpus()[0]?.model ?? '', memoryBytes: totalmem(), kernel: release(), node: process.version }
  writeFileSync(file, `${JSON.stringify({ at: options.startedAt.toISOString(), ...options, machine, lines }, null, 2)}\n`)
  return file
}

function mark(met: boolean | null): string {
  if (met === null) return ''
  return met ? 'met' : 'NOT MET'
}
