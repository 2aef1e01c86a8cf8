/** What one version changed against another: first in words, then line by line. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { PlaybookDiff } from '../../../src/api/schema.ts'
import { playbookDiffQuery, playbookVersionsQuery } from '../../api/playbook.ts'
import { useTitle } from '../../lib/title.ts'
import { Card } from '../../parts/card.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/states.tsx'
import { counted } from '../incident/words.ts'
import { ChangeList } from './change-list.tsx'
import { sumUp } from './change-groups.ts'
import { Crumbs } from './crumbs.tsx'
import { TextDiffView } from './text-diff-view.tsx'
import { VersionSelect } from './versions-page.tsx'

export function ComparePage() {
  useTitle('Compare versions of the playbook')
  const { from, to } = useSearch({ from: '/shell/playbook/compare' })
  const navigate = useNavigate({ from: '/playbook/compare' })
  const versions = useQuery(playbookVersionsQuery).data?.items ?? []
  const diff = useQuery({ ...playbookDiffQuery(from, to), enabled: from !== '' && to !== '' })
  const go = (search: { from: string; to: string }): void => void navigate({ search, replace: true })
  return (
    <div className="mx-auto max-w-[1120px]">
      <Crumbs here="Compare" versions />
      <PageHead title="What changed" about={diff.data === undefined ? undefined : summary(diff.data)}>
        <div className="flex flex-wrap items-center gap-2 text-s text-muted">
          From <VersionSelect label="Earlier version" versions={versions} value={from} onChange={(digest) => go({ from: digest, to })} /> to{' '}
          <VersionSelect label="Later version" versions={versions} value={to} onChange={(digest) => go({ from, to: digest })} />
        </div>
      </PageHead>
      {from === '' || to === '' ? (
        <Empty title="Choose two versions">Then this says what the one changed against the other.</Empty>
      ) : (
        <Answer query={diff} />
      )}
    </div>
  )
}

function Answer({ query }: { readonly query: ReturnType<typeof useQuery<PlaybookDiff>> }) {
  const diff = query.data
  if (diff === undefined)
    return query.isError ? <Failed what="comparison" error={query.error} retry={() => void query.refetch()} /> : <SkeletonRows rows={3} />
  return (
    <div className="space-y-4">
      {diff.changes.length === 0 ? (
        <Empty title="They do the same">Both versions page the same people at the same times, owe the same and read the same.</Empty>
      ) : (
        <Card title="In words" aside={counted(diff.changes.length, 'change')} flush>
          <ChangeList changes={diff.changes} digests={{ before: diff.from.digest, after: diff.to.digest }} />
        </Card>
      )}
      {diff.patch !== '' && (
        <Card title="Line by line" aside="playbook.yaml" flush>
          <TextDiffView patch={diff.patch} />
        </Card>
      )}
    </div>
  )
}

function summary({ changes }: PlaybookDiff): string {
  if (changes.length === 0) return ''
  const sum = sumUp(changes)
  return sum === '' ? 'Nobody is paged otherwise, and nothing else is owed.' : `Of ${counted(changes.length, 'change')}, ${sum}.`
}
