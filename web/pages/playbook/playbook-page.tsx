/** The playbook in force, as the document people read: metadata, matrix, lifecycle, types, plan, roles, post-mortem, compliance. */
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { PlaybookView } from '../../../src/api/schema.ts'
import { playbookQuery } from '../../api/queries.ts'
import { formatLimit } from '../../lib/duration.ts'
import { useTitle } from '../../lib/title.ts'
import { Card } from '../../parts/card.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { SeverityWord } from '../../parts/severity.tsx'
import { Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { counted } from '../incident/words.ts'
import { Table } from './table.tsx'

export function PlaybookPage() {
  useTitle('Playbook')
  const playbook = useQuery(playbookQuery)
  if (playbook.data !== undefined) return <Document playbook={playbook.data} />
  return (
    <div className="mx-auto max-w-[920px]">
      <PageHead title="Playbook" />
      {playbook.isError ? <Failed what="playbook" error={playbook.error} retry={() => void playbook.refetch()} /> : <SkeletonRows />}
    </div>
  )
}

function Document({ playbook }: { readonly playbook: PlaybookView }) {
  const rank = (severity: string): number => playbook.severities.find((row) => row.id === severity)?.rank ?? 3
  return (
    <div className="mx-auto max-w-[920px] space-y-4">
      <PageHead title="Playbook" about="Read from playbook.yaml. Each incident keeps the version it began with.">
        <Metadata playbook={playbook} />
      </PageHead>
      <Card title="Severity matrix" flush>
        <Table
          caption="Severity matrix"
          head={['Severity', 'Definition', 'Example', 'First response', 'Pages']}
          rows={playbook.severities.map((row) => ({
            key: row.id,
            cells: [
              <SeverityWord key="s" rank={row.rank} name={row.id} />,
              row.definition,
              row.example,
              formatLimit(row.response_seconds * 1_000),
              row.roles.length === 0
                ? 'nobody: it waits in the queue'
                : `${row.roles.join(', ')}${row.acknowledgement === 'any' && row.roles.length > 1 ? ' (any one is enough)' : ''}`,
            ],
          }))}
        />
      </Card>
      <Card title="Lifecycle">
        <ol className="space-y-2">
          {playbook.lifecycle.map((step, place) => (
            <li key={`${place} ${step.title}`} className="flex gap-2.5">
              <span
                aria-hidden
                className="grid size-5 flex-none place-items-center rounded-full border-[1.5px] border-line-strong text-xs text-muted"
              >
                {place + 1}
              </span>
              <span>
                <strong className="font-[600]">{step.title}</strong> <span className="text-muted">{step.description}</span>
              </span>
            </li>
          ))}
        </ol>
      </Card>
      <Card title="Common incidents" aside={counted(playbook.incident_types.length, 'type')} flush>
        <ul className="divide-y divide-line">
          {playbook.incident_types.map((type) => (
            <li key={type.id} className="space-y-1.5 px-3.5 py-3">
              <div className="flex flex-wrap items-center gap-2">
                <h3 className="font-[620]">{type.title}</h3>
                <SeverityWord rank={rank(type.severity)} name={type.severity} />
              </div>
              <Facts
                facts={[
                  ['Detected by', type.detection.map(detectionText).join(', or ') || 'people only'],
                  ['First step', type.first_step],
                  ['Mitigation', type.mitigation.map((step) => step.title).join('; ')],
                  ['Follow-up', type.follow_up.join('; ')],
                  ['Told apart by', type.group_by.join(', ')],
                ]}
              />
            </li>
          ))}
        </ul>
      </Card>
      <Card title="Communication plan" flush>
        <Table
          caption="Communication plan"
          head={['Audience', 'Channels', 'How often', 'Severities', 'Content']}
          rows={playbook.communication.map((row, place) => ({
            key: `${place}`,
            cells: [
              row.audience,
              row.channels.join(', '),
              row.every_seconds === null ? 'in real time' : `every ${formatLimit(row.every_seconds * 1_000)}`,
              row.severities.length === playbook.severities.length ? 'all' : row.severities.join(', '),
              row.content,
            ],
          }))}
        />
      </Card>
      <Card title="Roles" flush>
        <Table
          caption="Roles"
          head={['Role', 'Responsibility', 'Held by']}
          rows={playbook.roles.map((role) => ({ key: role.id, cells: [role.title, role.responsibility, role.held_by.join(', ')] }))}
        />
      </Card>
      <Escalation playbook={playbook} />
      <Card
        title="Post-mortem"
        aside={`within ${formatLimit(playbook.post_mortem.within_seconds * 1_000)} of resolution · ${playbook.post_mortem.severities.join(', ') || 'none'}`}
      >
        <Facts facts={playbook.post_mortem.sections.map((section) => [section.title, section.description])} />
      </Card>
      {playbook.compliance.length > 0 && (
        <Card title="Compliance">
          <Facts facts={playbook.compliance.map((row) => [row.title, row.text])} />
        </Card>
      )}
      {playbook.pass_criteria.length > 0 && (
        <Card title="Pass criteria">
          <ul className="list-disc space-y-1 pl-5">
            {playbook.pass_criteria.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Card>
      )}
    </div>
  )
}

function Metadata({ playbook }: { readonly playbook: PlaybookView }) {
  const { metadata } = playbook
  const overdue = Date.parse(metadata.next_review_due) < Date.now()
  return (
    <div className="text-s text-muted min-[761px]:text-right">
      <p>
        <strong className="font-[600] text-text">{metadata.id}</strong> · version {playbook.version} ·{' '}
        <span title={playbook.digest}>{playbook.digest.slice(0, 8)}</span>
      </p>
      <p>
        {metadata.maintainer.name} · reviewed {metadata.last_review}, next {metadata.next_review_due}{' '}
        {overdue && <Tag tone="late">review overdue</Tag>}
      </p>
    </div>
  )
}

function Escalation({ playbook }: { readonly playbook: PlaybookView }) {
  const rows = playbook.severities.filter((row) => row.roles.length > 0)
  if (rows.length === 0) return null
  return (
    <Card title="Escalation" aside="waits run from when a page was handed over" flush>
      <Table
        caption="Escalation"
        head={['Severity', 'Steps', 'Repeats']}
        rows={rows.map((row) => ({
          key: row.id,
          cells: [
            <SeverityWord key="s" rank={row.rank} name={row.id} />,
            escalationText(row.escalation.steps),
            row.escalation.rounds === 1 ? 'once' : `${row.escalation.rounds} times`,
          ],
        }))}
      />
    </Card>
  )
}

/** Steps without a wait between them are paged together: `on call, 2 min → next and on call, 2 min`. */
function escalationText(steps: PlaybookView['severities'][number]['escalation']['steps']): string {
  const parts = steps.map((step, place) => {
    const who = step.page.replaceAll('-', ' ')
    if (step.wait_seconds === 0) return `${who} and `
    return `${who}, ${formatLimit(step.wait_seconds * 1_000)}${place === steps.length - 1 ? '' : ' → '}`
  })
  return parts.join('')
}

function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-1 gap-x-4 gap-y-1 min-[561px]:grid-cols-[max-content_minmax(0,1fr)]">
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-s text-muted max-[560px]:mt-1 min-[561px]:max-w-52">{name}</dt>
            <dd className="[overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
    </dl>
  )
}

function detectionText(rule: PlaybookView['incident_types'][number]['detection'][number]): string {
  return [
    rule.alarm ?? 'any alarm',
    ...(rule.sources.length > 0 ? [`from ${rule.sources.join(', ')}`] : []),
    ...(rule.when === null ? [] : [`when ${rule.when}`]),
  ].join(' ')
}
