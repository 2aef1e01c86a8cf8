/** The invariants, looked at after every step of the simulation. Each throws with what it saw. */
import { evolve } from '../../src/core/incident/evolve.ts'
import { isOpen, noIncident } from '../../src/core/incident/incident.ts'
import { plan } from '../../src/core/incident/plan.ts'
import { measuringPlaybook, testRoster } from '../support/playbook.ts'
import { MUTING } from './mutes.ts'
import type { HeldRow, IncidentRow } from './store.ts'
import type { World } from './world.ts'

/** A page may wait so long while a server could have sent it: a lease that must run out, and a poll. */
const WAIT_MS_MAX = 20_000

export class Checker {
  private readonly world: World
  private requestsSeen = 0
  private readonly requested = new Map<string, { attempt: number; accepted: boolean }>()
  private readonly steps = new Map<string, number>()
  private eventsSeen = new Map<IncidentRow, number>()
  /** Time in which a server could have worked, as of when each was first found to be overdue. */
  private readonly overdueSince = new Map<string, number>()
  longestOverdueMs = 0
  checks = 0

  constructor(world: World) {
    this.world = world
    world.store.onHeld = (held, now) => this.checkHeld(held, now)
  }

  /** Asked at the moment that something holds it: red needs a reason, and lasts for its time. */
  private checkHeld({ key, hold, subject }: HeldRow, now: number): void {
    this.world.counts.held += 1
    if (!this.world.mutes.mayHold(subject, now)) throw new Error(`${key} (${subject.severity}) is held, and nothing may: ${hold.reason}`)
  }

  afterStep(): void {
    this.checks += 1
    if (this.world.store.touched.size > 0) this.world.afterChange()
    for (const row of this.world.store.touched) this.checkRow(row)
    this.world.store.touched.clear()
    for (const effect of this.world.store.pending) if (effect.attempts === 0) this.world.noteCreated(effect)
    this.checkRequests()
    this.checkHolds()
    this.checkWakings()
    if (this.world.longestWaitMs > WAIT_MS_MAX)
      throw new Error(`a page waited ${this.world.longestWaitMs} ms while a server could have sent it`)
  }

  /** Whatever fires is in an incident or held; and once nothing may hold it any more, it is let go within the bound. */
  private checkHolds(): void {
    const { store, mutes } = this.world
    const now = this.world.now()
    for (const [key, { episode, row }] of store.episodes) {
      if (episode.resolvedAt === null && row === null && !store.held.has(key))
        throw new Error(`${key} fires, in no incident, and nothing holds it`)
    }
    for (const { key, subject } of store.held.values()) this.judgeOverdue(`held ${key}`, !mutes.mayHold(subject, now))
  }

  /** A step of an incident that is due is taken, whatever is muted. */
  private checkWakings(): void {
    const now = this.world.now()
    for (const row of this.world.store.open.values()) this.judgeOverdue(`step of ${row.id}`, row.wakeAt !== null && row.wakeAt <= now)
  }

  private judgeOverdue(what: string, isOverdue: boolean): void {
    const able = this.world.able()
    const since = this.overdueSince.get(what)
    if (!isOverdue) this.overdueSince.delete(what)
    else if (since === undefined) this.overdueSince.set(what, able)
    else {
      this.longestOverdueMs = Math.max(this.longestOverdueMs, able - since)
      if (able - since > WAIT_MS_MAX) throw new Error(`${what} is overdue by ${able - since} ms in which a server could have worked`)
    }
  }

  private checkRow(row: IncidentRow): void {
    const { incident } = row
    const open = isOpen(incident)
    for (const duty of incident.duties) {
      if (!open || duty.state !== 'open') continue
      if (row.wakeAt === null) throw new Error(`${row.id} is open, ${duty.role} owes an answer, and there is no next step`)
      if (!incident.pages.some((page) => page.duty === duty.id)) throw new Error(`${duty.id} pages nobody`)
    }
    for (const page of incident.pages) {
      if (page.state !== 'paging') continue
      if (!open) throw new Error(`${page.key} goes on after the end`)
      const acknowledgedAt = this.world.acknowledgedAt.get(page.duty)
      if (acknowledgedAt !== undefined && page.at > acknowledgedAt) throw new Error(`${page.key} began after its acknowledgement`)
    }
    if (open && this.world.store.open.get(row.groupKey) !== row) throw new Error(`two open incidents share ${row.groupKey}`)
    this.checkEscalation(row)
  }

  /** No step of a policy is skipped for somebody else's, none comes twice. */
  private checkEscalation(row: IncidentRow): void {
    const from = this.eventsSeen.get(row) ?? 0
    for (const event of row.events.slice(from)) {
      if (event.type === 'incident.snoozed' && row.incident.severity === 'red') {
        if (event.reason.trim() === '') throw new Error(`${row.id} is red and was snoozed without a reason`)
        if (event.until > event.at + (MUTING.maxMs ?? Infinity)) throw new Error(`${row.id} is red and was snoozed for too long`)
      }
      if (event.type !== 'incident.paged') continue
      for (const duty of new Set(event.pages.map((page) => page.duty))) {
        const page = event.pages.find((candidate) => candidate.duty === duty)
        const place = page === undefined ? 0 : page.round * 100 + page.step
        const before = this.steps.get(duty) ?? -1
        if (place <= before) throw new Error(`${duty} went from step ${before} to ${place}`)
        this.steps.set(duty, place)
      }
    }
    this.eventsSeen.set(row, row.events.length)
  }

  /** A vendor hears twice of one effect only if it may not have taken the first, or as a marked repeat. */
  private checkRequests(): void {
    for (const request of this.world.requests.slice(this.requestsSeen)) {
      const before = this.requested.get(request.key)
      if (before !== undefined && request.attempt <= before.attempt)
        throw new Error(`attempt ${request.attempt} of ${request.key} was made twice`)
      if (before?.accepted === true && !request.repeat) throw new Error(`${request.key} was sent again without saying so`)
      this.requested.set(request.key, { attempt: request.attempt, accepted: request.accepted || before?.accepted === true })
    }
    this.requestsSeen = this.world.requests.length
  }

  /** After everything has healed and come to rest. */
  atEnd(): void {
    const { store, accepted } = this.world
    for (const receipt of accepted) if (!receipt.applied) throw new Error(`signal ${receipt.id} was accepted and lost`)
    for (const row of store.incidents.values()) {
      const folded = row.events.reduce(evolve, noIncident)
      if (JSON.stringify(folded) !== JSON.stringify(row.incident)) throw new Error(`${row.id} is not what its events say`)
      const owed = plan(row.incident, measuringPlaybook({ muting: MUTING }), testRoster(), row.wakeAt ?? 0)
      if (isOpen(row.incident) && owed.wakeAt === null && row.incident.duties.some((duty) => duty.state === 'open'))
        throw new Error(`${row.id} was forgotten`)
    }
    for (const key of store.held.keys()) throw new Error(`${key} is held for ever`)
    for (const effect of store.pending) throw new Error(`${effect.key} never came to an end`)
  }
}
