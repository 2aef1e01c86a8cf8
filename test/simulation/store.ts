/**
 * The database of the simulation: incidents, alerts, receipts and effects in memory, changed in transactions that happen
 * whole or not at all. The rules are the product's own: decide, settle, the alert's step.
 */
import { type Episode, step } from '../../src/core/alert/alert.ts'
import type { Signal } from '../../src/core/alert/signal.ts'
import { asId, type IncidentId, type PageKey, type PersonId } from '../../src/core/id.ts'
import type { IncidentCommand } from '../../src/core/incident/command.ts'
import { decide } from '../../src/core/incident/decide.ts'
import type { Actor, IncidentEvent } from '../../src/core/incident/event.ts'
import { evolve } from '../../src/core/incident/evolve.ts'
import { type Incident, isOpen, noIncident } from '../../src/core/incident/incident.ts'
import { settle } from '../../src/core/incident/settle.ts'
import type { Roster } from '../../src/core/oncall/roster.ts'
import type { Playbook } from '../../src/core/playbook/playbook.ts'
import type { FoundHold } from '../../src/core/silence/find-hold.ts'
import type { HoldSubject } from '../../src/core/silence/subject.ts'

export interface Receipt {
  readonly id: number
  readonly server: number
  readonly signal: Signal
  applied: boolean
}

export interface EffectRow {
  readonly key: string
  readonly incidentId: IncidentId
  readonly personId: PersonId
  readonly channel: string
  readonly pages: readonly PageKey[]
  readonly kind: 'page' | 'notice'
  readonly createdAt: number
  state: 'pending' | 'delivered' | 'rejected' | 'cancelled'
  dueAt: number
  leaseUntil: number
  fence: number
  attempts: number
  /** The attempt under way or left unfinished; 0 when there is none. */
  openAttempt: number
  unsure: boolean
  failedBefore: boolean
}

export interface IncidentRow {
  readonly id: IncidentId
  readonly groupKey: string
  incident: Incident
  readonly events: IncidentEvent[]
  wakeAt: number | null
  readonly alerts: Map<string, Episode>
}

/** An alert that fires and opens nothing, since something holds it. */
export interface HeldRow {
  readonly key: string
  readonly signal: Signal
  readonly subject: HoldSubject
  hold: FoundHold
  /** When it is to be aimed again. */
  dueAt: number
}

/** What holds an alert, as the server that applies it knows; null: nothing does. */
export type HoldOf = (subject: HoldSubject) => FoundHold | null

export class Store {
  readonly incidents = new Map<IncidentId, IncidentRow>()
  readonly open = new Map<string, IncidentRow>()
  /** `row` is null while something holds the alert. */
  readonly episodes = new Map<string, { episode: Episode; row: IncidentRow | null }>()
  readonly held = new Map<string, HeldRow>()
  readonly receipts: Receipt[] = []
  readonly effects = new Map<string, EffectRow>()
  readonly pending = new Set<EffectRow>()
  /** Rows changed since the last look of the checker. */
  readonly touched = new Set<IncidentRow>()
  private readonly playbook: Playbook
  private readonly rosterAt: (now: number) => Roster
  private readonly classify: (signal: Signal) => { readonly type: string | null; readonly groupKey: string; readonly severity: string }
  /** Something begins to be held, or goes on being held by another. */
  onHeld: (held: HeldRow, now: number) => void = () => undefined

  constructor(playbook: Playbook, rosterAt: (now: number) => Roster, classify: Store['classify']) {
    this.playbook = playbook
    this.rosterAt = rosterAt
    this.classify = classify
  }

  /** One signal, applied as the shell applies it. */
  apply(receipt: Receipt, now: number, holdOf: HoldOf): void {
    receipt.applied = true
    const key = receipt.signal.dedupKey ?? receipt.signal.alarm
    const known = this.episodes.get(key)
    const row = known?.row ?? null
    const taken = step(known?.episode ?? null, receipt.signal, { at: now, incidentOver: row !== null && !isOpen(row.incident) })
    if (taken.episode === null) return
    this.episodes.set(key, { episode: taken.episode, row })
    this.lastSignal.set(key, receipt.signal)
    if (taken.kind === 'opened') {
      this.held.delete(key)
      this.aim(key, receipt.signal, now, holdOf)
    } else if (row === null) {
      if (taken.episode.resolvedAt !== null) this.held.delete(key)
      else if (taken.kind === 'repeated') this.aim(key, receipt.signal, now, holdOf)
    } else {
      row.alerts.set(key, taken.episode)
      if (taken.kind === 'resolved') this.report(row, now)
      if (taken.kind === 'acknowledged') this.change(row, { type: 'acknowledge', by: SENDER, personId: null, via: 'source' }, now)
    }
  }

  /** An alert that fires is held, or opens or joins its incident. */
  private aim(key: string, signal: Signal, now: number, holdOf: HoldOf): void {
    const known = this.episodes.get(key)
    if (known === undefined) return
    const subject = this.subjectOf(key, signal)
    const hold = holdOf(subject)
    if (hold !== null) {
      const held: HeldRow = { key, signal, subject, hold, dueAt: hold.until ?? Infinity }
      this.episodes.set(key, { episode: known.episode, row: null })
      this.held.set(key, held)
      this.onHeld(held, now)
      return
    }
    this.held.delete(key)
    const row = this.rowFor(signal, now)
    this.episodes.set(key, { episode: known.episode, row })
    row.alerts.set(key, known.episode)
    this.report(row, now)
  }

