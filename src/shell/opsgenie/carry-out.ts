/**
 * Carries out what was asked of an alert: overlay, log, notes, incident and audit in one transaction. What closes or
 * acknowledges has gone through the intake before, as the receipt that it is; here it leaves its words.
 */
import { ACTION_NAMES, type Act } from '../../core/opsgenie/act.ts'
import { change, nameOf, speaker, wake } from '../../core/opsgenie/overlay.ts'
import type { Recipient } from '../../core/opsgenie/payload.ts'
import { asId, type IncidentId, type SourceId } from '../../core/id.ts'
import type { Actor, Summoned } from '../../core/incident/event.ts'
import { dutyRolesOf, findRow, type Playbook } from '../../core/playbook/playbook.ts'
import { appendLeaves } from '../audit/audit-store.ts'
import type { Tx } from '../database/database.ts'
import { isDatabaseAway, isRetryable } from '../database/errors.ts'
import { changeInTransaction } from '../incident/change.ts'
import { findIncident } from '../incident/store.ts'
import { findPersonNamed } from '../person/person-store.ts'
import type { Ports } from '../ports.ts'
import { appendEntries, countOthersFiring, findAlert, lockWokenAlerts, type OpsgenieAlert, updateOverlay } from './alert-store.ts'
import { snoozeAlert, wakeAlert } from '../silence/snooze-act.ts'
import { type Fate, finishRequest, lockPending, type NewRequest, type PendingRequest } from './request-store.ts'

/** So long an act waits for its alert: a create that was answered before it is applied within this. */
export const GIVE_UP_MS = 10_000
const PENDING_AT_ONCE = 100
const WAKES_AT_ONCE = 100

export interface Sender {
  readonly id: string
  readonly name: string
}

/** @returns false when there is no such alert (yet) */
export async function carryOut(ports: Ports, tx: Tx, sender: Sender, request: NewRequest): Promise<boolean> {
  const alert = await findAlert(tx, sender.id, request.identifier, { lock: true })
  if (alert === undefined) return false
  const fate = await perform(ports, tx, sender, alert, request.act)
  await finishRequest(tx, request.id, fate)
  return true
}

export async function giveUp(tx: Tx, request: Pick<NewRequest, 'id'>): Promise<void> {
  await finishRequest(tx, request.id, { success: false, status: 'Alert does not exist', alertId: null, alias: null })
}

/** In order; what finds no alert holds up what is asked of the same one later, until it is given up. @returns how many wait still */
export async function carryOutPending(ports: Ports): Promise<number> {
  return ports.database.inTransaction('main', async (tx) => {
    const held = new Set<string>()
    let waiting = 0
    for (const request of await lockPending(tx, PENDING_AT_ONCE)) {
      const subject = JSON.stringify([request.sourceId, request.identifier.type, request.identifier.value])
      if (held.has(subject) || !(await settle(ports, tx, request))) {
        held.add(subject)
        waiting += 1
      }
    }
    return waiting
  })
}

async function settle(ports: Ports, tx: Tx, request: PendingRequest): Promise<boolean> {
  const sender = { id: request.sourceId, name: request.sourceName }
  try {
    if (await tx.savepoint(() => carryOut(ports, tx, sender, request))) return true
  } catch (error) {
    if (isRetryable(error) || isDatabaseAway(error)) throw error
    ports.log.error({ err: error, request: request.id }, 'a request about an alert could not be carried out; its status says so')
    await finishRequest(tx, request.id, { success: false, status: 'It could not be carried out', alertId: null, alias: null })
    return true
  }
  if (tx.now - request.receivedAt < GIVE_UP_MS) return false
  await giveUp(tx, request)
  return true
}

async function perform(ports: Ports, tx: Tx, sender: Sender, alert: OpsgenieAlert, act: Act): Promise<Fate> {
  const base = { alertId: alert.id, alias: alert.alias }
  if (alert.resolvedAt !== null && WANTS_OPEN.has(act.kind)) return { ...base, success: false, status: 'Alert is already closed' }
  const by: Actor = { kind: 'source', id: asId<SourceId>(sender.id), name: sender.name }
  const snoozed = await snoozeOrWake(ports, tx, { alert, act, by })
  if (snoozed.refused !== null) return { ...base, success: false, status: `Not snoozed: ${snoozed.refused}` }
  const changed = change(alert.overlay, act, tx.now)
  await updateOverlay(tx, alert.id, { ...changed.overlay, ...(snoozed.quieted ? { snoozeQuieted: true } : {}) })
  const told = [snoozed.told, await tellIncident(ports, tx, { alert, act, by })].filter((sentence) => sentence !== '')
  const owner = speaker(act)
  const status = [changed.log, ...told].join('. ')
  await appendEntries(tx, alert.id, [
    { kind: 'log', text: status, owner },
    ...(act.note === null ? [] : [{ kind: 'note' as const, text: act.note, owner }]),
  ])
  await appendLeaves(tx, [
    {
      at: tx.now,
      actor: by,
      act: `alert.${act.kind}`,
      subject: `alert:${alert.id}`,
      data: { action: ACTION_NAMES[act.kind], asked: { ...act } },
    },
  ])
  return { ...base, success: act.kind !== 'execute', status }
}

interface Snoozed {
  readonly refused: string | null
  /** The incident was acknowledged for it. */
  readonly quieted: boolean
  readonly told: string
}
const NOT_SNOOZED: Snoozed = { refused: null, quieted: false, told: '' }

/**
 * A snooze is Tocsin's own, with what the playbook wants of it (a note is its reason). Its incident is acknowledged where
 * nothing else fires in it: then its pages stop, and the end of the snooze calls again.
 */
