/**
 * A mail as far as alerts need it, read from its raw bytes before it is committed and kept beside them: reading a mail takes
 * a library that works in turns, and `receive` must not.
 */

export interface ReadMail {
  /** Without the angle brackets; null when the mail has none. */
  readonly messageId: string | null
  readonly subject: string
  /** `Ada <ada@example.com>`, as it claims. */
  readonly from: string
  readonly fromAddress: string
  /** What follows up on what: the first reference is the root of the thread. */
  readonly references: readonly string[]
  readonly inReplyTo: string | null
  /** Milliseconds since the epoch, as it claims. */
  readonly sentAt: number | null
  readonly text: string
  readonly links: readonly { readonly href: string; readonly text: string }[]
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly bytes: number }[]
  /** Of headers that tell a machine's mail from a person's; lower case. */
  readonly autoSubmitted: string | null
  readonly precedence: string | null
  /** Of `Authentication-Results` at the top: what the mail server in front of us claims to have found. Null: nothing was checked. */
  readonly authentication: string | null
  readonly important: boolean
  /** True: it carries the reference of a page of ours. */
  readonly own: boolean
}

/** What the listener adds to what the mail says of itself. */
export interface MailEnvelope {
  /** Return path; empty for a bounce. */
  readonly sender: string
  /** Where it went, the key left out: `alerts+***@host`. */
  readonly recipient: string
  /** Alarm that the playbook gives to mails of this address; null: told by the subject. */
  readonly alarm: string | null
}

/** Where both stand in the headers kept with a receipt, as JSON. */
export const MAIL_HEADER = 'x-tocsin-mail'
export const ENVELOPE_HEADER = 'x-tocsin-envelope'

export const MAIL_TEXT_CHARS_MAX = 16_384
