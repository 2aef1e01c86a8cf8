/** One expression, with every place of the sample to choose from. */
import { useId } from 'react'
import type { MappingSuggestion } from '../../../src/api/schema.ts'
import { TextField } from '../../parts/field.tsx'

interface ExpressionProps {
  readonly label: string
  readonly hint: string
  readonly value: string
  readonly places: MappingSuggestion['places']
  readonly error: string | undefined
  readonly onChange: (value: string) => void
}

export function ExpressionField({ label, hint, value, places, error, onChange }: ExpressionProps) {
  const list = useId()
  return (
    <>
      <TextField
        label={label}
        hint={hint}
        list={list}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        maxLength={1_000}
        className="font-mono"
        value={value}
        error={error}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={list}>
        {places.map(({ expression, example }) => (
          <option key={expression} value={expression}>
            {example}
          </option>
        ))}
      </datalist>
    </>
  )
}
