/** Larger bodies stay as they came: indenting them would block the page. */
const PRETTY_CHARS_MAX = 200_000

/** JSON indented for reading; anything else as it is. */
export function prettyBody(body: string): string {
  if (body.length > PRETTY_CHARS_MAX || !/^\s*[[{]/.test(body)) return body
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
