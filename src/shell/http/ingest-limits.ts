/** Bounds of the doors: what a sender may cost before anything is known of it. */

/** Bytes of bodies that are being read, wait for their commit, or wait to be applied. Past it senders are told to come back. */
export const INGEST_BYTES_MAX = 64 * 1_048_576
/** Messages in the same state. */
export const INGEST_MESSAGES_MAX = 20_000
/** Weight of what waits to be applied, see `ApplyItem`: reached only when apply stands still. */
export const INGEST_WEIGHT_MAX = 40_000
/** What a sender hears with 503 or 429, in seconds. */
export const RETRY_AFTER_S = 2
/** From the request's first byte to the body's last: slower ones are cut off. */
export const BODY_READ_MS_MAX = 10_000
export const HEADERS_COUNT_MAX = 200
/** So much of a body over the limit is kept, to show what came. */
export const KEPT_OF_TOO_LARGE_BYTES = 65_536
/** Longest address; anything longer is no door. */
export const URL_CHARS_MAX = 2_048
