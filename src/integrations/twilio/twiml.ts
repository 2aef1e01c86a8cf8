/** Answers to Twilio in its markup: https://www.twilio.com/docs/voice/twiml (read 2026-11-24). All text is hostile and escaped. */
import type { Reply } from '../../integration.ts'

export type Verb = string

export function twiml(...verbs: readonly Verb[]): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'text/xml; charset=utf-8' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs.join('')}</Response>`,
  }
}

export function writeBack(text: string): Reply {
  return text === '' ? twiml() : twiml(`<Message>${escapeXml(text)}</Message>`)
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** Also without what XML 1.0 has no place for. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ' ')
    .replaceAll(/[&<>"']/gu, (character) => ENTITIES[character] ?? '')
}
