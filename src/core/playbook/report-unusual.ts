/** Durations that are read and yet written as machines write them: people who read the file at 03:00 should not have to think. */
import { formatDuration, isUnusual } from './duration.ts'
import type { Path, Report } from './finding.ts'

export function reportUnusual(text: string, ms: number, path: Path, report: Report): void {
  if (!isUnusual(text)) return
  const written = formatDuration(ms)
  const message = `"${text}" is read as ${written}.`
  report({ code: 'unusual-duration', severity: 'warning', path, message, fix: `Write "${written}".`, replacement: written })
}
