/** A section of the document: its own title, what it lists, and the words around it that nothing runs. */
import { lazy, type ReactNode, Suspense } from 'react'
import type { PlaybookView } from '../../../src/api/schema.ts'
import { Card } from '../../parts/card.tsx'
import { Skeleton } from '../../parts/states.tsx'
import { SECTION_TITLES, type SectionKey } from './sections.ts'

const Markdown = lazy(() => import('../../parts/markdown.tsx').then((module) => ({ default: module.Markdown })))

interface SectionProps {
  readonly playbook: PlaybookView
  readonly section: SectionKey
  readonly aside?: ReactNode
  readonly flush?: boolean
  readonly children: ReactNode
}

export function Section({ playbook, section, aside, flush, children }: SectionProps) {
  const before = playbook.prose.filter((entry) => entry.at === section && entry.place === 'before')
  const after = playbook.prose.filter((entry) => entry.at === section && entry.place === 'after')
  return (
    <>
      <div id={section} className="scroll-mt-16 rounded-card">
        <Card title={titleOf(playbook, section)} aside={aside} flush={flush === true}>
          <ProseIn entries={before.filter((entry) => entry.title === null)} padded={flush === true} />
          {children}
          <ProseIn entries={after.filter((entry) => entry.title === null)} padded={flush === true} />
        </Card>
      </div>
      <ProseCards entries={[...before, ...after].filter((entry) => entry.title !== null)} />
    </>
  )
}

/** Words at the start of the document, before any section. */
export function Opening({ playbook }: { readonly playbook: PlaybookView }) {
  const entries = playbook.prose.filter((entry) => entry.at === 'start' || entry.at === 'metadata')
  return (
    <>
      <ProseIn entries={entries.filter((entry) => entry.title === null)} padded={false} />
      <ProseCards entries={entries.filter((entry) => entry.title !== null)} />
    </>
  )
}

export function titleOf(playbook: PlaybookView, section: SectionKey): string {
  return playbook.document.sections.find((entry) => entry.section === section)?.title ?? SECTION_TITLES[section]
}

type Prose = PlaybookView['prose'][number]

function ProseIn({ entries, padded }: { readonly entries: readonly Prose[]; readonly padded: boolean }) {
  if (entries.length === 0) return null
  return <div className={padded ? 'space-y-2 px-3.5 py-3' : 'space-y-2 py-1'}>{entries.map(showText)}</div>
}

function ProseCards({ entries }: { readonly entries: readonly Prose[] }) {
  return entries.map((entry, place) => (
    // oxlint-disable-next-line react/no-array-index-key -- the same words may stand in a document twice
    <Card key={place} title={entry.title ?? ''}>
      {showText(entry, place)}
    </Card>
  ))
}

function showText(entry: Prose, place: number): ReactNode {
  return (
    <Suspense key={place} fallback={<Skeleton className="w-3/5" />}>
      <Markdown text={entry.text} />
    </Suspense>
  )
}
