/** One source: how it is, what it sent, its keys and secrets, its faults, and the switch between observing and paging. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { SourceDetail } from '../../../src/api/schema.ts'
import { sourceKindsQuery, sourceQuery } from '../../api/detection.ts'
import { explainError } from '../../api/problem.ts'
import { meQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { LiveMark } from '../../app/live-mark.tsx'
import { tell } from '../../app/toast-store.ts'
import { toMs } from '../../lib/moment.ts'
import { useTitle } from '../../lib/title.ts'
import { Button, buttonClass } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { Facts } from '../../parts/facts.tsx'
import { FormError } from '../../parts/field.tsx'
import { Ago } from '../../parts/moment.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Failed, SkeletonRows } from '../../parts/states.tsx'
import { Arrivals } from './arrivals.tsx'
import { CertificatesCard } from './certificates-card.tsx'
import { freshen, useChangeSource } from './change-source.ts'
import { FaultsCard } from './faults-card.tsx'
import { Health } from './health.tsx'
import { KeysCard } from './keys-card.tsx'
import { ObserveCard } from './observe-card.tsx'
import { SecretCard } from './secret-card.tsx'
import { SetupGuide } from './setup-guide.tsx'
import { TeamCard } from './team-card.tsx'
import { TestCard } from './test-card.tsx'
import { TopicsCard } from './topics-card.tsx'

const LOOK_MS = 5_000

export function SourcePage() {
  const { id } = useParams({ from: '/shell/sources/$id' })
  const source = useQuery({ ...sourceQuery(id), refetchInterval: LOOK_MS })
  useTitle(source.data?.name ?? 'Source')
  if (source.data !== undefined) return <Loaded source={source.data} dataAt={source.dataUpdatedAt} />
  if (source.isError) {
    return (
      <>
        <h1 className="sr-only">Source</h1>
        <Failed what="source" error={source.error} retry={() => void source.refetch()} />
      </>
    )
  }
  return <SkeletonRows rows={4} />
}

function Loaded({ source, dataAt }: { readonly source: SourceDetail; readonly dataAt: number }) {
  const mayManage = useQuery(meQuery).data?.can.includes('source.manage') === true && source.revoked_at === null
  const kind = useQuery(sourceKindsQuery).data?.find((known) => known.id === source.kind)
  const [revoking, setRevoking] = useState(false)
  const change = useChangeSource(source.id)
  return (
    <div className="mx-auto max-w-[1180px]">
      <PageHead
        title={source.name}
        about={
          <>
            <Health source={source} /> {source.kind === null ? 'Its keys open every door.' : (kind?.title ?? source.kind)}
            {source.team !== null && ` Of ${source.team}.`}
          </>
        }
      >
        <LiveMark dataAt={dataAt} />
        <Link to="/signals" search={{ source: source.id }} className={buttonClass()}>
          Its signals
        </Link>
        {source.kind === 'json' && mayManage && (
          <Link to="/sources/$id/mapping" params={{ id: source.id }} className={buttonClass()}>
            Mapping
          </Link>
        )}
        {mayManage && (
          <Button look="danger" onClick={() => setRevoking(true)}>
            Revoke
          </Button>
        )}
      </PageHead>
      <Notices notices={source.notices} />
      <div className="grid gap-4 min-[1000px]:grid-cols-[minmax(0,1fr)_400px]">
        <div className="min-w-0 space-y-4">
          <ObserveCard source={source} mayManage={mayManage} change={change} />
          {kind?.certificates === true && (
            <>
              <TopicsCard source={source} mayManage={mayManage} change={change} />
              <CertificatesCard source={source} mayManage={mayManage} />
            </>
          )}
          <Arrivals sourceId={source.id} />
          <FaultsCard source={source} />
          {kind !== undefined && (
            <details className="rounded-card border border-line bg-surface px-3.5 py-3">
              <summary className="cursor-pointer font-[600]">How to set it up</summary>
              <div className="mt-3">
                <SetupGuide kind={kind} apiKey={null} />
              </div>
            </details>
          )}
        </div>
        <div className="min-w-0 space-y-4">
          <Today source={source} />
          {mayManage && <TestCard sourceId={source.id} kind={kind} />}
          <KeysCard source={source} mayManage={mayManage} />
          <TeamCard source={source} mayManage={mayManage} change={change} />
          <SecretCard source={source} kind={kind} mayManage={mayManage} change={change} />
        </div>
      </div>
      {revoking && <RevokeDialog source={source} onClose={() => setRevoking(false)} />}
    </div>
  )
}

const LEVELS = { info: 'bg-accent-soft', warn: 'bg-warn-soft text-warn', fail: 'bg-late-soft text-late' } as const

function Notices({ notices }: { readonly notices: SourceDetail['notices'] }) {
  if (notices.length === 0) return null
  return (
    <ul aria-label="Notices" className="mb-4 space-y-2">
      {notices.map((notice) => (
        <li key={notice.code} className={`rounded-card px-3.5 py-2.5 [overflow-wrap:anywhere] ${LEVELS[notice.level]}`}>
          <span className="font-[600]">{notice.text}</span> {notice.remedy}
        </li>
      ))}
    </ul>
  )
}

function Today({ source }: { readonly source: SourceDetail }) {
  const { today } = source
  return (
    <Card title="Today" aside={source.last_seen_at === null ? 'never heard' : <Ago at={toMs(source.last_seen_at)} />}>
      <Facts
        tight
        facts={[
          ['Messages', <Count key="c" value={today.messages} />],
          ['Signals in them', <Count key="c" value={today.signals} />],
          ['Sent twice', <Count key="c" value={today.repeated} />],
          ['Refused', <Count key="c" value={today.refused} bad />],
          ['Distrusted', <Count key="c" value={today.distrusted} bad />],
          ['Faults', <Count key="c" value={today.faults} bad />],
        ]}
      />
    </Card>
  )
}

function Count({ value, bad }: { readonly value: number; readonly bad?: boolean }) {
  return <span className={bad === true && value > 0 ? 'text-late' : ''}>{value}</span>
}

function RevokeDialog({ source, onClose }: { readonly source: SourceDetail; readonly onClose: () => void }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const revoke = useMutation({
    mutationFn: () => request(`sources/${encodeURIComponent(source.id)}`, { method: 'DELETE' }),
    onSuccess: () => {
      freshen(client)
      tell(`${source.name} can send no more`)
      void navigate({ to: '/sources' })
    },
  })
  return (
    <Dialog title={`Revoke ${source.name}?`} onClose={onClose}>
      <div className="space-y-3.5">
        <p>
          Whatever still sends with its keys is refused from now on, so its alarms will reach nobody. Incidents and alerts stay. This cannot
          be undone; a new source gets a new key.
        </p>
        {revoke.isError && <FormError>{explainError(revoke.error)}</FormError>}
        <DialogActions>
          <Button look="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
            Revoke all its keys
          </Button>
          <Button onClick={onClose}>Keep it</Button>
        </DialogActions>
      </div>
    </Dialog>
  )
}