async function snoozeOrWake(ports: Ports, tx: Tx, { alert, act, by }: Telling): Promise<Snoozed> {
  if (act.kind !== 'snooze') {
    const over = act.kind === 'close' || act.kind === 'delete' || act.kind === 'unacknowledge'
    if (over && alert.overlay.snoozedUntil !== null) await wakeAlert(ports, tx, alert.fingerprint, by)
    return NOT_SNOOZED
  }
  const { id: alertId, fingerprint, severity } = alert
  const result = await snoozeAlert(ports, tx, { alertId, fingerprint, severity, until: act.until, reason: act.note ?? '', by })
  if (result.kind !== 'done') return { ...NOT_SNOOZED, refused: result.kind === 'refused' ? result.message : 'there is no such alert' }
  if (alert.incidentId === null || alert.severity === null) return NOT_SNOOZED
  const others = await countOthersFiring(tx, alert)
  if (others > 0) return { ...NOT_SNOOZED, told: `Its incident goes on paging: ${others} other alerts fire in it` }
  const id = asId<IncidentId>(alert.incidentId)
  if (alert.incidentAcknowledgedAt === null || alert.overlay.unacknowledgedAt !== null) {
    await changeInTransaction(ports, tx, id, { type: 'acknowledge', by, personId: null, via: 'source' })
    return { ...NOT_SNOOZED, quieted: true }
  }
  return NOT_SNOOZED
}

/** Nobody can work on what is over. */
const WANTS_OPEN: ReadonlySet<Act['kind']> = new Set(['acknowledge', 'unacknowledge', 'snooze', 'escalate'])

interface Telling {
  readonly alert: OpsgenieAlert
  readonly act: Act
  readonly by: Actor
}

/** @returns what people should know of it, or nothing */
async function tellIncident(ports: Ports, tx: Tx, { alert, act, by }: Telling): Promise<string> {
  if (alert.incidentId === null) return whom(act) === null ? '' : 'It has no incident, so nobody was paged.'
  const id = asId<IncidentId>(alert.incidentId)
  if (act.note !== null) {
    await changeInTransaction(ports, tx, id, { type: 'note', by, text: `${speaker(act)}, about "${alert.overlay.message}": ${act.note}` })
  }
  if (act.kind === 'unacknowledge') return pageAgain(ports, tx, id, by, `${speaker(act)} took the acknowledgement back`)
  const to = whom(act)
  return to === null ? '' : summon(ports, tx, { id, by, to, reason: `${speaker(act)} asked for ${nameOf(to)}` })
}

function whom(act: Act): Recipient | null {
  return act.kind === 'assign' || act.kind === 'escalate' || act.kind === 'respond' ? act.to : null
}

interface Summoning {
  readonly id: IncidentId
  readonly by: Actor
  readonly to: Recipient
  readonly reason: string
}

/** Pages the duty role or the person of that name; teams, schedules and escalations of Opsgenie are roles here. */
async function summon(ports: Ports, tx: Tx, { id, by, to, reason }: Summoning): Promise<string> {
  const wanted = await findWanted(tx, to, ports.playbooks.current())
  const result = await changeInTransaction(ports, tx, id, { type: 'summon', by, wanted, reason })
  if (result.kind === 'accepted') return `${nameOf(to)} is paged.`
  if (result.kind === 'refused' && result.code === 'role-unknown') {
    return `The playbook has no duty role ${nameOf(to)}: it is noted, and nobody was paged.`
  }
  return 'The incident is over, so nobody was paged.'
}

async function findWanted(tx: Tx, to: Recipient, playbook: Playbook): Promise<Summoned> {
  const person = to.type === 'user' ? await findPersonNamed(tx, nameOf(to)) : undefined
  if (person !== undefined) return { kind: 'person', personId: person.id, personName: person.name }
  const name = nameOf(to)
  return { kind: 'role', role: dutyRolesOf(playbook).find((role) => role.toLowerCase() === name.toLowerCase()) ?? name }
}

/** The roles of the incident's severity are called again. */
async function pageAgain(ports: Ports, tx: Tx, id: IncidentId, by: Actor, reason: string): Promise<string> {
  const incident = await findIncident(tx, id, { lock: true })
  if (incident === undefined) return ''
  const playbook = await ports.playbooks.load(tx, incident.playbook)
  const roles = findRow(playbook, incident.state.severity)?.roles ?? []
  let paged = 0
  for (const role of roles) {
    const result = await changeInTransaction(ports, tx, id, { type: 'summon', by, wanted: { kind: 'role', role }, reason })
    if (result.kind === 'accepted') paged += 1
  }
  return paged === 0 ? 'Nobody was paged again.' : `${roles.join(', ')} are paged again.`
}

/** Snoozes that are over: whoever answers for an alert that fires still is paged again, where the snooze had quieted them. */
export async function endSnoozes(ports: Ports): Promise<void> {
  await ports.database.inTransaction('main', async (tx) => {
    for (const alert of await lockWokenAlerts(tx, WAKES_AT_ONCE)) {
      const { overlay, log } = wake(alert.overlay, tx.now)
      await updateOverlay(tx, alert.id, overlay)
      const calls = alert.overlay.snoozeQuieted && alert.overlay.acknowledgedAt === null && alert.resolvedAt === null
      const by: Actor = { kind: 'system', name: 'Tocsin' }
      const reason = `"${alert.overlay.message}" fires still after its snooze`
      const told = calls && alert.incidentId !== null ? await pageAgain(ports, tx, asId<IncidentId>(alert.incidentId), by, reason) : ''
      await appendEntries(tx, alert.id, [{ kind: 'log', text: told === '' ? log : `${log}. ${told}`, owner: 'Tocsin' }])
      await appendLeaves(tx, [{ at: tx.now, actor: by, act: 'alert.snooze-ended', subject: `alert:${alert.id}`, data: {} }])
    }
  })
}
