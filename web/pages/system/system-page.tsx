/** Whether Tocsin itself can do its work: what `/readyz` says, asked again each few seconds. */
import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { readyQuery } from '../../api/queries.ts'
import { useFeedState } from '../../app/live.tsx'
import { useTitle } from '../../lib/title.ts'
import { Card } from '../../parts/card.tsx'
import { Ago } from '../../parts/moment.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { asTitle } from '../incident/words.ts'

/** What each check of the server watches; an unknown one is shown by its name. */
const ABOUT: Readonly<Record<string, string>> = {
  database: 'Everything that was accepted is kept here.',
  intake: 'Takes signals in and applies them in order.',
  outbox: 'Hands pages to their channels.',
  auditor: 'Looks at every open incident each 30 s and raises an alarm when a due step is missing.',
  waker: 'Asks incidents again when a clock runs out.',
}

export function SystemPage() {
  useTitle('System')
  const ready = useQuery(readyQuery)
  const feed = useFeedState()
  return (
    <div className="mx-auto max-w-[760px]">
      <PageHead title="System" about="Whether Tocsin itself works. tocsin doctor says more, and /metrics has the numbers.">
        {ready.data !== undefined && <Tag tone={ready.data.ready ? 'ok' : 'late'}>{ready.data.ready ? 'ready' : 'not ready'}</Tag>}
      </PageHead>
      {ready.data === undefined && ready.isError && (
        <Failed what="state of the server" error={ready.error} retry={() => void ready.refetch()} />
      )}
      {ready.data === undefined && !ready.isError && <SkeletonRows rows={3} />}
      {ready.data !== undefined && (
        <Card
          title="Parts"
          aside={
            <>
              asked <Ago at={ready.dataUpdatedAt} />
            </>
          }
          flush
        >
          <ul className="divide-y divide-line">
            {Object.entries(ready.data.checks).map(([name, check]) => (
              <Part key={name} name={asTitle(name.replaceAll(/[_-]/g, ' '))} about={ABOUT[name]} ok={check.ok} detail={check.detail} />
            ))}
            <Part
              name="Live feed to this browser"
              about="How this console hears of changes and pages."
              ok={feed.link === 'live'}
              detail={
                feed.link === 'live' ? 'connected' : feed.link === 'connecting' ? 'connecting' : `away after ${feed.failures} attempts`
              }
            />
          </ul>
        </Card>
      )}
      {ready.isError && ready.data !== undefined && (
        <p role="alert" className="mt-3 text-s text-late">
          The server does not answer right now; what you see is older.
        </p>
      )}
    </div>
  )
}

interface PartProps {
  readonly name: string
  readonly about: string | undefined
  readonly ok: boolean
  readonly detail: string
}

function Part({ name, about, ok, detail }: PartProps) {
  return (
    <li className="flex items-start gap-3 px-3.5 py-2.5">
      {ok ? (
        <CircleCheck size={17} aria-label="works" className="mt-0.5 flex-none text-ok" />
      ) : (
        <CircleAlert size={17} aria-label="trouble" className="mt-0.5 flex-none text-late" />
      )}
      <span className="min-w-0 flex-1">
        <span className="block font-[590]">{name}</span>
        {about !== undefined && <span className="block text-s text-muted">{about}</span>}
      </span>
      <span className={`max-w-[50%] text-right text-s [overflow-wrap:anywhere] ${ok ? 'text-muted' : 'font-[560] text-late'}`}>
        {detail}
      </span>
    </li>
  )
}
