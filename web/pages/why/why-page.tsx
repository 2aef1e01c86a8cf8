/** "Where did it go, and why?" and "Why was I not paged?": the answer first, then the chain with its evidence. */
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { CircleHelp } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import type { Why } from '../../../src/api/schema.ts'
import { whyQuery } from '../../api/detection.ts'
import { useTitle } from '../../lib/title.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { TextField } from '../../parts/field.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { SeverityWord } from '../../parts/severity.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { outcomeWord } from '../alert/outcome.ts'
import { Chain } from './chain.tsx'
import { PersonCard } from './person-card.tsx'
import { readPasted, withPerson } from './search.ts'

export function WhyPage() {
  useTitle('Why?')
  const search = useSearch({ from: '/shell/why' })
  const navigate = useNavigate({ from: '/why' })
  const isAsked = (search.signal ?? search.alert ?? search.incident) !== undefined
  const why = useQuery(whyQuery(search))
  return (
    <div className="mx-auto max-w-[960px]">
      <PageHead
        title="Why?"
        about="Where a signal went and by which line of the playbook; who was paged about it, and why somebody was not."
      />
      <div className="space-y-4">
        {!isAsked && (
          <Ask
            onAsk={(next) => void navigate({ search: { ...next, ...(search.person === undefined ? {} : { person: search.person }) } })}
          />
        )}
        {isAsked && why.data === undefined && why.isError && <Failed what="answer" error={why.error} retry={() => void why.refetch()} />}
        {isAsked && why.data === undefined && !why.isError && <SkeletonRows rows={5} />}
        {isAsked && why.data !== undefined && (
          <div aria-live="polite" aria-busy={why.isFetching} className="space-y-4">
            <Answer why={why.data} />
            <PersonCard
              why={why.data}
              asked={search.person}
              onAsk={(person) => void navigate({ search: withPerson(search, person), replace: true })}
            />
            <Card title="What happened to it, step by step">
              <Chain steps={why.data.steps} digest={why.data.playbook?.digest ?? ''} />
            </Card>
            <Link to="/why" search={{}} className="text-s text-accent hover:underline">
              Ask about something else
            </Link>
          </div>
        )}
      </div>
    </div>
  )
}

function Answer({ why }: { readonly why: Why }) {
  const word = why.verdict === 'incident' ? null : outcomeWord(why.verdict)
  return (
    <section aria-label="The answer" className="rounded-card border border-line bg-surface px-4 py-4">
      <p className="text-s text-muted">
        {why.subject.kind === 'signal' ? 'The signal' : why.subject.kind === 'alert' ? 'The alert' : 'The incident'}
      </p>
      <h2 className="mb-2 line-clamp-4 text-left text-l font-[620] [overflow-wrap:anywhere]" dir="auto">
        {why.subject.title}
      </h2>
      <p className="[overflow-wrap:anywhere]" dir="auto">
        {word !== null && <Tag tone={word.tone}>{word.label}</Tag>} {why.sentence}
      </p>
      {why.incident !== null && (
        <p className="mt-3 flex flex-wrap items-center gap-x-2.5 gap-y-1 border-t border-line pt-3">
          <SeverityWord rank={why.incident.severity_rank} name={why.incident.severity} over={!why.incident.open} />
          <Link to="/incidents/$ref" params={{ ref: String(why.incident.number) }} className="font-[560] text-accent hover:underline">
            INC-{why.incident.number}
          </Link>
          <span className="min-w-0 [overflow-wrap:anywhere]" dir="auto">
            {why.incident.title}
          </span>
          <span className="text-s text-muted">{why.incident.phase}</span>
        </p>
      )}
    </section>
  )
}

function Ask({ onAsk }: { readonly onAsk: (search: { signal?: string; alert?: string; incident?: string }) => void }) {
  const [text, setText] = useState('')
  const [tried, setTried] = useState(false)
  const asked = readPasted(text)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setTried(true)
    if (asked !== null) onAsk(asked)
  }
  return (
    <>
      <form onSubmit={submit} className="flex flex-wrap items-end gap-2 rounded-card border border-line bg-surface px-4 py-4">
        <div className="min-w-60 flex-1">
          <TextField
            label="Incident, signal or alert"
            hint="Such as INC-42, a link to an incident, or the id of a signal or an alert."
            value={text}
            error={tried && asked === null ? 'This is none of them.' : undefined}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <Button type="submit" look="main" className="mb-6">
          Ask
        </Button>
      </form>
      <Empty icon={<CircleHelp size={22} />} title="Or ask from where it stands">
        Open a message on{' '}
        <Link to="/signals" className="text-accent underline">
          Signals
        </Link>
        , an alert on{' '}
        <Link to="/alerts" search={{}} className="text-accent underline">
          Alerts
        </Link>{' '}
        or an incident, and press “Why?”. What was never received can be tried:{' '}
        <Link to="/playbook/try" search={{}} className="text-accent underline">
          Try a signal
        </Link>
        .
      </Empty>
    </>
  )
}
