/** The answer in one look: what it is, how severe, by which lines, and what would be opened. */
import { Link } from '@tanstack/react-router'
import type { Explanation } from '../../../src/api/schema.ts'
import { Card } from '../../parts/card.tsx'
import { Facts } from '../../parts/facts.tsx'
import { SeverityChip } from '../../parts/severity.tsx'
import { Tag } from '../../parts/tag.tsx'
import { ClauseLink } from './clause-link.tsx'
import { HoldNote } from './hold-note.tsx'

const VERDICTS: Readonly<Record<Explanation['verdict'], string>> = {
  type: 'A known incident',
  triage: 'Nobody’s type: people classify it',
  below: 'Kept, opens nothing',
  nothing: 'No new alert',
}

export function VerdictCard({ explanation, digest }: { readonly explanation: Explanation; readonly digest: string }) {
  const { signal, severity, type, joins, service, team } = explanation
  return (
    <Card title="What it would be" aside={VERDICTS[explanation.verdict]}>
      <div className="space-y-3">
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
          {severity !== null && <SeverityChip rank={severity.rank} name={severity.id} />}
          <p className="min-w-0 text-l font-[620] [overflow-wrap:anywhere]" dir="auto">
            {type?.title ?? (signal.title === '' ? signal.alarm : signal.title)}
          </p>
        </div>
        <p className="[overflow-wrap:anywhere]">{explanation.sentence}</p>
        <HoldNote hold={explanation.hold} passed={explanation.hold_passed} />
        {joins !== null && (
          <p className="rounded-[6px] bg-accent-soft px-2.5 py-2">
            It joins{' '}
            <Link to="/incidents/$ref" params={{ ref: String(joins.number) }} className="font-[600] text-accent hover:underline">
              INC-{joins.number}
            </Link>{' '}
            <span dir="auto">{joins.title}</span>, which is open: nobody is paged anew. What follows is what would happen without it.
          </p>
        )}
        <Facts
          facts={[
            ...(type === null
              ? []
              : [
                  [
                    'Type',
                    <>
                      {type.title} <ClauseLink clause={type.clause} digest={digest} />
                    </>,
                  ] as const,
                ]),
            ...(severity === null
              ? []
              : [
                  [
                    'Severity',
                    <>
                      {severity.reason} <ClauseLink clause={severity.clause} digest={digest} />
                    </>,
                  ] as const,
                  [`${severity.id} means`, severity.definition] as const,
                ]),
            ...(service == null
              ? []
              : [
                  [
                    'Service',
                    <>
                      {service.name} <ClauseLink clause={service.clause} digest={digest} />
                    </>,
                  ] as const,
                ]),
            ...(team == null
              ? []
              : [
                  [
                    'Team',
                    <>
                      {team.name} <ClauseLink clause={team.clause} digest={digest} />
                    </>,
                  ] as const,
                ]),
            ['Whose it is', explanation.team_reason ?? ''],
            ['Alarm', <SignalText key="a" text={signal.alarm} />],
            ['Sent by', signal.source],
            ['Value', signal.value === null ? '' : String(signal.value)],
            ['Sender says', signal.severity_hint ?? ''],
            ['Status', signal.status === 'firing' ? '' : signal.status],
            ['Labels', <LabelTags key="l" labels={signal.labels} />],
          ]}
        />
      </div>
    </Card>
  )
}

function SignalText({ text }: { readonly text: string }) {
  return (
    <code className="text-xs" dir="auto">
      {text}
    </code>
  )
}

const LABELS_MAX = 12

function LabelTags({ labels }: { readonly labels: Readonly<Record<string, string>> }) {
  const all = Object.entries(labels)
  if (all.length === 0) return <span className="text-muted">none</span>
  return (
    <span className="flex flex-wrap gap-1">
      {all.slice(0, LABELS_MAX).map(([name, value]) => (
        <Tag key={name}>
          <span className="block truncate" dir="auto">
            {name}={value}
          </span>
        </Tag>
      ))}
      {all.length > LABELS_MAX && <span className="text-s text-muted">and {all.length - LABELS_MAX} more</span>}
    </span>
  )
}
