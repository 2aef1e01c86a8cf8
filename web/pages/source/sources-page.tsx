/** The monitoring systems that may send, and their keys. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import type { Source } from '../../../src/api/schema.ts'
import { keys } from '../../api/keys.ts'
import { explainError } from '../../api/problem.ts'
import { meQuery, sourcesQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { tell } from '../../app/toast-store.ts'
import { toMs } from '../../lib/moment.ts'
import { useTitle } from '../../lib/title.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/field.tsx'
import { Ago } from '../../parts/moment.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { NewSourceDialog } from './new-source-dialog.tsx'

export function SourcesPage() {
  useTitle('Sources')
  const sources = useQuery(sourcesQuery)
  const mayManage = useQuery(meQuery).data?.can.includes('source.manage') === true
  const [open, setOpen] = useState<'new' | Source | null>(null)
  return (
    <div className="mx-auto max-w-[920px]">
      <PageHead
        title="Sources"
        about="Each source has a key that opens the doors for signals and nothing else. A key is shown once, when it is made."
      >
        {mayManage && (
          <Button look="main" onClick={() => setOpen('new')}>
            New source
          </Button>
        )}
      </PageHead>
      {sources.data === undefined && sources.isError && (
        <Failed what="sources" error={sources.error} retry={() => void sources.refetch()} />
      )}
      {sources.data === undefined && !sources.isError && <SkeletonRows rows={2} />}
      {sources.data !== undefined && sources.data.length === 0 && (
        <Empty icon={<KeyRound size={22} />} title="No source yet">
          Make one to get a key and the lines to paste into Prometheus, Alertmanager or anything that speaks PagerDuty’s events.
        </Empty>
      )}
      {sources.data !== undefined && sources.data.length > 0 && (
        <ul className="divide-y divide-line rounded-card border border-line bg-surface">
          {sources.data.map((source) => (
            <Row key={source.id} source={source} onRevoke={mayManage ? () => setOpen(source) : undefined} />
          ))}
        </ul>
      )}
      {!mayManage && <p className="mt-3 text-s text-muted">Making and revoking sources is for owners and administrators.</p>}
      {open === 'new' && <NewSourceDialog onClose={() => setOpen(null)} />}
      {open !== null && open !== 'new' && <RevokeDialog source={open} onClose={() => setOpen(null)} />}
    </div>
  )
}

function Row({ source, onRevoke }: { readonly source: Source; readonly onRevoke: (() => void) | undefined }) {
  const revoked = source.revoked_at !== null
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3.5 py-2.5">
      <span className="min-w-0 flex-1 basis-48">
        <span className={`block truncate font-[590] ${revoked ? 'text-muted line-through' : ''}`} dir="auto">
          {source.name}
        </span>
        <span className="block text-s text-muted">
          {source.kind === null ? 'opens every door' : `only ${source.kind}`} · made <Ago at={toMs(source.created_at)} />
        </span>
      </span>
      <code className="text-xs text-muted">{source.key_prefix}…</code>
      {revoked ? (
        <Tag>
          revoked <Ago at={toMs(source.revoked_at) ?? 0} />
        </Tag>
      ) : (
        onRevoke !== undefined && (
          <Button size="s" onClick={onRevoke} aria-label={`Revoke ${source.name}`}>
            Revoke
          </Button>
        )
      )}
    </li>
  )
}

function RevokeDialog({ source, onClose }: { readonly source: Source; readonly onClose: () => void }) {
  const client = useQueryClient()
  const revoke = useMutation({
    mutationFn: () => request(`sources/${encodeURIComponent(source.id)}`, { method: 'DELETE' }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.sources })
      onClose()
      tell(`${source.name} can send no more`)
    },
  })
  return (
    <Dialog title={`Revoke ${source.name}?`} onClose={onClose}>
      <div className="space-y-3.5">
        <p>
          Whatever still sends with this key is refused from now on, so its alarms will reach nobody. Incidents and alerts stay. This cannot
          be undone; a new source gets a new key.
        </p>
        {revoke.isError && <FormError>{explainError(revoke.error)}</FormError>}
        <DialogActions>
          <Button look="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
            Revoke the key
          </Button>
          <Button onClick={onClose}>Keep it</Button>
        </DialogActions>
      </div>
    </Dialog>
  )
}
