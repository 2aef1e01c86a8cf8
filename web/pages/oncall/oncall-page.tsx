/** Who is on call: now or at a chosen time, in a calendar, and what people ask of each other. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { OncallItem } from '../../../src/api/schema.ts'
import { meQuery, oncallQuery, playbookQuery } from '../../api/queries.ts'
import { fullMoment } from '../../lib/moment.ts'
import { useTitle } from '../../lib/title.ts'
import { Avatar } from '../../parts/avatar.tsx'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { CONTROL } from '../../parts/field.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { AsksCard } from './asks-card.tsx'
import { CalendarCard } from './calendar-card.tsx'
import { FeedsCard } from './feeds-card.tsx'
import { NowCard } from './now-card.tsx'
import { localValue } from './words.ts'

export function OncallPage() {
  useTitle('On call')
  const { at } = useSearch({ from: '/shell/on-call' })
  const atMs = at === undefined ? null : Date.parse(at)
  const asked = atMs === null || Number.isNaN(atMs) ? null : new Date(atMs).toISOString()
  const oncall = useQuery(oncallQuery(asked))
  const mayAct = useQuery(meQuery).data?.can.includes('incident.respond') ?? false
  return (
    <div className="mx-auto max-w-[1060px]">
      <PageHead title="On call" about={asked === null ? 'Who is paged right now.' : <>Who is paged at {fullMoment(Date.parse(asked))}.</>}>
        <AtPicker at={asked} />
      </PageHead>
      {oncall.data === undefined && oncall.isError && (
        <Failed what="on-call list" error={oncall.error} retry={() => void oncall.refetch()} />
      )}
      {oncall.data === undefined && !oncall.isError && <SkeletonRows rows={4} />}
      {oncall.data !== undefined && (
        <div className="space-y-4">
          <NowCard
            items={oncall.data.filter((item) => item.kind === 'duty')}
            at={asked === null ? null : Date.parse(asked)}
            mayAct={mayAct}
          />
          {oncall.data.length === 0 && (
            <Empty title="The playbook names no roles">Nobody can be paged by role: the owner is paged for everything.</Empty>
          )}
          <CalendarCard mayAct={mayAct} />
          <AsksCard mayAct={mayAct} />
          <FeedsCard />
          <IncidentRoles items={oncall.data.filter((item) => item.kind === 'incident')} />
          <p className="text-s text-muted">
            Schedules are kept in oncall.yaml beside the playbook; overrides, swaps and absences are made here and always end. Where nobody
            holds a role, its pages go to the owners.
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
    const chosen = Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
    void navigate({
      search: ({ view, day }) => ({
        ...(view === undefined ? {} : { view }),
        ...(day === undefined ? {} : { day }),
        ...(chosen === undefined ? {} : { at: chosen }),
      }),
      replace: true,
    })
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

/** Taken in an incident, not scheduled: shown is who would be asked first. */
function IncidentRoles({ items }: { readonly items: readonly OncallItem[] }) {
  const titles = useQuery(playbookQuery).data?.roles ?? []
  if (items.length === 0) return null
  return (
    <Card title="Incident roles" aside="who may take them first" flush>
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <li
            key={item.role}
            className="grid grid-cols-[minmax(0,1fr)] items-center gap-x-4 gap-y-1 px-3.5 py-2 min-[761px]:grid-cols-[190px_minmax(0,1fr)]"
          >
            <span className="font-[590]">{titles.find((role) => role.id === item.role)?.title ?? item.role}</span>
            <span className="flex min-w-0 items-center gap-2.5" dir="auto">
              <Avatar name={item.person?.name ?? null} />
              {item.person === null ? <span className="text-muted">nobody: the owners are paged</span> : item.person.name}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
