/** The HTML dress of a page: one column, no images, no script, readable in the dark and without its styles. */
import { linesOf } from '../../core/page/message.ts'
import type { PageMessage } from '../../integration.ts'

export function htmlOf(message: PageMessage): string {
  const { headline, facts, closing } = linesOf(message)
  const rows = facts.map(
    ({ label, text }) =>
      `<tr><td style="padding:4px 16px 4px 0;color:#6b7280;vertical-align:top;white-space:nowrap">${escapeHtml(label)}</td>` +
      `<td style="padding:4px 0;white-space:pre-wrap">${escapeHtml(text)}</td></tr>`,
  )
  const answer = message.purpose === 'page' ? button(message.acknowledgeUrl, 'Acknowledge') : ''
  const link = message.incidentUrl === '' ? '' : `<p><a href="${escapeHtml(message.incidentUrl)}">Open the incident</a></p>`
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark"></head>',
    '<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif"><div style="max-width:560px;margin:0 auto">',
    `<h1 style="font-size:20px;margin:0 0 16px">${escapeHtml(headline)}</h1>`,
    answer,
    `<table role="presentation" style="border-collapse:collapse">${rows.join('')}</table>`,
    ...closing.map((line) => `<p>${escapeHtml(line)}</p>`),
    link,
    '</div></body></html>',
  ].join('\n')
}

/** A link that looks like a button; it opens a page that asks once more, so a scanner that follows it does nothing. */
function button(href: string, label: string): string {
  const style =
    'display:inline-block;padding:12px 24px;border-radius:8px;background:#b91c1c;color:#ffffff;text-decoration:none;font-weight:600'
  return `<p style="margin:0 0 16px"><a href="${escapeHtml(href)}" style="${style}">${label}</a></p>`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => ENTITIES[character] ?? '')
}
