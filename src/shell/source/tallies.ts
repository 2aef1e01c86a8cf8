/**
 * Counts what comes by source in memory, and writes it down every few seconds: the doors pay nothing for it. What a crash
 * takes is a few seconds of counts; the messages themselves are on disk.
 */
import type { Instant } from '../../core/time.ts'
import { HOUR_MS } from '../../core/time.ts'
import type { ApplyItem } from '../alert/apply-item.ts'
import type { Ports } from '../ports.ts'
import { noteKeyUse } from './key-store.ts'
import { noteTopics, type TopicHeard } from './subscription-store.ts'
import { addTallies, type Counts, type HourTally } from './tally-store.ts'

export interface Tallies {
  readonly add: (sourceId: string, at: Instant, counts: Partial<Counts>) => void
  readonly useKey: (keyId: string, at: Instant) => void
  /** A topic has spoken through a source. */
  readonly hear: (heard: TopicHeard) => void
  /** Writes down what has been counted. Never throws: what could not be written is kept for the next time. */
  readonly flush: () => Promise<void>
  readonly stop: () => Promise<void>
}

const FLUSH_MS = 2_000
/** Sources times hours that wait to be written, while the database is away; more are not counted. */
const WAITING_MAX = 50_000

const running = new WeakMap<Ports, Tallies>()

/** Of this process; undefined where no intake runs. */
export function talliesOf(ports: Ports): Tallies | undefined {
  return running.get(ports)
}

/** Tests say nothing of how a source is. */
export function countItems(tallies: Tallies, items: readonly ApplyItem[]): void {
  for (const { sourceId, receivedAt, signals, refused, aside, topic } of items) {
    if (aside === 'test') continue
    if (topic !== undefined && aside !== 'distrusted') tallies.hear({ sourceId, topic, at: receivedAt })
    if (aside === 'distrusted') tallies.add(sourceId, receivedAt, { messages: 1, distrusted: 1 })
    else if (refused !== null) tallies.add(sourceId, receivedAt, { messages: 1, refused: 1 })
    else tallies.add(sourceId, receivedAt, { messages: 1, signals: signals.length })
  }
}

type Mutable = { -readonly [Key in keyof HourTally]: HourTally[Key] }

export function startTallies(ports: Ports): Tallies {
  let waiting = new Map<string, Mutable>()
  let keys = new Map<string, Instant>()
  let topics = new Map<string, TopicHeard>()
  let flushing: Promise<void> | null = null

  const add = (sourceId: string, at: Instant, counts: Partial<Counts>) => {
    const hour = at - (at % HOUR_MS)
    const place = `${sourceId}${hour}`
    const known = waiting.get(place)
    if (known === undefined && waiting.size >= WAITING_MAX) return
    const tally = known ?? { sourceId, hour, lastAt: at, messages: 0, signals: 0, refused: 0, distrusted: 0, repeated: 0, faults: 0 }
    if (known === undefined) waiting.set(place, tally)
    if (at > tally.lastAt) tally.lastAt = at
    tally.messages += counts.messages ?? 0
    tally.signals += counts.signals ?? 0
    tally.refused += counts.refused ?? 0
    tally.distrusted += counts.distrusted ?? 0
    tally.repeated += counts.repeated ?? 0
    tally.faults += counts.faults ?? 0
  }
  const hear = (heard: TopicHeard) => {
    const place = `${heard.sourceId}${heard.topic}`
    if (topics.size < WAITING_MAX || topics.has(place)) topics.set(place, heard)
  }
  const write = async () => {
    const [tallies, used, heard] = [waiting, keys, topics]
    if (tallies.size === 0 && used.size === 0 && heard.size === 0) return
    waiting = new Map()
    keys = new Map()
    topics = new Map()
    try {
      await ports.database.inTransaction('main', async (tx) => {
        if (tallies.size > 0) await addTallies(tx, [...tallies.values()])
        if (used.size > 0) await noteKeyUse(tx, used)
        if (heard.size > 0) await noteTopics(tx, [...heard.values()])
      })
    } catch (error) {
      ports.log.warn({ err: error }, 'counts of sources could not be written; they are kept for the next time')
      for (const tally of tallies.values()) add(tally.sourceId, tally.lastAt, tally)
      for (const [keyId, at] of used) if (!keys.has(keyId)) keys.set(keyId, at)
      for (const [place, one] of heard) if (!topics.has(place)) topics.set(place, one)
    }
  }
  const flush = () => {
    flushing ??= write().finally(() => {
      flushing = null
    })
    return flushing
  }
  const timer = setInterval(() => void flush(), FLUSH_MS)
  timer.unref()
  const tallies: Tallies = {
    add,
    useKey: (keyId, at) => {
      keys.set(keyId, at)
    },
    hear,
    flush,
    stop: async () => {
      clearInterval(timer)
      running.delete(ports)
      await flushing
      await flush()
    },
  }
  running.set(ports, tallies)
  return tallies
}
