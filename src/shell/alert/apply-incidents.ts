/** Brings a folded batch's alerts to their incidents: joined where one is open, opened where none is, counted once each. */
import { asId, type IncidentId, type SourceId } from '../../core/id.ts'
import type { Actor } from '../../core/incident/event.ts'
import { isAnswered, isOpen } from '../../core/incident/incident.ts'
import { findType, severityRow, type Playbook } from '../../core/playbook/playbook.ts'
import { MINUTE_MS } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { changeInTransaction, changeLocked, openIncident } from '../incident/change.ts'
import { findEarlierTurns, findLastJoined, findMergedGroups, releaseGroups } from '../incident/merge-store.ts'
import { type LoadedIncident, lockIncidents } from '../incident/store.ts'
import { pingByUnits } from '../heartbeat/pings.ts'
import type { Ports } from '../ports.ts'
import { countRecent, findOpenGroups } from './alert-store.ts'
import { isMonitor } from './door-table.ts'
import type { Fold, FoldedAlert } from './fold.ts'
import { measuredBy, type Remeasured } from './measured.ts'
import { stormKey, stormOf, summaryOf, type Target, titleOf } from './target.ts'
import { partByHome, settleIn } from './triage-home.ts'

export interface Place {
  readonly incidentId: IncidentId
  readonly number: number
  /** The alert for which the incident was opened. */
  readonly openedFor: FoldedAlert | null
  readonly target: Target | null
}

/** Titles that an event of a batch keeps as examples. */
const SAMPLE_MAX = 3

/** @returns where each alert is now, for those that have an incident */
export async function placeAlerts(
  ports: Ports,
  tx: Tx,
  fold: Fold,
  { playbook, measured }: { readonly playbook: Playbook; readonly measured: readonly Remeasured[] },
): Promise<Map<FoldedAlert, Place>> {
  const places = new Map<FoldedAlert, Place>()
  await pingByUnits(
    ports,
    tx,
    fold.fates.map(({ unit }) => unit),
  )
  const groups = await partByHome(tx, groupByTarget(fold.alerts))
  const touched = fold.alerts.filter((alert) => alert.incidentId !== null && (alert.resolved || alert.acknowledged))
  if (groups.length === 0 && touched.length === 0 && measured.length === 0) return places
  const open = await lockOpen(tx, groups, [...touched, ...measured])
  for (const group of await redirectStorms(tx, rejoin(groups, open), open.byKey, playbook)) {
    const loaded = group.home === null ? open.byKey.get(group.target.groupKey) : open.byId.get(group.home)
    const place =
      loaded === undefined ? await openFor(ports, tx, group, playbook) : await joinTo(ports, tx, loaded, { group, touched, playbook })
    await settleIn(tx, group, place.incidentId)
    for (const alert of group.alerts) places.set(alert, place)
  }
  const joined = new Set([...places.values()].map((place) => place.incidentId))
  for (const loaded of open.byId.values()) {
    const alerts = touched.filter((alert) => alert.incidentId === loaded.id)
    if (alerts.length === 0) continue
    if (!joined.has(loaded.id)) await attach(ports, tx, loaded, { fresh: [], ended: alerts.filter((alert) => alert.resolved) })
    for (const alert of alerts) places.set(alert, { incidentId: loaded.id, number: loaded.number, openedFor: null, target: null })
  }
  await acknowledge(ports, tx, fold, places)
  for (const { incidentId, unit, measurement } of measured) {
    await changeInTransaction(ports, tx, asId<IncidentId>(incidentId), {
      ...measurement,
      type: 'record-impact',
      by: sourceActor(unit.item),
      reason: '',
    })
  }
  return places
}

export interface Group {
  readonly target: Target
  readonly alerts: readonly FoldedAlert[]
  /** The incident that has alarms of their names; null: that of the target's key. */
  readonly home: string | null
}

function groupByTarget(alerts: readonly FoldedAlert[]): Group[] {
  const groups = new Map<string, Group & { alerts: FoldedAlert[] }>()
  for (const alert of alerts) {
    if (alert.aim?.kind !== 'target') continue
    const { target } = alert.aim
    const group = groups.get(target.groupKey)
    if (group === undefined) groups.set(target.groupKey, { target, alerts: [alert], home: null })
    else group.alerts.push(alert)
  }
  return [...groups.values()]
}

/** What was at home in an incident that has ended since it was looked for goes with the rest of its group. */
function rejoin(groups: readonly Group[], { byId }: OpenIncidents): Group[] {
  const homeless = new Map<string, Group & { alerts: FoldedAlert[] }>()
  const kept: Group[] = []
  for (const group of groups) {
    const home = group.home === null ? undefined : byId.get(group.home)
    if (home !== undefined && isOpen(home.state)) {
      kept.push(group)
      continue
    }
    const { groupKey } = group.target
    const same = homeless.get(groupKey)
    if (same === undefined) homeless.set(groupKey, { ...group, alerts: [...group.alerts], home: null })
    else same.alerts.push(...group.alerts)
  }
  return [...kept, ...homeless.values()]
}

