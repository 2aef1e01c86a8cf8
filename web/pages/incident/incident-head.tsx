/** Where we are, how live it is, how bad, what, since when, and why this severity. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Lock } from 'lucide-react'
import { useId, useState, type ReactNode } from 'react'
import type { Incident } from '../../../src/api/schema.ts'
import { playbookQuery } from '../../api/queries.ts'
import { LiveMark } from '../../app/live-mark.tsx'
import { formatLimit } from '../../lib/duration.ts'
import { toMs } from '../../lib/moment.ts'
import { Ago, ClockTime } from '../../parts/moment.tsx'
import { SeverityChip } from '../../parts/severity.tsx'
import { Tag } from '../../parts/tag.tsx'
import { clauseLink } from '../playbook/anchor.ts'
import { isNewer } from './newer.ts'
import { asTitle, numberOf } from './words.ts'

/** From here on a title is cut after some lines, with a button for the rest. */
const TITLE_LONG_CHARS = 220

export function IncidentHead({
  incident,
  fetchedAt,
  children,
}: {
  readonly incident: Incident
  readonly fetchedAt: number
  readonly children: ReactNode
}) {
  const openedAt = toMs(incident.opened_at)
  const [why, setWhy] = useState(false)
  const whyId = useId()
  return (
    <header>
      <div className="mb-2.5 flex flex-wrap items-center gap-2 text-s text-muted">
        <nav aria-label="Breadcrumb" className="flex gap-2">
          <Link to="/incidents" className="hover:text-text hover:underline">
            Incidents
          </Link>
          <span aria-hidden>/</span>
          <span aria-current="page">{numberOf(incident)}</span>
        </nav>
        {incident.private && (
          <Tag>
            <Lock size={10} aria-hidden className="mr-1 inline align-[-1px]" />
            private: members only
          </Tag>
        )}
        <span className="ml-auto">
          <LiveMark dataAt={fetchedAt} />
        </span>
      </div>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <div className="mt-[3px]">
          <SeverityChip rank={incident.severity_rank} name={incident.severity} />
        </div>
        <div className="min-w-0 flex-1 basis-72">
          <Title text={incident.title} />
          <p className="mt-1 text-s text-muted">
            Opened <ClockTime at={openedAt} />
            {incident.source === null ? ' by hand' : ` by ${incident.source}`} · <Ago at={openedAt} />
            <Owner incident={incident} /> ·{' '}
            <Link to="/playbook/versions/$digest" params={{ digest: incident.playbook_digest }} className="hover:underline">
              playbook v{incident.playbook_version}
            </Link>{' '}
            <NewerVersion incident={incident} />·{' '}
            <button
              type="button"
              aria-expanded={why}
              aria-controls={whyId}
              onClick={() => setWhy(!why)}
              className="underline decoration-dotted underline-offset-2 hover:text-text"
            >
              why {incident.severity}?
            </button>
          </p>
          {why && <WhySeverity incident={incident} id={whyId} />}
        </div>
        {children}
      </div>
    </header>
  )
}

/** What is hit and whose it is; the list of what is that team's is one tap away. */
function Owner({ incident: { service, team } }: { readonly incident: Incident }) {
  if (service === null && team === null) return null
  return (
    <>
      {' '}
      · <span dir="auto">{service}</span>
      {service !== null && team !== null && ' of '}
      {team !== null && (
        <Link to="/incidents" search={{ team }} className="hover:underline" dir="auto">
          {team}
        </Link>
      )}
    </>
  )
}

/** Said where the version stands; moving is a person's choice. */
function NewerVersion({ incident }: { readonly incident: Incident }) {
  const current = useQuery(playbookQuery).data
  if (current === undefined || !isNewer(incident, current)) return null
  return (
    <>
      (
      <Link
        to="/playbook/compare"
        search={{ from: incident.playbook_digest, to: current.digest }}
        className="underline decoration-dotted underline-offset-2 hover:text-text"
      >
        v{current.version} is in force
      </Link>
      ){' '}
    </>
  )
}

