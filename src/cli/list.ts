/** Whole lists from the API's pages. */
import type { z } from 'zod'
import type { List } from '../api/schema.ts'
import type { Api } from './client.ts'

const PAGES_MAX = 100
const LIMIT = 200

/** All items, to 20,000; `path` has no query. */
export async function listAll<Item>(api: Api, path: string, answer: z.ZodType<List<Item>>): Promise<Item[]> {
  const items: Item[] = []
  let cursor = ''
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const list = await api.get(`${path}?limit=${LIMIT}${cursor}`, answer)
    items.push(...list.items)
    if (list.next === null) break
    cursor = `&cursor=${encodeURIComponent(list.next)}`
  }
  return items
}
