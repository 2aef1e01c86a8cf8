/** Pages of notes and logs: from an entry on, in a direction and an order. Source: docs.opsgenie.com/docs/alert-api (read 2026-11-24). */
import type { FastifyRequest } from 'fastify'
import { toNumber } from '../../core/alert/json.ts'
import type { EntryPage } from './alert-store.ts'
import { textOf } from './asked.ts'

const LIMIT_MAX = 100
const LIMIT_DEFAULT = 100

export function pageOf(query: unknown): Omit<EntryPage, 'kind'> {
  const limit = toNumber(textOf(query, 'limit') ?? '') ?? LIMIT_DEFAULT
  const offset = toNumber(textOf(query, 'offset') ?? '')
  return {
    after: offset !== null && Number.isSafeInteger(offset) ? offset : null,
    order: textOf(query, 'order') === 'asc' ? 'asc' : 'desc',
    direction: textOf(query, 'direction') === 'prev' ? 'prev' : 'next',
    limit: Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX ? limit : LIMIT_DEFAULT,
  }
}

/** @param last the last entry shown; `full` when there may be more */
export function pagesOf(request: FastifyRequest, { last, full }: { readonly last: number | null; readonly full: boolean }) {
  const at = (offset: string | null) => {
    const url = new URL(request.url, `${request.protocol}://${request.host}`)
    url.searchParams.delete('offset')
    url.searchParams.delete('direction')
    if (offset !== null) url.searchParams.set('offset', offset)
    return url.href
  }
  return { first: at(null), ...(full && last !== null ? { next: at(String(last)) } : {}) }
}
