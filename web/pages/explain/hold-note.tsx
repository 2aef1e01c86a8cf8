/** What would hold the signal at that instant, and by whom; and what fits it and may not. */
import { Link } from '@tanstack/react-router'
import type { Explanation } from '../../../src/api/schema.ts'

export function HoldNote({ hold, passed }: { readonly hold: Explanation['hold']; readonly passed: Explanation['hold_passed'] }) {
  return (
    <>
      {hold != null && (
        <p role="status" className="rounded-[6px] bg-warn-soft px-2.5 py-2 text-warn [overflow-wrap:anywhere]">
          <strong>Held: it opens nothing and pages nobody.</strong> <span dir="auto">{hold.reason.replace(/\.$/u, '')}</span>.{' '}
          {(hold.by === 'silence' || hold.by === 'maintenance') && (
            <Link to="/silences" className="underline">
              Open the silences
            </Link>
          )}
          {hold.by === 'observe' && (
            <Link to="/sources/$id" params={{ id: hold.ref_id }} className="underline">
              Open the source
            </Link>
          )}{' '}
          What follows happens when that is over and it fires still.
        </p>
      )}
      {(passed ?? []).map((sentence) => (
        <p key={sentence} className="text-s text-muted [overflow-wrap:anywhere]" dir="auto">
          {sentence}
        </p>
      ))}
    </>
  )
}
