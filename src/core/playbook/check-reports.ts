/** Checks of the ways by which people outside report something: that somebody hears of it, and not everybody. */
import type { Report } from './finding.ts'
import type { Playbook } from './playbook.ts'

export function checkReports({ reports = [], incidentTypes }: Playbook, report: Report): void {
  const seen = new Map<string, number>()
  for (const [index, { kind, alarm, mail }] of reports.entries()) {
    const type = incidentTypes.find(({ detection }) => detection.some((rule) => rule.alarm === alarm))
    const path = ['reports', index]
    if (type === undefined) {
      const message = `No incident type detects "${alarm}": such reports go to triage, where everybody reads them.`
      const fix = `Add a type with detection: [{ alarm: ${alarm} }]${kind === 'security' ? ' and private: true' : ''}.`
      report({ code: 'report-undetected', severity: 'warning', path, message, fix })
    } else if (kind === 'security' && type.private !== true) {
      const message = `"${type.title}", which security reports open, is shown to everybody.`
      report({ code: 'report-public', severity: 'warning', path, message, fix: `Add private: true to "${type.title}".` })
    }
    for (const [place, address] of mail.entries()) {
      const at = [...path, 'mail', ...(mail.length === 1 ? [] : [place])]
      if (!/^[^\s@]+@[^\s@]+$/.test(address)) {
        report({ code: 'bad-email', severity: 'error', path: at, message: `"${address}" is not an e-mail address.`, fix: '' })
      } else if (seen.has(address)) {
        const message = `Mails to ${address} are reports already.`
        report({ code: 'duplicate-id', severity: 'error', path: at, message, fix: 'Keep one of the two.' })
      }
      seen.set(address, index)
    }
  }
}
