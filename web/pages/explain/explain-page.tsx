/** Try a signal: what the playbook in force would do about it, when, and by which of its lines. Nothing happens by asking. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Radio } from 'lucide-react'
import { useRef, useState } from 'react'
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
import { Answered } from './answered.tsx'
import { ExplainForm } from './explain-form.tsx'
import { toQuestion } from './question.ts'
import type { ExplainSearch } from './search.ts'

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

/** What was pasted is not in the address, so there would be nothing to share. */
function ShareLink({ shown }: { readonly shown: boolean }) {
  return shown ? <CopyButton text={location.href} label="Copy link to this question" word="Copy link" /> : null
}
