/**
 * By which channels one page goes to one person, and when each message is due: order and waits of their own, quiet hours,
 * and two independent channels at once where the playbook asks for them. Nobody is left without a channel, and unless the
 * whole page is held by quiet hours the first message is due at once.
 */
import { CONSOLE_CHANNEL, type RosterPerson } from '../oncall/roster.ts'
import type { Urgency } from '../oncall/way.ts'
import type { Instant } from '../time.ts'

export interface Delivery {
  readonly channel: string
  /** Never before the page. */
  readonly dueAt: Instant
}

export interface Paging {
  readonly at: Instant
  readonly urgency: Urgency
  /** By two channels that do not fall together, at once. */
  readonly byTwo: boolean
  /** End of the person's quiet hours that this page waits for; null: it waits for none. */
  readonly heldUntil: Instant | null
  /** The console lists it at once all the same, which bothers nobody. */
  readonly consoleWaits: boolean
}

/** In the person's order, each channel once; with the console at least. */
export function deliveriesOf(person: Pick<RosterPerson, 'channels' | 'ways' | 'domains'> | undefined, paging: Paging): readonly Delivery[] {
  const start = Math.max(paging.at, paging.heldUntil ?? paging.at)
  const ringing = waitsOf(person, paging)
  const isThere = ringing.length === 0 || person?.channels.includes(CONSOLE_CHANNEL) === true
  const listed = isThere ? [{ channel: CONSOLE_CHANNEL, dueAt: paging.consoleWaits ? start : paging.at }] : []
  return [...ringing.map(({ channel, waitMs }) => ({ channel, dueAt: start + waitMs })), ...listed]
}

interface Waiting {
  readonly channel: string
  readonly waitMs: number
}

function waitsOf(person: Parameters<typeof deliveriesOf>[0], { urgency, byTwo }: Paging): readonly Waiting[] {
  const all = (person?.channels ?? []).filter((channel) => channel !== CONSOLE_CHANNEL)
  const ways = person?.ways ?? []
  const domainOf = (channel: string): string => domainOfChannel(channel, person?.domains)
  const wait = (channel: string, of: Urgency | null): number | null => {
    const own = ways.filter((way) => way.channel === channel)
    const fit = of === null ? own : own.filter((way) => way.urgency === null || way.urgency === of)
    // What nothing is said of, such as what was added in the console, goes out at once.
    return own.length === 0 ? 0 : fit.length === 0 ? null : Math.min(...fit.map((way) => way.afterMs))
  }
  const waiting = (of: Urgency | null): Waiting[] =>
    all.flatMap((channel) => {
      const waitMs = wait(channel, of)
      return waitMs === null ? [] : [{ channel, waitMs }]
    })
  const fit = waiting(urgency)
  // Whoever keeps none for this urgency is reached all the same, and so is whoever keeps fewer than the playbook asks for.
  const lacks = fit.length === 0 || (byTwo && new Set(fit.map(({ channel }) => domainOf(channel))).size < 2)
  const others = lacks ? waiting(null).filter(({ channel }) => !fit.some((one) => one.channel === channel)) : []
  const chosen = firstAtOnce(inPlaceOf(all, [...fit, ...others]))
  return byTwo ? twoAtOnce(chosen, domainOf) : chosen
}

function inPlaceOf(order: readonly string[], waiting: readonly Waiting[]): readonly Waiting[] {
  return order.flatMap((channel) => waiting.find((one) => one.channel === channel) ?? [])
}

/** Who lets every channel wait would be paged in silence: all of them move to the front together. */
function firstAtOnce(waiting: readonly Waiting[]): readonly Waiting[] {
  const least = Math.min(...waiting.map(({ waitMs }) => waitMs))
  return waiting.map(({ channel, waitMs }) => ({ channel, waitMs: waitMs - least }))
}

/** The soonest, and the soonest that does not fall with it; where there is none such, any second. */
function twoAtOnce(waiting: readonly Waiting[], domainOf: (channel: string) => string): readonly Waiting[] {
  const [first, ...rest] = waiting.toSorted((one, other) => one.waitMs - other.waitMs)
  if (first === undefined) return waiting
  const second = rest.find(({ channel }) => domainOf(channel) !== domainOf(first.channel)) ?? rest[0]
  return waiting.map((one) => (one.channel === second?.channel ? { ...one, waitMs: 0 } : one))
}

/** What a channel falls with: what its connection says, else its vendor or its own kind. Devices of all vendors of push count as one. */
export function domainOfChannel(channel: string, domains: Readonly<Record<string, string>> | undefined): string {
  if (domains !== undefined && Object.hasOwn(domains, channel)) return domains[channel] ?? channel
  const kind = channel.split(':', 1)[0] ?? channel
  return kind === 'webhook' ? channel : (VENDOR_OF[kind] ?? kind)
}
const VENDOR_OF: Readonly<Record<string, string>> = { sms: 'twilio', voice: 'twilio' }
