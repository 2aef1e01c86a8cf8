/** A mapping of a source's own JSON, built on a message as it sends it: what each field takes, and what the playbook would do. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { MappingSuggestion, MappingTried, StoredMapping } from '../../../src/api/schema.ts'
import { sourceQuery } from '../../api/detection.ts'
import { explainError } from '../../api/problem.ts'
import { meQuery, signalRawQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { tell } from '../../app/toast-store.ts'
import { useDebounced } from '../../lib/debounced.ts'
import { useTitle } from '../../lib/title.ts'
import { ownZone } from '../../lib/wall-time.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError, TextArea } from '../../parts/field.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Failed, SkeletonRows } from '../../parts/states.tsx'
import { BLANK_DRAFT, FIELDS, fromMapping, toMapping, type Draft } from './draft.ts'
import { ExpressionField } from './expression-field.tsx'
import { Tried } from './tried.tsx'

const Answered = lazy(() => import('../explain/answered.tsx').then((module) => ({ default: module.Answered })))
const TYPED_WAIT_MS = 500

export function MappingPage() {
  useTitle('Mapping')
  const { id } = useParams({ from: '/shell/sources/$id/mapping' })
  const stored = useQuery({
    queryKey: ['mapping', id],
    queryFn: ({ signal }) => request<StoredMapping>(`sources/${encodeURIComponent(id)}/mapping`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (stored.data === undefined) {
    return stored.isError ? <Failed what="mapping" error={stored.error} retry={() => void stored.refetch()} /> : <SkeletonRows />
  }
  return <Editor key={stored.data.version} sourceId={id} stored={stored.data} />
}

function Editor({ sourceId, stored }: { readonly sourceId: string; readonly stored: StoredMapping }) {
  const source = useQuery(sourceQuery(sourceId)).data
  const mayManage = useQuery(meQuery).data?.can.includes('source.manage') === true
  const [sample, setSample] = useState('')
  const [draft, setDraft] = useState<Draft>(stored.mapping === null ? BLANK_DRAFT : fromMapping(stored.mapping))
  const mapping = toMapping(draft)
  const isAsked = sample.trim() !== '' && (mapping.alarm !== null || mapping.title !== null)
  const asked = useDebounced(isAsked ? JSON.stringify({ sample, mapping, source: sourceId }) : '', TYPED_WAIT_MS)
  const tried = useQuery({
    queryKey: ['mapping-try', asked],
    queryFn: ({ signal }) => request<MappingTried>('mappings/try', { method: 'POST', body: JSON.parse(asked) as unknown, signal }),
    enabled: asked !== '',
    placeholderData: (previous) => previous,
    retry: false,
  })
  const suggest = useSuggest(setDraft)
  const save = useSave(sourceId)
  const problems = tried.data?.problems ?? []
  const problemOf = (field: string): string | undefined => {
    const found = problems.find((problem) => problem.field === field || problem.field.startsWith(`${field}.`))
    return found === undefined ? undefined : `${found.message} ${found.fix}`.trim()
  }
  return (
    <div className="mx-auto max-w-[1280px]">
      <PageHead
        title="Mapping"
        about={
          <>
            How the JSON of{' '}
            <Link to="/sources/$id" params={{ id: sourceId }} className="text-accent underline">
              {source?.name ?? 'this source'}
            </Link>{' '}
            becomes signals. {stored.version === 0 ? 'None is kept yet.' : `Version ${stored.version} is in force.`}
          </>
        }
      >
        {mayManage && (
          <Button
            busy={save.isPending}
            disabled={problems.length > 0 || (mapping.alarm === null && mapping.title === null)}
            onClick={() => save.mutate(mapping)}
          >
            Keep it
          </Button>
        )}
      </PageHead>
      {save.isError && <FormError>{explainError(save.error)}</FormError>}
      <div className="grid gap-4 min-[1000px]:grid-cols-2">
        <div className="min-w-0 space-y-4">
          <Sample
            sourceId={sourceId}
            sample={sample}
            onChange={setSample}
            onSuggest={() => suggest.mutate(sample)}
            suggesting={suggest.isPending}
            error={suggest.isError ? explainError(suggest.error) : undefined}
          />
          <Card title="What each field takes" aside="CEL over body, item, headers">
            <div className="space-y-3">
              {FIELDS.map(([name, label, hint]) => (
                <ExpressionField
                  key={name}
                  label={label}
                  hint={hint}
                  value={draft.fields[name]}
                  places={suggest.data?.places ?? []}
                  error={problemOf(name)}
                  onChange={(value) => setDraft({ ...draft, fields: { ...draft.fields, [name]: value } })}
                />
              ))}
              <TextArea
                label="Labels"
                hint="name = expression, one a line; or one expression that gives an object."
                rows={4}
                className="font-mono text-xs"
                value={draft.labels}
                error={problemOf('labels')}
                onChange={(event) => setDraft({ ...draft, labels: event.target.value })}
              />
              <TextArea
                label="Links"
                hint="text = expression, one a line."
                rows={2}
                className="font-mono text-xs"
                value={draft.links}
                error={problemOf('links')}
                onChange={(event) => setDraft({ ...draft, links: event.target.value })}
              />
            </div>
          </Card>
        </div>
        <div aria-live="polite" aria-busy={tried.isFetching} className="min-w-0 space-y-4">
          <Tried tried={asked === '' ? undefined : tried.data} error={tried.isError ? explainError(tried.error) : null} />
          {tried.data?.explained != null && (
            <Suspense fallback={<SkeletonRows rows={2} />}>
              <Answered explained={tried.data.explained} zone={ownZone()} />
            </Suspense>
          )}
        </div>
      </div>
    </div>
  )
}

interface SampleProps {
  readonly sourceId: string
  readonly sample: string
  readonly onChange: (sample: string) => void
  readonly onSuggest: () => void
  readonly suggesting: boolean
  readonly error: string | undefined
}

/** Pasted, or the last message that the source sent. */
function Sample({ sourceId, sample, onChange, onSuggest, suggesting, error }: SampleProps) {
  const last = useQuery(sourceQuery(sourceId)).data?.last_messages[0]
  const raw = useQuery({ ...signalRawQuery(last?.signal_id ?? ''), enabled: last !== undefined })
  const body = raw.data?.body ?? null
  useEffect(() => {
    if (sample === '' && body !== null) onChange(body)
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only the first message fills an empty field
  }, [body])
  return (
    <Card title="A message as it is sent">
      <div className="space-y-3">
        <TextArea
          label="JSON"
          rows={10}
          maxLength={200_000}
          spellCheck={false}
          className="font-mono text-xs"
          placeholder={'{ "rule": "…", "state": "alerting" }'}
          value={sample}
          error={error}
          onChange={(event) => onChange(event.target.value)}
        />
        <Button look="main" busy={suggesting} disabled={sample.trim() === ''} onClick={onSuggest}>
          Suggest a mapping
        </Button>
      </div>
    </Card>
  )
}

function useSuggest(setDraft: (draft: Draft) => void) {
  return useMutation({
    mutationFn: (sample: string) => request<MappingSuggestion>('mappings/suggest', { method: 'POST', body: { sample } }),
    onSuccess: ({ mapping }) => setDraft(fromMapping(mapping)),
  })
}

function useSave(sourceId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (mapping: ReturnType<typeof toMapping>) =>
      request<StoredMapping>(`sources/${encodeURIComponent(sourceId)}/mapping`, { method: 'PUT', body: { mapping } }),
    onSuccess: (kept) => {
      client.setQueryData(['mapping', sourceId], kept)
      tell(`Version ${kept.version} is in force`)
    },
  })
}
