/** Try a signal: what the playbook in force would do about it, when, and by which of its lines. Nothing happens by asking. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Radio } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Explained } from '../../../src/api/schema.ts'
import { explainQuery } from '../../api/playbook.ts'
import { explainError } from '../../api/problem.ts'
import { ownZone, isZone } from '../../lib/wall-time.ts'
import { useTitle } from '../../lib/title.ts'
import { Card } from '../../parts/card.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { FormError } from '../../parts/field.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { Crumbs } from '../playbook/crumbs.tsx'
import { ConsideredCard } from './considered-card.tsx'
import { ExplainForm } from './explain-form.tsx'
import { OfferedCard } from './offered-card.tsx'
import { OwedCard } from './owed-card.tsx'
import { toQuestion } from './question.ts'
import { wallMoment } from './schedule.ts'
import { ScheduleCard } from './schedule-card.tsx'
import type { ExplainSearch } from './search.ts'
import { VerdictCard } from './verdict-card.tsx'

export function ExplainPage() {
  useTitle('Try a signal')
  const search = useSearch({ from: '/shell/playbook/try' })
  const navigate = useNavigate({ from: '/playbook/try' })
  const [body, setBody] = useState('')
  const zone = search.zone !== undefined && isZone(search.zone) ? search.zone : ownZone()
  const question = toQuestion(search, { body, zone })
  const answer = useQuery(explainQuery(question))
  const answerRef = useRef<HTMLDivElement>(null)
  const ask = (next: ExplainSearch, pasted: string): void => {
    setBody(pasted)
    void navigate({ search: next, replace: true, resetScroll: false })
    // On a phone the answer stands below the form.
    answerRef.current?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <>
      <Crumbs here="Try a signal" />
      <PageHead
        title="Try a signal"
        about="What the playbook in force would do about it, and by which of its lines. Nothing is opened, nobody is paged."
      >
        <ShareLink shown={question !== null && search.by !== 'body'} />
      </PageHead>
      <div className="grid gap-4 min-[1000px]:grid-cols-[332px_minmax(0,1fr)]">
        <div className="min-w-0">
          <Card title="The signal">
            <ExplainForm key={JSON.stringify(search)} search={search} body={body} busy={answer.isFetching} onAsk={ask} />
          </Card>
        </div>
        <div ref={answerRef} aria-live="polite" className="min-w-0 scroll-mt-16">
          {question === null ? (
            <Empty icon={<Radio size={22} />} title="Pick an alarm, or describe a signal">
              The answer says which incident it would be, who would be paged when on which channel, what would be owed, and why.
            </Empty>
          ) : (
            <Answer query={answer} zone={zone} />
          )}
        </div>
      </div>
    </>
  )
}

function Answer({ query, zone }: { readonly query: ReturnType<typeof useQuery<Explained>>; readonly zone: string }) {
  const explained = query.data
  if (query.isError && !query.isFetching) {
    const { error } = query
    return 'status' in error && (error.status === 400 || error.status === 422) ? (
      <FormError>{explainError(error)}</FormError>
    ) : (
      <Failed what="answer" error={error} retry={() => void query.refetch()} />
    )
  }
  if (explained === undefined) return <SkeletonRows rows={3} />
  return <Answered explained={explained} zone={zone} />
}

function Answered({ explained, zone }: { readonly explained: Explained; readonly zone: string }) {
  const [place, setPlace] = useState(0)
  useEffect(() => setPlace(0), [explained])
  const explanation = explained.items[place]
  const { digest, version } = explained.playbook
  return (
    <div className="space-y-4">
      <p className="text-s text-muted">
        At {wallMoment(explained.at, zone)}, by playbook {version === null ? digest.slice(0, 8) : `v${version}`}.
      </p>
      {explained.refused !== null && (
        <p role="alert" className="rounded-card bg-warn-soft px-3.5 py-2.5 text-warn [overflow-wrap:anywhere]">
          The door would refuse this message: {explained.refused.reason}
          {explained.refused.people_are_told ? ' It is kept, and people are told.' : ''}
        </p>
      )}
      {explained.items.length === 0 && explained.refused === null && (
        <Empty title="No signal is in it">The message was understood and holds no alert.</Empty>
      )}
      {explained.items.length > 1 && (
        <label className="flex flex-wrap items-center gap-2 text-s text-muted">
          Of {explained.items.length + explained.items_more} signals in it
          <select
            value={place}
            onChange={(event) => setPlace(Number(event.target.value))}
            className="max-w-full rounded-[6px] border border-line-strong bg-surface px-2 py-1 text-text max-[760px]:min-h-11"
          >
            {explained.items.map((item, at) => (
              // oxlint-disable-next-line react/no-array-index-key -- two signals of a message may be alike
              <option key={at} value={at}>
                {at + 1}. {item.signal.title === '' ? item.signal.alarm : item.signal.title}
              </option>
            ))}
          </select>
        </label>
      )}
      {explanation !== undefined && (
        <>
          <VerdictCard explanation={explanation} digest={digest} />
          <ScheduleCard explanation={explanation} digest={digest} base={explained.at} zone={zone} />
          <OwedCard explanation={explanation} digest={digest} base={explained.at} zone={zone} />
          <OfferedCard explanation={explanation} digest={digest} />
          <ConsideredCard explanation={explanation} digest={digest} />
        </>
      )}
      {explained.assumptions.length > 0 && (
        <Card title="Taken as given">
          <ul className="list-disc space-y-1 pl-5 text-s text-muted">
            {explained.assumptions.map((assumption) => (
              <li key={assumption}>{assumption}</li>
            ))}
          </ul>
        </Card>
      )}
    </div>
  )
}

/** What was pasted is not in the address, so there would be nothing to share. */
function ShareLink({ shown }: { readonly shown: boolean }) {
  return shown ? <CopyButton text={location.href} label="Copy link to this question" word="Copy link" /> : null
}
