/** The workers of one kind of effect: the poll that claims what is due, and the way of each claimed effect to its end. */
import type { ChannelBook, Delivery } from '../../integration.ts'
import type { PoolName } from '../database/database.ts'
import { failpoint } from '../failpoint.ts'
import {
  BREAKER_CLOSED,
  BREAKER_OPEN,
  BREAKER_TRYING,
  channelLabel,
  outboxAttemptSeconds,
  outboxAttemptsTotal,
  outboxBreakerState,
  pageHandoverSeconds,
} from '../metrics/metrics.ts'
import { createAcknowledgeLinks } from '../page/link-store.ts'
import type { Ports } from '../ports.ts'
import type { OutboxBounds } from './bounds.ts'
import type { Claimed } from './claim.ts'
import { linksOf } from './enqueue.ts'
import { adoptOrphans } from './fold-store.ts'
import { recordCarried } from './carried.ts'
import type { EffectKind, Gate } from './gate.ts'
import { startLoop } from './loop.ts'
import { nextStep } from './outcome.ts'
import { claimDue, listWaitingChannels, renewLease } from './outbox-store.ts'
import { makeRecorder, type Recorder } from './recorder.ts'
import { pause } from './retry.ts'
import { type Sender, type Sent, sendOne } from './send.ts'

export interface LaneParts {
  readonly ports: Ports
  readonly channels: ChannelBook
  readonly bounds: OutboxBounds
  readonly gate: Gate
  readonly kind: EffectKind
  readonly pool: PoolName
}

export interface Lane {
  /** Sends what is claimed already. */
  readonly start: (claimed: Claimed) => void
  /** Asks the database soon. */
  readonly look: () => void
  /** When the database last answered, monotonic. */
  readonly lookedAtMs: () => number
  readonly stop: () => Promise<void>
}

export function startLane(parts: LaneParts): Lane {
  const { ports, bounds, kind, pool } = parts
  const recorder = makeRecorder(ports, pool, bounds.recordPatienceMs)
  const running = new Map<string, Promise<void>>() // by key: this process sends an effect once at a time
  const stopping = new AbortController()
  let hungry = false
  const start = (claimed: Claimed): void => {
    const work = workOn(parts, recorder, claimed, stopping.signal).finally(() => {
      running.delete(claimed.key)
      if (hungry && !loop.stopped()) loop.look() // a place is free, and something waits for it
    })
    running.set(claimed.key, work)
  }
  const loop = startLoop({
    everyMs: bounds.pollMs,
    name: `outbox ${kind}`,
    log: ports.log,
    turn: async () => {
      showBreakers(parts.gate)
      const found = await claimAll(parts, [...running.keys()])
      hungry = found.more
      if (found.claimed.length > 0) failpoint('after-claim')
      for (const one of found.claimed) start(one)
    },
  })
  return {
    start: (claimed) => {
      failpoint('after-claim')
      start(claimed)
    },
    look: loop.look,
    lookedAtMs: loop.lastGoodMs,
    stop: async () => {
      await loop.stop()
      await Promise.race([Promise.all(running.values()), pause(bounds.stopMs)])
      stopping.abort()
      await Promise.race([Promise.all(running.values()), pause(500)])
    },
  }
}

async function claimAll(
  { ports, bounds, gate, kind, pool }: LaneParts,
  running: readonly string[],
): Promise<{ readonly claimed: readonly Claimed[]; readonly more: boolean }> {
  const sendsMax = kind === 'page' ? bounds.pageSendsMax : bounds.noticeSendsMax
  return ports.database.inTransaction(pool, async (tx) => {
    if (kind === 'page') await adoptOrphans(tx)
    const claimed: Claimed[] = []
    let more = false
    for (const channel of await listWaitingChannels(tx, kind)) {
      const room = Math.min(gate.room(kind, channel), sendsMax - gate.running(kind) - claimed.length)
      const lessee = { leaseMs: bounds.leaseMs, serverId: ports.serverId }
      const found = room <= 0 ? [] : await claimDue(tx, { kind, channel, room, running, ...lessee })
      if (found.length >= room) more = true
      claimed.push(...found)
    }
    await createAcknowledgeLinks(tx, linksOf(claimed, tx.now))
    return { claimed, more }
  })
}

