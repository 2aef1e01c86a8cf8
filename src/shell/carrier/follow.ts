/**
 * Asks vendors that are asked (Pushover) what became of messages while somebody may still answer them there: an answer there is
 * an acknowledgement here, and what was answered elsewhere stops ringing. One server at a time does it, by a lease.
 */
import type { ChannelAddress, ChannelBook, Followed, FollowedChannel } from '../../integration.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts'
import { carryOut } from '../http/pages/acknowledge-act.ts'
import { lockIncidents } from '../incident/store.ts'
import { startLoop } from '../outbox/loop.ts'
import { recordSeen } from '../page/ledger-store.ts'
import type { Ports } from '../ports.ts'
import { takeLease } from '../server/lease-store.ts'
import { type FollowedMessage, listFollowed } from './report-store.ts'
import { takeReport } from './report.ts'

/** Pushover allows a question about a receipt each 5 s. */
const EVERY_MS = 6_000
const LEASE_MS = 30_000
/** Its emergencies ring for 3 h at the most. */
const SINCE_MS = 3 * HOUR_MS + 5 * MINUTE_MS
const MESSAGES_MAX = 100
const AT_ONCE_MAX = 4
const ASK_MS_MAX = 10_000

export interface Follower {
  readonly stop: () => Promise<void>
}

export function startFollowing(ports: Ports, channels: ChannelBook): Follower {
  const loop = startLoop({
    name: 'carrier follow',
    everyMs: ports.config.timing['carrierFollowMs'] ?? EVERY_MS,
    log: ports.log,
    turn: async () => {
      const kinds = followedKinds(channels)
      // Most installations have none, and then the database is not asked.
      if (kinds.length > 0 && (await takeLease(ports, 'carrier-follow', LEASE_MS)) !== null) await followOnce(ports, channels, kinds)
    },
  })
  return { stop: loop.stop }
}

function followedKinds(channels: ChannelBook): string[] {
  return [
    ...new Set(
      channels
        .list()
        .filter(({ channel }) => isFollowed(channel))
        .map(({ channel }) => channel.kind),
    ),
  ]
}

function isFollowed(channel: object): channel is FollowedChannel {
  return 'follow' in channel && 'callOff' in channel
}

/** One round: every message that somebody may still answer is asked about once. */
export async function followOnce(ports: Ports, channels: ChannelBook, kinds: readonly string[]): Promise<void> {
  const messages = await ports.database.inTransaction('main', (tx) => listFollowed(tx, kinds, { sinceMs: SINCE_MS, max: MESSAGES_MAX }))
  const queue = [...messages]
  const work = async (): Promise<void> => {
    for (let message = queue.shift(); message !== undefined; message = queue.shift()) await followMessage(ports, channels, message)
  }
  await Promise.all(Array.from({ length: AT_ONCE_MAX }, work))
}

async function followMessage(ports: Ports, channels: ChannelBook, message: FollowedMessage): Promise<void> {
  const found = channels.find(message.channel, message.contact)
  if (found.kind === 'missing' || !isFollowed(found.channel)) return
  const { channel, address } = found
  const signal = AbortSignal.timeout(ASK_MS_MAX)
  if (message.wanted) return take(ports, message, await ask(channel, message, address, signal))
  const off = await channel.callOff(message.externalId, address, signal).catch(() => false)
  if (off) await end(ports, message, 'It was told to stop ringing: no answer is needed any more.')
}

async function ask(channel: FollowedChannel, message: FollowedMessage, address: ChannelAddress, signal: AbortSignal): Promise<Followed> {
  try {
    return await channel.follow(message.externalId, address, signal)
  } catch (error) {
    return { kind: 'unknown', reason: error instanceof Error ? error.name : 'unknown error' }
  }
}

async function take(ports: Ports, message: FollowedMessage, followed: Followed): Promise<void> {
  if (followed.kind === 'over') await end(ports, message, `No answer there: ${followed.reason}.`)
  if (followed.kind !== 'acknowledged') return
  const { personId, channel, incidentIds } = message
  await ports.database.inTransaction('main', async (tx) => {
    await lockIncidents(tx, incidentIds)
    for (const incidentId of incidentIds) await recordSeen(tx, { incidentId, personId, channel })
    await carryOut(ports, tx, personId, { wish: 'acknowledge', ids: incidentIds, via: 'pushover' })
  })
}

async function end(ports: Ports, message: FollowedMessage, sentence: string): Promise<void> {
  const report = { externalId: message.externalId, word: 'over', outcome: 'progress', sentence } as const
  await ports.database.inTransaction('main', async (tx) => {
    await takeReport(ports, tx, message, report)
  })
}
