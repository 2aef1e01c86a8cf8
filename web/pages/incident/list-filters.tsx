/** The list's filters; each change goes into the address, so that a filtered list can be pasted into a chat. */
import { useQuery } from '@tanstack/react-query'
import { Search, SlidersHorizontal, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { PHASES_SHOWN } from './phases.ts'
import type { ListSearch, ListState } from './list-search.ts'
import { isFiltered } from './list-search.ts'
import { PHASE_WORDS } from './words.ts'
import { playbookQuery } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Choices } from '../../parts/choices.tsx'
import { CONTROL } from '../../parts/field.tsx'
import { classNames } from '../../lib/class-names.ts'

const TYPED_WAIT_MS = 250
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
  const chosen = [search.severity, search.phase, search.type, search.version, search.q].filter((value) => value !== undefined).length
  // On a phone the incidents come first: what is not used stays folded away.
  const [unfolded, setUnfolded] = useState(false)
  const fold = unfolded || chosen > 0 ? '' : 'max-[760px]:hidden'
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
      <Button
        className="min-[761px]:hidden"
        aria-expanded={unfolded || chosen > 0}
        onClick={() => setUnfolded(!unfolded)}
        aria-label="Filter"
      >
        <SlidersHorizontal size={15} aria-hidden />
      </Button>
      <div className={classNames('contents', fold)}>
        <TextFilter value={search.q ?? ''} onChange={(q) => set({ q })} />
        <Choice
          label="Severity"
          value={search.severity}
          onChange={(severity) => set({ severity })}
          options={(playbook?.severities ?? []).map((row) => [row.id, row.id])}
        />
        <Choice
          label="Phase"
          value={search.phase}
          onChange={(phase) => set({ phase })}
          options={PHASES_SHOWN.map((phase) => [phase, PHASE_WORDS[phase]])}
        />
        <Choice
          label="Type"
          value={search.type}
          onChange={(type) => set({ type })}
          options={(playbook?.incident_types ?? []).map((row) => [row.id, row.title])}
        />
        {search.version !== undefined && (
          <Choice
            label="Any version"
            value={search.version}
            onChange={(version) => set({ version })}
            options={[[search.version, `Playbook v${search.version}`]]}
          />
        )}
      </div>
      {isFiltered(search) && (
        <Button look="quiet" size="s" onClick={() => onChange({})}>
          <X size={13} aria-hidden /> Clear
        </Button>
      )}
    </div>
  )
}

/** Asks a moment after the last key, not on each. */
function TextFilter({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  const [text, setText] = useState(value)
  const latest = useRef(onChange)
  latest.current = onChange
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (text.trim() === value) return
    const timer = setTimeout(() => latest.current(text.trim()), TYPED_WAIT_MS)
    return () => clearTimeout(timer)
  }, [text, value])
  return (
    <label className="relative min-w-40 flex-1 max-[760px]:basis-full min-[761px]:max-w-64">
      <span className="sr-only">Title, summary or number</span>
      <Search size={14} aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-faint" />
      <input
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Title or number"
        className={classNames(CONTROL, 'py-1 pl-8')}
      />
    </label>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: string | undefined
  readonly options: readonly (readonly [value: string, label: string])[]
  readonly onChange: (value: string | undefined) => void
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  const known = value === undefined || options.some(([option]) => option === value)
  return (
    <select
      aria-label={label}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
      className={classNames(
        'max-w-44 rounded-[6px] border px-2 py-1 max-[760px]:min-h-11 max-[760px]:min-w-0 max-[760px]:flex-1',
        value === undefined ? 'border-line-strong bg-surface text-muted' : 'border-accent bg-accent-soft font-[550] text-text',
      )}
    >
      <option value="">{label}</option>
      {!known && <option value={value}>{value}</option>}
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
  )
}