  private subjectOf(key: string, signal: Signal): HoldSubject {
    const { type, severity } = this.classify(signal)
    const source = signal.labels['source'] ?? ''
    return { fingerprint: key, alarm: signal.alarm, labels: {}, sourceId: source, source, type, service: null, severity }
  }

  /** What held these has changed: they are looked at by whoever comes next. */
  lookAgain(refId: string, now: number): void {
    for (const held of this.held.values()) if (held.hold.refId === refId) held.dueAt = Math.min(held.dueAt, now)
  }

  /** Alerts whose hold is over, and those that were snoozed and whose incident a person has resolved meanwhile. */
  release(now: number, woken: readonly string[], holdOf: HoldOf): void {
    for (const held of Array.from(this.held.values())) if (held.dueAt <= now) this.aim(held.key, held.signal, now, holdOf)
    for (const key of woken) {
      const known = this.episodes.get(key)
      const signal = this.lastSignal.get(key)
      if (known === undefined || signal === undefined || known.episode.resolvedAt !== null) continue
      if (known.row !== null && !isOpen(known.row.incident)) this.aim(key, signal, now, holdOf)
    }
  }
  private readonly lastSignal = new Map<string, Signal>()

  nextRelease(): number {
    return Math.min(Infinity, ...[...this.held.values()].map(({ dueAt }) => dueAt))
  }

  private rowFor(signal: Signal, now: number): IncidentRow {
    const { type, groupKey } = this.classify(signal)
    const joined = this.open.get(groupKey)
    if (joined !== undefined) return joined
    const id = asId<IncidentId>(`incident-${this.incidents.size + 1}`)
    const row: IncidentRow = { id, groupKey, incident: noIncident, events: [], wakeAt: null, alerts: new Map() }
    this.incidents.set(id, row)
    this.open.set(groupKey, row)
    this.change(
      row,
      {
        type: 'open',
        id,
        by: SENDER,
        title: signal.title,
        summary: '',
        incidentType: type,
        severity: null,
        severityReason: '',
        private: false,
      },
      now,
    )
    return row
  }

  private report(row: IncidentRow, now: number): void {
    const firing = [...row.alerts.values()].filter((episode) => episode.resolvedAt === null).length
    this.change(row, { type: 'attach-alerts', opened: 0, resolved: 0, firing, total: row.alerts.size, sample: [] }, now)
  }

  change(row: IncidentRow, command: IncidentCommand, now: number): 'accepted' | 'refused' {
    const decision = decide(row.incident, command, this.playbook, now)
    if (decision.kind === 'refused') return 'refused'
    const before = row.incident
    const settled = settle(decision.events.reduce(evolve, before), this.playbook, this.rosterAt(now), now)
    row.incident = settled.incident
    row.events.push(...decision.events, ...settled.events)
    row.wakeAt = settled.wakeAt
    for (const act of settled.acts) this.enqueue(row.id, act, now)
    this.cancel(row, before)
    if (isOpen(row.incident)) this.open.set(row.groupKey, row)
    else if (this.open.get(row.groupKey) === row) this.open.delete(row.groupKey)
    this.touched.add(row)
    return 'accepted'
  }

  private enqueue(incidentId: IncidentId, act: Pick<EffectRow, 'key' | 'kind' | 'personId' | 'channel' | 'pages'>, now: number): void {
    if (this.effects.has(act.key)) throw new Error(`the effect ${act.key} was planned twice`)
    const { key, kind, personId, channel, pages } = act
    const effect: EffectRow = {
      key,
      kind,
      personId,
      channel,
      pages,
      incidentId,
      createdAt: now,
      state: 'pending',
      dueAt: now,
      leaseUntil: 0,
      fence: 0,
      attempts: 0,
      openAttempt: 0,
      unsure: false,
      failedBefore: false,
    }
    this.effects.set(key, effect)
    this.pending.add(effect)
  }

  /** An effect none of whose pages goes on is cancelled, unless an attempt is under way. */
  private cancel(row: IncidentRow, before: Incident): void {
    const paging = new Set(row.incident.pages.filter((page) => page.state === 'paging').map((page) => page.key))
    if (before.pages.every((page) => page.state !== 'paging' || paging.has(page.key))) return
    for (const effect of this.pending) {
      if (effect.incidentId === row.id && effect.kind === 'page' && effect.openAttempt === 0 && !this.isWanted(effect))
        this.end(effect, 'cancelled')
    }
  }

  isWanted(effect: EffectRow): boolean {
    const row = this.incidents.get(effect.incidentId)
    if (effect.kind === 'notice' || row === undefined) return true
    return row.incident.pages.some((page) => page.state === 'paging' && effect.pages.includes(page.key))
  }

  end(effect: EffectRow, state: EffectRow['state']): void {
    effect.state = state
    effect.openAttempt = 0
    this.pending.delete(effect)
  }
}

const SENDER: Actor = { kind: 'source', id: null, name: 'simulated' }
