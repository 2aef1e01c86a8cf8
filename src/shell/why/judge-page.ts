/** What became of the pages that were made for a person: which of them, on which channel, and what it is worth. */
import type { Delivery, Page } from '../../api/schema.ts'
import type { Instant } from '../../core/time.ts'
import type { PersonVerdict } from '../../core/why/verdict.ts'

export interface PageJudgement {
  readonly verdict: PersonVerdict
  readonly at: Instant
  readonly sentence: string
}

const CONSOLE = 'console'

export function judgePage(page: Page): PageJudgement {
  const who = page.person.name
  if (page.state === 'acknowledged') {
    return {
      verdict: 'acknowledged',
      at: atOf(page.acknowledged_at ?? page.created_at),
      sentence: `${who} was paged as ${page.role} and acknowledged.`,
    }
  }
  if (page.state === 'declined') {
    return { verdict: 'declined', at: atOf(page.created_at), sentence: `${who} was paged as ${page.role} and could not take it.` }
  }
  const reached = page.deliveries.filter(({ channel, state }) => channel !== CONSOLE && ['sent', 'delivered', 'seen'].includes(state))
  const [best] = [...reached, ...page.deliveries.filter((delivery) => delivery.state === 'seen')]
  if (best !== undefined) return paged(page, best)
  if (
    page.state === 'paging' &&
    page.deliveries.some(({ channel, state }) => channel !== CONSOLE && (state === 'queued' || state === 'sending'))
  ) {
    return { verdict: 'on-its-way', at: atOf(page.created_at), sentence: `A page to ${who} as ${page.role} waits to be sent.` }
  }
  return unreached(page)
}

function paged(page: Page, best: Delivery): PageJudgement {
  const at = atOf(best.seen_at ?? best.delivered_at ?? best.sent_at ?? page.created_at)
  return { verdict: 'paged', at, sentence: `${page.person.name} was paged as ${page.role} by ${best.channel}. ${best.evidence}`.trim() }
}

function unreached(page: Page): PageJudgement {
  const who = page.person.name
  const at = atOf(page.created_at)
  const others = page.deliveries.filter((delivery) => delivery.channel !== CONSOLE)
  if (others.length === 0) {
    const sentence = `A page to ${who} as ${page.role} was made, and the console is their only channel: add one that reaches a telephone.`
    return { verdict: 'no-channel', at, sentence }
  }
  const failed = others.filter((delivery) => delivery.state === 'failed')
  if (failed.length > 0) {
    const reasons = failed.map(
      ({ channel, reason, attempts }) =>
        `${channel} failed after ${attempts} ${attempts === 1 ? 'try' : 'tries'}: ${reason ?? 'no reason given'}`,
    )
    return {
      verdict: 'delivery-failed',
      at,
      sentence: `A page to ${who} as ${page.role} was made and reached nobody. ${reasons.join('. ')}.`,
    }
  }
  return { verdict: 'superseded', at, sentence: `A page to ${who} as ${page.role} was made and ended before it was sent.` }
}

function atOf(text: string): Instant {
  return Date.parse(text)
}
