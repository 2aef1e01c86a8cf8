/**
 * The console as a channel: the page is in the feed of everybody who has it open, because the incident's events are.
 * Nothing is sent anywhere, so it never fails; that a browser showed it is told later, by the browser.
 */
import type { Channel, Delivery } from '../../integration.ts'

export const CONSOLE_EVIDENCE = 'Listed in the console; nobody has seen it yet.'
const LISTED: Delivery = { kind: 'delivered', externalId: null, evidence: CONSOLE_EVIDENCE }

export const consoleChannel: Channel = {
  kind: 'console',
  title: 'Console',
  evidence: 'Listed means that an open console shows it. Seen means that the person acted on it there.',
  timeoutMs: 1_000,
  send: () => Promise.resolve(LISTED),
  check: () => Promise.resolve({ ok: true, detail: 'The console is part of this server; it reaches only people who have it open.' }),
}
