/** Ways in for people: forms and mail addresses by which customers and strangers report something, as the playbook names them. */
import type { Playbook } from './playbook.ts'

/** `ticket`: something does not work. `security`: something is not safe, and what is written is nobody's business but the responders'. */
export type ReportKind = 'ticket' | 'security'

export interface ReportWay {
  readonly kind: ReportKind
  /** Of the signal that a report becomes; an incident type detects it. */
  readonly alarm: string
  /** True: the form of its kind is open on the public listener. */
  readonly form: boolean
  /** Addresses in lower case. */
  readonly mail: readonly string[]
}

export const REPORT_ALARMS: Readonly<Record<ReportKind, string>> = { ticket: 'CustomerTicket', security: 'SecurityReport' }

export function findReportByAddress(playbook: Playbook, address: string): ReportWay | undefined {
  return playbook.reports?.find(({ mail }) => mail.includes(address))
}

/** Undefined where the playbook keeps that form closed. */
export function findReportForm(playbook: Playbook, kind: ReportKind): ReportWay | undefined {
  return playbook.reports?.find((way) => way.kind === kind && way.form)
}
