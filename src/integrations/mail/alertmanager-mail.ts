/**
 * The mail of Alertmanager's own notifier: one mail a group, a section for what fires and one for what has ended, an alert a
 * block of labels and annotations. Read so that an alert is the same one as by the webhook of labels.
 * Source: captured from Debian's Alertmanager 0.25.0, `fixtures/alertmanager-0.25-firing.eml`.
 */
import { toLabels, toLinks, toSignal } from '../../core/alert/build.ts'
import type { Signal, SignalStatus } from '../../core/alert/signal.ts'
import type { ReadMail } from '../../core/mail/mail.ts'

const SUBJECT = /^\[(?:FIRING|RESOLVED)(?::\d{1,6})?\]/
const SECTION = /^\[\d{1,6}\] (Firing|Resolved)$/
const PAIR = /^([a-zA-Z_][a-zA-Z0-9_]{0,255}) = (.*)$/
const ALERTS_MAX = 500

interface Block {
  readonly status: SignalStatus
  readonly labels: Record<string, string>
  readonly annotations: Record<string, string>
}

/** @returns null where it is no such mail, or none of its alerts can be told apart: then it is read as any mail */
export function readAlertmanagerMail(mail: ReadMail): Signal[] | null {
  if (!SUBJECT.test(mail.subject)) return null
  const blocks = readBlocks(mail.text.split('\n'))
  if (blocks.length === 0 || blocks.some((block) => Object.keys(block.labels).length === 0)) return null
  const links = mail.links.filter((link) => !/^source$/i.test(link.text))
  return blocks.map(({ status, labels, annotations }) =>
    toSignal({
      alarm: labels['alertname'] ?? null,
      status,
      title: annotations['summary'] ?? annotations['title'] ?? labels['alertname'] ?? mail.subject,
      summary: annotations['description'] ?? annotations['message'] ?? null,
      severityHint: labels['severity'] ?? null,
      value: toValue(annotations['value']),
      labels: toLabels(labels),
      links: toLinks([[annotations['runbook_url'], 'Runbook'] as const, ...links.map((link) => [link.href, link.text] as const)]),
    }),
  )
}

function readBlocks(lines: readonly string[]): Block[] {
  const blocks: Block[] = []
  let status: SignalStatus = 'firing'
  let into: 'labels' | 'annotations' | null = null
  for (const line of lines) {
    const section = SECTION.exec(line)
    if (section !== null) status = section[1] === 'Resolved' ? 'resolved' : 'firing'
    if (section !== null || line === 'Source') into = null
    else if (line === 'Labels') {
      if (blocks.length === ALERTS_MAX) break
      blocks.push({ status, labels: {}, annotations: {} })
      into = 'labels'
    } else if (line === 'Annotations') into = into === null ? null : 'annotations'
    const pair = into === null ? null : PAIR.exec(line)
    const block = blocks.at(-1)
    if (pair !== null && into !== null && block !== undefined && pair[1] !== '__proto__') block[into][pair[1] ?? ''] = pair[2] ?? ''
  }
  return blocks
}

function toValue(text: string | undefined): number | null {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : null
}
