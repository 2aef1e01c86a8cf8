/** What is shown when no server answers: the pocket copy, dated, or that this device has none. */
import { Phone } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import type { OncallItem } from '../../../src/api/schema.ts'
import { openPocket, type PocketCopy } from '../../lib/offline/pocket.ts'
import { toMs } from '../../lib/moment.ts'
import { useTitle } from '../../lib/title.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Ago, Moment } from '../../parts/moment.tsx'
import { SeverityWord } from '../../parts/severity.tsx'
import { Document } from '../playbook/document.tsx'

interface PocketPageProps {
  readonly retry: () => void
  /** Shown where there is no copy. */
  readonly children: ReactNode
}

const RETRY_MS = 5_000

export function PocketPage({ retry, children }: PocketPageProps) {
  useTitle('Pocket copy')
  const [copy, setCopy] = useState<PocketCopy | null | undefined>()
  useEffect(() => void openPocket().then(setCopy), [])
  useEffect(() => {
    const timer = setInterval(retry, RETRY_MS)
    return () => clearInterval(timer)
  })
  if (copy === undefined) return null
  return copy === null ? children : <Pocket copy={copy} retry={retry} />
}

function Pocket({ copy, retry }: { readonly copy: PocketCopy; readonly retry: () => void }) {
  return (
    <div className="mx-auto max-w-[760px] space-y-4">
      <div
        role="alert"
        className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card border border-warn bg-warn-soft px-3.5 py-2.5 text-warn"
      >
        <p className="min-w-0 flex-1 basis-60">
          <strong className="font-[620]">Tocsin cannot be reached.</strong> This is your copy of <Ago at={copy.at} /> (
          <Moment at={copy.at} />
          ); what happened since is not in it. It is asked again every few seconds.
        </p>
        <Button size="s" onClick={retry}>
          Try now
        </Button>
      </div>
      <h1 className="text-xl font-[620] tracking-[-.015em]">Pocket copy of {copy.name}</h1>
      <Open copy={copy} />
      <OnCall copy={copy} />
      <details className="rounded-card border border-line bg-surface">
        <summary className="min-h-11 cursor-pointer px-3.5 py-3 text-s font-[620]">
          Playbook, version {copy.playbook.version}: {copy.playbook.document.title ?? 'incident response'}
        </summary>
        <div className="border-t border-line p-3.5">
          <Document playbook={copy.playbook} inForce />
        </div>
      </details>
    </div>
  )
}

function Open({ copy: { incidents } }: { readonly copy: PocketCopy }) {
  return (
    <Card title="Open at the time of the copy" aside={`${incidents.length}`} flush={incidents.length > 0}>
      {incidents.length === 0 && <p className="text-muted">Nothing was open.</p>}
      <ul className="divide-y divide-line">
        {incidents.map((incident) => (
          <li key={incident.id} className="px-3.5 py-2.5">
            <div className="flex items-center gap-2">
              <SeverityWord rank={incident.severity_rank} name={incident.severity} />
              <span className="text-s text-muted">
                INC-{incident.number} · {incident.phase} · opened <Moment at={toMs(incident.opened_at)} />
              </span>
            </div>
            <p className="font-[590] [overflow-wrap:anywhere]" dir="auto">
              {incident.title}
            </p>
            {incident.first_step !== '' && (
              <p className="text-s text-muted [overflow-wrap:anywhere]" dir="auto">
                First: {incident.first_step}
              </p>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}

function OnCall({ copy: { oncall, numbers } }: { readonly copy: PocketCopy }) {
  const duties = oncall.filter((item) => item.kind === 'duty')
  return (
    <Card title="On call at the time of the copy" flush={duties.length > 0}>
      {duties.length === 0 && <p className="text-muted">The playbook named no roles.</p>}
      <ul className="divide-y divide-line">
        {duties.map((item) => (
          <Duty key={`${item.team ?? ''} ${item.role}`} item={item} numbers={numbers} />
        ))}
      </ul>
    </Card>
  )
}

function Duty({ item, numbers }: { readonly item: OncallItem; readonly numbers: PocketCopy['numbers'] }) {
  const until = toMs(item.until)
  return (
    <li className="px-3.5 py-2.5">
      <p className="text-s text-muted">
        {item.team === null ? item.role : `${item.role} · ${item.team}`}
        {until !== null && (
          <>
            {' · until '}
            <Moment at={until} />
          </>
        )}
        {item.next !== null && ` · then ${item.next.name}`}
      </p>
      {item.people.length === 0 && <p className="text-late">Nobody: its pages go to the owners.</p>}
      {item.people.map((person) => (
        <div key={person.id} className="flex flex-wrap items-center gap-x-3">
          <span className="font-[590]" dir="auto">
            {person.name}
          </span>
          {(numbers[person.id] ?? []).map((number) => (
            <a key={number} href={`tel:${number}`} className="inline-flex min-h-11 items-center gap-1.5 text-accent underline">
              <Phone size={15} aria-hidden /> {number}
            </a>
          ))}
          {numbers[person.id] === undefined && <span className="text-s text-muted">{person.email}</span>}
        </div>
      ))}
    </li>
  )
}
