/**
 * Aims a batch's signals with all that may hold them: what by hand or by calendar mutes them, and what inhibits them.
 * A hold is confirmed in the transaction that holds by it: it cannot end unseen between the look and the commit.
 */
import { type HeldAim, heldBy } from '../../core/alert/hold.ts'
import { type FoundHold, findHold, type Muters } from '../../core/silence/find-hold.ts'
import { compileInhibition, type Inhibition, type InhibitionRule, type Side } from '../../core/silence/inhibition.ts'
import type { HoldSubject } from '../../core/silence/subject.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { serviceOf } from '../../core/playbook/service.ts'
import type { Unit } from '../alert/apply-item.ts'
import type { Fold, FoldedAlert } from '../alert/fold.ts'
import type { Aim } from '../alert/target.ts'
import { AUDITOR_ALARM } from '../auditor/alarm.ts'
import type { Database, Tx } from '../database/database.ts'
import { pagesWithheldTotal } from '../metrics/metrics.ts'
import { INTERNAL_KIND } from '../source/source-store.ts'
import { endHolds, type HoldRow, saveHolds } from './hold-store.ts'
import { findInhibitors, findRulesWithSource, type FiringInhibitor, saveInhibitors } from './inhibitor-store.ts'
import { keepMaintenance } from './maintenance-store.ts'
import { muteBookOf } from './mute-book.ts'
import { keepActiveSilences } from './silence-store.ts'
import { keepSnoozes } from './snooze-store.ts'

export interface HoldContext {
  readonly playbook: Playbook
  /** Where a signal would go if nothing held it. */
  readonly aim: (unit: Unit) => Aim
  /** Folds with that aim; asked again when a hold was over after all. */
  readonly fold: (aim: (unit: Unit) => Aim) => Fold
}

export interface Held {
  readonly fold: Fold
  /** Writes down what is held and what inhibits; after the alerts themselves are written. */
  readonly record: (tx: Tx) => Promise<void>
}

/** Costs a comparison a signal where nothing is muted and the playbook inhibits nothing. */
export async function foldHolding(tx: Tx, database: Database, units: readonly Unit[], context: HoldContext): Promise<Held> {
  const book = muteBookOf(database)
  const over = new Set<string>()
  const inhibited = await lookAtInhibition(tx, units, context)
  for (;;) {
    const muters = without(await book.at(tx), over)
    const fold = context.fold((unit) => holdAim(unit, context.aim(unit), { tx, muters, inhibited, playbook: context.playbook }))
    const ended = await findEnded(tx, fold.alerts)
    if (ended.length === 0) return { fold, record: (inside) => record(inside, fold, inhibited) }
    for (const key of ended) over.add(key)
    book.forget()
  }
}

/** As `foldHolding` names what holds. */
function refKey({ by, refId, version = 0 }: Pick<HeldAim, 'by' | 'refId' | 'version'>): string {
  return `${by}/${refId}/${version}`
}

function without(muters: Muters, over: ReadonlySet<string>): Muters {
  if (over.size === 0) return muters
  return {
    silences: muters.silences.filter(({ silence }) => !over.has(refKey({ by: 'silence', refId: silence.id }))),
    windows: muters.windows.filter(({ window }) => !over.has(refKey({ by: 'maintenance', refId: window.id, version: window.version }))),
    snoozes: new Map([...muters.snoozes].filter(([, snooze]) => !over.has(refKey({ by: 'snooze', refId: snooze.id })))),
  }
}

/** Of the holds that the fold made, those that are over: another server ended them since we last looked. */
async function findEnded(tx: Tx, alerts: readonly FoldedAlert[]): Promise<string[]> {
  const held = new Map<string, HeldAim>()
  for (const { aim } of alerts) if (aim?.kind === 'held') held.set(refKey(aim), aim)
  if (held.size === 0) return []
  const of = (by: HeldAim['by']) => [...held.values()].filter((aim) => aim.by === by)
  const ids = (by: HeldAim['by']) => of(by).map((aim) => aim.refId)
  const kept = {
    silence: await keepActiveSilences(tx, ids('silence'), tx.now),
    maintenance: await keepMaintenance(
      tx,
      of('maintenance').map(({ refId, version = 0 }) => ({ id: refId, version })),
    ),
    snooze: await keepSnoozes(tx, ids('snooze')),
  }
  return [...held].flatMap(([key, { by, refId }]) => {
    if (by === 'inhibition' || by === 'observe') return []
    return kept[by].has(refId) ? [] : [key]
  })
}

interface HoldLook {
  readonly tx: Tx
  readonly muters: Muters
  readonly inhibited: InhibitionLook | null
  readonly playbook: Playbook
}

function holdAim(unit: Unit, aim: Aim, { tx, muters, inhibited, playbook }: HoldLook): Aim {
  if (aim.kind !== 'target' || !isHoldable(unit, aim)) return aim
  const mutes = muters.silences.length > 0 || muters.windows.length > 0 || muters.snoozes.size > 0
  if (!mutes && inhibited === null) return aim
  const subject = subjectOf(unit, aim, playbook)
  const { hold, passed } = findHold(muters, playbook.muting, subject, tx.now)
  const inhibition = hold === null && inhibited !== null ? findInhibition(inhibited, unit.fingerprint, playbook, subject) : null
  const held: FoundHold | HeldAim | null = hold ?? inhibition
  if (held !== null) return heldBy(held)
  return passed.length === 0 ? aim : { kind: 'target', target: { ...aim.target, reason: `${aim.target.reason} ${passed.join(' ')}` } }
}

