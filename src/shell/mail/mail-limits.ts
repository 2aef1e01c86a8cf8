/** Bounds of the mail listener: what a stranger may cost before anything is known of a mail. */

/** Of one mail; below what a receipt may hold. */
export const MAIL_BYTES_MAX = 4 * 1_048_576
/** Of all mails that are being taken at once. */
export const MAIL_BYTES_HELD_MAX = 32 * 1_048_576
export const MAIL_RECIPIENTS_MAX = 10
export const MAIL_CONNECTIONS_MAX = 50
export const MAIL_CONNECTIONS_PER_ADDRESS_MAX = 10
/** Silence of a client after which it is cut off. */
export const MAIL_IDLE_MS_MAX = 30_000
/** A connection's whole life. */
export const MAIL_SESSION_MS_MAX = 300_000
/** Wrong recipients on one connection after which it is cut off: keys cannot be guessed in bulk. */
export const MAIL_WRONG_RECIPIENTS_MAX = 5
/** Mails a minute to one address that needs no key. */
export const MAIL_OPEN_PER_MINUTE_MAX = 30
