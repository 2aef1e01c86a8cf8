/**
 * Confirms subscriptions whose question was signed: one GET to the address in it. Asking twice does no harm, so it is
 * tried again until the sender's token has run out.
 * Source: https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html: a token is good for two days (read 2026-11-24)
 */
import { toSignal } from '../../core/alert/build.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../core/time.ts'
import { subscriptionEnded } from '../../integration-door.ts'
import { appendLeaves } from '../audit/audit-store.ts'
import type { Ports } from '../ports.ts'
import type { Speak } from './confirm.ts'
import type { Outbound, OutboundReply } from './confirm-outbound.ts'
import { findSpeaker, firingCount } from './confirm-store.ts'
import { claimSubscriptions, finishSubscription, type SubscriptionOutcome, type SubscriptionRow } from './subscription-store.ts'

const LEASE_MS = 30 * SECOND_MS
const BATCH = 10
const BOUNDS = { timeoutMs: 10 * SECOND_MS, bytesMax: 65_536 }
const TOKEN_MS = 2 * DAY_MS
const WAIT_MS_MAX = 10 * MINUTE_MS

/** @returns true when there may be more */
export async function confirmDue(ports: Ports, outbound: Outbound, speak: Speak): Promise<boolean> {
  const claimed = await ports.database.inTransaction('main', (tx) => claimSubscriptions(tx, { leaseMs: LEASE_MS, limit: BATCH }))
  await Promise.all(claimed.map((asked) => confirmOne(ports, outbound, speak, asked)))
  return claimed.length === BATCH
}

async function confirmOne(ports: Ports, outbound: Outbound, speak: Speak, asked: SubscriptionRow): Promise<void> {
  const reply = await outbound.get(asked.url ?? '', BOUNDS)
  const source = await ports.database.inTransaction('main', async (tx) => {
    const outcome = toOutcome(reply, asked, tx.now)
    const finished = await finishSubscription(tx, asked, outcome)
    if (!finished || outcome.kind === 'again') return undefined
    const actor = { kind: 'system', name: 'Tocsin' } as const
    const act = outcome.kind === 'confirmed' ? 'source.subscription-confirmed' : 'source.subscription-failed'
    const data = { topic: asked.topic, ...(outcome.kind === 'failed' ? { reason: outcome.reason } : {}) }
    await appendLeaves(tx, [{ at: tx.now, actor, act, subject: `source:${asked.sourceId}`, data }])
    ports.log.info({ source: asked.sourceId, topic: asked.topic, outcome: outcome.kind }, 'a subscription was answered')
    return outcome.kind === 'confirmed' ? findSpeaker(tx, asked.sourceId) : undefined
  })
  if (source === undefined) return
  const { alarm, dedupKey } = subscriptionEnded(asked.topic)
  const back = toSignal({ alarm, dedupKey, status: 'resolved', title: `${asked.topic} speaks here again: its subscription was confirmed` })
  const fires = await ports.database.inTransaction('main', (tx) => firingCount(tx, asked.sourceId, back))
  if (fires > 0) await speak.signal(source, back)
}

function toOutcome(reply: OutboundReply, asked: SubscriptionRow, now: number): SubscriptionOutcome {
  if (reply.kind === 'reply' && reply.status >= 200 && reply.status < 300) return { kind: 'confirmed' }
  const reason = reply.kind === 'failed' ? reply.reason : `the answer was status ${reply.status}`
  const final = reply.kind === 'reply' && reply.status >= 400 && reply.status < 500 && reply.status !== 408 && reply.status !== 429
  if (final) return { kind: 'failed', reason: `${reason}: the token is spent or wrong, subscribe again` }
  if (now - asked.askedAt > TOKEN_MS) return { kind: 'failed', reason: `${reason}, for as long as the token was good: subscribe again` }
  return { kind: 'again', afterMs: Math.min(WAIT_MS_MAX, 5 * SECOND_MS * 2 ** Math.min(asked.tries, 10)), reason }
}
