/** Filters above a list: words that are asked a moment after the last key, and choices that show when they narrow. */
import { Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { classNames } from '../lib/class-names.ts'
import { CONTROL } from './field.tsx'

const TYPED_WAIT_MS = 250

interface TextFilterProps {
  readonly label: string
  readonly placeholder: string
  readonly value: string
  readonly onChange: (text: string) => void
}

export function TextFilter({ label, placeholder, value, onChange }: TextFilterProps) {
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
