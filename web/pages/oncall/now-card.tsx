/** Who is on call at the moment, or at a chosen time: until when, who is next, and the pager to take. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { OncallItem } from '../../../src/api/schema.ts'
import { meQuery } from '../../api/queries.ts'
import { formatDuration } from '../../lib/duration.ts'
import { toMs } from '../../lib/moment.ts'
import { Avatar } from '../../parts/avatar.tsx'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Tag } from '../../parts/tag.tsx'
import { TakeDialog } from './take-dialog.tsx'

interface NowProps {
  readonly items: readonly OncallItem[]
  /** Null: now. */
  readonly at: number | null
  readonly mayAct: boolean
}

export function NowCard({ items, at, mayAct }: NowProps) {
  const [taking, setTaking] = useState<OncallItem | null>(null)
  if (items.length === 0) return null
  return (
    <Card title={at === null ? 'On call now' : 'On call then'} aside="paged by severity" flush>
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <Row key={`${item.role} ${item.team ?? ''}`} item={item} at={at} onTake={mayAct && at === null ? () => setTaking(item) : null} />
        ))}
      </ul>
      {taking !== null && <TakeDialog item={taking} onClose={() => setTaking(null)} />}
    </Card>
  )
}

function Row({ item, at, onTake }: { readonly item: OncallItem; readonly at: number | null; readonly onTake: (() => void) | null }) {
  const meId = useQuery(meQuery).data?.id
  const until = toMs(item.until)
  const mine = item.people.length === 1 && item.person?.id === meId
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-3.5 py-2.5 min-[761px]:grid-cols-[190px_minmax(0,1fr)_210px_150px_150px]">
      <span className="font-[590] max-[760px]:col-span-2">
        {item.role}
        {item.team !== null && <span className="font-normal text-muted"> of {item.team}</span>}
      </span>
      <span className="flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1 max-[760px]:col-span-2">
        <Avatar name={item.person?.name ?? null} />
        <span className="min-w-0 truncate" dir="auto">
          {item.person === null ? (
            <strong className="font-[590] text-late">Nobody: the owners are paged</strong>
          ) : (
            item.people.map(({ name }) => name).join(', ')
          )}
        </span>
        {item.person !== null && item.people.some(({ id }) => id === meId) && <Tag>you</Tag>}
        {item.stand_in && <Tag>stands in</Tag>}
        {item.quiet.map(({ id, until: end }) => (
          <Tag
            key={id}
            title="What severities that respect quiet hours would send waits for their end, as long as somebody is reached in time"
          >
            {item.people.length > 1 ? `${item.people.find((person) => person.id === id)?.name ?? ''}: ` : ''}quiet until{' '}
            <Moment at={toMs(end)} />
          </Tag>
        ))}
        {item.shadows.length > 0 && (
          <Tag title="Told by e-mail, never paged">shadow: {item.shadows.map(({ name }) => name).join(', ')}</Tag>
        )}
      </span>
      <span className="text-s text-muted max-[760px]:col-span-2">
        {until === null ? (
          item.person !== null && 'until further notice'
        ) : (
          <>
            until <Moment at={until} /> · {formatDuration(until - (at ?? Date.now()))}
          </>
        )}
      </span>
      <span className="min-w-0 truncate text-s text-muted max-[760px]:self-center" dir="auto">
        {item.next === null ? '' : `then ${item.next.name}`}
      </span>
      <span className="text-right">
        {onTake !== null && item.schedule !== null && !mine && (
          <Button size="s" onClick={onTake} aria-label={`Take the pager of ${item.role}`}>
            Take the pager
          </Button>
        )}
      </span>
    </li>
  )
}