/** Never rejects: what cannot be written down is left to its lease, and logged. */
async function workOn(parts: LaneParts, recorder: Recorder, claimed: Claimed, stopping: AbortSignal): Promise<void> {
  const { ports, bounds, gate, kind, pool, channels } = parts
  const place = gate.enter(kind, claimed.channel)
  const lease = keepLease(parts, claimed)
  let result: Delivery['kind'] | 'withdrawn' = 'withdrawn'
  let holdMs: number | null = null
  try {
    const sender: Sender = { ports, channels, bounds, pool }
    const sent = await sendOne(sender, claimed, AbortSignal.any([stopping, lease.lost]))
    if (sent.kind === 'lost') return
    if (sent.kind === 'sent') {
      result = sent.delivery.kind
      if (sent.delivery.kind === 'retry') holdMs = sent.delivery.afterMs
    }
    place.leave(result, holdMs)
    showBreakers(gate)
    await record(parts, recorder, claimed, sent)
  } catch (error) {
    ports.log.error(
      { err: error, effect: claimed.key },
      'an effect could not be carried through; its lease will run out and it is tried again',
    )
  } finally {
    lease.stop()
    place.leave(result, holdMs)
  }
}

async function record(parts: LaneParts, recorder: Recorder, claimed: Claimed, sent: Exclude<Sent, { kind: 'lost' }>): Promise<void> {
  if (sent.kind === 'withdrawn') {
    const row = {
      state: 'cancelled',
      outcome: 'withdrawn',
      waitMs: 0,
      unsure: claimed.repeat,
      externalId: null,
      reason: 'Not needed any more.',
    } as const
    await recorder.record({ claimed, pageKeys: [], row, tell: null })
    return
  }
  const so = { attempts: claimed.attempt, unsure: claimed.repeat, failedBefore: claimed.failedBefore }
  const { tell, ...step } = nextStep(sent.delivery, so, parts.bounds, parts.ports.random())
  const label = channelLabel(claimed.channel)
  outboxAttemptsTotal.inc({ channel: label, outcome: sent.delivery.kind })
  outboxAttemptSeconds.observe({ channel: label }, sent.tookMs / 1_000)
  if (sent.delivery.kind === 'delivered' && claimed.kind === 'page' && claimed.attempt === 1) {
    pageHandoverSeconds.observe({ channel: label }, (sent.sinceDueMs + sent.tookMs) / 1_000)
  }
  const state = await recorder.record({ claimed, pageKeys: sent.pageKeys, row: { ...step, outcome: sent.delivery.kind }, tell })
  await recordCarried(parts.ports, parts.pool, claimed, sent.delivery, state)
}

/** Renews the lease while the effect is in work; `lost` aborts the send when another worker has it. */
function keepLease({ ports, bounds, pool }: LaneParts, claimed: Claimed): { readonly lost: AbortSignal; readonly stop: () => void } {
  const lost = new AbortController()
  let asking = false
  const renew = async (): Promise<void> => {
    if (asking) return
    asking = true
    try {
      const isOurs = await ports.database.inTransaction(pool, (tx) => renewLease(tx, claimed, bounds.leaseMs))
      if (!isOurs) lost.abort()
    } catch {
      // The database is away: nobody can take the effect over either. The next turn tries again.
    } finally {
      asking = false
    }
  }
  const timer = setInterval(() => void renew(), bounds.leaseMs / 3)
  return { lost: lost.signal, stop: () => clearInterval(timer) }
}

const BREAKER_NUMBERS = { closed: BREAKER_CLOSED, trying: BREAKER_TRYING, open: BREAKER_OPEN }

/** The worst of each kind of channel. */
function showBreakers(gate: Gate): void {
  const worst = new Map<string, number>()
  for (const { channel, breaker } of gate.states()) {
    const label = channelLabel(channel)
    worst.set(label, Math.max(worst.get(label) ?? 0, BREAKER_NUMBERS[breaker]))
  }
  for (const [channel, number] of worst) outboxBreakerState.set({ channel }, number)
}
