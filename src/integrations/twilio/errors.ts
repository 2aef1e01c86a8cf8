/**
 * Twilio's codes of errors that matter to somebody who waits for a page, in our words. Source:
 * https://www.twilio.com/docs/api/errors (read 2026-11-24). A code that is not listed is told as its number.
 */
const WORDS: Readonly<Record<number, string>> = {
  20003: 'the account or its token is refused',
  20005: 'the account is not active',
  20429: 'too many requests',
  21211: 'the number is not one',
  21217: 'the number is not one',
  21219: 'a trial account reaches verified numbers only',
  21210: 'the sending number is not verified',
  21212: 'the sending number is not one',
  21215: 'calls to that country are not allowed in the account',
  21408: 'messages to that country are not allowed in the account',
  21603: 'no sender is set',
  21606: 'the sender cannot send to that number',
  21608: 'a trial account reaches verified numbers only',
  21609: 'the callback address is refused',
  21610: 'the person has answered STOP; nothing reaches the number until it sends START',
  21612: 'that number cannot be reached from this sender',
  21614: 'the number takes no messages',
  21617: 'the message is too long',
  21659: 'the sender is not of the account',
  21660: 'the sender is not of the account',
  21703: 'the messaging service has no sender',
  21705: 'the messaging service is not one',
  30001: 'the queue is full',
  30002: 'the account is suspended',
  30003: 'the phone is off or out of reach',
  30004: 'the message is blocked',
  30005: 'nobody has that number',
  30006: 'a landline, or a network that cannot be reached',
  30007: 'the network filtered it as spam',
  30008: 'the network gives no reason',
  30022: 'the network takes no more of this sender now',
  30032: 'the toll-free sender is not verified',
  30034: 'the sender is not registered with the networks (A2P 10DLC)',
  30036: 'it waited too long',
  30410: 'the network did not answer in time',
}

/** About the account or its senders: an operator can mend it while the page waits. */
const MENDABLE = new Set([20003, 20005, 20429, 21210, 21212, 21215, 21408, 21603, 21606, 21609, 21659, 21660, 21703, 21705, 30001, 30002])

export function isMendable(code: number | null): boolean {
  return code !== null && MENDABLE.has(code)
}

/** `30003 (the phone is off or out of reach)`. */
export function describeCode(code: number): string {
  const words = WORDS[code]
  return words === undefined ? `code ${code}` : `code ${code} (${words})`
}
