/** Whom a mail is for: the key in its address, or an address that the playbook names. */

export interface MailAddress {
  /** Keys that the local part may hold, likeliest first; relays may have made them lower case. */
  readonly keys: readonly string[]
  /** The whole address in lower case. */
  readonly address: string
}

const ADDRESS_CHARS_MAX = 320
const KEY_CHARS_MIN = 8

/** `<key>@host`, `anything+<key>@host`. @returns null for what is no address */
export function readAddress(address: string): MailAddress | null {
  const at = address.lastIndexOf('@')
  if (at < 1 || address.length > ADDRESS_CHARS_MAX) return null
  const local = address.slice(0, at).replace(/^"(.*)"$/, '$1')
  const plus = local.indexOf('+')
  const keys = [local.slice(plus + 1), local].filter((key) => key.length >= KEY_CHARS_MIN)
  return { keys: [...new Set(keys)], address: address.toLowerCase() }
}

/** As it is kept and shown: a key is a secret at rest too. */
export function withoutKey(address: string, key: string): string {
  return address.replace(key, '***')
}
