/** Folds the hand-overs of one burst of pages into one line: each is a fact, together they are noise. Pure. */
import type { TimelineEntry } from '../../../src/api/schema.ts'

export type TimelineLine =
  | { readonly kind: 'entry'; readonly entry: TimelineEntry }
  /** Newest first, at least two. */
  | { readonly kind: 'hand-overs'; readonly newest: TimelineEntry; readonly entries: readonly TimelineEntry[] }

const HANDED_OVER = 'incident.page-handed-over'

/** `entries` newest first. Neighbours only: nothing moves past anything else. */
export function foldTimeline(entries: readonly TimelineEntry[]): readonly TimelineLine[] {
  const lines: TimelineLine[] = []
  let run: TimelineEntry[] = []
  const close = (): void => {
    const [newest] = run
    if (newest !== undefined) lines.push(run.length > 1 ? { kind: 'hand-overs', newest, entries: run } : { kind: 'entry', entry: newest })
    run = []
  }
  for (const entry of entries) {
    if (entry.type === HANDED_OVER) run.push(entry)
    else {
      close()
      lines.push({ kind: 'entry', entry })
    }
  }
  close()
  return lines
}

/** What stands for the line where it is compared with its neighbours. */
export function newestOf(line: TimelineLine): TimelineEntry {
  return line.kind === 'entry' ? line.entry : line.newest
}
