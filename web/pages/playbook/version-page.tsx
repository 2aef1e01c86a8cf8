/** One version of the playbook as it was: the document, and its text byte for byte. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { PlaybookVersionDetail } from '../../../src/api/schema.ts'
import { playbookVersionQuery } from '../../api/playbook.ts'
import { playbookQuery } from '../../api/queries.ts'
import { toMs } from '../../lib/moment.ts'
import { useTitle } from '../../lib/title.ts'
import { buttonClass } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Ago } from '../../parts/moment.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { counted } from '../incident/words.ts'
import { Crumbs } from './crumbs.tsx'
import { Contents, Document } from './document.tsx'
import { useAnchor } from './use-anchor.ts'

export function VersionPage() {
  const { digest } = useParams({ from: '/shell/playbook/versions/$digest' })
  const version = useQuery(playbookVersionQuery(digest))
  useTitle(version.data === undefined ? 'Playbook version' : `Playbook v${version.data.number}`)
  useAnchor(version.data !== undefined)
  if (version.data !== undefined) return <Loaded version={version.data} />
  return (
    <>
      <Crumbs here={digest.slice(0, 8)} versions />
      <PageHead title="Playbook version" />
      {version.isError ? (
        <Failed what="version of the playbook" error={version.error} retry={() => void version.refetch()} />
      ) : (
        <SkeletonRows />
      )}
    </>
  )
}

function Loaded({ version }: { readonly version: PlaybookVersionDetail }) {
  const current = useQuery(playbookQuery).data
  return (
    <>
      <Crumbs here={`v${version.number}`} versions />
      <PageHead
        title={`Playbook, version ${version.number}`}
        about={
          <>
            {version.reason !== '' && `“${version.reason}” · `}
            {version.author?.name ?? 'found in the folder'} · <Ago at={toMs(version.loaded_at)} /> ·{' '}
            {version.incidents === 0 ? 'no incident ran under it' : `${counted(version.incidents, 'incident')} ran or run under it`}{' '}
            {version.current && <Tag tone="ok">in force</Tag>}
          </>
        }
      >
        {current !== undefined && current.digest !== version.digest && (
          <Link to="/playbook/compare" search={{ from: version.digest, to: current.digest }} className={buttonClass()}>
            What changed to v{current.version}
          </Link>
        )}
      </PageHead>
      {!version.current && (
        <p className="mb-4 rounded-card border border-line bg-surface px-3.5 py-2.5 text-muted">
          This is how the playbook read then. New incidents run by{' '}
          <Link to="/playbook" className="text-accent hover:underline">
            the version in force
          </Link>
          .
        </p>
      )}
      <div className="grid gap-6 min-[1100px]:grid-cols-[minmax(0,1fr)_190px]">
        <div className="min-w-0 space-y-4">
          {version.playbook === null ? (
            <Empty title="This release cannot show it as a document">
              It was written by a release that reads another language. Its text is below, unaltered.
            </Empty>
          ) : (
            <Document playbook={version.playbook} inForce={version.current} />
          )}
          <details>
            <summary className="cursor-pointer py-2 text-s text-muted hover:text-text">
              The text, byte for byte, SHA-256 {version.digest}
            </summary>
            <CodeBlock name={`playbook.yaml of version ${version.number}`} code={version.source} />
          </details>
        </div>
        {version.playbook !== null && <Contents playbook={version.playbook} inForce={version.current} />}
      </div>
    </>
  )
}
