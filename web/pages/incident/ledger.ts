/** The page ledger per person: each channel's latest news and how good that news is. Claims no more than is known. Pure. */
import type { Delivery, Page } from '../../../src/api/schema.ts'
import { formatDuration, formatLatency, formatStopwatch } from '../../lib/duration.ts'
import { shortMoment } from '../../lib/moment.ts'

export interface ChannelNews {
  readonly channel: string
  readonly text: string
  readonly tone: 'plain' | 'ok' | 'warn' | 'late'
  readonly delivery: Delivery
}

export interface PersonLedger {
  readonly personId: string
  readonly name: string
  readonly roles: readonly string[]
  readonly state: Page['state']
  /** `acknowledged 2:29`, `being paged for 1 min`. */
  readonly stateText: string
  readonly because: readonly string[]
  readonly channels: readonly ChannelNews[]
}

/** Still paging first, then in the order in which they were first paged. */
export function ledgerOf(pages: readonly Page[], now: number): readonly PersonLedger[] {
  const people = [...Map.groupBy(pages, (page) => page.person.id).values()].map((own) => personLedger(own, now))
  return people.sort((a, b) => Number(b.state === 'paging') - Number(a.state === 'paging'))
}

function personLedger(pages: readonly Page[], now: number): PersonLedger {
  const ordered = pages.toSorted((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at))
  const current =
    ordered.findLast((page) => page.state === 'paging') ?? ordered.findLast((page) => page.state === 'acknowledged') ?? ordered.at(-1)
  if (current === undefined) throw new Error('a person in the ledger without a page')
  return {
    personId: current.person.id,
    name: current.person.name,
    roles: [...new Set(ordered.map((page) => page.role))],
    state: current.state,
    stateText: stateText(current, { since: sinceWhen(ordered, current), now }),
    because: [...new Set(ordered.map((page) => page.because).filter((text) => text !== ''))],
    channels: latestByChannel(ordered).map((delivery) => channelNews(delivery, now)),
  }
}

/** When the person was first paged for what is still open, or for what they answered: rounds start no new wait. */
function sinceWhen(pages: readonly Page[], current: Page): number {
  const same = pages.filter((page) => page.state === current.state && page.acknowledged_at === current.acknowledged_at)
  return Math.min(...same.map((page) => Date.parse(page.created_at)))
}

function stateText(page: Page, { since, now }: { readonly since: number; readonly now: number }): string {
  switch (page.state) {
    case 'acknowledged':
      return page.acknowledged_at === null ? 'acknowledged' : `acknowledged ${formatStopwatch(Date.parse(page.acknowledged_at) - since)}`
    case 'declined':
      return 'cannot take it'
    case 'ended':
      return 'no longer paged'
    case 'paging':
      return `paging, ${formatDuration(now - since)}`
  }
}

/** The same delivery stands under each page it serves; a later round's replaces an earlier one's. */
function latestByChannel(pages: readonly Page[]): readonly Delivery[] {
  const byChannel = new Map<string, Delivery>()
  for (const delivery of pages.flatMap((page) => page.deliveries)) {
    const known = byChannel.get(delivery.channel)
    if (known === undefined || Date.parse(delivery.queued_at) >= Date.parse(known.queued_at)) byChannel.set(delivery.channel, delivery)
  }
  return [...byChannel.values()]
}

export function channelNews(delivery: Delivery, now: number): ChannelNews {
  const queuedAt = Date.parse(delivery.queued_at)
  const took = (at: string | null): string => (at === null ? '' : ` ${formatLatency(Date.parse(at) - queuedAt)}`)
  const tries = delivery.attempts > 1 ? ` ×${delivery.attempts}` : ''
  const news = (text: string, tone: ChannelNews['tone']): ChannelNews => ({
    channel: delivery.channel,
    text: `${delivery.channel} ${text}`,
    tone,
    delivery,
  })
  switch (delivery.state) {
    case 'seen':
      return news(`seen${took(delivery.seen_at)}`, 'ok')
    case 'delivered':
      return news(`delivered${took(delivery.delivered_at)}`, 'plain')
    case 'sent':
      return news(`sent${took(delivery.sent_at)}`, 'plain')
    case 'failed':
      return news(`failed${tries}`, 'late')
    case 'cancelled':
      return news('not needed', 'plain')
    case 'sending':
      return news(`sending${tries}`, delivery.attempts > 1 ? 'warn' : 'plain')
    case 'queued':
      if (delivery.due_at !== null) return news(`${shortMoment(Date.parse(delivery.due_at), now)} unless acknowledged`, 'plain')
      return news(
        delivery.attempts > 0 ? `trying again${tries}` : `queued ${formatDuration(now - queuedAt)}`,
        delivery.attempts > 0 ? 'warn' : 'plain',
      )
  }
}
