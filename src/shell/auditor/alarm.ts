/** The signal by which the auditor raises an incident of its own, always the same alert, and clears it. */
import type { Signal } from '../../core/alert/signal.ts'
import type { Finding } from './findings.ts'

export const AUDITOR_DEDUP_KEY = 'tocsin-auditor'
export const AUDITOR_ALARM = 'TocsinAuditor'
/** Incidents named in the text; the rest is counted. */
const NAMED_MAX = 10

export function alarmOf(findings: readonly Finding[]): Signal {
  const incidents = new Set(findings.map((finding) => finding.incidentId)).size
  const status = findings.length > 0 ? 'firing' : 'resolved'
  const title = status === 'firing' ? `Tocsin: ${incidents} incident(s) with a step that is late` : 'Tocsin: every step is on time again'
  const named = findings.slice(0, NAMED_MAX).map(({ number, kind, detail }) => `${number === 0 ? '' : `#${number}: `}${detail} (${kind})`)
  const rest = findings.length > NAMED_MAX ? [`and ${findings.length - NAMED_MAX} more`] : []
  return {
    alarm: AUDITOR_ALARM,
    status,
    title,
    summary: findings.length > 0 ? [...named, ...rest].join('\n') : null,
    dedupKey: AUDITOR_DEDUP_KEY,
    severityHint: 'critical',
    value: findings.length,
    labels: { alertname: AUDITOR_ALARM, part: 'auditor' },
    links: [],
    startsAt: null,
    endsAt: null,
  }
}
