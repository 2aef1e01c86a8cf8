/** What held, or would hold, a signal at an instant: for explanations. Nothing is held by asking. */
import type { Signal } from '../../core/alert/signal.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { findHold, type Muters } from '../../core/silence/find-hold.ts'
import { compileInhibition } from '../../core/silence/inhibition.ts'
import { compileMatchers, type CompiledMatcher, type Matcher } from '../../core/silence/matcher.ts'
import type { HoldSubject } from '../../core/silence/subject.ts'
import { occurrenceAt } from '../../core/silence/window.ts'
import { type Instant, toRfc3339 } from '../../core/time.ts'
import { fingerprintOf } from '../alert/fingerprint.ts'
import type { Tx } from '../database/database.ts'
import { keepObserved } from '../source/observe-store.ts'
import { findInhibitors } from './inhibitor-store.ts'
import { listMaintenance } from './maintenance-store.ts'
import { MAINTENANCE_OPEN_MAX, SILENCES_OPEN_MAX } from './mute-book.ts'
import { loadSilencesAt } from './silence-store.ts'
import { findSnoozeAt } from './snooze-store.ts'

export interface HoldAsked {
  readonly playbook: Playbook
  readonly signal: Signal
  readonly source: { readonly id: string; readonly name: string } | null
  readonly type: string | null
  readonly service: string | null
  readonly severity: string
  readonly at: Instant
  /** What fires is known for now alone. */
  readonly now: boolean
}

export interface ExplainedHold {
  readonly hold: {
    readonly by: 'silence' | 'maintenance' | 'inhibition' | 'snooze' | 'observe'
    readonly ref_id: string
    readonly reason: string
    readonly until: string | null
  } | null
  /** What fits it and may not hold it, each as a sentence. */
  readonly hold_passed: string[]
}

export async function explainHold(tx: Tx, asked: HoldAsked): Promise<ExplainedHold> {
  const { playbook, signal, source, type, service, severity, at } = asked
  const subject: HoldSubject = {
    fingerprint: fingerprintOf(source?.id ?? '', signal),
    alarm: signal.alarm,
    labels: signal.labels,
    sourceId: source?.id ?? '',
    source: source?.name ?? '',
    type,
    service,
    severity,
  }
  if (asked.now && source !== null && (await keepObserved(tx, [source.id])).size > 0) {
    const reason = `${source.name} is only observed: nothing that comes from it opens an incident or pages anybody.`
    return { hold: { by: 'observe', ref_id: source.id, reason, until: null }, hold_passed: [] }
  }
  const { hold, passed } = findHold(await mutersAt(tx, subject.fingerprint, at), playbook.muting, subject, at)
  const found = hold ?? (asked.now ? await inhibitionOf(tx, playbook, subject) : null)
  return {
    hold:
      found === null
        ? null
        : { by: found.by, ref_id: found.refId, reason: found.reason, until: found.until === null ? null : toRfc3339(found.until) },
    hold_passed: [...passed],
  }
}

async function mutersAt(tx: Tx, fingerprint: string, at: Instant): Promise<Muters> {
  const silences = await loadSilencesAt(tx, at, SILENCES_OPEN_MAX)
  const windows = await listMaintenance(tx, MAINTENANCE_OPEN_MAX)
  const snooze = await findSnoozeAt(tx, fingerprint, at)
  return {
    silences: silences.map((silence) => ({ silence, matchers: compile(silence.matchers) })),
    windows: windows.flatMap((window) => {
      const over = window.endedAt !== null && at >= window.endedAt
      const occurrence = over ? null : occurrenceAt(window.schedule, window.zone, at)
      return occurrence === null ? [] : [{ window, matchers: compile(window.matchers), occurrence }]
    }),
    snoozes: new Map(
      snooze === undefined ? [] : [[fingerprint, { ...snooze, startedAt: snooze.startsAt, author: snooze.author.name }] as const],
    ),
  }
}

function compile(matchers: readonly Matcher[]): readonly CompiledMatcher[] {
  const compiled = compileMatchers(matchers)
  return compiled.kind === 'matchers' ? compiled.matchers : [{ name: '', value: '', isRegex: false, isEqual: true, test: () => false }]
}

async function inhibitionOf(tx: Tx, playbook: Playbook, subject: HoldSubject) {
  if (playbook.inhibition.length === 0 || playbook.muting.never.includes(subject.severity)) return null
  const sides = compileInhibition(playbook.inhibition).targetsOf(subject)
  for (const by of await findInhibitors(tx, sides)) {
    const side = sides.find((one) => one.rule === by.rule && one.key === by.key)
    if (side === undefined || by.fingerprint === subject.fingerprint || (side.both && by.both)) continue
    const reason = `While "${by.title.slice(0, 200).toWellFormed()}" fires, the rule ${by.rule} holds it.`
    return { by: 'inhibition' as const, refId: by.rule, reason, until: null }
  }
  return null
}
