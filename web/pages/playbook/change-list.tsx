/** What a change of the playbook means, under headings that people ask by; the gravest of each first. */
import { Link } from '@tanstack/react-router'
import type { PlaybookChange } from '../../../src/api/schema.ts'
import { Tag, type Tone } from '../../parts/tag.tsx'
import { clauseLink } from './anchor.ts'
import { GROUP_TITLES, groupChanges } from './change-groups.ts'

interface ChangeListProps {
  readonly changes: readonly PlaybookChange[]
  /** Digests of the two texts, for links to the rows; left out where one of them is not stored. */
  readonly digests?: { readonly before: string; readonly after: string }
}

const EFFECT_TAGS: Readonly<Record<PlaybookChange['effect'], readonly [tone: Tone, word: string] | null>> = {
  'pages-less': ['late', 'pages less'],
  'pages-otherwise': ['warn', 'pages otherwise'],
  'pages-more': ['plain', 'pages more'],
  'owes-less': ['warn', 'owes less'],
  'owes-more': ['plain', 'owes more'],
  behaviour: null,
  wording: null,
}

export function ChangeList({ changes, digests }: ChangeListProps) {
  return (
    <div className="divide-y divide-line">
      {groupChanges(changes).map(({ group, changes: inGroup }) => (
        <section key={group} aria-label={GROUP_TITLES[group]} className="px-3.5 py-3">
          <h3 className="mb-1.5 text-s font-[600] text-muted">{GROUP_TITLES[group]}</h3>
          <ul className="space-y-1.5">
            {inGroup.map((change, place) => (
              // oxlint-disable-next-line react/no-array-index-key -- two changes may read the same
              <li key={place} className="flex items-baseline gap-2">
                <span aria-hidden className="size-1.5 flex-none -translate-y-0.5 rounded-full bg-line-strong" />
                <p className="min-w-0 [overflow-wrap:anywhere]">
                  {change.sentence} <EffectTag effect={change.effect} /> <Place change={change} digests={digests} />
                </p>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

function EffectTag({ effect }: { readonly effect: PlaybookChange['effect'] }) {
  const tag = EFFECT_TAGS[effect]
  return tag === null ? null : <Tag tone={tag[0]}>{tag[1]}</Tag>
}

function Place({ change, digests }: { readonly change: PlaybookChange; readonly digests: ChangeListProps['digests'] }) {
  if (change.file !== 'playbook.yaml') return <span className="text-s text-muted">{change.file}</span>
  if (digests === undefined || change.path === '') return null
  return (
    <Link
      {...clauseLink(digests[change.side], change.path)}
      className="text-s whitespace-nowrap text-muted underline decoration-dotted underline-offset-2 hover:text-text"
    >
      {change.line === null ? 'its row' : `line ${change.line}`}
    </Link>
  )
}
