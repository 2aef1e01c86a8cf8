/** Filters above a list: words that are asked a moment after the last key, and choices that show when they narrow. */
import { Search, SlidersHorizontal } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'
import { Button } from './button.tsx'
import { CONTROL } from './field.tsx'

const TYPED_WAIT_MS = 250

interface TextFilterProps {
  readonly label: string
  readonly placeholder: string
  readonly value: string
  /** On a phone it takes a line of its own. */
  readonly wide?: boolean
  readonly onChange: (text: string) => void
}

export function TextFilter({ label, placeholder, value, wide, onChange }: TextFilterProps) {
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
    <label className={classNames('relative min-w-40 flex-1 min-[761px]:max-w-64', wide === true ? 'max-[760px]:basis-full' : '')}>
      <span className="sr-only">{label}</span>
      <Search size={14} aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-faint" />
      <input
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={placeholder}
        className={classNames(CONTROL, 'py-1 pl-8')}
      />
    </label>
  )
}

interface ChoiceFilterProps {
  /** Shown where nothing is chosen. */
  readonly label: string
  readonly value: string | undefined
  readonly options: readonly (readonly [value: string, label: string])[]
  readonly onChange: (value: string | undefined) => void
}

export function ChoiceFilter({ label, value, options, onChange }: ChoiceFilterProps) {
  const known = value === undefined || options.some(([option]) => option === value)
  return (
    <select
      aria-label={label}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
      className={classNames(
        'max-w-44 rounded-[6px] border px-2 py-1 max-[760px]:min-h-11 max-[760px]:min-w-24 max-[760px]:flex-1',
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

/** On a phone the list comes first: what is not used stays folded away behind a button. */
export function FoldedFilters({ used, children }: { readonly used: boolean; readonly children: ReactNode }) {
  const [unfolded, setUnfolded] = useState(false)
  const open = unfolded || used
  return (
    <>
      <Button className="min-[761px]:hidden" aria-expanded={open} aria-label="Filter" onClick={() => setUnfolded(!unfolded)}>
        <SlidersHorizontal size={15} aria-hidden />
      </Button>
      <div className={classNames('contents', open ? '' : 'max-[760px]:hidden')}>{children}</div>
    </>
  )
}
