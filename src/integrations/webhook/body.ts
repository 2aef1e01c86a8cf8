/** The JSON that a webhook gets; documented in README.md beside this file, fields are only ever added. */
import { linesOf, oneLine, subjectOf, textOf, TITLE_CHARS_MAX } from '../../core/page/message.ts'
import { toRfc3339 } from '../../core/time.ts'
import type { PageMessage } from '../../integration.ts'

export function bodyOf(message: PageMessage): string {
  const { incident } = message
  const lines = linesOf(message)
  return JSON.stringify({
    type: `incident.${message.purpose}`,
    reference: message.reference,
    repeat: message.repeat,
    subject: subjectOf(message),
    text: textOf(message),
    incident: {
      id: incident.id,
      number: incident.number,
      title: lines.headline,
      severity: incident.severity.toWellFormed(),
      summary: lines.facts.find((fact) => fact.label === 'What is known')?.text ?? '',
      first_step: lines.facts.find((fact) => fact.label === 'First step')?.text ?? '',
      opened_at: toRfc3339(incident.openedAt),
      url: message.incidentUrl,
    },
    person: { name: message.person.name },
    roles: message.roles,
    others: (message.others ?? []).map(({ number, severity, title }) => ({
      number,
      severity: severity.toWellFormed(),
      title: oneLine(title, TITLE_CHARS_MAX),
    })),
    acknowledge_url: message.purpose === 'page' ? message.acknowledgeUrl : null,
    escalates_at: message.escalatesAt === null ? null : toRfc3339(message.escalatesAt),
  })
}
