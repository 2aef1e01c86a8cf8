/** Instants in SQL: milliseconds since the epoch on this side, timestamptz on the other. */

/** The parameter of that number as a timestamptz. */
export function sqlInstant(parameter: number): string {
  return `to_timestamp($${parameter}::float8 / 1000)`
}

/** A timestamptz in whole milliseconds, under that name. */
export function instantOf(expression: string, name: string): string {
  return `round(extract(epoch from ${expression}) * 1000)::float8 as ${name}`
}
