/**
 * The one way an incident changes: decide, settle, and write events, views, effects, the next wake-up and the audit
 * leaves in one transaction, or nothing.
 */
import { asId, type IncidentId, type SourceId } from '../../core/id.ts'
import { nextDue } from '../../core/incident/clock.ts'
import type { IncidentCommand, Measurement, RefusalCode } from '../../core/incident/command.ts'
import { decide } from '../../core/incident/decide.ts'
import type { Actor, IncidentEvent } from '../../core/incident/event.ts'
import { evolve } from '../../core/incident/evolve.ts'
import { type Incident, isOpen, noIncident } from '../../core/incident/incident.ts'
import { type Settled, settle } from '../../core/incident/settle.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import type { Instant } from '../../core/time.ts'
import { storable } from '../../core/audit/storable.ts'
import { appendLeaves } from '../audit/audit-store.ts'
import type { PoolName, Tx } from '../database/database.ts'
import { observeAcknowledgements } from '../metrics/acknowledge.ts'
import { cancelEffects, enqueueEffects } from '../outbox/enqueue.ts'
import type { Ports } from '../ports.ts'
import { yieldGroup } from './merge-store.ts'
import { addMembers, insertPages, updatePages } from './page-store.ts'
import {
  actorOf,
  appendEvents,
  dropOtherClocks,
  findIncident,
  type IncidentView,
  insertIncident,
  type LoadedIncident,
  touchIncident,
  updateIncident,
  writeClocks,
} from './store.ts'

export type ChangeResult =
  | { readonly kind: 'accepted'; readonly events: readonly IncidentEvent[]; readonly incident: Incident; readonly number: number }
  | { readonly kind: 'refused'; readonly code: RefusalCode }
  | { readonly kind: 'absent' }

export interface Opening {
  readonly by: Actor
  readonly title: string
  readonly summary: string
  readonly incidentType: string | null
  /** Null: the type's severity, else the playbook's default. */
  readonly severity: string | null
  readonly severityReason: string
  readonly private: boolean
  /** What the signal that opens it measures. */
  readonly measured?: Measurement
  /** What is hit, as the playbook names it. */
  readonly service?: string | null
  /** The team that the source of its first signals is bound to. */
  readonly sourceTeam?: string | null
  /** A task of Tocsin's own. */
  readonly chore?: true
  readonly sourceId: SourceId | null
  /** Alerts with this key join while the incident is open; null: none do. */
  readonly groupKey: string | null
  /** When alerts of its group turned red or green lately, before it and by its opening. */
  readonly turns?: readonly Instant[]
  readonly alerts?: {
    readonly opened: number
    readonly firing: number
    readonly total: number
    readonly sample: readonly string[]
    /** A monitor's is among them; true when left out. */
    readonly monitored?: boolean
  }
}

/** In a transaction of its own. */
export async function changeIncident(
  ports: Ports,
  id: IncidentId,
  command: IncidentCommand,
  pool: PoolName = 'main',
): Promise<ChangeResult> {
  return ports.database.inTransaction(pool, (tx) => changeInTransaction(ports, tx, id, command))
}

/** In the caller's transaction; holds the incident's row until it ends. */
export async function changeInTransaction(ports: Ports, tx: Tx, id: IncidentId, command: IncidentCommand): Promise<ChangeResult> {
  const loaded = await findIncident(tx, id, { lock: true })
  if (loaded === undefined) return { kind: 'absent' }
  return changeLocked(ports, tx, loaded, command)
}

/** For callers that have locked the row already, with `lockIncidents`. */
export async function changeLocked(ports: Ports, tx: Tx, loaded: LoadedIncident, command: IncidentCommand): Promise<ChangeResult> {
  const playbook = await ports.playbooks.load(tx, command.type === 'move-playbook' ? command.playbook : loaded.playbook)
  const decision = decide(loaded.state, command, playbook, tx.now)
  if (decision.kind === 'refused') return decision
  const counts =
    'total' in command ? { total: command.total, firing: command.firing } : { total: loaded.alertsTotal, firing: loaded.alertsFiring }
  const settled = await settleAfter(ports, tx, loaded.state, decision.events, playbook)
  const view = toView(loaded.id, loaded.version, settled, playbook, counts)
  if (!isOpen(loaded.state) && isOpen(settled.incident)) await yieldGroup(tx, loaded.id)
  if (settled.events.length > 0) {
    await appendEvents(tx, loaded.id, loaded.version, settled.events)
    await updateIncident(tx, view)
    await carryOut(ports, tx, loaded.id, loaded.state, settled)
  } else if (view.wakeAt !== loaded.wakeAt || counts.total !== loaded.alertsTotal || counts.firing !== loaded.alertsFiring) {
    // A clock may have run out with nothing else to say.
    if (command.type === 'wake') await writeClocks(tx, loaded.id, settled.clocks)
    await touchIncident(tx, view)
    nudgeAfterCommit(ports, tx)
  }
  return { kind: 'accepted', events: settled.events, incident: settled.incident, number: loaded.number }
}

