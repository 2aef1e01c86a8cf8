/**
 * What Postgres and the audit log refuse in text: U+0000 and halves of surrogate pairs. The edges clean what they take in;
 * this is the last net, so that no page is lost to a byte.
 */

const REFUSED = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i

/** The value itself, unless some text in it (at any depth) would be refused; then a copy in which U+FFFD stands for it. */
export function storable<Value>(value: Value): Value {
  const json = JSON.stringify(value)
  if (!REFUSED.test(json)) return value
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same shape, with other characters in its texts
  return JSON.parse(json, (_name, part: unknown) =>
    typeof part === 'string' ? part.replaceAll('\u0000', '\ufffd').toWellFormed() : part,
  ) as Value
}
