/** Whether the document is due to be reviewed, in words. Pure. */

const DAY_MS = 86_400_000
/** From here on it is said. */
const SOON_DAYS = 14

export interface ReviewState {
  readonly state: 'fine' | 'soon' | 'overdue'
  readonly text: string
}

/** @param due `yyyy-mm-dd`, the whole of that day is in time @param now ms */
export function reviewState(due: string, now: number): ReviewState {
  const at = Date.parse(`${due}T00:00:00Z`)
  if (Number.isNaN(at)) return { state: 'fine', text: `next review ${due}` }
  const days = Math.floor(at / DAY_MS) - Math.floor(now / DAY_MS)
  if (days < 0) return { state: 'overdue', text: `Review overdue by ${span(-days)}` }
  if (days === 0) return { state: 'soon', text: 'Review due today' }
  return days <= SOON_DAYS
    ? { state: 'soon', text: `Review due in ${span(days)}` }
    : { state: 'fine', text: `Next review in ${span(days)}` }
}

function span(days: number): string {
  if (days === 1) return '1 day'
  return days < 60 ? `${days} days` : `${Math.round(days / 30.44)} months`
}
