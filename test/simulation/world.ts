/**
 * A company in virtual time: sources that fire and clear, servers that crash and freeze, a database that goes away,
 * vendors with moods, people who answer late or never. One seed makes the whole run.
 */
import type { Signal } from '../../src/core/alert/signal.ts'
import type { PersonId } from '../../src/core/id.ts'
import type { Roster } from '../../src/core/oncall/roster.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/time.ts'
import { nextStep } from '../../src/shell/outbox/outcome.ts'
import { OUTBOX_BOUNDS } from '../../src/shell/outbox/bounds.ts'
import { ann, bob, cyd, measuringPlaybook, own, testRoster } from '../support/playbook.ts'
import { MUTING, Mutes } from './mutes.ts'
import { makeRandom, makeSchedule, type Schedule } from './schedule.ts'
import { type EffectRow, type IncidentRow, type Receipt, Store } from './store.ts'
import { answer, type Mood, MOODS, type VendorReply, type VendorRequest } from './vendor.ts'

const SERVERS = 3
const SOURCES = 6
const CHANNELS = ['email', 'console'] as const
/** A server looks for work at least this often while there is some. */
const POLL_MS = SECOND_MS
/** After this without a heartbeat, others take a server's receipts over. */
const DEAD_AFTER_MS = 10 * SECOND_MS
const NAMES: Record<PersonId, string> = { [ann]: 'Ann', [bob]: 'Bob', [cyd]: 'Cyd', [own]: 'Owner' }

/** Bob takes over from Ann every twelve hours; nobody is Boss at the third night of four. */
function rosterAt(now: number): Roster {
  const half = Math.floor(now / (12 * HOUR_MS))
  const [first, second] = half % 2 === 0 ? [ann, bob] : [bob, ann]
  const boss = half % 8 === 5 ? [] : [cyd]
  return testRoster({ at: now, roles: { Ops: { current: [first], next: [second] }, Boss: { current: boss, next: [] } } })
}

interface Server {
  readonly id: number
  /** A restart is another life: what an old one still had under way is gone. */
  life: number
  up: boolean
  frozenUntil: number
  seenAt: number
  /** When it will next look for work; Infinity while there is none. */
  pollAt: number
}

export interface Options {
  readonly seed: number
  readonly hours: number
  /** False: a calm run, to prove that the faults make a difference. */
  readonly faults: boolean
}

export class World {
  readonly schedule: Schedule
  readonly store: Store
  readonly mutes: Mutes
  readonly requests: VendorRequest[] = []
  readonly servers: Server[]
  /** Receipts answered with 2xx. */
  readonly accepted = new Set<Receipt>()
  readonly acknowledgedAt = new Map<string, number>()
  /** Time during which some server could have worked, for judging how long a page waited. */
  private ableMs = 0
  private ableSince = 0
  private wasAble = true
  private readonly ableAt = new Map<string, number>()
  longestWaitMs = 0
  databaseUp = true
  quiet = false
  readonly counts = { crashes: 0, freezes: 0, outages: 0, repeats: 0, staleWrites: 0, pages: 0, measured: 0, held: 0, mutes: 0, snoozed: 0 }
  readonly moods: Record<string, Mood> = { email: 'well', console: 'well' }
  private readonly random: () => number
  private readonly options: Options

  constructor(options: Options) {
    this.options = options
    this.random = makeRandom(options.seed)
    this.schedule = makeSchedule(1_700_000_000_000)
    this.ableSince = this.schedule.now()
    this.mutes = new Mutes(this.random)
    this.store = new Store(measuringPlaybook({ muting: MUTING }), rosterAt, (signal) =>
      signal.alarm.startsWith('Spike')
        ? { type: 'spike', groupKey: `type:${signal.alarm}`, severity: 'red' }
        : { type: null, groupKey: `triage:${signal.labels['source']}`, severity: 'amber' },
    )
    this.servers = Array.from({ length: SERVERS }, (_, id) => ({
      id,
      life: 1,
      up: true,
      frozenUntil: 0,
      seenAt: this.now(),
      pollAt: Infinity,
    }))
    for (let source = 0; source < SOURCES; source += 1) this.after(this.spread(HOUR_MS), () => this.fire(source))
    this.every(8 * HOUR_MS, () => this.tidy())
    this.every(90 * MINUTE_MS, () => this.mute())
    if (options.faults) this.startFaults()
  }

