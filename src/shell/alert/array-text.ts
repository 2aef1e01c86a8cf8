/** Postgres array literals for ids and numbers: no element needs escaping, and a driver's general way costs ten times as much. */

/** For UUIDs, numbers and nulls only. */
export function arrayText(values: readonly (string | number | null)[]): string {
  let text = '{'
  for (let at = 0; at < values.length; at += 1) text += `${at === 0 ? '' : ','}${values[at] ?? 'NULL'}`
  return `${text}}`
}

/** JSON texts, one a line: JSON escapes line ends, so nothing else needs to be. In SQL: `string_to_array($1, chr(10))`. */
export function jsonLines(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join('\n')
}
