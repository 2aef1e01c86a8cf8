/** Measures what people did: from a page made to its acknowledgement. */
import { SECOND_MS } from '../../core/time.ts'
import { pageAcknowledgeSeconds } from '../metrics/metrics.ts'
import type { ChangeResult } from './change.ts'

/** Call after an acknowledgement by a person; anything else is no observation. */
export function observeAcknowledgement(result: ChangeResult): void {
  if (result.kind !== 'accepted') return
  for (const event of result.events) {
    if (event.type !== 'incident.acknowledged') continue
    for (const page of result.incident.pages) {
      if (event.pages.includes(page.key)) pageAcknowledgeSeconds.observe((event.at - page.at) / SECOND_MS)
    }
  }
}
