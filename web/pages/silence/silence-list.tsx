/** Silences: those that hold first, then those to come, then those that ended. What ends soon says so. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { VolumeX } from 'lucide-react'
import { useState } from 'react'
import type { Silence } from '../../../src/api/schema.ts'
import { keys } from '../../api/keys.ts'
import { explainError } from '../../api/problem.ts'
import { meQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { silencesQuery } from '../../api/silence.ts'
import { tell, tellError } from '../../app/toast-store.ts'
import { formatDuration } from '../../lib/duration.ts'
import { toMs } from '../../lib/moment.ts'
import { useNow } from '../../lib/now.ts'
import { Button, buttonClass } from '../../parts/button.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/field.tsx'
import { Ago, Moment } from '../../parts/moment.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { counted } from '../incident/words.ts'
import { MatcherChips } from './matcher-chips.tsx'
import { fromMatchers } from './matchers.ts'

const LOOK_MS = 15_000
const SOON_MS = 15 * 60_000
const HOUR_MS = 3_600_000

export function SilenceList() {
  const silences = useQuery({ ...silencesQuery, refetchInterval: LOOK_MS })
  const mayChange = useQuery(meQuery).data?.can.includes('incident.respond') === true
  const [ending, setEnding] = useState<Silence | null>(null)
  if (silences.data === undefined) {
    return silences.isError ? <Failed what="silences" error={silences.error} retry={() => void silences.refetch()} /> : <SkeletonRows />
  }
  if (silences.data.length === 0) {
    return (
      <Empty icon={<VolumeX size={22} />} title="Nothing is silenced">
        Make one from an alert, from here, or with amtool silence add.
      </Empty>
    )
  }
  return (
    <>
      <ul aria-label="Silences" className="divide-y divide-line rounded-card border border-line bg-surface">
        {silences.data.map((silence) => (
          <Row key={silence.id} silence={silence} mayChange={mayChange} onEnd={() => setEnding(silence)} />
        ))}
      </ul>
      {ending !== null && <EndDialog silence={ending} onClose={() => setEnding(null)} />}
    </>
  )
}

function Row({ silence, mayChange, onEnd }: { readonly silence: Silence; readonly mayChange: boolean; readonly onEnd: () => void }) {
  const isOver = silence.state === 'expired'
  return (
    <li id={silence.id} className="px-3.5 py-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-80">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <StateTag silence={silence} />
            <MatcherChips matchers={silence.matchers} />
          </p>
          <p className="mt-1 [overflow-wrap:anywhere]" dir="auto">
            {silence.reason === '' ? <span className="text-muted">No reason was given.</span> : silence.reason}
          </p>
          <p className="text-s text-muted">
            <span dir="auto">{silence.created_by}</span>, <Ago at={toMs(silence.created_at)} />
            {silence.holding > 0 && (
              <>
                {' · '}
                <Link to="/alerts" search={{ state: 'held' }} className="text-accent hover:underline">
                  holds {counted(silence.holding, 'alert')}
                </Link>
              </>
            )}
            {silence.state === 'active' && silence.holding === 0 && ' · holds nothing just now'}
          </p>
          {silence.warnings.map((warning) => (
            <p key={warning} className="text-s text-warn">
              {warning}
            </p>
          ))}
        </div>
        {mayChange && (
          <div className="flex gap-2">
            {!isOver && <Extend silence={silence} />}
            {!isOver && (
              <Button size="s" onClick={onEnd}>
                End now
              </Button>
            )}
            {isOver && (
              <Link to="/silences/new" search={{ match: fromMatchers(silence.matchers) }} className={buttonClass('plain', 's')}>
                Silence again
              </Link>
            )}
          </div>
        )}
      </div>
    </li>
  )
}

function StateTag({ silence }: { readonly silence: Silence }) {
  const now = useNow()
  const endsAt = toMs(silence.ends_at)
  if (silence.state === 'expired') {
    return (
      <Tag>
        ended <Ago at={endsAt} />
      </Tag>
    )
  }
  if (silence.state === 'pending') {
    return (
      <Tag>
        starts <Moment at={toMs(silence.starts_at)} />
      </Tag>
    )
  }
  const left = Math.max(0, endsAt - now)
  return (
    <Tag tone={left < SOON_MS ? 'warn' : 'ok'} title={silence.ends_at}>
      {left < SOON_MS ? 'ends soon: ' : ''}
      {formatDuration(left)} left
    </Tag>
  )
}

function Extend({ silence }: { readonly silence: Silence }) {
  const client = useQueryClient()
  const extend = useMutation({
    mutationFn: () =>
      request<Silence>(`silences/${encodeURIComponent(silence.id)}`, {
        method: 'PATCH',
        body: { ends_at: new Date(toMs(silence.ends_at) + HOUR_MS).toISOString() },
      }),
    onSuccess: () => tell('Ends an hour later'),
    onError: (error) => tellError('Not extended', explainError(error)),
    onSettled: () => void client.invalidateQueries({ queryKey: ['silences'] }),
  })
  return (
    <Button size="s" busy={extend.isPending} onClick={() => extend.mutate()} aria-label={`One hour more: ${silence.text}`}>
      + 1 h
    </Button>
  )
}

function EndDialog({ silence, onClose }: { readonly silence: Silence; readonly onClose: () => void }) {
  const client = useQueryClient()
  const end = useMutation({
    mutationFn: () => request<Silence>(`silences/${encodeURIComponent(silence.id)}`, { method: 'DELETE' }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['silences'] })
      void client.invalidateQueries({ queryKey: keys.alerts })
      tell('The silence has ended')
      onClose()
    },
  })
  return (
    <Dialog title="End this silence now?" onClose={onClose}>
      <div className="space-y-3.5">
        <MatcherChips matchers={silence.matchers} />
        <p>
          {silence.holding === 0
            ? 'It holds nothing just now, so nobody is paged by that.'
            : `It holds ${counted(silence.holding, 'alert')} that ${silence.holding === 1 ? 'fires' : 'fire'} still: ${silence.holding === 1 ? 'it is' : 'they are'} aimed again at once, and may page.`}
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
