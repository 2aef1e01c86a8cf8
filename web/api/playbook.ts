/** Versions of the playbook, its file, what a text would mean, saving it, and what it would do about a signal. */
import { keepPreviousData, queryOptions, type QueryClient } from '@tanstack/react-query'
import type {
  ExplainBody,
  Explained,
  List,
  PlaybookCheck,
  PlaybookDiff,
  PlaybookPatch,
  PlaybookSaveBody,
  PlaybookSaved,
  PlaybookSource,
  PlaybookVersion,
  PlaybookVersionDetail,
} from '../../src/api/schema.ts'
import { keys } from './keys.ts'
import { toSearch } from './queries.ts'
import { request } from './request.ts'

const VERSIONS_MAX = 200

export const playbookVersionsQuery = queryOptions({
  queryKey: keys.playbookPart('versions'),
  queryFn: ({ signal }) => request<List<PlaybookVersion>>(`playbook/versions?${toSearch({ limit: VERSIONS_MAX })}`, { signal }),
  staleTime: 30_000,
})

/** A version by its digest never changes; only the count of its incidents does. */
export function playbookVersionQuery(digest: string) {
  return queryOptions({
    queryKey: keys.playbookPart('version', digest),
    queryFn: ({ signal }) => request<PlaybookVersionDetail>(`playbook/versions/${encodeURIComponent(digest)}`, { signal }),
    staleTime: 60_000,
  })
}

export function playbookDiffQuery(from: string, to: string) {
  return queryOptions({
    queryKey: keys.playbookPart('diff', from, to),
    queryFn: ({ signal }) => request<PlaybookDiff>(`playbook/versions/${encodeURIComponent(from)}/diff?${toSearch({ to })}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export const playbookSourceQuery = queryOptions({
  queryKey: keys.playbookPart('source'),
  queryFn: ({ signal }) => request<PlaybookSource>('playbook/source', { signal }),
})

/** JSON Schema of playbook.yaml; the editor does without where the server has none. */
export const playbookSchemaQuery = queryOptions({
  queryKey: keys.playbookPart('schema'),
  queryFn: ({ signal }) => request<unknown>('playbook/schema', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
})

/** What the text would mean; the text before is shown until the answer for this one is there. */
export function playbookCheckQuery(source: string) {
  return queryOptions({
    queryKey: keys.playbookPart('check', source),
    queryFn: ({ signal }) => request<PlaybookCheck>('playbook/check', { method: 'POST', body: { source }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    // The key holds the whole text: kept no longer than somebody looks at it.
    gcTime: 5_000,
  })
}

export function savePlaybook(body: PlaybookSaveBody): Promise<PlaybookSaved> {
  return request<PlaybookSaved>('playbook', { method: 'PUT', body })
}

export function exportPatch(source: string): Promise<PlaybookPatch> {
  return request<PlaybookPatch>('playbook/patch', { method: 'POST', body: { source } })
}

/** After a save, or when the page sees another version than it knew. */
export async function refetchPlaybook(client: QueryClient): Promise<void> {
  await Promise.all([client.invalidateQueries({ queryKey: keys.playbook }), client.invalidateQueries({ queryKey: keys.playbookPart() })])
}

/** Asked by POST, so that what is pasted stands in no address and in no log. */
export function explainQuery(asked: ExplainBody | null) {
  return queryOptions({
    queryKey: ['explain', asked],
    queryFn: ({ signal }) => request<Explained>('explain', { method: 'POST', body: asked, signal }),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  })
}
