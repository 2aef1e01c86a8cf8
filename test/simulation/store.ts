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

export class Store {
  readonly incidents = new Map<IncidentId, IncidentRow>()
  readonly open = new Map<string, IncidentRow>()
  readonly episodes = new Map<string, { episode: Episode; row: IncidentRow }>()
  readonly receipts: Receipt[] = []
  readonly effects = new Map<string, EffectRow>()
  readonly pending = new Set<EffectRow>()
  /** Rows changed since the last look of the checker. */
  readonly touched = new Set<IncidentRow>()
  private readonly playbook: Playbook
  private readonly rosterAt: (now: number) => Roster
  private readonly classify: (signal: Signal) => { readonly type: string | null; readonly groupKey: string }

  constructor(playbook: Playbook, rosterAt: (now: number) => Roster, classify: Store['classify']) {
    this.playbook = playbook
    this.rosterAt = rosterAt
    this.classify = classify
  }

  /** One signal, applied as the shell applies it. */
  apply(receipt: Receipt, now: number): void {
    receipt.applied = true
    const key = receipt.signal.dedupKey ?? receipt.signal.alarm
    const known = this.episodes.get(key)
    const taken = step(known?.episode ?? null, receipt.signal, {
      at: now,
      incidentOver: known !== undefined && !isOpen(known.row.incident),
    })
    if (taken.episode === null) return
    if (taken.kind === 'opened') {
      const row = this.rowFor(receipt.signal, now)
      this.episodes.set(key, { episode: taken.episode, row })
      row.alerts.set(key, taken.episode)
      this.report(row, now)
    } else if (known !== undefined) {
      this.episodes.set(key, { episode: taken.episode, row: known.row })
      known.row.alerts.set(key, taken.episode)
      if (taken.kind === 'resolved') this.report(known.row, now)
      if (taken.kind === 'acknowledged') this.change(known.row, { type: 'acknowledge', by: SENDER, personId: null, via: 'source' }, now)
    }
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
