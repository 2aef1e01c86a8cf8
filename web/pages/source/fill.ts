/** A kind's texts with this server's address and the key filled in. Pure. */

export interface Filling {
  /** Address of the server: what vendors are told begins with it. Without a slash at its end. */
  readonly url: string
  readonly host: string
  /** Null where it is not known any more: then the place is named. */
  readonly key: string | null
}

export const KEY_UNKNOWN = 'YOUR_KEY'

export function fill(text: string, { url, host, key }: Filling): string {
  return text
    .replaceAll('{{url}}', url)
    .replaceAll('{{host}}', host)
    .replaceAll('{{key}}', key ?? KEY_UNKNOWN)
}