interface OpenIncidents {
  readonly byKey: ReadonlyMap<string, LoadedIncident>
  readonly byId: ReadonlyMap<string, LoadedIncident>
}

/** Finds by key without a lock, locks all in id order, and keeps by key only what is open still. */
async function lockOpen(
  tx: Tx,
  groups: readonly Group[],
  touched: readonly { readonly incidentId: string | null }[],
): Promise<OpenIncidents> {
  const storms = groups.filter(({ target }) => target.kind === 'type').map(({ target }) => stormKey(target.sourceId))
  const found = await findOpenGroups(tx, [...new Set([...groups.map(({ target }) => target.groupKey), ...storms])])
  const missing = groups.map(({ target }) => target.groupKey).filter((key) => !found.some(({ groupKey }) => groupKey === key))
  // Before another is opened: a merged incident's alerts belong to the one that goes on in its place.
  if (missing.length > 0) found.push(...(await findMergedGroups(tx, [...new Set(missing)])))
  const wanted = [...groups.map(({ home }) => home), ...touched.map(({ incidentId }) => incidentId)]
  const ids = new Set([...found.map(({ id }) => id), ...wanted.filter((id) => id !== null)])
  const loaded =
    ids.size === 0
      ? []
      : await lockIncidents(
          tx,
          [...ids].map((id) => asId<IncidentId>(id)),
        )
  const byId = new Map<string, LoadedIncident>(loaded.map((incident) => [incident.id, incident]))
  const byKey = new Map<string, LoadedIncident>()
  for (const { id, groupKey } of found) {
    const incident = byId.get(id)
    if (incident !== undefined && isOpen(incident.state)) byKey.set(groupKey, incident)
  }
  await leaveStale(tx, groups, byKey)
  await leaveAnswered(tx, groups, byKey)
  return { byKey, byId }
}

/** What nobody has seen yet is not hidden in a triage incident that somebody has answered. */
async function leaveAnswered(tx: Tx, groups: readonly Group[], byKey: Map<string, LoadedIncident>): Promise<void> {
  const answered = groups.flatMap(({ target, home }) => {
    const incident = target.kind === 'triage' && home === null ? byKey.get(target.groupKey) : undefined
    return incident !== undefined && isAnswered(incident.state) ? [{ groupKey: target.groupKey, id: incident.id }] : []
  })
  for (const { groupKey } of answered) byKey.delete(groupKey)
  await releaseGroups(tx, answered)
}

/** Where the last alert came longer ago than the playbook's window, the group's next one opens an incident of its own. */
async function leaveStale(tx: Tx, groups: readonly Group[], byKey: Map<string, LoadedIncident>): Promise<void> {
  const windowed = groups.flatMap(({ target }) => {
    const incident = byKey.get(target.groupKey)
    return target.windowMs === null || incident === undefined ? [] : [{ ...target, windowMs: target.windowMs, incident }]
  })
  if (windowed.length === 0) return
  const lastJoined = await findLastJoined(
    tx,
    windowed.map(({ incident }) => incident.id),
  )
  const stale = windowed.filter(({ incident, windowMs, unit }) => {
    const last = lastJoined.get(incident.id) ?? incident.state.openedAt
    return unit.item.receivedAt - last > windowMs
  })
  for (const { groupKey } of stale) byKey.delete(groupKey)
  await releaseGroups(
    tx,
    stale.map(({ incident, groupKey }) => ({ id: incident.id, groupKey })),
  )
}

/** Past the playbook's bound of new incidents a minute, what would open one more joins the source's storm. */
async function redirectStorms(
  tx: Tx,
  groups: readonly Group[],
  byKey: ReadonlyMap<string, LoadedIncident>,
  playbook: Playbook,
): Promise<Group[]> {
  const limit = playbook.newIncidentsPerMinuteMax
  const opening = groups.filter(({ target }) => target.kind === 'type' && !byKey.has(target.groupKey))
  if (opening.length === 0) return [...groups]
  const sources = [...new Set(opening.map(({ target }) => target.sourceId))]
  const recent = await countRecent(tx, sources, tx.now - MINUTE_MS)
  const storms = new Map<string, { target: Target; alerts: FoldedAlert[]; home: null }>()
  const kept: Group[] = []
  for (const group of groups) {
    const { sourceId } = group.target
    const count = recent.get(sourceId) ?? 0
    // What is private never joins a storm incident, which everybody sees.
    if (!opening.includes(group) || count < limit || isPrivate(group.target, playbook)) {
      if (opening.includes(group)) recent.set(sourceId, count + 1)
      kept.push(group)
      continue
    }
    const storm = storms.get(sourceId)
    const target = stormOf(group.target, playbook, limit)
    if (storm === undefined) storms.set(sourceId, { target, alerts: [...group.alerts], home: null })
    else {
      storm.alerts.push(...group.alerts)
      if (severityRow(playbook, target.severity).rank < severityRow(playbook, storm.target.severity).rank) storm.target = target
    }
  }
  return [...kept, ...storms.values()]
}

