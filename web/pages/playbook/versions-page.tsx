/** Every version that ever ran: when, by whom, why, and what ran under it. Two of them can be compared. */
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { PlaybookVersion } from '../../../src/api/schema.ts'
import { playbookVersionsQuery } from '../../api/playbook.ts'
import { toMs } from '../../lib/moment.ts'
import { useTitle } from '../../lib/title.ts'
import { Button } from '../../parts/button.tsx'
import { Moment } from '../../parts/moment.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Failed, SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { counted } from '../incident/words.ts'
import { Crumbs } from './crumbs.tsx'

export function VersionsPage() {
  useTitle('Playbook versions')
  const versions = useQuery(playbookVersionsQuery)
  const items = versions.data?.items ?? []
  return (
    <div className="mx-auto max-w-[920px]">
      <Crumbs here="Versions" />
      <PageHead
        title="Versions"
        about="Nothing is ever changed in place: each save is a version, and an incident keeps the one it began with."
      />
      {versions.data === undefined && versions.isError && (
        <Failed what="versions" error={versions.error} retry={() => void versions.refetch()} />
      )}
      {versions.data === undefined && !versions.isError && <SkeletonRows rows={3} />}
      {items.length > 1 && <CompareForm versions={items} />}
      {items.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
          {items.map((version, place) => (
            <Row key={version.digest} version={version} before={items[place + 1]} />
          ))}
        </ul>
      )}
      {items.length === 1 && <p className="mt-3 text-s text-muted">The first version. Save a change and both can be compared here.</p>}
    </div>
  )
}

function Row({ version, before }: { readonly version: PlaybookVersion; readonly before: PlaybookVersion | undefined }) {
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-3.5 py-2.5 min-[761px]:grid-cols-[52px_minmax(0,1fr)_110px_190px]">
      <Link
        to="/playbook/versions/$digest"
        params={{ digest: version.digest }}
        className="font-[620] text-accent hover:underline max-[760px]:py-2"
      >
        v{version.number}
      </Link>
      <div className="min-w-0 max-[760px]:col-span-2 max-[760px]:row-start-2">
        <p className="[overflow-wrap:anywhere]" dir="auto">
          {version.reason === '' ? (
            <span className="text-muted">{version.author === null ? 'Found in the folder' : 'No reason given'}</span>
          ) : (
            version.reason
          )}
        </p>
        <p className="text-s text-muted">
          {version.author?.name ?? 'from the folder'} · <Moment at={toMs(version.loaded_at)} /> ·{' '}
          <code className="text-xs" title={version.digest}>
            {version.digest.slice(0, 8)}
          </code>{' '}
          {version.current && <Tag tone="ok">in force</Tag>}
        </p>
      </div>
      <span className="text-s text-muted max-[760px]:row-start-3">
        {version.incidents === 0 ? (
          'no incidents'
        ) : (
          <Link
            to="/incidents"
            search={{ state: 'all', version: String(version.number) }}
            className="text-accent hover:underline max-[760px]:inline-block max-[760px]:py-2"
          >
            {counted(version.incidents, 'incident')}
          </Link>
        )}
      </span>
      <span className="text-right text-s max-[760px]:row-start-3">
        {before !== undefined && (
          <Link
            to="/playbook/compare"
            search={{ from: before.digest, to: version.digest }}
            className="text-accent hover:underline max-[760px]:inline-block max-[760px]:py-2"
          >
            What changed since v{before.number}
          </Link>
        )}
      </span>
    </li>
  )
}

function CompareForm({ versions }: { readonly versions: readonly PlaybookVersion[] }) {
  const navigate = useNavigate()
  const [from, setFrom] = useState(versions.at(1)?.digest ?? '')
  const [to, setTo] = useState(versions.at(0)?.digest ?? '')
  const compare = (event: FormEvent): void => {
    event.preventDefault()
    void navigate({ to: '/playbook/compare', search: { from, to } })
  }
  return (
    <form onSubmit={compare} className="mb-3 flex flex-wrap items-center gap-2 text-s text-muted">
      Compare <VersionSelect label="Earlier version" versions={versions} value={from} onChange={setFrom} /> with{' '}
      <VersionSelect label="Later version" versions={versions} value={to} onChange={setTo} />
      <Button type="submit" size="s" disabled={from === to}>
        Compare
      </Button>
    </form>
  )
}

interface SelectProps {
  readonly label: string
  readonly versions: readonly PlaybookVersion[]
  readonly value: string
  readonly onChange: (digest: string) => void
}

export function VersionSelect({ label, versions, value, onChange }: SelectProps) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="rounded-[6px] border border-line-strong bg-surface px-2 py-1 text-text max-[760px]:min-h-11"
    >
      {versions.every((version) => version.digest !== value) && <option value={value}>{value.slice(0, 8)}</option>}
      {versions.map((version) => (
        <option key={version.digest} value={version.digest}>
          v{version.number}
          {version.current ? ', in force' : ''}
        </option>
      ))}
    </select>
  )
}
