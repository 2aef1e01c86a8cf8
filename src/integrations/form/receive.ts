/** A filled-in form as a signal. The page has read and bounded it; what is kept is the report itself. */
import { toLabels, toSignal } from '../../core/alert/build.ts'
import { isObject, parseJson } from '../../core/alert/json.ts'
import { FORMS, type Report } from '../../core/form/report-form.ts'
import type { InboundMessage, Received } from '../../integration.ts'

const TAKEN = { status: 200, body: '' }

export function receiveForm(message: InboundMessage): Received {
  const json = parseJson(message.body)
  if (json.kind === 'fault' || !isObject(json.value)) {
    const reason = 'the report cannot be read any more'
    return { kind: 'refused', reason, page: true, title: `A report by form came that cannot be shown: ${reason}`, reply: TAKEN }
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the page of this very server
  const report = json.value as unknown as Report
  const signal = toSignal({
    alarm: report.alarm,
    status: 'firing',
    title: `${report.reference}: ${report.what}`,
    summary: summaryOf(report),
    // Each report is an alert of its own; the playbook says which of them share an incident.
    dedupKey: `report/${report.reference}`,
    severityHint: report.extent === '' ? null : report.extent,
    labels: toLabels({
      report: report.kind,
      reference: report.reference,
      ...(report.service === '' ? {} : { service: report.service }),
      extent: report.extent,
    }),
  })
  return { kind: 'signals', signals: [signal], changes: [], reply: TAKEN, messageId: report.reference, messageIdAlone: true }
}

/** The reporter's words, under the questions that were asked. */
function summaryOf(report: Report): string {
  return FORMS[report.kind].fields
    .filter(({ name }) => name !== 'what' && report[name] !== '')
    .map(({ name, label, choices }) => `${label}\n${choices.find(({ value }) => value === report[name])?.label ?? report[name]}`)
    .join('\n\n')
}