function Title({ text }: { readonly text: string }) {
  const long = text.length > TITLE_LONG_CHARS
  const [whole, setWhole] = useState(false)
  return (
    <>
      <h1
        dir="auto"
        className={`text-left text-xl leading-[1.3] font-[620] tracking-[-.015em] [overflow-wrap:anywhere] ${long && !whole ? 'line-clamp-3' : ''}`}
      >
        {text}
      </h1>
      {long && (
        <button type="button" aria-expanded={whole} className="text-s text-muted underline" onClick={() => setWhole(!whole)}>
          {whole ? 'Show less' : 'Show the whole title'}
        </button>
      )}
    </>
  )
}

/** Opens beneath the line: nothing floats over what one reads on a phone. */
function WhySeverity({ incident, id }: { readonly incident: Incident; readonly id: string }) {
  const row = useQuery(playbookQuery).data?.severities.find((candidate) => candidate.id === incident.severity)
  return (
    <div id={id} className="mt-2 max-w-[640px] rounded-card border border-line bg-surface px-3 py-2.5 text-s">
      <p className="font-[600] [overflow-wrap:anywhere]" dir="auto">
        {incident.severity_reason === '' ? `Nobody wrote down why it is ${incident.severity}.` : incident.severity_reason}
      </p>
      <p className="mt-0.5 text-muted">
        {BASIS[incident.severity_basis]}
        {incident.severity_sentence !== '' && (
          <>
            {' '}
            “<span dir="auto">{incident.severity_sentence}</span>”
          </>
        )}{' '}
        {incident.severity_clause !== '' && (
          <Link {...clauseLink(incident.playbook_digest, incident.severity_clause)} className="text-accent underline underline-offset-2">
            Its row in the playbook
          </Link>
        )}
      </p>
      {incident.severity_proposed !== null && (
        <p className="mt-1.5 rounded-[6px] bg-warn-soft px-2.5 py-1.5 text-warn">
          What is measured asks for {incident.severity_proposed.severity}: {incident.severity_proposed.reason}{' '}
          <Link {...clauseLink(incident.playbook_digest, incident.severity_proposed.clause)} className="underline">
            playbook
          </Link>
        </p>
      )}
      {incident.team_reason !== '' && (
        <p className="mt-0.5 text-muted [overflow-wrap:anywhere]" dir="auto">
          {incident.team_reason}
        </p>
      )}
      <Measured incident={incident} />
      {row !== undefined && (
        <dl className="mt-1.5 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5">
          <dt className="text-muted">{row.id} means</dt>
          <dd>{row.definition}</dd>
          <dt className="text-muted">First response</dt>
          <dd>within {formatLimit(row.response_seconds * 1_000)}</dd>
          <dt className="text-muted">Pages</dt>
          <dd>{row.roles.length === 0 ? 'nobody: it waits in the queue' : row.roles.join(', ')}</dd>
        </dl>
      )}
    </div>
  )
}

const BASIS: Readonly<Record<Incident['severity_basis'], string>> = {
  playbook: 'By the playbook:',
  impact: 'By what is measured:',
  person: 'A person chose it.',
}

function Measured({ incident }: { readonly incident: Incident }) {
  const measured = Object.entries(incident.impact)
  if (measured.length === 0) return null
  return (
    <ul className="mt-1.5 space-y-0.5">
      {measured.map(([measure, impact]) => (
        <li key={measure}>
          <span className="text-muted">{asTitle(measure.replaceAll('_', ' '))}</span> {impact.text}{' '}
          <span className="text-muted">
            by {impact.by.name}, <Ago at={toMs(impact.at)} />
            {impact.reason !== '' && `: ${impact.reason}`}
          </span>
        </li>
      ))}
    </ul>
  )
}
