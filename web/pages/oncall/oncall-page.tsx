/** Who is on call, now or at a chosen time: for each role until when, and who comes next. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { OncallItem } from '../../../src/api/schema.ts'
import { meQuery, oncallQuery, playbookQuery } from '../../api/queries.ts'
import { formatDuration } from '../../lib/duration.ts'
import { fullMoment, toMs } from '../../lib/moment.ts'
import { useTitle } from '../../lib/title.ts'
import { Avatar } from '../../parts/avatar.tsx'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { CONTROL } from '../../parts/field.tsx'
import { Moment } from '../../parts/moment.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'

export function OncallPage() {
  useTitle('On call')
  const { at } = useSearch({ from: '/shell/on-call' })
  const atMs = at === undefined ? null : Date.parse(at)
  const asked = atMs === null || Number.isNaN(atMs) ? null : new Date(atMs).toISOString()
  const oncall = useQuery(oncallQuery(asked))
  return (
    <div className="mx-auto max-w-[920px]">
      <PageHead title="On call" about={asked === null ? 'Who is paged right now.' : <>Who is paged at {fullMoment(Date.parse(asked))}.</>}>
        <AtPicker at={asked} />
      </PageHead>
      {oncall.data === undefined && oncall.isError && (
        <Failed what="on-call list" error={oncall.error} retry={() => void oncall.refetch()} />
      )}
      {oncall.data === undefined && !oncall.isError && <SkeletonRows rows={4} />}
      {oncall.data !== undefined && (
        <div className="space-y-4">
          <Roles title="Duty roles" aside="paged by severity" items={oncall.data.filter((item) => item.kind === 'duty')} at={asked} />
          <Roles
            title="Incident roles"
            aside="who may take them first"
            items={oncall.data.filter((item) => item.kind === 'incident')}
            at={asked}
          />
          {oncall.data.length === 0 && (
            <Empty title="The playbook names no roles">Nobody can be paged by role: the owner is paged for everything.</Empty>
          )}
          <p className="text-s text-muted">
            Schedules are kept in oncall.yaml beside the playbook. Where nobody holds a role, its pages go to the owners.
          </p>
        </div>
      )}
    </div>
  )
}

function AtPicker({ at }: { readonly at: string | null }) {
  const navigate = useNavigate({ from: '/on-call' })
  const choose = (local: string): void => {
    const ms = Date.parse(local)
    void navigate({ search: Number.isNaN(ms) ? {} : { at: new Date(ms).toISOString() }, replace: true })
  }
  return (
    <div className="flex items-end gap-2">
      <label className="text-s">
        <span className="sr-only">On call at</span>
        <input
          type="datetime-local"
          aria-label="On call at (your time zone)"
          value={at === null ? '' : localValue(Date.parse(at))}
          onChange={(event) => choose(event.target.value)}
          className={CONTROL}
        />
      </label>
      {at !== null && <Button onClick={() => choose('')}>Now</Button>}
    </div>
  )
}

/** `2026-11-24T14:20` in the browser's zone, as the input wants it. */
function localValue(ms: number): string {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

interface RolesProps {
  readonly title: string
  readonly aside: string
  readonly items: readonly OncallItem[]
  readonly at: string | null
}

function Roles({ title, aside, items, at }: RolesProps) {
  if (items.length === 0) return null
  return (
    <Card title={title} aside={aside} flush>
      <ul className="divide-y divide-line">
        {items.map((item, place) => (
          <Item key={`${item.role} ${item.person?.id ?? ''} ${place}`} item={item} at={at === null ? Date.now() : Date.parse(at)} />
        ))}
      </ul>
    </Card>
  )
}

function Item({ item, at }: { readonly item: OncallItem; readonly at: number }) {
  const meId = useQuery(meQuery).data?.id
  const title = useQuery(playbookQuery).data?.roles.find((role) => role.id === item.role)?.title
  const until = toMs(item.until)
  return (
    <li className="grid grid-cols-[minmax(0,1fr)] items-center gap-x-4 gap-y-1 px-3.5 py-2.5 min-[761px]:grid-cols-[170px_minmax(0,1fr)_200px_160px]">
      <span className="font-[590]">{item.kind === 'incident' ? (title ?? item.role) : item.role}</span>
      <span className="flex min-w-0 items-center gap-2.5">
        <Avatar name={item.person?.name ?? null} />
        <span className="min-w-0 truncate" dir="auto">
          {item.person === null ? <span className="text-muted">nobody: the owners are paged</span> : item.person.name}
        </span>
        {item.person !== null && item.person.id === meId && <Tag>you</Tag>}
      </span>
      <span className="text-s text-muted">
        {until === null ? (
          item.person !== null && 'until further notice'
        ) : (
          <>
            until <Moment at={until} /> · {formatDuration(until - at)}
          </>
        )}
      </span>
      <span className="min-w-0 truncate text-s text-muted" dir="auto">
        {item.next === null ? '' : `then ${item.next.name}`}
      </span>
    </li>
  )
}
