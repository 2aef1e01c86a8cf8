/** What keeps alerts from paging now, soon and lately: silences, and maintenance windows by calendar. */
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useTitle } from '../../lib/title.ts'
import { buttonClass } from '../../parts/button.tsx'
import { Choices } from '../../parts/choices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { MaintenanceList } from './maintenance-list.tsx'
import { SilenceList } from './silence-list.tsx'

const TABS = [
  { value: 'silences', label: 'Silences' },
  { value: 'maintenance', label: 'Maintenance' },
] as const

export function SilencesPage() {
  useTitle('Silences')
  const { tab = 'silences' } = useSearch({ from: '/shell/silences' })
  const navigate = useNavigate({ from: '/silences' })
  return (
    <div className="mx-auto max-w-[1060px]">
      <PageHead title="Silences" about="What keeps alerts from paging. Held alerts are kept, shown, and aimed again when the hold ends.">
        <Link to={tab === 'silences' ? '/silences/new' : '/maintenance/new'} className={buttonClass('main')}>
          {tab === 'silences' ? 'New silence' : 'New window'}
        </Link>
      </PageHead>
      <div className="mb-3 flex">
        <Choices
          legend="What to show"
          name="mute-tab"
          wide
          value={tab}
          choices={TABS}
          onChange={(next) => void navigate({ search: next === 'silences' ? {} : { tab: next }, replace: true })}
        />
      </div>
      {tab === 'silences' ? <SilenceList /> : <MaintenanceList />}
    </div>
  )
}
