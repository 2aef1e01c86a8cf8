/** One signal: what became of it, its raw message, and what it would do by the playbook of now. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { Signal } from '../../../src/api/schema.ts'
import { replayQuery, signalQuery } from '../../api/detection.ts'
import { explainReading } from '../../api/problem.ts'
import { signalRawQuery } from '../../api/queries.ts'
import { toMs } from '../../lib/moment.ts'
import { ownZone } from '../../lib/wall-time.ts'
import { Button, buttonClass } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Drawer } from '../../parts/drawer.tsx'
import { Ago } from '../../parts/moment.tsx'
import { Failed, Skeleton, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { outcomeWord } from './outcome.ts'
import { prettyBody } from './pretty-body.ts'

const Answered = lazy(() => import('../explain/answered.tsx').then((module) => ({ default: module.Answered })))

export function SignalDrawer({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const signal = useQuery(signalQuery(id))
  const [replaying, setReplaying] = useState(false)
  return (
    <Drawer
      title={signal.data?.title ?? 'Signal'}
      description={
        signal.data && (
          <>
            <span dir="auto">{signal.data.source}</span>, <Ago at={toMs(signal.data.received_at)} />
          </>
        )
      }
      onClose={onClose}
    >
      {signal.data === undefined && signal.isError && <Failed what="signal" error={signal.error} retry={() => void signal.refetch()} />}
      {signal.data === undefined && !signal.isError && <Skeleton className="h-24" />}
      {signal.data !== undefined && (
        <div className="space-y-4">
          <Fate signal={signal.data} />
          <div className="flex flex-wrap gap-2">
            <Button look="main" onClick={() => setReplaying(true)} disabled={replaying}>
              Replay as a dry run
            </Button>
            <Link to="/why" search={{ signal: id }} className={buttonClass()}>
              Why?
            </Link>
          </div>
          {replaying && <Replay id={id} />}
          <Raw id={id} />
        </div>
      )}
    </Drawer>
  )
}

function Fate({ signal }: { readonly signal: Signal }) {
  const word = outcomeWord(signal.outcome_kind)
  return (
    <div className="rounded-card border border-line bg-surface px-3.5 py-3">
      <p className="[overflow-wrap:anywhere]" dir="auto">
        <Tag tone={word.tone}>{word.label}</Tag> {signal.outcome}
      </p>
      <p className="mt-1 flex flex-wrap gap-x-4 text-s">
        {signal.incident_id !== null && (
          <Link to="/incidents/$ref" params={{ ref: signal.incident_id }} className="text-accent hover:underline">
            Open the incident
          </Link>
        )}
        {signal.alert_id !== null && (
          <Link to="/alerts" search={{ state: 'all', alert: signal.alert_id }} className="text-accent hover:underline">
            Its alert
          </Link>
        )}
        <Link to="/sources/$id" params={{ id: signal.source_id }} className="text-accent hover:underline">
          Its source
        </Link>
      </p>
    </div>
  )
}

/** Asked when somebody presses the button: nothing is written by it. */
function Replay({ id }: { readonly id: string }) {
  const replay = useQuery(replayQuery(id))
  return (
    <section aria-label="Dry run" aria-live="polite" className="space-y-3">
      <p className="text-s text-muted">A dry run by the playbook in force now: nothing is opened, nobody is paged.</p>
      {replay.data === undefined && replay.isError && <Failed what="answer" error={replay.error} retry={() => void replay.refetch()} />}
      {replay.data === undefined && !replay.isError && <SkeletonRows rows={2} />}
      {replay.data !== undefined && (
        <Suspense fallback={<SkeletonRows rows={2} />}>
          <Answered explained={replay.data} zone={ownZone()} />
        </Suspense>
      )}
    </section>
  )
}

export function Raw({ id }: { readonly id: string }) {
  const raw = useQuery(signalRawQuery(id))
  if (raw.isError)
    return (
      <p className="text-s text-late">
        {raw.error instanceof Error && 'status' in raw.error && raw.error.status === 404
          ? 'The raw message is no longer kept.'
          : explainReading(raw.error)}
      </p>
    )
  if (raw.data === undefined) return <Skeleton className="h-24" />
  const headers = Object.entries(raw.data.headers)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join('\n')
  return (
    <div className="space-y-2">
      <p className="text-s text-muted [overflow-wrap:anywhere]">
        By the door <code className="text-xs">{raw.data.door}</code>, <code className="text-xs">{raw.data.path}</code>
        {raw.data.refused !== null && `. Refused: ${raw.data.refused}`}
      </p>
      <CodeBlock
        name="Body as received, its key shortened"
        code={raw.data.body === null ? `(not text; base64)\n${raw.data.body_base64}` : prettyBody(raw.data.body)}
      />
      {headers !== '' && <CodeBlock name="Headers, without keys and cookies" code={headers} />}
    </div>
  )
}
