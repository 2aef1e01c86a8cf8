/** The monitoring systems that may send: how each is, and what it sent today. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import type { Source } from '../../../src/api/schema.ts'
import { sourceKindsQuery, sourceListQuery } from '../../api/detection.ts'
import { meQuery } from '../../api/queries.ts'
import { LiveMark } from '../../app/live-mark.tsx'
import { toMs } from '../../lib/moment.ts'
import { useTitle } from '../../lib/title.ts'
import { Button, buttonClass } from '../../parts/button.tsx'
import { Ago } from '../../parts/moment.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Health } from './health.tsx'

const LOOK_MS = 10_000

export function SourcesPage() {
  useTitle('Sources')
  const sources = useQuery({ ...sourceListQuery, refetchInterval: LOOK_MS })
  const mayManage = useQuery(meQuery).data?.can.includes('source.manage') === true
  const [revokedToo, setRevokedToo] = useState(false)
  const all = sources.data ?? []
  const shown = all.filter((source) => revokedToo || source.revoked_at === null)
  const revoked = all.length - all.filter((source) => source.revoked_at === null).length
  return (
    <div className="mx-auto max-w-[1060px]">
      <PageHead title="Sources" about="What may send signals. Each has keys that open the doors for signals and nothing else.">
        <LiveMark dataAt={sources.dataUpdatedAt || undefined} />
        {mayManage && (
          <Link to="/sources/connect" className={buttonClass('main')}>
            Connect a source
          </Link>
        )}
      </PageHead>
      {sources.data === undefined && sources.isError && (
        <Failed what="sources" error={sources.error} retry={() => void sources.refetch()} />
      )}
      {sources.data === undefined && !sources.isError && <SkeletonRows rows={3} />}
      {sources.data !== undefined && shown.length === 0 && (
        <Empty icon={<KeyRound size={22} />} title="No source yet">
          Connect one to get its address and key, or the lines to paste into what you have.
        </Empty>
      )}
      {shown.length > 0 && (
        <ul aria-label="Sources" className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
          {shown.map((source) => (
            <Row key={source.id} source={source} />
          ))}
        </ul>
      )}
      <div className="mt-3 flex flex-wrap items-center gap-3 text-s text-muted">
        {revoked > 0 && (
          <Button size="s" look="quiet" aria-expanded={revokedToo} onClick={() => setRevokedToo(!revokedToo)}>
            {revokedToo ? 'Hide revoked ones' : `Show ${revoked} revoked`}
          </Button>
        )}
        {!mayManage && <p>Connecting and revoking sources is for owners and administrators.</p>}
      </div>
    </div>
  )
}

function Row({ source }: { readonly source: Source }) {
  const kinds = useQuery(sourceKindsQuery).data
  const { today } = source
  const kind = source.kind === null ? 'opens every door' : (kinds?.find((known) => known.id === source.kind)?.title ?? source.kind)
  const bad = today.refused + today.distrusted + today.faults
  return (
    <li>
      <Link
        to="/sources/$id"
        params={{ id: source.id }}
        className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-0.5 px-3.5 py-2.5 hover:bg-accent-soft/40 focus-visible:-outline-offset-2 min-[761px]:grid-cols-[minmax(0,1fr)_170px_110px_96px]"
      >
        <span className="min-w-0">
          <span className={`block truncate font-[590] ${source.revoked_at === null ? '' : 'text-muted line-through'}`} dir="auto">
            {source.name}
          </span>
          <span className="block truncate text-s text-muted">
            {kind}
            {source.team !== null && ` · ${source.team}`}
          </span>
        </span>
        <span className="text-s text-muted max-[760px]:row-start-2">
          {today.signals} today
          {bad > 0 && <span className="text-late">, {bad} bad</span>}
        </span>
        <span className="text-right text-s text-muted min-[761px]:text-left max-[760px]:row-start-2">
          {source.last_seen_at === null ? 'never heard' : <Ago at={toMs(source.last_seen_at)} />}
        </span>
        <span className="flex flex-wrap justify-end gap-1 max-[760px]:col-start-2 max-[760px]:row-start-1">
          {source.observe_since !== null && <Tag tone="warn">observed</Tag>}
          <Health source={source} />
        </span>
      </Link>
    </li>
  )
}