/** @throws when the opening names a type or severity that the playbook has not: the edge checks them first. */
export async function openIncident(ports: Ports, tx: Tx, opening: Opening): Promise<{ readonly id: IncidentId; readonly number: number }> {
  const id = asId<IncidentId>(ports.freshId())
  const playbook = ports.playbooks.current()
  const { by, title, summary, incidentType, severity, severityReason } = opening
  const decided = decide(
    noIncident,
    {
      type: 'open',
      id,
      by,
      title,
      summary,
      incidentType,
      severity,
      severityReason,
      private: opening.private,
      ...(opening.measured === undefined ? {} : { measured: opening.measured }),
      service: opening.service ?? null,
      sourceTeam: opening.sourceTeam ?? null,
      ...(opening.chore === undefined ? {} : { chore: opening.chore }),
      ...(opening.turns === undefined ? {} : { turns: opening.turns }),
    },
    playbook,
    tx.now,
  )
  if (decided.kind === 'refused') throw new Error(`an incident could not be opened: ${decided.code}`)
  const alerts = opening.alerts
  const attached = alerts === undefined ? [] : attachedEvents(decided.events.reduce(evolve, noIncident), alerts, playbook, tx)
  const settled = await settleAfter(ports, tx, noIncident, [...decided.events, ...attached], playbook)
  const view = toView(id, 0, settled, playbook, { total: alerts?.total ?? 0, firing: alerts?.firing ?? 0 })
  const number = await insertIncident(tx, { ...view, sourceId: opening.sourceId, groupKey: opening.groupKey })
  if (opening.private && by.kind === 'person') await addMembers(tx, id, [by.id])
  await appendEvents(tx, id, 0, settled.events)
  await carryOut(ports, tx, id, noIncident, settled)
  return { id, number }
}

function attachedEvents(incident: Incident, alerts: NonNullable<Opening['alerts']>, playbook: Playbook, tx: Tx): readonly IncidentEvent[] {
  const decided = decide(incident, { type: 'attach-alerts', resolved: 0, ...alerts }, playbook, tx.now)
  return decided.kind === 'accepted' ? decided.events : []
}

async function settleAfter(ports: Ports, tx: Tx, before: Incident, events: readonly IncidentEvent[], playbook: Playbook): Promise<Settled> {
  const kept = events.map(storable)
  const changed = kept.reduce(evolve, before)
  const settled = settle(changed, playbook, await ports.rosters.at(tx, tx.now, changed.team), tx.now)
  return { ...settled, events: [...kept, ...settled.events] }
}

function toView(
  id: IncidentId,
  version: number,
  settled: Settled,
  playbook: Playbook,
  counts: { total: number; firing: number },
): IncidentView {
  const row = playbook.severities.find((candidate) => candidate.id === settled.incident.severity)
  return {
    id,
    version: version + settled.events.length,
    state: settled.incident,
    severityRank: row?.rank ?? playbook.severities.length,
    nextDueAt: nextDue(settled.clocks),
    wakeAt: settled.wakeAt,
    alertsTotal: counts.total,
    alertsFiring: counts.firing,
  }
}

async function carryOut(ports: Ports, tx: Tx, id: IncidentId, before: Incident, settled: Settled): Promise<void> {
  tx.afterCommit(() => observeAcknowledgements(before, settled.events))
  await writeClocks(tx, id, settled.clocks)
  if (settled.events.some((event) => event.type === 'incident.severity-changed' || event.type === 'incident.playbook-moved'))
    await dropOtherClocks(tx, id, settled.clocks)
  await writePages(ports, tx, id, before, settled)
  await enqueueEffects(
    ports,
    tx,
    ports.playbooks.current(),
    settled.acts.map((act) => ({ ...act, incidentId: id, pageKeys: act.pages, createdAt: tx.now })),
  )
  await appendLeaves(
    tx,
    settled.events.map((event) => ({ at: event.at, actor: actorOf(event), act: event.type, subject: `incident:${id}`, data: event })),
  )
  nudgeAfterCommit(ports, tx)
}

async function writePages(ports: Ports, tx: Tx, id: IncidentId, before: Incident, settled: Settled): Promise<void> {
  const fresh = settled.events.flatMap((event) =>
    event.type === 'incident.paged' ? event.pages.map((page) => ({ ...page, id: ports.freshId(), at: event.at })) : [],
  )
  await insertPages(tx, id, fresh)
  if (settled.incident.private) {
    await addMembers(
      tx,
      id,
      fresh.map((page) => page.personId),
    )
  }
  const known = new Map(before.pages.map((page) => [page.key, page.state]))
  const changed = settled.incident.pages.filter((page) => page.state !== (known.get(page.key) ?? 'paging'))
  await updatePages(
    tx,
    changed.map(({ key, state }) => ({ key, state, acknowledgedAt: state === 'acknowledged' ? tx.now : null })),
  )
  await cancelEffects(
    tx,
    id,
    changed.map((page) => page.key),
  )
}

function nudgeAfterCommit(ports: Ports, tx: Tx): void {
  tx.afterCommit(() => {
    ports.nudges.send('feed')
    ports.nudges.send('wake')
  })
}
