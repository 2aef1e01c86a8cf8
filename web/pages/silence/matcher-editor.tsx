/** Matchers as rows of three fields. A key adds a row; what is known of alerts is offered while typing. */
import { Plus, X } from 'lucide-react'
import { useId } from 'react'
import { Button } from '../../parts/button.tsx'
import { CONTROL } from '../../parts/field.tsx'
import { OPERATOR_WORDS, OPERATORS, type MatcherRow, type Operator } from './matchers.ts'

interface EditorProps {
  readonly rows: readonly MatcherRow[]
  readonly onChange: (rows: readonly MatcherRow[]) => void
  /** Names to offer. */
  readonly names: readonly string[]
  readonly error?: string | undefined
}

export function MatcherEditor({ rows, onChange, names, error }: EditorProps) {
  const list = useId()
  const set = (place: number, change: Partial<MatcherRow>): void =>
    onChange(rows.map((row, at) => (at === place ? { ...row, ...change } : row)))
  return (
    <fieldset className="space-y-2">
      <legend className="mb-1 text-s font-[560]">Alerts of which all of this is true</legend>
      <datalist id={list}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {rows.map((row, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- rows have no name of their own, and are edited in place
        <div
          key={place}
          className="grid grid-cols-[minmax(0,1fr)_auto_auto] gap-2 min-[561px]:grid-cols-[minmax(0,2fr)_auto_minmax(0,3fr)_auto]"
        >
          <input
            aria-label={`Label ${place + 1}`}
            list={list}
            placeholder="label"
            value={row.name}
            onChange={(event) => set(place, { name: event.target.value })}
            className={CONTROL}
            autoCapitalize="none"
            spellCheck={false}
          />
          <select
            aria-label={`How label ${place + 1} must be`}
            value={row.op}
            onChange={(event) => set(place, { op: event.target.value as Operator })}
            className={CONTROL}
          >
            {OPERATORS.map((op) => (
              <option key={op} value={op}>
                {op} {OPERATOR_WORDS[op]}
              </option>
            ))}
          </select>
          <input
            aria-label={`Value ${place + 1}`}
            placeholder={row.op === '=~' || row.op === '!~' ? 'regular expression, whole value' : 'value; empty: has none'}
            value={row.value}
            onChange={(event) => set(place, { value: event.target.value })}
            className={`${CONTROL} font-mono max-[560px]:order-last max-[560px]:col-span-3`}
            autoCapitalize="none"
            spellCheck={false}
            dir="auto"
          />
          <Button
            look="quiet"
            aria-label={`Take away matcher ${place + 1}`}
            disabled={rows.length === 1}
            onClick={() => onChange(rows.filter((_, at) => at !== place))}
          >
            <X size={14} aria-hidden />
          </Button>
        </div>
      ))}
      <Button size="s" onClick={() => onChange([...rows, { name: '', op: '=', value: '' }])}>
        <Plus size={13} aria-hidden /> And also
      </Button>
      {error !== undefined && (
        <p role="alert" className="text-s text-late">
          {error}
        </p>
      )}
    </fieldset>
  )
}
