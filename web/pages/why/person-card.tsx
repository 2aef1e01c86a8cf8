/** "Why was I not paged?": choose who, read the one sentence, then its evidence. */
import { useQuery } from '@tanstack/react-query'
import type { Why, WhyPerson } from '../../../src/api/schema.ts'
import { meQuery, peopleQuery } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { Tag, type Tone } from '../../parts/tag.tsx'
import { Chain } from './chain.tsx'

const VERDICTS: Readonly<Record<WhyPerson['verdict'], readonly [tone: Tone, words: string]>> = {
  acknowledged: ['ok', 'paged, acknowledged'],
  declined: ['warn', 'paged, declined'],
  paged: ['ok', 'paged'],
  'on-its-way': ['warn', 'page on its way'],
  'no-channel': ['late', 'no channel'],
  'delivery-failed': ['late', 'delivery failed'],
  superseded: ['plain', 'page no longer needed'],
  'not-yet': ['plain', 'not their turn yet'],
  'already-acknowledged': ['plain', 'answered before'],
  released: ['plain', 'released before'],
  'duty-ended': ['plain', 'duty ended before'],
  'schedule-changed': ['warn', 'schedule changed since'],
  'not-in-role': ['plain', 'held no role that was paged'],
  'not-called-in': ['plain', 'not called in'],
  'pages-nobody': ['plain', 'severity pages nobody'],
  disabled: ['warn', 'account disabled'],
  'no-incident': ['plain', 'no incident'],
}

interface PersonCardProps {
  readonly why: Why
  readonly asked: string | undefined
  readonly onAsk: (person: string | undefined) => void
}

export function PersonCard({ why, asked, onAsk }: PersonCardProps) {
  const me = useQuery(meQuery).data
  const people = useQuery(peopleQuery).data ?? []
  const others = people.filter((person) => person.id !== me?.id)
  return (
    <Card
      title={asked === 'me' ? 'Why was I paged, or not?' : 'Why was somebody paged, or not?'}
      aside={
        <select
          aria-label="Who"
          value={asked ?? ''}
          onChange={(event) => onAsk(event.target.value === '' ? undefined : event.target.value)}
          className="max-w-48 rounded-[6px] border border-line-strong bg-surface px-2 py-1 text-text max-[760px]:min-h-11"
        >
          <option value="">Choose who</option>
          <option value="me">Me</option>
          {others.map((person) => (
            <option key={person.id} value={person.id}>
              {person.name}
            </option>
          ))}
        </select>
      }
    >
      {why.person === null ? <Paged why={why} /> : <Answer person={why.person} digest={why.playbook?.digest ?? ''} />}
    </Card>
  )
}

function Answer({ person, digest }: { readonly person: WhyPerson; readonly digest: string }) {
  const [tone, words] = VERDICTS[person.verdict]
  return (
    <div className="space-y-3">
      <p className="text-l [overflow-wrap:anywhere]" dir="auto">
        <Tag tone={tone}>{words}</Tag> {person.sentence}
      </p>
      {person.steps.length > 0 && <Chain steps={person.steps} digest={digest} />}
    </div>
  )
}

function Paged({ why }: { readonly why: Why }) {
  if (why.paged.length === 0) return <p className="text-muted">Nobody was paged about it.</p>
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1">
      {why.paged.map((page, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- one person may be paged twice for a role
        <li key={place}>
          <span dir="auto">{page.person.name}</span>{' '}
          <span className="text-s text-muted">
            as {page.role}, {page.state}
          </span>
        </li>
      ))}
    </ul>
  )
}
