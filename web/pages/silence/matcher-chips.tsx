/** Matchers as people write them, each in a chip. */
import type { Silence } from '../../../src/api/schema.ts'
import { fromMatchers } from './matchers.ts'

const VALUE_CHARS_SHOWN = 80

export function MatcherChips({ matchers }: { readonly matchers: Silence['matchers'] }) {
  return (
    <span className="flex min-w-0 flex-wrap gap-1">
      {fromMatchers(matchers).map(({ name, op, value }) => (
        <code
          key={`${name}${op}${value}`}
          dir="auto"
          title={value}
          className="max-w-full rounded-chip border border-line bg-bg px-1.5 py-px text-xs [overflow-wrap:anywhere]"
        >
          {name}
          {op}
          {value.length > VALUE_CHARS_SHOWN ? `${value.slice(0, VALUE_CHARS_SHOWN)}…` : value === '' ? '""' : value}
        </code>
      ))}
    </span>
  )
}
