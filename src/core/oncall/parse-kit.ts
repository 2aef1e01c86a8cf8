/** What the parsers of people and of schedules share. */
import type { FindingCode } from '../playbook/finding-code.ts'
import type { Path, Report } from '../playbook/finding.ts'
import { readZone } from './wall.ts'

export const DEFAULT_ZONE = 'UTC'

export function buildZone(zone: string | undefined, path: Path, report: Report): string {
  const found = zone === undefined ? DEFAULT_ZONE : readZone(zone)
  if (found === null) error(report, 'unknown-zone', path, `"${zone}" is not a time zone.`, 'Use an IANA name, such as "Europe/Berlin".')
  return found ?? DEFAULT_ZONE
}

export function error(report: Report, code: FindingCode, path: Path, message: string, fix: string): void {
  report({ code, severity: 'error', path, message, fix })
}

export function warn(report: Report, code: FindingCode, path: Path, message: string, fix: string): void {
  report({ code, severity: 'warning', path, message, fix })
}
