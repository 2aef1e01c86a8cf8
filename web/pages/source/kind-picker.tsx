/** What can be connected, as cards; found by typing. */
import { useState } from 'react'
import type { SourceKind } from '../../../src/api/schema.ts'
import { TextFilter } from '../../parts/filter.tsx'
import { Empty } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'

export function KindPicker({ kinds, onChoose }: { readonly kinds: readonly SourceKind[]; readonly onChoose: (id: string) => void }) {
  const [text, setText] = useState('')
  const words = text.toLowerCase().split(/\s+/)
  const found = kinds.filter((kind) => {
    const about = `${kind.id} ${kind.title} ${kind.setup?.purpose ?? ''}`.toLowerCase()
    return words.every((word) => about.includes(word))
  })
  return (
    <div className="space-y-3">
      <div role="search" aria-label="Find a kind of source" className="flex">
        <TextFilter label="What do you have?" placeholder="What do you have?" value={text} onChange={setText} />
      </div>
      {found.length === 0 && (
        <Empty title="Nothing of that name">
          Most systems can post JSON to an address: take JSON and map it. What speaks PagerDuty’s or Opsgenie’s API needs a new host name
          only.
        </Empty>
      )}
      <ul aria-label="Kinds of sources" className="grid gap-3 min-[561px]:grid-cols-2 min-[1000px]:grid-cols-3">
        {found.map((kind) => (
          <li key={kind.id}>
            <button
              type="button"
              onClick={() => onChoose(kind.id)}
              className="flex h-full w-full flex-col items-start gap-1 rounded-card border border-line bg-surface px-3.5 py-3 text-left hover:border-accent"
            >
              <span className="font-[620]">{kind.title}</span>
              <span className="text-s text-muted">{kind.setup?.purpose ?? 'Post to its address.'}</span>
              <span className="mt-auto flex flex-wrap gap-1 pt-1">
                {kind.setup?.signing != null && <Tag>signed</Tag>}
                {kind.setup?.askable === true && <Tag title="After a downtime, Tocsin asks it what fires">can be asked</Tag>}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
