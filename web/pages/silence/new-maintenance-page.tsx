/** Planning maintenance: what it is about, when, and what it would hold. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import type { Maintenance, MaintenanceBody } from '../../../src/api/schema.ts'
import { sourceListQuery } from '../../api/detection.ts'
import { explainError, fieldError } from '../../api/problem.ts'
import { playbookQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { maintenancePreviewQuery } from '../../api/silence.ts'
import { tell } from '../../app/toast-store.ts'
import { useDebounced } from '../../lib/debounced.ts'
import { useTitle } from '../../lib/title.ts'
import { isZone, ownZone } from '../../lib/wall-time.ts'
import { Button, buttonClass } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError, SelectField, TextArea, TextField } from '../../parts/field.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { MatcherEditor } from './matcher-editor.tsx'
import { toMatchers, type MatcherRow } from './matchers.ts'
import { PreviewCard } from './preview-card.tsx'
import { BLANK_SCHEDULE, toSchedule, type ScheduleDraft } from './schedule.ts'
import { ScheduleFields } from './schedule-fields.tsx'

const TYPED_WAIT_MS = 400
const NAMES = ['alertname', 'service', 'env', 'team', 'cluster', 'namespace', 'job', 'instance', 'region', 'severity']

export function NewMaintenancePage() {
  useTitle('New maintenance window')
  const [title, setTitle] = useState('')
  const [reason, setReason] = useState('')
  const [zone, setZone] = useState(ownZone)
  const [draft, setDraft] = useState<ScheduleDraft>(BLANK_SCHEDULE)
  const [rows, setRows] = useState<readonly MatcherRow[]>([{ name: '', op: '=', value: '' }])
  const [scope, setScope] = useState({ type: '', source: '' })
  const matchers = toMatchers(rows)
  const about = { matchers, types: scope.type === '' ? [] : [scope.type], sources: scope.source === '' ? [] : [scope.source], reason }
  const isAsked = matchers.length + about.types.length + about.sources.length > 0
  const asked = useDebounced(isAsked ? JSON.stringify(about) : '', TYPED_WAIT_MS)
  const preview = useQuery(maintenancePreviewQuery(asked === '' ? null : (JSON.parse(asked) as typeof about)))
  const make = useMake()
  const schedule = toSchedule(draft)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (schedule !== null) make.mutate({ ...about, title: title.trim(), zone, schedule })
  }
  return (
    <div className="mx-auto max-w-[1060px]">
      <PageHead
        title="New maintenance window"
        about="At these times, alerts that all of what is given fits are kept and shown, and page nobody."
      />
      <div className="grid gap-4 min-[1000px]:grid-cols-[minmax(0,1fr)_400px]">
        <form onSubmit={submit} className="min-w-0">
          <Card title="The window">
            <div className="space-y-4">
              <TextField
                label="What is done"
                required
                maxLength={200}
                value={title}
                error={fieldError(make.error, 'title')}
                onChange={(event) => setTitle(event.target.value)}
              />
              <ScheduleFields draft={draft} set={(change) => setDraft({ ...draft, ...change })} />
              <TextField
                label="Zone"
                hint="Clock changes are minded: the window keeps its time of day."
                value={zone}
                error={isZone(zone) ? fieldError(make.error, 'zone') : 'is no zone such as Europe/Berlin'}
                onChange={(event) => setZone(event.target.value)}
              />
              <Scope scope={scope} set={setScope} />
              <MatcherEditor rows={rows} onChange={setRows} names={NAMES} error={fieldError(make.error, 'matchers')} />
              <TextArea
                label="Why"
                rows={2}
                maxLength={2_000}
                value={reason}
                hint={preview.data?.reason_required === true ? 'The playbook asks for a reason here.' : undefined}
                onChange={(event) => setReason(event.target.value)}
              />
              {make.isError && <FormError>{explainError(make.error)}</FormError>}
              <div className="flex flex-row-reverse flex-wrap gap-2 max-[760px]:flex-col">
                <Button
                  type="submit"
                  look="main"
                  busy={make.isPending}
                  disabled={!isAsked || schedule === null || title.trim() === '' || !isZone(zone)}
                >
                  Plan it
                </Button>
                <Link to="/silences" search={{ tab: 'maintenance' }} className={buttonClass()}>
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

interface ScopeValue {
  readonly type: string
  readonly source: string
}

function Scope({ scope, set }: { readonly scope: ScopeValue; readonly set: (scope: ScopeValue) => void }) {
  const types = useQuery(playbookQuery).data?.incident_types ?? []
  const sources = useQuery(sourceListQuery).data ?? []
  return (
    <div className="grid gap-3 min-[561px]:grid-cols-2">
      <SelectField label="Of the type" value={scope.type} onChange={(event) => set({ ...scope, type: event.target.value })}>
        <option value="">any</option>
        {types.map((type) => (
          <option key={type.id} value={type.id}>
            {type.title}
          </option>
        ))}
      </SelectField>
      <SelectField label="From the source" value={scope.source} onChange={(event) => set({ ...scope, source: event.target.value })}>
        <option value="">any</option>
        {sources.map((source) => (
          <option key={source.id} value={source.name}>
            {source.name}
          </option>
        ))}
      </SelectField>
    </div>
  )
}

function useMake() {
  const client = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (body: MaintenanceBody) => request<Maintenance>('maintenance', { method: 'POST', body }),
    onSuccess: ({ warnings }) => {
      void client.invalidateQueries({ queryKey: ['maintenance'] })
      tell('Planned', warnings.join(' '))
      void navigate({ to: '/silences', search: { tab: 'maintenance' } })
    },
  })
}
