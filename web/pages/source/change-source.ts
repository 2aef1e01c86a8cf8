/** Changing a source: its page shows the answer at once. */
import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import type { SourceChange, SourceDetail } from '../../../src/api/schema.ts'
import { sourceQuery } from '../../api/detection.ts'
import { keys } from '../../api/keys.ts'
import { explainError } from '../../api/problem.ts'
import { request } from '../../api/request.ts'
import { tellError } from '../../app/toast-store.ts'

export type ChangeSource = ReturnType<typeof useChangeSource>

export function useChangeSource(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: SourceChange) => request<SourceDetail>(`sources/${encodeURIComponent(id)}`, { method: 'PATCH', body }),
    onSuccess: (source) => client.setQueryData(sourceQuery(id).queryKey, source),
    onError: (error) => tellError('Not changed', explainError(error)),
    onSettled: () => freshen(client),
  })
}

export function freshen(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: keys.sources })
}
