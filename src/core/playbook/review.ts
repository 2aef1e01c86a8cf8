/** The clock of the quarterly review, from the playbook's own dates. */
import { DAY_MS, type Instant, toRfc3339 } from '../time.ts'
import type { PlaybookMetadata } from './playbook.ts'

/** Whoever maintains the playbook is reminded so long before. */
export const REVIEW_SOON_DAYS = 14

export interface Review {
  readonly state: 'ok' | 'due_soon' | 'overdue'
  /** Calendar date, `yyyy-mm-dd`; the day itself is still in time. */
  readonly due: string
  /** Whole days until then; negative: so many days late. */
  readonly days: number
}

/** Days are those of UTC, wherever the reader is. */
export function reviewOf({ nextReviewDue }: Pick<PlaybookMetadata, 'nextReviewDue'>, now: Instant): Review {
  const days = (Date.parse(`${nextReviewDue}T00:00:00Z`) - Date.parse(`${toRfc3339(now).slice(0, 10)}T00:00:00Z`)) / DAY_MS
  return { state: days < 0 ? 'overdue' : days <= REVIEW_SOON_DAYS ? 'due_soon' : 'ok', due: nextReviewDue, days }
}

/** `in 14 days`, `today`, `3 days ago`. */
export function daysInWords(days: number): string {
  if (days === 0) return 'today'
  const count = `${Math.abs(days)} day${Math.abs(days) === 1 ? '' : 's'}`
  return days > 0 ? `in ${count}` : `${count} ago`
}
