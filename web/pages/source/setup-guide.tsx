/** What the vendor must be told: address and key, its steps in its own words, and lines ready to paste. */
import type { SourceKind } from '../../../src/api/schema.ts'
import { CodeBlock } from '../../parts/code-block.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { fill, type Filling } from './fill.ts'

interface GuideProps {
  readonly kind: SourceKind
  /** Null: it was shown once and is not known any more. */
  readonly apiKey: string | null
}

export function SetupGuide({ kind, apiKey }: GuideProps) {
  const door = kind.doors[0]
  const base = originOf(door?.url)
  const filling: Filling = { url: base, host: new URL(base).host, key: apiKey }
  const setup = kind.setup
  return (
    <div className="space-y-4">
      <div className="space-y-2">
        {door !== undefined && <Copyable label="Address" value={fill(door.url, filling)} />}
        {apiKey === null ? (
          <p className="text-s text-muted">The key was shown once, when it was made. Put it where YOUR_KEY stands, or make a new one.</p>
        ) : (
          <Copyable label="Key" value={apiKey} />
        )}
        {apiKey !== null && <p className="text-s text-warn">The key is shown this once: keep it now.</p>}
      </div>
      {setup !== null && setup.steps.length > 0 && (
        <ol className="list-decimal space-y-1.5 pl-5">
          {setup.steps.map((step) => (
            <li key={step} className="[overflow-wrap:anywhere]">
              {fill(step, filling)}
            </li>
          ))}
        </ol>
      )}
      {setup?.snippets.map((snippet) => (
        <CodeBlock key={snippet.title} name={snippet.title} code={fill(snippet.text, filling)} />
      ))}
      {kind.doors.length > 1 && (
        <details>
          <summary className="cursor-pointer text-s text-muted">Other addresses of this kind</summary>
          <ul className="mt-2 space-y-1.5">
            {kind.doors.slice(1).map((other) => (
              <li key={other.id}>
                <Copyable label={`${other.method}, key in the ${other.key_in}`} value={fill(other.url, filling)} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

function Copyable({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div className="flex items-center gap-2 rounded-[6px] border border-line bg-bg px-2.5 py-1.5">
      <span className="min-w-0 flex-1">
        <span className="block text-xs text-muted">{label}</span>
        <code className="block text-xs [overflow-wrap:anywhere]">{value}</code>
      </span>
      <CopyButton text={value} label={`Copy ${label.toLowerCase()}`} />
    </div>
  )
}

/** Doors are on the server that the kind's texts speak of. */
function originOf(url: string | undefined): string {
  try {
    return new URL(url ?? '').origin
  } catch {
    return location.origin
  }
}
