/** Rules of the playbook in words. Pure. */
import type { IncidentTypeRow, SeverityRow } from '../../../src/api/schema.ts'
import { formatLimit } from '../../lib/duration.ts'

/** Steps without a wait between them are paged together: `on call, 2 min → next and on call, 2 min`. */
export function escalationText(steps: SeverityRow['escalation']['steps']): string {
  const parts = steps.map((step, place) => {
    const who = step.page.replaceAll('-', ' ')
    if (step.wait_seconds === 0) return `${who} and `
    return `${who}, ${formatLimit(step.wait_seconds * 1_000)}${place === steps.length - 1 ? '' : ' → '}`
  })
  return parts.join('')
}

/** `drift_psi > 0.2 from sentry when …`. */
export function detectionText(rule: IncidentTypeRow['detection'][number]): string {
  return [
    rule.alarm ?? 'any alarm',
    ...(rule.threshold === null ? [] : [rule.threshold]),
    ...(rule.sources.length > 0 ? [`from ${rule.sources.join(', ')}`] : []),
  ].join(' ')
}

/** `DevSecOps, CTO`, with what is special about it. */
export function pagedText(row: SeverityRow): string {
  if (row.roles.length === 0) {
    return `nobody: it waits in the queue${row.notify.length === 0 ? '' : `, then ${row.notify.join(', ')} are told`}`
  }
  return `${row.roles.join(', ')}${row.acknowledgement === 'any' && row.roles.length > 1 ? ' (any one is enough)' : ''}`
}

export function everyText(everySeconds: number | null): string {
  return everySeconds === null ? 'in real time' : `every ${formatLimit(everySeconds * 1_000)}`
}

/** `all`, or which. */
export function severitiesText(severities: readonly string[], all: number): string {
  return severities.length === all ? 'all' : severities.join(', ')
}
