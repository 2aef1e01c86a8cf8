/** The list's filters; each change goes into the address, so that a filtered list can be pasted into a chat. */
import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { PHASES_SHOWN } from './phases.ts'
import type { ListSearch, ListState } from './list-search.ts'
import { isFiltered, narrowingOf } from './list-search.ts'
import { PHASE_WORDS } from './words.ts'
import { playbookQuery } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Choices } from '../../parts/choices.tsx'
import { ChoiceFilter, FoldedFilters, TextFilter } from '../../parts/filter.tsx'

const STATES: readonly { readonly value: ListState; readonly label: string }[] = [
  { value: 'open', label: 'Open' },
  { value: 'over', label: 'Resolved' },
  { value: 'all', label: 'All' },
]

interface FiltersProps {
  readonly search: ListSearch
  readonly onChange: (next: ListSearch) => void
}

export function ListFilters({ search, onChange }: FiltersProps) {
  const playbook = useQuery(playbookQuery).data
  const set = (change: { readonly [Name in keyof ListSearch]?: ListSearch[Name] | undefined }): void => {
    const merged = { ...search, ...change }
    onChange(Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined && value !== '')))
  }
  return (
    <div role="search" aria-label="Filter incidents" className="mb-1 flex flex-wrap items-center gap-2">
      <Choices
        legend="State"
        name="state"
        wide
        value={search.state ?? 'open'}
        choices={STATES}
        onChange={(state) => set({ state: state === 'open' ? undefined : state })}
      />
      <FoldedFilters used={narrowingOf(search).length > 0}>
        <TextFilter
          wide
          label="Title, summary or number"
          placeholder="Title or number"
          value={search.q ?? ''}
          onChange={(q) => set({ q })}
        />
        <ChoiceFilter
          label="Severity"
          value={search.severity}
          onChange={(severity) => set({ severity })}
          options={(playbook?.severities ?? []).map((row) => [row.id, row.id])}
        />
        <ChoiceFilter
          label="Phase"
          value={search.phase}
          onChange={(phase) => set({ phase })}
          options={PHASES_SHOWN.map((phase) => [phase, PHASE_WORDS[phase]])}
        />
        <ChoiceFilter
          label="Type"
          value={search.type}
          onChange={(type) => set({ type })}
          options={(playbook?.incident_types ?? []).map((row) => [row.id, row.title])}
        />
        {(search.team !== undefined || (playbook?.teams ?? []).length > 0) && (
          <ChoiceFilter
            label="Team"
            value={search.team}
            onChange={(team) => set({ team })}
            options={(playbook?.teams ?? []).map((team) => [team.name, team.name])}
          />
        )}
        {search.version !== undefined && (
          <ChoiceFilter
            label="Any version"
            value={search.version}
            onChange={(version) => set({ version })}
            options={[[search.version, `Playbook v${search.version}`]]}
          />
        )}
      </FoldedFilters>
      {isFiltered(search) && (
        <Button look="quiet" size="s" onClick={() => onChange({})}>
          <X size={13} aria-hidden /> Clear
        </Button>
      )}
    </div>
  )
}
