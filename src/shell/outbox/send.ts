/** One attempt: look once more whether it is wanted, render it, send it with a time limit, say what came of it. */
import type { PageKey } from '../../core/id.ts'
import type { Channel, ChannelAddress, ChannelBook, Delivery, PageMessage } from '../../integration.ts'
import type { PoolName } from '../database/database.ts'
import { failpoint } from '../failpoint.ts'
import type { Ports } from '../ports.ts'
import type { OutboxBounds } from './bounds.ts'
import type { Claimed } from './claim.ts'
import { findSendContext, type SendContext } from './context-store.ts'
import { listCarried } from './fold-store.ts'
import { renewLease } from './outbox-store.ts'
import { renderMessage } from './render.ts'
import { retryWhileAway } from './retry.ts'

export type Sent =
  | {
      readonly kind: 'sent'
      readonly delivery: Delivery
      readonly pageKeys: readonly PageKey[]
      readonly tookMs: number
      readonly sinceDueMs: number
    }
  /** Nobody wants it any more; nothing was sent. */
  | { readonly kind: 'withdrawn' }
  /** Another worker has it; nothing was sent and nothing is to be written. */
  | { readonly kind: 'lost' }

export interface Sender {
  readonly ports: Ports
  readonly channels: ChannelBook
  readonly bounds: OutboxBounds
  readonly pool: PoolName
}

const HEARD = 'The vendor has told of it: an earlier attempt had arrived.'

/** A channel that ignores its time limit is left behind after so long more. */
const GRACE_MS = 1_000

export async function sendOne(sender: Sender, claimed: Claimed, signal: AbortSignal): Promise<Sent> {
  const prepared = await retryWhileAway(() => prepare(sender, claimed), sender.bounds.recordPatienceMs, signal)
  if (prepared.kind !== 'ready') return prepared
  const { context } = prepared
  const { pageKeys, sinceDueMs } = context
  if (prepared.reason !== null)
    return { kind: 'sent', delivery: { kind: 'rejected', reason: prepared.reason }, pageKeys, tookMs: 0, sinceDueMs }
  // Never twice what its vendor has spoken of already: that message is there, whatever became of the answer.
  if (context.heardOf !== null)
    return { kind: 'sent', delivery: { kind: 'delivered', externalId: context.heardOf, evidence: HEARD }, pageKeys, tookMs: 0, sinceDueMs }
  failpoint('after-attempt')
  const startedMs = performance.now()
  const sending = sendInTime(prepared.channel, { message: prepared.message, address: prepared.address, signal })
  setImmediate(() => failpoint('mid-send'))
  const delivery = await sending
  if (delivery.kind === 'delivered') failpoint('after-vendor-2xx')
  return { kind: 'sent', delivery, pageKeys, tookMs: performance.now() - startedMs, sinceDueMs }
}

type Prepared =
  | Extract<Sent, { kind: 'withdrawn' | 'lost' }>
  | { readonly kind: 'ready'; readonly context: SendContext; readonly reason: string }
  | {
      readonly kind: 'ready'
      readonly context: SendContext
      readonly reason: null
      readonly channel: Channel
      readonly address: ChannelAddress
      readonly message: PageMessage
    }

async function prepare({ ports, channels, bounds, pool }: Sender, claimed: Claimed): Promise<Prepared> {
  return ports.database.inTransaction(pool, async (tx): Promise<Prepared> => {
    const context = await findSendContext(tx, claimed)
    if (context === undefined) return { kind: 'lost' }
    if (!context.wanted) return { kind: 'withdrawn' }
    // After a stall the lease may be nearly over or gone: it is taken again, or the effect is another worker's.
    if (context.leaseLeftMs < bounds.leaseMs / 2 && !(await renewLease(tx, claimed, bounds.leaseMs))) return { kind: 'lost' }
    const { person } = context
    if (person === null || person.disabled) return { kind: 'ready', context, reason: 'this person is not here any more' }
    const contact = context.contact ?? (claimed.channel === 'email' && person.email !== '' ? person.email : null)
    const found = channels.find(claimed.channel, contact)
    if (found.kind === 'missing') return { kind: 'ready', context, reason: found.reason }
    const playbook = await ports.playbooks.load(tx, context.playbook)
    const others = claimed.kind === 'page' ? await listCarried(tx, claimed.key) : []
    const ceiling = ports.ceilingOf(claimed.channel)
    const message = renderMessage({ claimed, context, others, person, playbook, now: tx.now, url: ports.config.url, ceiling })
    return { kind: 'ready', context, reason: null, channel: found.channel, address: found.address, message }
  })
}

interface Call {
  readonly message: PageMessage
  readonly address: ChannelAddress
  readonly signal: AbortSignal
}

/** Never throws. A channel that throws has a defect; whether the message arrived is then not known. */
export async function sendInTime(channel: Channel, { message, address, signal }: Call): Promise<Delivery> {
  const { promise: overdue, resolve } = Promise.withResolvers<Delivery>()
  const timer = setTimeout(
    () => resolve({ kind: 'unknown', reason: 'the channel did not come back in time' }),
    channel.timeoutMs + GRACE_MS,
  )
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(channel.timeoutMs)])
    return await Promise.race([channel.send(message, address, limit), overdue])
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown error'
    return { kind: 'unknown', reason: `the channel failed in an unexpected way (${name})` }
  } finally {
    clearTimeout(timer)
  }
}