  now(): number {
    return this.schedule.now()
  }

  private after(delayMs: number, act: () => void): void {
    this.schedule.after(delayMs, act)
  }

  /** Exponentially distributed around a mean, as independent events come. */
  private spread(meanMs: number): number {
    return -Math.log(1 - this.random()) * meanMs
  }

  private pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.random() * items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }

  // Sources -------------------------------------------------------------------------------------------------------

  private fire(source: number): void {
    if (this.quiet) return
    const alarm = this.random() < 0.5 ? `Spike${source}` : `Odd${source}-${Math.floor(this.random() * 5)}`
    const startsAt = source % 2 === 0 ? this.now() : null
    const lastsMs = this.spread(this.random() < 0.15 ? 5 * HOUR_MS : 40 * MINUTE_MS)
    this.post(source, alarm, 'firing', startsAt)
    if (this.random() < 0.2) for (let copy = 0; copy < 5; copy += 1) this.post(source, alarm, 'firing', startsAt)
    this.after(lastsMs, () => this.post(source, alarm, 'resolved', startsAt))
    this.after(lastsMs + this.spread(3 * HOUR_MS), () => this.fire(source))
  }

  /** As vendors do: tried again until it is taken. */
  private post(source: number, alarm: string, status: Signal['status'], startsAt: number | null, attempt = 1): void {
    const server = this.pick(this.servers)
    const signal: Signal = {
      alarm,
      status,
      title: alarm,
      summary: null,
      dedupKey: `${source}/${alarm}`,
      severityHint: null,
      value: null,
      labels: { source: String(source) },
      links: [],
      startsAt,
      endsAt: null,
    }
    const again = () => this.after(Math.min(60_000, 1_000 * 2 ** attempt), () => this.post(source, alarm, status, startsAt, attempt + 1))
    if (!this.isAble(server)) return again()
    const receipt: Receipt = { id: this.store.receipts.length + 1, server: server.id, signal, applied: false }
    this.store.receipts.push(receipt)
    if (this.crashesHere(server)) return again()
    this.accepted.add(receipt)
    this.after(this.random() * 20, () => this.inLife(server, server.life, () => this.applyOwn(server)))
  }

  // Servers -------------------------------------------------------------------------------------------------------

  private isAble(server: Server): boolean {
    return this.databaseUp && server.up && server.frozenUntil <= this.now()
  }

  /** Runs now, after a freeze, or never if this life of the server has ended. */
  private inLife(server: Server, life: number, act: () => void): void {
    if (!server.up || server.life !== life) return
    if (server.frozenUntil > this.now()) return this.after(server.frozenUntil - this.now(), () => this.inLife(server, life, act))
    if (!this.databaseUp) this.waiting.push(() => this.inLife(server, life, act))
    else act()
  }

  /** What waits for the database: asked again within half a second of its return, not all through a day without it. */
  private returnDatabase(): void {
    this.databaseUp = true
    for (const again of this.waiting.splice(0)) this.after(500 * this.random(), again)
  }
  private readonly waiting: (() => void)[] = []

  private crashesHere(server: Server): boolean {
    if (!this.options.faults || this.quiet || this.random() > 0.002) return false
    this.crash(server)
    return true
  }

  private crash(server: Server): void {
    if (!server.up) return
    this.counts.crashes += 1
    this.noteAble(() => {
      server.up = false
      server.life += 1
    })
    this.after(5_000 + this.random() * 55_000, () => this.restart(server))
  }

  private restart(server: Server): void {
    this.noteAble(() => {
      server.up = true
      server.pollAt = Infinity
      server.frozenUntil = 0
    })
    this.inLife(server, server.life, () => this.applyOwn(server))
    this.keepPolling(server)
  }

  private applyOwn(server: Server): void {
    this.applyOf(server, server.id)
  }

  /** After a step that changed something: the other servers find it by polling, too. */
  afterChange(): void {
    for (const server of this.servers) this.keepPolling(server)
  }

  private applyOf(server: Server, owner: number): void {
    for (const receipt of this.store.receipts.slice(this.applied)) {
      if (receipt.applied || receipt.server !== owner) continue
      this.store.apply(receipt, this.now(), (subject) => this.mutes.holdOf(server.id, subject, this.now()))
      if (this.crashesHere(server)) return
    }
    while (this.store.receipts[this.applied]?.applied === true) this.applied += 1
    this.keepPolling(server)
  }
  private applied = 0

  /** Polling is the truth: whatever changed, every server that is up looks within a second. */
  keepPolling(server: Server): void {
    this.pollBy(server, this.now() + POLL_MS * (0.2 + 0.8 * this.random()))
  }

  private pollBy(server: Server, at: number): void {
    if (!server.up || server.pollAt <= at) return
    server.pollAt = at
    const { life } = server
    const poll = () => {
      if (server.life !== life || server.pollAt !== at) return
      server.pollAt = Infinity
      server.seenAt = this.now()
      this.wake()
      this.store.release(this.now(), this.mutes.takeWoken(this.now()), (subject) => this.mutes.holdOf(server.id, subject, this.now()))
      this.takeOver(server)
      this.claim(server)
      const next = this.nextWork()
      if (next !== null) this.pollBy(server, Math.max(next, this.now() + POLL_MS * (0.5 + this.random())))
    }
    // One that an earlier look has made needless does not wait for the end of an outage.
    this.after(at - this.now(), () => {
      if (server.pollAt === at) this.inLife(server, life, poll)
    })
  }

  /** When something will be due; null while there is nothing to do at all. */
  private nextWork(): number | null {
    const release = Math.min(this.store.nextRelease(), this.mutes.nextWaking() ?? Infinity)
    let next: number | null = release === Infinity ? null : release
    for (const row of this.store.open.values()) {
      if (row.wakeAt !== null) next = next === null ? row.wakeAt : Math.min(next, row.wakeAt)
    }
    for (const effect of this.store.pending) {
      const at = Math.max(effect.dueAt, effect.leaseUntil)
      next = next === null ? at : Math.min(next, at)
    }
    return this.applied < this.store.receipts.length ? this.now() : next
  }

  private wake(): void {
    for (const row of Array.from(this.store.open.values())) {
      if (row.wakeAt !== null && row.wakeAt <= this.now()) this.store.change(row, { type: 'wake' }, this.now())
    }
  }

  private takeOver(server: Server): void {
    for (const other of this.servers) {
      const isDead = other !== server && (!other.up || other.frozenUntil > this.now()) && this.now() - other.seenAt > DEAD_AFTER_MS
      if (isDead) this.applyOf(server, other.id)
    }
  }

  // Outbox --------------------------------------------------------------------------------------------------------

  private claim(server: Server): void {
    for (const effect of Array.from(this.store.pending)) {
      if (effect.dueAt > this.now() || effect.leaseUntil > this.now()) continue
      if (effect.openAttempt !== 0) {
        // Whoever had it died or froze: the outcome is unknown, and this is how long it took to notice.
        this.noteWait(effect)
        effect.unsure = true
        effect.openAttempt = 0
      }
      if (!this.store.isWanted(effect)) {
        this.store.end(effect, 'cancelled')
        continue
      }
      this.begin(server, effect)
      if (!server.up) return
    }
  }

  private begin(server: Server, effect: EffectRow): void {
    effect.leaseUntil = this.now() + OUTBOX_BOUNDS.leaseMs
    effect.fence += 1
    effect.attempts += 1
    effect.openAttempt = effect.attempts
    if (effect.attempts === 1) this.noteWait(effect)
    this.ableAt.set(effect.key, this.able())
    const { fence, attempts: attempt, unsure } = effect
    const { life } = server
    if (this.crashesHere(server)) return
    // Being frozen with a request under way is what leases and fences are for.
    if (this.options.faults && this.random() < 0.01) this.freeze(server)
    if (effect.kind === 'page') this.counts.pages += 1
    if (unsure) this.counts.repeats += 1
    const reply = answer(this.moods[effect.channel] ?? 'well', this.random())
    this.requests.push({ key: effect.key, attempt, repeat: unsure, at: this.now(), accepted: reply.accepted })
    if (reply.accepted) this.arrive(effect, reply.afterMs)
    this.after(reply.afterMs, () => this.inLife(server, life, () => this.record(server, effect, fence, reply)))
  }

  private record(server: Server, effect: EffectRow, fence: number, reply: VendorReply): void {
    if (effect.fence !== fence || effect.state !== 'pending') {
      this.counts.staleWrites += 1
      return
    }
    const row = this.rowOf(effect)
    const next = nextStep(reply.delivery, effect, OUTBOX_BOUNDS, this.random())
    effect.openAttempt = 0
    effect.unsure = next.unsure
    if (next.state === 'pending') {
      effect.dueAt = this.now() + next.waitMs
      effect.leaseUntil = 0
      if (!this.store.isWanted(effect)) this.store.end(effect, 'cancelled')
    } else this.store.end(effect, next.state)
    if (next.tell === 'handed-over')
      this.store.change(row, { type: 'record-hand-over', pages: effect.pages, channel: effect.channel }, this.now())
    if (next.tell === 'failed' || next.tell === 'given-up') {
      effect.failedBefore = true
      const final = next.tell === 'given-up'
      this.store.change(
        row,
        { type: 'record-failure', pages: effect.pages, channel: effect.channel, reason: next.reason, final },
        this.now(),
      )
    }
    if (!this.crashesHere(server)) this.keepPolling(server)
  }

  private rowOf(effect: EffectRow): IncidentRow {
    const row = this.store.incidents.get(effect.incidentId)
    if (row === undefined) throw new Error(`no incident for ${effect.key}`)
    return row
  }

  // People --------------------------------------------------------------------------------------------------------

  private arrive(effect: EffectRow, afterMs: number): void {
    if (effect.kind !== 'page') return
    const roll = this.random()
    if (roll < 0.55) this.after(afterMs + this.spread(2 * MINUTE_MS), () => this.act(effect, 'acknowledge'))
    else if (roll < 0.62) this.after(afterMs + this.spread(MINUTE_MS), () => this.act(effect, 'decline'))
    else if (roll < 0.66) this.after(afterMs + this.spread(5 * MINUTE_MS), () => this.act(effect, 'raise'))
    else if (roll < 0.72) this.after(afterMs + this.spread(5 * MINUTE_MS), () => this.act(effect, 'measure'))
    else if (roll < 0.76) this.after(afterMs + this.spread(5 * MINUTE_MS), () => this.act(effect, 'summon'))
    else if (roll < 0.82) this.after(afterMs + this.spread(5 * MINUTE_MS), () => this.act(effect, 'snooze'))
    if (this.random() < 0.3) this.after(afterMs + this.spread(90 * MINUTE_MS), () => this.act(effect, 'resolve'))
  }

  private act(effect: EffectRow, what: 'acknowledge' | 'decline' | 'raise' | 'measure' | 'summon' | 'snooze' | 'resolve'): void {
    const server = this.pick(this.servers)
    if (!this.isAble(server)) return this.after(3_000, () => this.act(effect, what))
    const row = this.rowOf(effect)
    const by = { kind: 'person', id: effect.personId, name: NAMES[effect.personId] ?? '?' } as const
    const now = this.now()
    if (what === 'acknowledge') {
      const before = row.events.length
      this.store.change(row, { type: 'acknowledge', by, personId: effect.personId, via: 'link' }, now)
      this.noteAnswers(row, before)
    }
    if (what === 'snooze') {
      const before = row.events.length
      const [until, reason] = [now + this.spread(HOUR_MS), this.pick(['work', '', ' '])]
      const taken = this.store.change(row, { type: 'snooze', by, personId: effect.personId, via: 'api', until, reason }, now)
      if (taken === 'accepted') this.counts.snoozed += 1
      this.noteAnswers(row, before)
    }
    if (what === 'decline') this.store.change(row, { type: 'decline', by, personId: effect.personId }, now)
    if (what === 'raise') this.store.change(row, { type: 'change-severity', by, severity: 'red', reason: 'worse than thought' }, now)
    if (what === 'measure') {
      const measure = this.pick(['users_affected', 'error_rate'])
      const value = this.pick([0, 5, 20, 30, 60, 90])
      this.store.change(row, { type: 'record-impact', by, measure, value, unit: '%', reason: '' }, now)
      this.counts.measured += 1
    }
    if (what === 'summon') {
      const called = this.pick([bob, cyd])
      const wanted = { kind: 'person', personId: called, personName: NAMES[called] ?? '?' } as const
      this.store.change(row, { type: 'summon', by, wanted, reason: '' }, now)
    }
    if (what === 'resolve') this.store.change(row, { type: 'resolve', by, reason: 'done' }, now)
    this.keepPolling(server)
  }

  private noteAnswers(row: IncidentRow, from: number): void {
    for (const event of row.events.slice(from)) {
      if (event.type === 'incident.acknowledged') for (const duty of event.duties) this.acknowledgedAt.set(duty, this.now())
    }
  }

  /** Somebody mutes something, or ends it, by a server that answers. */
  private mute(): void {
    if (!this.isAble(this.pick(this.servers))) return
    const alarms = Array.from({ length: SOURCES }, (_, source) => [`Spike${source}`, `Odd${source}-${source % 5}`]).flat()
    const { id, endsAt } = this.mutes.change(this.now(), alarms)
    this.counts.mutes += 1
    this.store.lookAgain(id, this.now())
    // A step of its own at the very end, for the checker to look at.
    this.after(endsAt - this.now(), () => {
      this.store.lookAgain(id, this.now())
      this.afterChange()
    })
    this.afterChange()
  }

  /** Somebody looks through the list now and then and ends what is old: else every alarm would join it for ever. */
  private tidy(): void {
    const by = { kind: 'person', id: own, name: NAMES[own] ?? '?' } as const
    const server = this.pick(this.servers)
    if (!this.isAble(server)) return
    for (const row of Array.from(this.store.open.values())) {
      if (row.incident.openedAt > this.now() - 6 * HOUR_MS || this.random() < 0.3) continue
      this.store.change(row, { type: 'resolve', by, reason: 'old' }, this.now())
    }
    this.keepPolling(server)
  }

  // Faults --------------------------------------------------------------------------------------------------------

  private startFaults(): void {
    for (const server of this.servers) {
      this.every(4 * HOUR_MS, () => this.crash(server))
      this.every(5 * HOUR_MS, () => this.freeze(server))
    }
    for (const channel of CHANNELS) this.every(2 * HOUR_MS, () => this.upset(channel))
    this.every(20 * HOUR_MS, () => this.outage(10_000 + this.random() * 60_000))
    this.every(200 * HOUR_MS, () => this.outage(24 * HOUR_MS * (1 + this.random())))
  }

  private every(meanMs: number, act: () => void): void {
    this.after(this.spread(meanMs), () => {
      if (this.quiet) return
      act()
      this.every(meanMs, act)
    })
  }

  private freeze(server: Server): void {
    if (!server.up) return
    this.counts.freezes += 1
    const lastsMs = 5_000 + this.random() * 85_000
    this.noteAble(() => (server.frozenUntil = Math.max(server.frozenUntil, this.now() + lastsMs)))
    this.after(lastsMs, () => this.noteAble(() => this.keepPolling(server)))
  }

  private upset(channel: string): void {
    this.moods[channel] = this.pick(MOODS)
    this.after(this.spread(15 * MINUTE_MS), () => (this.moods[channel] = 'well'))
  }

  private outage(lastsMs: number): void {
    if (!this.databaseUp) return
    this.counts.outages += 1
    this.noteAble(() => (this.databaseUp = false))
    this.after(lastsMs, () => this.noteAble(() => this.returnDatabase()))
  }

  /** From here nothing new goes wrong: what is owed must come to an end. */
  heal(): void {
    this.quiet = true
    this.mutes.endAll(this.now())
    for (const held of this.store.held.values()) held.dueAt = this.now()
    this.noteAble(() => {
      this.returnDatabase()
      for (const server of this.servers) server.frozenUntil = 0
    })
    for (const channel of CHANNELS) this.moods[channel] = 'well'
    for (const server of this.servers) if (server.up) this.restart(server)
  }

  // How long a page waited while somebody could have sent it --------------------------------------------------------

  private canWork(): boolean {
    return this.servers.some((server) => this.isAble(server))
  }

  /** Called at every turn of a server or the database; between turns the answer does not change. */
  private noteAble(change: () => void): void {
    if (this.wasAble) this.ableMs += this.now() - this.ableSince
    change()
    this.ableSince = this.now()
    this.wasAble = this.canWork()
  }

  /** Milliseconds so far in which at least one server could work. */
  able(): number {
    return this.ableMs + (this.wasAble ? this.now() - this.ableSince : 0)
  }

  noteCreated(effect: EffectRow): void {
    if (effect.attempts === 0 && !this.ableAt.has(effect.key)) this.ableAt.set(effect.key, this.able())
  }

  private noteWait(effect: EffectRow): void {
    const since = this.ableAt.get(effect.key)
    if (since !== undefined) this.longestWaitMs = Math.max(this.longestWaitMs, this.able() - since)
  }
}