async function openFor(ports: Ports, tx: Tx, { target, alerts }: Group, playbook: Playbook): Promise<Place> {
  const measured = measuredBy(alerts, target.measures, playbook)
  const earlier = await findEarlierTurns(tx, target.groupKey, tx.now - playbook.resolution.flapping.withinMs)
  const { id, number } = await openIncident(ports, tx, {
    by: sourceActor(target),
    title: titleOf(target),
    summary: summaryOf(target),
    incidentType: target.incidentType,
    service: target.service,
    sourceTeam: target.sourceTeam,
    // The core finds the row of a type, or the default's, and what was measured may raise it.
    severity: target.kind === 'storm' || target.kind === 'chore' ? target.severity : null,
    ...(target.kind === 'chore' ? { chore: true as const } : {}),
    severityReason: target.reason,
    ...(measured === undefined ? {} : { measured }),
    private: isPrivate(target, playbook),
    sourceId: asId<SourceId>(target.sourceId),
    groupKey: target.groupKey,
    // That it opens again is one turn more.
    turns: earlier.length === 0 ? [] : [...earlier, tx.now],
    alerts: {
      opened: alerts.length,
      firing: countFiring(alerts),
      total: alerts.length,
      sample: sampleOf(alerts),
      monitored: alerts.some(({ kind }) => isMonitor(kind)),
    },
  })
  return { incidentId: id, number, openedFor: alerts[0] ?? null, target }
}

function isPrivate({ incidentType }: Target, playbook: Playbook): boolean {
  return incidentType !== null && findType(playbook, incidentType)?.private === true
}

interface Joining {
  readonly group: Group
  readonly touched: readonly FoldedAlert[]
  readonly playbook: Playbook
}

async function joinTo(ports: Ports, tx: Tx, loaded: LoadedIncident, { group, touched, playbook }: Joining): Promise<Place> {
  const ended = touched.filter((alert) => alert.incidentId === loaded.id && alert.resolved)
  await attach(ports, tx, loaded, { fresh: group.alerts, ended })
  const { target } = group
  const measured = measuredBy(group.alerts, target.measures, playbook)
  if (measured !== undefined)
    await changeInTransaction(ports, tx, loaded.id, { ...measured, type: 'record-impact', by: sourceActor(target), reason: '' })
  const now = playbook.severities.find((row) => row.id === loaded.state.severity)
  if (target.kind === 'storm' && now !== undefined && severityRow(playbook, target.severity).rank < now.rank) {
    await changeInTransaction(ports, tx, loaded.id, {
      type: 'change-severity',
      by: { kind: 'system', name: 'Tocsin' },
      severity: target.severity,
      reason: target.reason,
    })
  }
  return { incidentId: loaded.id, number: loaded.number, openedFor: null, target }
}

async function attach(
  ports: Ports,
  tx: Tx,
  loaded: LoadedIncident,
  { fresh, ended }: { readonly fresh: readonly FoldedAlert[]; readonly ended: readonly FoldedAlert[] },
): Promise<void> {
  if (fresh.length === 0 && ended.length === 0) return
  const firing = Math.max(0, loaded.alertsFiring + countFiring(fresh) - ended.length)
  await changeLocked(ports, tx, loaded, {
    type: 'attach-alerts',
    opened: fresh.length,
    resolved: ended.length + fresh.length - countFiring(fresh),
    firing,
    total: loaded.alertsTotal + fresh.length,
    sample: sampleOf(fresh.length > 0 ? fresh : ended),
    monitored: fresh.some(({ kind }) => isMonitor(kind)),
  })
}

/** The sources' own acknowledgements, once an incident. One that was resolved meanwhile refuses, and that is fine. */
async function acknowledge(ports: Ports, tx: Tx, fold: Fold, places: ReadonlyMap<FoldedAlert, Place>): Promise<void> {
  const done = new Set<string>()
  for (const fate of fold.fates) {
    if (fate.kind !== 'acknowledged' || fate.alert === null) continue
    const place = places.get(fate.alert)
    if (place === undefined || done.has(place.incidentId)) continue
    done.add(place.incidentId)
    const by = sourceActor(fate.unit.item)
    await changeInTransaction(ports, tx, place.incidentId, { type: 'acknowledge', by, personId: null, via: 'source' })
  }
}

function sourceActor({ sourceId, sourceName }: { readonly sourceId: string; readonly sourceName: string }): Actor {
  return { kind: 'source', id: asId<SourceId>(sourceId), name: sourceName }
}

function countFiring(alerts: readonly FoldedAlert[]): number {
  return alerts.reduce((count, alert) => count + (alert.episode.resolvedAt === null ? 1 : 0), 0)
}

function sampleOf(alerts: readonly FoldedAlert[]): string[] {
  return alerts.flatMap(({ signal }) => (signal === null ? [] : [signal.title])).slice(0, SAMPLE_MAX)
}
