/** Labels of an alert as a list of name and value. Both are a stranger's text: shown as text, wrapped, cut when huge. The alarm's own name stands first. */
import { useState } from 'react'

const VALUE_CHARS_SHOWN = 300

interface LabelsProps {
  readonly labels: Readonly<Record<string, string>>
  /** More than this many are folded behind a button. */
  readonly shown: number
}

export function Labels({ labels, shown }: LabelsProps) {
  const [all, setAll] = useState(false)
  const entries = Object.entries(labels).toSorted(([a], [b]) => Number(b === 'alertname') - Number(a === 'alertname'))
  const visible = all ? entries : entries.slice(0, shown)
  if (entries.length === 0) return null
  return (
    <>
      <dl className="grid grid-cols-[minmax(0,max-content)_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-s">
        {visible.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="max-w-40 text-muted [overflow-wrap:anywhere]" dir="auto">
              {name}
            </dt>
            <dd className="pt-px font-mono text-xs [overflow-wrap:anywhere]" dir="auto">
              {value.length > VALUE_CHARS_SHOWN ? `${value.slice(0, VALUE_CHARS_SHOWN)}…` : value}
            </dd>
          </div>
        ))}
      </dl>
      {entries.length > shown && (
        <button type="button" aria-expanded={all} className="mt-1 text-s text-muted underline" onClick={() => setAll(!all)}>
          {all ? 'Show fewer labels' : `Show all ${entries.length} labels`}
        </button>
      )}
    </>
  )
}
