/** Larger bodies stay as they came: indenting them would block the page. */
const PRETTY_CHARS_MAX = 200_000
/** Fields in which vendors' clients send the integration key within the body. */
const KEY_FIELD = /("(?:routing_key|service_key)"\s*:\s*"[^"\\]{0,6})[^"\\]*"/g

/** JSON indented for reading, anything else as it is; the integration key is shortened, so that a screenshot gives nothing away. */
export function prettyBody(body: string): string {
  return indented(body).replaceAll(KEY_FIELD, '$1…"')
}

function indented(body: string): string {
  if (body.length > PRETTY_CHARS_MAX || !/^\s*[[{]/.test(body)) return body
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
