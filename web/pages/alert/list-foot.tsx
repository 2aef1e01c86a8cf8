/** The end of a list: that it is the end, or how far a search has come and that it goes on. */
import { useEffect } from 'react'
import type { LiveList } from '../../api/live-list.ts'
import { fullMoment, toMs } from '../../lib/moment.ts'
import { Button } from '../../parts/button.tsx'

/** A search that finds nothing goes on by itself for so many answers, then asks. */
const BY_ITSELF_MAX = 20

export function ListFoot({ list, what }: { readonly list: LiveList<{ readonly id: string }>; readonly what: string }) {
  const { hasMore, isReading, more, items, pages, lookedTo } = list
  // Rows in sight ask for more themselves; without any, the search goes on from here.
  const goesOn = hasMore && !isReading && items.length === 0 && pages < BY_ITSELF_MAX
  useEffect(() => {
    if (goesOn) more()
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each answer
  }, [goesOn, pages])
  const at = lookedTo === null ? null : toMs(lookedTo)
  return (
    <p role="status" className="mt-3 flex min-h-8 flex-wrap items-center justify-center gap-x-3 gap-y-1 text-center text-s text-muted">
      {hasMore && at !== null && <span>Looked back to {fullMoment(at)}.</span>}
      {isReading && items.length > 0 && <span>Reading on</span>}
      {isReading && items.length === 0 && <span>Searching</span>}
      {hasMore && !isReading && (
        <Button size="s" onClick={more}>
          Look further back
        </Button>
      )}
      {!hasMore && items.length > 0 && <span>{`These are all the ${what}.`}</span>}
    </p>
  )
}
