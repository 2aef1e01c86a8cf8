/** Heartbeats: what must say "I am alive" every so often, and what people are paged about when it stops. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { HeartPulse } from 'lucide-react'
import { useState } from 'react'
import type { Heartbeat, List } from '../../../src/api/schema.ts'
import { explainError } from '../../api/problem.ts'
import { meQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { LiveMark } from '../../app/live-mark.tsx'
import { tell, tellError } from '../../app/toast-store.ts'
import { formatDuration } from '../../lib/duration.ts'
import { toMs } from '../../lib/moment.ts'
import { useTitle } from '../../lib/title.ts'
import { Button } from '../../parts/button.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/field.tsx'
import { Ago, Moment } from '../../parts/moment.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag, type Tone } from '../../parts/tag.tsx'
import { HeartbeatDialog } from './heartbeat-dialog.tsx'

const LOOK_MS = 10_000
const SECOND_MS = 1_000
const STATES: Readonly<Record<Heartbeat['state'], readonly [tone: Tone, word: string]>> = {
  alive: ['ok', 'alive'],
  late: ['late', 'late'],
  waiting: ['plain', 'first ping awaited'],
  paused: ['warn', 'paused'],
}

export function HeartbeatsPage() {
  useTitle('Heartbeats')
  const beats = useQuery({
    queryKey: ['heartbeats'],
    queryFn: async ({ signal }) => (await request<List<Heartbeat>>('heartbeats', { signal })).items,
    refetchInterval: LOOK_MS,
  })
  const mayManage = useQuery(meQuery).data?.can.includes('source.manage') === true
  const [open, setOpen] = useState<'new' | Heartbeat | null>(null)
  const [removing, setRemoving] = useState<Heartbeat | null>(null)
  return (
    <div className="mx-auto max-w-[1060px]">
      <PageHead
        title="Heartbeats"
        about="Something says that it is alive every so often; people are paged when it stops. Prometheus’ Watchdog is one."
      >
        <LiveMark dataAt={beats.dataUpdatedAt || undefined} />
        {mayManage && (
          <Button look="main" onClick={() => setOpen('new')}>
            New heartbeat
          </Button>
        )}
      </PageHead>
      {beats.data === undefined && beats.isError && <Failed what="heartbeats" error={beats.error} retry={() => void beats.refetch()} />}
      {beats.data === undefined && !beats.isError && <SkeletonRows rows={3} />}
      {beats.data !== undefined && beats.data.length === 0 && (
        <Empty icon={<HeartPulse size={22} />} title="No heartbeat yet">
          Alarms that never come look like health. Let a nightly job, or your monitoring itself, ping Tocsin, and hear of it when it stops.
        </Empty>
      )}
      {beats.data !== undefined && beats.data.length > 0 && (
        <ul aria-label="Heartbeats" className="divide-y divide-line rounded-card border border-line bg-surface">
          {beats.data.map((beat) => (
            <Row key={beat.id} beat={beat} mayManage={mayManage} onEdit={() => setOpen(beat)} onRemove={() => setRemoving(beat)} />
          ))}
        </ul>
      )}
      {open !== null && <HeartbeatDialog beat={open === 'new' ? null : open} onClose={() => setOpen(null)} />}
      {removing !== null && <RemoveDialog beat={removing} onClose={() => setRemoving(null)} />}
    </div>
  )
}

interface RowProps {
  readonly beat: Heartbeat
  readonly mayManage: boolean
  readonly onEdit: () => void
  readonly onRemove: () => void
}

function Row({ beat, mayManage, onEdit, onRemove }: RowProps) {
  const [tone, word] = STATES[beat.state]
  const pause = usePause(beat)
  const ping = `${location.origin}/hooks/heartbeat/YOUR_KEY/${encodeURIComponent(beat.name)}`
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-3.5 py-3">
      <div className="min-w-0 flex-1 basis-72 space-y-0.5">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Tag tone={tone}>{word}</Tag>
          <span className="min-w-0 font-[600] [overflow-wrap:anywhere]" dir="auto">
            {beat.name}
          </span>
          {beat.origin !== 'person' && <Tag>{beat.origin === 'playbook' ? 'in the playbook' : 'from Opsgenie'}</Tag>}
        </p>
        {beat.description !== '' && (
          <p className="[overflow-wrap:anywhere]" dir="auto">
            {beat.description}
          </p>
        )}
        <p className="text-s text-muted">
          every {formatDuration(beat.interval_seconds * SECOND_MS)}, {formatDuration(beat.grace_seconds * SECOND_MS)} grace
          {beat.alarm !== null && (
            <>
              {' '}
              · or the alert <code className="text-xs">{beat.alarm}</code>
            </>
          )}
        </p>
        <p className="text-s text-muted">
          <LastPing beat={beat} />
        </p>
        <p className="flex items-center gap-2 text-s text-muted">
          <code className="min-w-0 text-xs [overflow-wrap:anywhere]">{ping}</code>
          <CopyButton text={ping} label={`Copy the ping address of ${beat.name}`} />
        </p>
      </div>
      {mayManage && (
        <div className="flex gap-2">
          <Button size="s" busy={pause.isPending} onClick={() => pause.mutate()}>
            {beat.state === 'paused' ? 'Resume' : 'Pause'}
          </Button>
          {beat.origin !== 'playbook' && (
            <>
              <Button size="s" onClick={onEdit} aria-label={`Change ${beat.name}`}>
                Change
              </Button>
              <Button size="s" look="quiet" onClick={onRemove} aria-label={`Remove ${beat.name}`}>
                Remove
              </Button>
            </>
          )}
        </div>
      )}
    </li>
  )
}

function LastPing({ beat }: { readonly beat: Heartbeat }) {
  if (beat.state === 'late' && beat.late_since !== null) {
    return (
      <span className="text-late">
        Late since <Moment at={toMs(beat.late_since)} />
        {beat.last_ping_at !== null && (
          <>
            , last ping <Ago at={toMs(beat.last_ping_at)} />
          </>
        )}
      </span>
    )
  }
  if (beat.last_ping_at === null) return 'Nothing is missed before its first ping.'
  return (
    <>
      last ping <Ago at={toMs(beat.last_ping_at)} />
      {beat.due_at !== null && (
        <>
          , late if none by <Moment at={toMs(beat.due_at)} />
        </>
      )}
    </>
  )
}

function usePause(beat: Heartbeat) {
  const client = useQueryClient()
  const pausing = beat.state !== 'paused'
  return useMutation({
    mutationFn: () => request(`heartbeats/${encodeURIComponent(beat.id)}`, { method: 'PATCH', body: { paused: pausing } }),
    onSuccess: () => tell(pausing ? 'Paused: nothing is missed' : 'Resumed: counted from now'),
    onError: (error) => tellError('Not changed', explainError(error)),
    onSettled: () => void client.invalidateQueries({ queryKey: ['heartbeats'] }),
  })
}

function RemoveDialog({ beat, onClose }: { readonly beat: Heartbeat; readonly onClose: () => void }) {
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: () => request(`heartbeats/${encodeURIComponent(beat.id)}`, { method: 'DELETE' }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['heartbeats'] })
      onClose()
    },
  })
  return (
    <Dialog title={`Remove ${beat.name}?`} onClose={onClose}>
      <div className="space-y-3.5">
        <p>Nobody will be paged when it stops. If its alarm is raised now, it ends.</p>
        {remove.isError && <FormError>{explainError(remove.error)}</FormError>}
        <DialogActions>
          <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
            Remove it
          </Button>
          <Button onClick={onClose}>Keep it</Button>
        </DialogActions>
      </div>
    </Dialog>
  )
}