/** A task of Tocsin's own pages nobody; and nothing hides that Tocsin itself is late. */
function isHoldable({ item, signal }: Unit, { target }: Extract<Aim, { kind: 'target' }>): boolean {
  return target.kind !== 'chore' && !(item.kind === INTERNAL_KIND && signal.alarm === AUDITOR_ALARM)
}

/** @param aim null: where it would go is not known, and not asked for */
export function subjectOf({ signal, item, fingerprint }: Unit, aim: Aim | null, playbook: Playbook): HoldSubject {
  const target = aim?.kind === 'target' ? aim.target : null
  return {
    fingerprint,
    alarm: signal.alarm,
    labels: signal.labels,
    sourceId: item.sourceId,
    source: item.sourceName,
    type: target?.incidentType ?? null,
    service: target?.service ?? serviceOf(playbook, signal.labels)?.name ?? null,
    severity: target?.severity ?? playbook.defaultSeverity,
  }
}

interface InhibitionLook {
  /** By fingerprint: the sides that its alert is on. */
  readonly sources: ReadonlyMap<string, readonly Side[]>
  readonly targets: ReadonlyMap<string, readonly Side[]>
  readonly firing: readonly FiringInhibitor[]
}

const compiled = new WeakMap<readonly InhibitionRule[], Inhibition>()

function inhibitionOf({ inhibition }: Playbook): Inhibition {
  const known = compiled.get(inhibition) ?? compileInhibition(inhibition)
  compiled.set(inhibition, known)
  return known
}

/** Null where the playbook has no such rule. What a batch brings inhibits all of the batch, whatever its order. */
async function lookAtInhibition(tx: Tx, units: readonly Unit[], { playbook, aim }: HoldContext): Promise<InhibitionLook | null> {
  if (playbook.inhibition.length === 0) return null
  const rules = inhibitionOf(playbook)
  // Where it would go is worked out for what needs it alone: most are repeats, which no rule is about.
  const subject = (unit: Unit) => subjectOf(unit, rules.asksForType ? aim(unit) : null, playbook)
  const sources = new Map<string, readonly Side[]>()
  const own = new Map<string, FiringInhibitor[]>()
  for (const unit of units) {
    const { fingerprint, signal } = unit
    if (signal.status === 'resolved') own.delete(fingerprint)
    if (signal.status !== 'firing') continue
    const from = rules.sourcesOf(subject(unit))
    // A value that is not worth waking anybody inhibits nobody, nor does a source that is only observed.
    if (from.length === 0 || aim(unit).kind !== 'target') continue
    sources.set(fingerprint, from)
    own.set(
      fingerprint,
      from.map((side) => ({ ...side, fingerprint, title: signal.title })),
    )
  }
  const brought = [...own.values()].flat()
  const inForce = new Set([...brought.map(({ rule }) => rule), ...(await findRulesWithSource(tx, rules.names))])
  const targets = new Map<string, readonly Side[]>()
  if (inForce.size > 0) {
    for (const unit of units) {
      const to = unit.signal.status === 'firing' ? rules.targetsOf(subject(unit), inForce) : []
      if (to.length > 0) targets.set(unit.fingerprint, to)
    }
  }
  const wanted = new Map([...targets.values()].flat().map((side) => [`${side.rule}\u0000${side.key}`, side]))
  return { sources, targets, firing: [...(await findInhibitors(tx, [...wanted.values()])), ...brought] }
}

function findInhibition(look: InhibitionLook, fingerprint: string, playbook: Playbook, { severity }: HoldSubject): HeldAim | null {
  if (playbook.muting.never.includes(severity)) return null
  for (const side of look.targets.get(fingerprint) ?? []) {
    const by = look.firing.find(
      (one) => one.rule === side.rule && one.key === side.key && one.fingerprint !== fingerprint && !(one.both && side.both),
    )
    if (by === undefined) continue
    const reason = `While "${by.title.slice(0, 200).toWellFormed()}" fires, the rule ${side.rule} holds it.`
    return heldBy({ by: 'inhibition', refId: side.rule, reason, until: null, key: side.key, both: side.both })
  }
  return null
}

async function record(tx: Tx, { alerts, fates }: Fold, inhibited: InhibitionLook | null): Promise<void> {
  const held = alerts.filter((alert) => alert.aim?.kind === 'held')
  const freed = alerts.filter((alert) => alert.signal === null && alert.incidentId === null && alert.aim?.kind === 'target')
  if (freed.length > 0)
    await endHolds(
      tx,
      freed.map((alert) => alert.id),
    )
  if (held.length > 0) {
    const units = new Map<FoldedAlert, Unit>()
    for (const { alert, unit } of fates) if (alert?.aim?.kind === 'held' && unit.signal.status === 'firing') units.set(alert, unit)
    const fresh = await saveHolds(
      tx,
      held.flatMap((alert) => toRow(alert, units.get(alert))),
    )
    tx.afterCommit(() => {
      for (const by of fresh) pagesWithheldTotal.inc({ by })
    })
  }
  if (inhibited === null || inhibited.sources.size === 0) return
  await saveInhibitors(
    tx,
    alerts.flatMap(({ id, fingerprint, episode, changed }) =>
      changed && episode.resolvedAt === null ? (inhibited.sources.get(fingerprint) ?? []).map((side) => ({ ...side, alertId: id })) : [],
    ),
  )
}

function toRow({ id, aim, episode }: FoldedAlert, unit: Unit | undefined): HoldRow[] {
  if (aim?.kind !== 'held' || unit === undefined) return []
  const { by, refId, reason, until, version = 0, key = '', both = false } = aim
  return [
    {
      alertId: id,
      by,
      refId,
      key,
      both,
      version,
      reason,
      until,
      over: episode.resolvedAt !== null,
      sourceKind: unit.item.kind,
      summary: unit.signal.summary,
      plain: unit.plain,
    },
  ]
}
