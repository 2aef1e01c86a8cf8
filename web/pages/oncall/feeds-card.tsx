/** Shifts in one's own calendar: an address for each, shown once, that can be revoked. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { CalendarFeed, MadeCalendarFeed } from '../../../src/api/schema.ts'
import { feedsQuery, schedulesQuery } from '../../api/oncall.ts'
import { explainError } from '../../api/problem.ts'
import { meQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { CONTROL, FormError } from '../../parts/field.tsx'
import { Ago } from '../../parts/moment.tsx'

export function FeedsCard() {
  const client = useQueryClient()
  const schedules = useQuery(schedulesQuery).data ?? []
  const meId = useQuery(meQuery).data?.id
  const feeds = useQuery(feedsQuery).data?.filter(({ person }) => person.id === meId) ?? []
  const [wanted, setWanted] = useState('')
  const refresh = (): void => void client.invalidateQueries({ queryKey: feedsQuery.queryKey })
  const make = useMutation({
    mutationFn: () => request<MadeCalendarFeed>('calendar_feeds', { method: 'POST', body: wanted === '' ? {} : { schedule: wanted } }),
    onSuccess: refresh,
  })
  const revoke = useMutation({
    mutationFn: ({ id }: CalendarFeed) => request<CalendarFeed>(`calendar_feeds/${id}`, { method: 'DELETE' }),
    onSuccess: refresh,
  })
  const nameOf = (feed: CalendarFeed): string =>
    feed.schedule === null ? 'All that you hold' : (schedules.find(({ id }) => id === feed.schedule)?.name ?? feed.schedule)
  const error = make.error ?? revoke.error
  return (
    <Card title="In your own calendar" flush>
      <div className="flex flex-wrap items-center gap-2 px-3.5 py-2.5">
        <select
          aria-label="What to subscribe to"
          className={`${CONTROL} max-w-72 max-[760px]:max-w-none`}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        >
          <option value="">All that I hold</option>
          {schedules.map(({ id, name }) => (
            <option key={id} value={id}>
              Schedule: {name}
            </option>
          ))}
        </select>
        <Button busy={make.isPending} onClick={() => make.mutate()} className="max-[760px]:w-full">
          Make an address
        </Button>
      </div>
      {make.data !== undefined && (
        <div className="space-y-1.5 border-t border-line px-3.5 py-2.5">
          <p>Subscribe to this address in your calendar. It is shown once; whoever has it reads the calendar.</p>
          <div className="flex items-center gap-2">
            <code className="min-w-0 flex-1 truncate rounded-[5px] bg-bg px-2 py-1.5 text-s">{make.data.url}</code>
            <CopyButton text={make.data.url} label="Copy the address" />
          </div>
        </div>
      )}
      {error !== null && (
        <div className="px-3.5 py-2">
          <FormError>{explainError(error)}</FormError>
        </div>
      )}
      {feeds.length > 0 && (
        <ul className="divide-y divide-line border-t border-line">
          {feeds.map((feed) => (
            <li key={feed.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3.5 py-2">
              <span className="min-w-0 flex-1 basis-40">{nameOf(feed)}</span>
              <span className="text-s text-muted">
                {feed.last_used_at === null ? (
                  'never fetched'
                ) : (
                  <>
                    fetched <Ago at={Date.parse(feed.last_used_at)} />
                  </>
                )}
              </span>
              <Button
                size="s"
                look="danger"
                disabled={revoke.isPending}
                onClick={() => revoke.mutate(feed)}
                aria-label={`Revoke: ${nameOf(feed)}`}
              >
                Revoke
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
