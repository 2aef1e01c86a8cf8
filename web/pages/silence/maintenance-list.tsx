/** Maintenance windows: what runs, when the next ones are, and ending one for good. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CalendarClock } from 'lucide-react'
import { useState } from 'react'
import type { Maintenance } from '../../../src/api/schema.ts'
import { explainError } from '../../api/problem.ts'
import { meQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { maintenanceQuery } from '../../api/silence.ts'
import { tell } from '../../app/toast-store.ts'
import { formatDuration } from '../../lib/duration.ts'
import { toMs } from '../../lib/moment.ts'
import { useNow } from '../../lib/now.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/field.tsx'
import { Ago, Moment } from '../../parts/moment.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { counted } from '../incident/words.ts'
import { MatcherChips } from './matcher-chips.tsx'

const LOOK_MS = 30_000

export function MaintenanceList() {
  const windows = useQuery({ ...maintenanceQuery, refetchInterval: LOOK_MS })
  const mayChange = useQuery(meQuery).data?.can.includes('incident.respond') === true
  const [ending, setEnding] = useState<Maintenance | null>(null)
  if (windows.data === undefined) {
    return windows.isError ? (
      <Failed what="maintenance windows" error={windows.error} retry={() => void windows.refetch()} />
    ) : (
      <SkeletonRows />
    )
  }
  if (windows.data.length === 0) {
    return (
      <Empty icon={<CalendarClock size={22} />} title="No maintenance is planned">
        A window holds alerts at times of a calendar, once or every week or month, in the zone you choose.
      </Empty>
    )
  }
  return (
    <>
      <ul aria-label="Maintenance windows" className="divide-y divide-line rounded-card border border-line bg-surface">
        {windows.data.map((window) => (
          <Row key={window.id} window={window} onEnd={mayChange && window.state !== 'expired' ? () => setEnding(window) : undefined} />
        ))}
      </ul>
      {ending !== null && <EndDialog window={ending} onClose={() => setEnding(null)} />}
    </>
  )
}

function Row({ window, onEnd }: { readonly window: Maintenance; readonly onEnd: (() => void) | undefined }) {
  const scopes = [
    ...window.services.map((name) => `service ${name}`),
    ...window.types.map((id) => `type ${id}`),
    ...window.sources.map((name) => `source ${name}`),
  ]
  return (
    <li id={window.id} className="flex flex-wrap items-start gap-x-4 gap-y-2 px-3.5 py-3">
      <div className="min-w-0 flex-1 basis-80 space-y-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <StateTag window={window} />
          <span className="min-w-0 font-[600] [overflow-wrap:anywhere]" dir="auto">
            {window.title}
          </span>
        </p>
        <p className="text-s">{window.schedule_text}</p>
        <p className="flex flex-wrap items-center gap-1">
          <MatcherChips matchers={window.matchers} />
          {scopes.map((scope) => (
            <Tag key={scope}>{scope}</Tag>
          ))}
        </p>
        {window.reason !== '' && (
          <p className="text-s text-muted [overflow-wrap:anywhere]" dir="auto">
            {window.reason}
          </p>
        )}
        <p className="text-s text-muted">
          {window.author.name}, <Ago at={toMs(window.created_at)} />
          {window.holding > 0 && ` · holds ${counted(window.holding, 'alert')}`}
        </p>
        {window.next.length > 0 && (
          <p className="flex flex-wrap gap-x-3 text-s text-muted">
            Next:{' '}
            {window.next.map(({ starts_at: at }) => (
              <Moment key={at} at={toMs(at)} />
            ))}
          </p>
        )}
        {window.warnings.map((warning) => (
          <p key={warning} className="text-s text-warn">
            {warning}
          </p>
        ))}
      </div>
      {onEnd !== undefined && (
        <Button size="s" onClick={onEnd} aria-label={`End ${window.title}`}>
          End
        </Button>
      )}
    </li>
  )
}

function StateTag({ window }: { readonly window: Maintenance }) {
  const now = useNow()
  if (window.state === 'expired') return <Tag>over</Tag>
  if (window.current === null) return <Tag>planned</Tag>
  return <Tag tone="ok">runs, {formatDuration(Math.max(0, toMs(window.current.ends_at) - now))} left</Tag>
}

function EndDialog({ window, onClose }: { readonly window: Maintenance; readonly onClose: () => void }) {
  const client = useQueryClient()
  const end = useMutation({
    mutationFn: () => request(`maintenance/${encodeURIComponent(window.id)}`, { method: 'DELETE' }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['maintenance'] })
      tell('The maintenance has ended')
      onClose()
    },
  })
  return (
    <Dialog title="End this maintenance for good?" description={window.title} onClose={onClose}>
      <div className="space-y-3.5">
        <p>
          No later occurrence will hold anything.{' '}
          {window.holding > 0 &&
            `The ${counted(window.holding, 'alert')} that it holds now and that fire still are aimed again at once, and may page.`}
        </p>
        {end.isError && <FormError>{explainError(end.error)}</FormError>}
        <DialogActions>
          <Button look="main" busy={end.isPending} onClick={() => end.mutate()}>
            End it
          </Button>
          <Button onClick={onClose}>Keep it</Button>
        </DialogActions>
      </div>
    </Dialog>
  )
}
