/** The playbook in force, as the document people read, with what keeps a newer text from running and what can be done with it. */
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { CurrentPlaybook } from '../../../src/api/schema.ts'
import { meQuery, playbookQuery } from '../../api/queries.ts'
import { useCommands } from '../../app/commands.ts'
import { serverNow } from '../../lib/now.ts'
import { toMs } from '../../lib/moment.ts'
import { useTitle } from '../../lib/title.ts'
import { buttonClass, Key } from '../../parts/button.tsx'
import { Ago } from '../../parts/moment.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Contents, Document } from './document.tsx'
import { Downloads } from './downloads.tsx'
import { FaultBanner } from './fault-banner.tsx'
import { reviewState } from './review.ts'
import { useAnchor } from './use-anchor.ts'

export function PlaybookPage() {
  useTitle('Playbook')
  const playbook = useQuery(playbookQuery)
  useAnchor(playbook.data !== undefined)
  const mayEdit = useQuery(meQuery).data?.can.includes('playbook.check') === true
  useActions(mayEdit)
  if (playbook.data !== undefined) return <Loaded playbook={playbook.data} mayEdit={mayEdit} />
  return (
    <div className="mx-auto max-w-[920px]">
      <PageHead title="Playbook" />
      {playbook.isError ? <Failed what="playbook" error={playbook.error} retry={() => void playbook.refetch()} /> : <SkeletonRows />}
    </div>
  )
}

function useActions(mayEdit: boolean): void {
  const navigate = useNavigate()
  const edit = {
    id: 'playbook edit',
    label: 'Edit the playbook',
    group: 'Do',
    shortcut: 'E',
    words: 'change yaml',
    run: () => void navigate({ to: '/playbook/edit' }),
  }
  useCommands([
    ...(mayEdit ? [edit] : []),
    {
      id: 'playbook try',
      label: 'Try a signal',
      group: 'Do',
      shortcut: 'T',
      words: 'explain simulate',
      run: () => void navigate({ to: '/playbook/try' }),
    },
    {
      id: 'playbook versions',
      label: 'Versions of the playbook',
      group: 'Do',
      shortcut: 'V',
      words: 'history diff compare',
      run: () => void navigate({ to: '/playbook/versions' }),
    },
  ])
}

function Loaded({ playbook, mayEdit }: { readonly playbook: CurrentPlaybook; readonly mayEdit: boolean }) {
  return (
    <>
      <PageHead
        title={playbook.document.title ?? 'Incident response playbook'}
        about="What Tocsin runs. Each incident keeps the version it began with."
      >
        <div className="flex flex-wrap gap-2">
          <Link to="/playbook/versions" className={buttonClass()} aria-keyshortcuts="V">
            Versions <Key>V</Key>
          </Link>
          <Link to="/playbook/try" className={buttonClass()} aria-keyshortcuts="T">
            Try a signal <Key>T</Key>
          </Link>
          {mayEdit && (
            <Link to="/playbook/edit" className={buttonClass('main')} aria-keyshortcuts="E">
              Edit <Key>E</Key>
            </Link>
          )}
        </div>
      </PageHead>
      <FaultBanner playbook={playbook} mayEdit={mayEdit} />
      <Metadata playbook={playbook} />
      <div className="grid gap-6 min-[1100px]:grid-cols-[minmax(0,1fr)_190px]">
        <Document playbook={playbook} inForce />
        <Contents playbook={playbook} inForce />
      </div>
    </>
  )
}

function Metadata({ playbook }: { readonly playbook: CurrentPlaybook }) {
  const { metadata } = playbook
  const review = reviewState(metadata.next_review_due, serverNow())
  return (
    <section
      id="metadata"
      aria-label="Metadata"
      className="mb-4 grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line min-[761px]:grid-cols-4"
    >
      <Cell name="Document" value={metadata.id}>
        <Downloads />
      </Cell>
      <Cell name="Version" value={`v${playbook.version}`}>
        {playbook.loaded_at !== null && (
          <>
            since <Ago at={toMs(playbook.loaded_at)} />
          </>
        )}
        {(playbook.author ?? null) !== null && ` by ${playbook.author?.name ?? ''}`} ·{' '}
        <span title={playbook.digest}>{playbook.digest.slice(0, 8)}</span>
      </Cell>
      <Cell name="Maintainer" value={metadata.maintainer.name}>
        <a href={`mailto:${metadata.maintainer.email}`} className="hover:underline">
          {metadata.maintainer.email}
        </a>
      </Cell>
      <Cell
        name="Review"
        value={
          review.state === 'fine' ? (
            `due ${metadata.next_review_due}`
          ) : (
            <Tag tone={review.state === 'overdue' ? 'late' : 'warn'}>
              <strong className="text-m font-[620]">{review.text}</strong>
            </Tag>
          )
        }
      >
        last {metadata.last_review}
        {review.state !== 'fine' && `, due ${metadata.next_review_due}`}
      </Cell>
    </section>
  )
}

interface CellProps {
  readonly name: string
  readonly value: ReactNode
  readonly children: ReactNode
}

function Cell({ name, value, children }: CellProps) {
  return (
    <div className="min-w-0 bg-surface px-3.5 py-2.5">
      <p className="text-xs text-muted">{name}</p>
      <p className="font-[620] [overflow-wrap:anywhere]">{value}</p>
      <p className="text-s text-muted [overflow-wrap:anywhere]">{children}</p>
    </div>
  )
}
