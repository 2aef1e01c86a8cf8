/** Making a silence: what it is about, for how long, why, and what it would hold, seen before it is made. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import type { Silence } from '../../../src/api/schema.ts'
import { explainError, fieldError } from '../../api/problem.ts'
import { request } from '../../api/request.ts'
import { silencePreviewQuery } from '../../api/silence.ts'
import { keys } from '../../api/keys.ts'
import { tell } from '../../app/toast-store.ts'
import { useDebounced } from '../../lib/debounced.ts'
import { useTitle } from '../../lib/title.ts'
import { Button, buttonClass } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError, TextArea } from '../../parts/field.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { MatcherEditor } from './matcher-editor.tsx'
import { toMatchers, type MatcherRow } from './matchers.ts'
import { PreviewCard } from './preview-card.tsx'
import { endOf, Until, type SpanChoice } from './until.tsx'

const TYPED_WAIT_MS = 400
const NAMES = ['alertname', 'source', 'service', 'type', 'severity', 'env', 'team', 'cluster', 'namespace', 'job', 'instance', 'region']
const BLANK: readonly MatcherRow[] = [{ name: 'alertname', op: '=', value: '' }]

export function NewSilencePage() {
  useTitle('New silence')
  const search = useSearch({ from: '/shell/silences/new' })
  const [rows, setRows] = useState<readonly MatcherRow[]>(search.match === undefined || search.match.length === 0 ? BLANK : search.match)
  const [span, setSpan] = useState<SpanChoice>('7200')
  const [at, setAt] = useState('')
  const [reason, setReason] = useState('')
  const matchers = toMatchers(rows)
  const isAsked = matchers.some((matcher) => matcher.value !== '')
  const asked = useDebounced(isAsked ? JSON.stringify({ matchers, reason }) : '', TYPED_WAIT_MS)
  const preview = useQuery(silencePreviewQuery(asked === '' ? null : (JSON.parse(asked) as { matchers: typeof matchers; reason: string })))
  const make = useMake()
  const end = endOf(span, at)
  const needsReason = preview.data?.reason_required === true && reason.trim() === ''
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (end !== null) make.mutate({ matchers, reason: reason.trim(), ...end })
  }
  return (
    <div className="mx-auto max-w-[1060px]">
      <PageHead
        title="New silence"
        about="Alerts that fit are kept and shown and page nobody until it ends. What fires then still is paged: nothing is forgotten."
      />
      <div className="grid gap-4 min-[1000px]:grid-cols-[minmax(0,1fr)_400px]">
        <form onSubmit={submit} className="min-w-0">
          <Card title="The silence">
            <div className="space-y-4">
              <MatcherEditor rows={rows} onChange={setRows} names={NAMES} error={fieldError(make.error, 'matchers')} />
              <Until span={span} at={at} onSpan={setSpan} onAt={setAt} error={fieldError(make.error, 'ends_at')} />
              <TextArea
                label="Why"
                hint={
                  needsReason
                    ? 'The playbook asks for a reason here: without one it would hold less.'
                    : 'Whoever looks at a quiet system at 03:00 reads this.'
                }
                rows={2}
                maxLength={2_000}
                value={reason}
                error={fieldError(make.error, 'reason')}
                onChange={(event) => setReason(event.target.value)}
              />
              {make.isError && <FormError>{explainError(make.error)}</FormError>}
              <div className="flex flex-row-reverse flex-wrap gap-2 max-[760px]:flex-col">
                <Button type="submit" look="main" busy={make.isPending} disabled={!isAsked || end === null}>
                  Silence
                </Button>
                <Link to="/silences" className={buttonClass()}>
                  Cancel
                </Link>
              </div>
            </div>
          </Card>
        </form>
        <PreviewCard query={preview} idle="Say what it is about: the alerts that fit are shown here first." />
      </div>
    </div>
  )
}

function useMake() {
  const client = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (body: Record<string, unknown>) => request<Silence>('silences', { method: 'POST', body }),
    onSuccess: (silence) => {
      void client.invalidateQueries({ queryKey: ['silences'] })
      void client.invalidateQueries({ queryKey: keys.alerts })
      tell('Silenced', silence.warnings.join(' '))
      void navigate({ to: '/silences' })
    },
  })
}
