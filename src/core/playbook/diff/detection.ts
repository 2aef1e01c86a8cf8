/** Changes of what opens an incident type: which signals it takes now, and what becomes of those it leaves. */
import type { DetectionRule, IncidentType, Playbook, Threshold } from '../playbook.ts'
import { formatThreshold } from '../threshold.ts'
import type { Change, Effect } from './change.ts'
import { type Matrices, rowOf } from './matrices.ts'
import type { Placed } from './pair.ts'
import { comparePaging } from './paging.ts'
import { listed, quoted, shown } from './words.ts'

const CONDITION_CHARS_MAX = 120

/** `drift_psi > 0.2`, `any signal of sentry when …`. */
export function describeRule({ alarm, sources, threshold, when }: DetectionRule): string {
  const compared = threshold === null ? '' : ` ${formatThreshold(threshold)}`
  const from = sources.length === 0 ? '' : ` of ${listed(sources)}`
  return `${alarm === null ? 'any signal' : shown(alarm)}${compared}${from}${when === null ? '' : ` when ${shown(when, CONDITION_CHARS_MAX)}`}`
}

interface TypePair {
  readonly before: IncidentType
  readonly now: IncidentType
  readonly index: number
}

export function diffDetection({ before, now, index }: TypePair, matrices: Matrices): readonly Change[] {
  const { changed, removed, added, kept } = pairRules(before.detection, now.detection)
  const path = ['incident_types', index, 'detection']
  const title = quoted(now.title)
  const gained = effectOfLosing(now, matrices, 'found')
  const lost = effectOfLosing(now, matrices, 'lost')
  const pages = (rowOf(matrices.after, now.severity)?.roles.length ?? 0) > 0
  return [
    ...changed.map(([was, is]): Change => {
      const { effect, words } = compareRules(was.row, is.row, { gained, lost, pages })
      return { code: 'detection-changed', effect, path: [...path, is.index], side: 'after', sentence: `${title} is detected by ${words}` }
    }),
    ...kept
      .filter(([was, is]) => JSON.stringify(was.row.metric) !== JSON.stringify(is.row.metric))
      .map(
        ([, is]): Change => ({
          code: 'detection-measured',
          effect: 'behaviour',
          path: [...path, is.index],
          side: 'after',
          sentence: `The alert rule for ${describeRule(is.row)} of ${title} is written from another metric`,
        }),
      ),
    ...added.map(
      ({ row, index: place }): Change => ({
        code: 'detection-added',
        effect: gained,
        path: [...path, place],
        side: 'after',
        sentence: `${title} is detected by ${describeRule(row)} now`,
      }),
    ),
    ...removed.map(({ row, index: place }): Change => {
      const fate = fateOf(row, now, matrices.after)
      const sentence = `${title} is no longer detected by ${describeRule(row)}${fate.words}`
      return { code: 'detection-removed', effect: fate.effect ?? lost, path: [...path, place], side: 'before', sentence }
    }),
  ]
}

interface PairedRules {
  /** The same but for what they are measured by. */
  readonly kept: readonly (readonly [Placed<DetectionRule>, Placed<DetectionRule>])[]
  readonly changed: readonly (readonly [Placed<DetectionRule>, Placed<DetectionRule>])[]
  readonly removed: readonly Placed<DetectionRule>[]
  readonly added: readonly Placed<DetectionRule>[]
}

function writeRule({ alarm, sources, threshold, when }: DetectionRule): string {
  return JSON.stringify([alarm, sources, threshold, when])
}

