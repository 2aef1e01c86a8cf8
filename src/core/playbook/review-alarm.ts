/** The signal by which an overdue review is raised and cleared: always the same alert, by Tocsin's own source. */
import type { Signal } from '../alert/signal.ts'
import type { PlaybookMetadata } from './playbook.ts'
import { daysInWords, type Review } from './review.ts'

export const REVIEW_ALARM = 'TocsinPlaybookReview'
export const REVIEW_DEDUP_KEY = 'playbook-review-overdue'

export function reviewAlarm(metadata: PlaybookMetadata, { state, due, days }: Review): Signal {
  const isLate = state === 'overdue'
  return {
    alarm: REVIEW_ALARM,
    status: isLate ? 'firing' : 'resolved',
    title: isLate ? `The review of the playbook ${metadata.id} is overdue` : `The playbook ${metadata.id} has been reviewed`,
    summary: isLate
      ? `It was due on ${due}, ${daysInWords(days)}. ${metadata.maintainer.name} maintains it: once it is held, set last_review and next_review_due in playbook.yaml.`
      : null,
    dedupKey: REVIEW_DEDUP_KEY,
    severityHint: null,
    value: null,
    labels: { alertname: REVIEW_ALARM, playbook: metadata.id },
    links: [],
    startsAt: null,
    endsAt: null,
  }
}
