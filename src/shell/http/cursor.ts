/** Cursors of lists: opaque text around the id of the last item shown. */
import { badField } from './problem.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const NUMBER = /^\d{1,15}$/
const PREFIX = 'after:'

const KINDS = { uuid: UUID, number: NUMBER } as const

/** Decodes; null for the first page. @throws a problem for a cursor that we have not made. */
export function readCursor(cursor: string | undefined, kind: keyof typeof KINDS): string | null {
  if (cursor === undefined || cursor === '') return null
  const text = Buffer.from(cursor, 'base64url').toString('utf8')
  const key = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : ''
  if (!KINDS[kind].test(key)) throw badField('cursor', 'is none that this list gave')
  return key
}

/** One row more than `limit` was asked for: its presence says that there is a next page. */
export function toList<Row, Item>(rows: readonly Row[], limit: number, keyOf: (row: Row) => string, show: (row: Row) => Item) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? makeCursor(keyOf(last)) : null
  return { items: shown.map(show), next }
}

/** Of what was looked at last; null at the end of a list. */
export function makeCursor(key: string): string
export function makeCursor(key: string | null): string | null
export function makeCursor(key: string | null): string | null {
  return key === null ? null : Buffer.from(PREFIX + key).toString('base64url')
}