/** The same rules go out first; of the rest those of one alarm are one rule that was changed. */
function pairRules(before: readonly DetectionRule[], now: readonly DetectionRule[]): PairedRules {
  let lost = before.map((row, index) => ({ row, index }))
  let fresh = now.map((row, index) => ({ row, index }))
  const changed: (readonly [Placed<DetectionRule>, Placed<DetectionRule>])[] = []
  const take = (
    same: (left: DetectionRule, right: DetectionRule) => boolean,
  ): (readonly [Placed<DetectionRule>, Placed<DetectionRule>])[] => {
    const pairs: (readonly [Placed<DetectionRule>, Placed<DetectionRule>])[] = []
    for (const one of lost) {
      const other = fresh.find((candidate) => same(one.row, candidate.row))
      if (other === undefined) continue
      pairs.push([one, other])
      fresh = fresh.filter((candidate) => candidate !== other)
    }
    lost = lost.filter((one) => !pairs.some(([taken]) => taken === one))
    return pairs
  }
  const kept = take((left, right) => writeRule(left) === writeRule(right))
  changed.push(...take((left, right) => left.alarm === right.alarm && left.when === right.when))
  changed.push(...take((left, right) => left.alarm === right.alarm))
  return { kept, changed, removed: lost, added: fresh }
}

interface Effects {
  readonly gained: Effect
  readonly lost: Effect
  /** Whether the type pages anybody. */
  readonly pages: boolean
}

/** Signals that a type takes were triaged at the default severity before, and those that it leaves will be. */
function effectOfLosing(type: IncidentType, { after }: Matrices, what: 'found' | 'lost'): Effect {
  const [own, rest] = [rowOf(after, type.severity), rowOf(after, after.defaultSeverity)]
  return (what === 'lost' ? comparePaging(own, rest) : comparePaging(rest, own)) ?? 'behaviour'
}

function fateOf({ alarm }: DetectionRule, type: IncidentType, after: Playbook): { words: string; effect: Effect | null } {
  if (alarm === null || type.detection.some((rule) => rule.alarm === alarm)) return { words: '', effect: null }
  const taker = after.incidentTypes.find((other) => other.id !== type.id && other.detection.some((rule) => rule.alarm === alarm))
  if (taker === undefined) return { words: `; such a signal is triaged as ${after.defaultSeverity} now`, effect: null }
  const effect = comparePaging(rowOf(after, type.severity), rowOf(after, taker.severity)) ?? 'behaviour'
  return { words: `; ${quoted(taker.title)} takes it`, effect }
}

function compareRules(before: DetectionRule, now: DetectionRule, { gained, lost, pages }: Effects): { effect: Effect; words: string } {
  const words = `${describeRule(now)} now, before by ${describeRule(before)}`
  const moves = [compareThresholds(before.threshold, now.threshold), compareSources(before.sources, now.sources)]
  if (before.when !== now.when) moves.push(before.when === null ? 'narrower' : now.when === null ? 'wider' : 'unclear')
  const found = new Set(moves.filter((move) => move !== null))
  if (found.size !== 1 || found.has('unclear')) return { effect: 'pages-otherwise', words }
  const narrower = found.has('narrower')
  // A value that is too low opens nothing at all, whatever the default severity would do.
  if (moves[1] === null && before.when === now.when && pages) return { effect: narrower ? 'pages-less' : 'pages-more', words }
  return { effect: narrower ? lost : gained, words }
}

type Move = 'narrower' | 'wider' | 'unclear' | null

function compareThresholds(before: Threshold | null, now: Threshold | null): Move {
  if (before === null || now === null) return before === now ? null : now === null ? 'wider' : 'narrower'
  const isUpper = before.comparison.startsWith('>')
  if (isUpper !== now.comparison.startsWith('>')) return 'unclear'
  if (before.bound !== now.bound) return now.bound > before.bound === isUpper ? 'narrower' : 'wider'
  if (before.comparison === now.comparison) return null
  return now.comparison.endsWith('=') ? 'wider' : 'narrower'
}

function compareSources(before: readonly string[], now: readonly string[]): Move {
  const [was, is] = [new Set(before), new Set(now)]
  const [lost, fresh] = [before.some((kind) => !is.has(kind)), now.some((kind) => !was.has(kind))]
  if (!lost && !fresh) return null
  if (now.length === 0) return 'wider'
  if (before.length === 0) return 'narrower'
  return lost && fresh ? 'unclear' : lost ? 'narrower' : 'wider'
}
