/** Changes of the common incidents: what opens them, how severe they are, what is done about them. */
import type { IncidentType, Playbook } from '../playbook.ts'
import type { Change, ChangeCode, Effect } from './change.ts'
import { describeRule, diffDetection } from './detection.ts'
import { diffFields } from './fields.ts'
import { diffMeasures } from './impact.ts'
import { type Matrices, rowOf } from './matrices.ts'
import { findMoved, type Pair, pairRows, type Placed } from './pair.ts'
import { comparePaging } from './paging.ts'
import { differenceOf, listChange, listed, quoted, reads, sameList } from './words.ts'

const KNOWN = ['id', 'title', 'detection', 'severity', 'measures', 'team', 'groupBy', 'firstStep', 'mitigation', 'followUp']

export function diffTypes(before: Playbook, after: Playbook): readonly Change[] {
  const { kept, renamed, removed, added } = pairRows(before.incidentTypes, after.incidentTypes, {
    keyOf: (type) => type.id,
    featuresOf,
  })
  const pairs = [...kept, ...renamed]
  const matrices = { before, after }
  return [
    ...added.map((placed) => addedChange(placed, matrices)),
    ...removed.map((placed) => removedChange(placed, matrices)),
    ...renamed.map(renamedChange),
    ...pairs.flatMap((pair) => diffType(pair, matrices)),
    ...findMoved(pairs).map((pair) => movedChange(pair, after)),
  ]
}

function featuresOf(type: IncidentType): readonly string[] {
  return [type.title, linesOf(type.detection), type.severity, type.firstStep, linesOf(type.mitigation), linesOf(type.followUp)]
}

function linesOf(list: readonly unknown[]): string {
  return list.length === 0 ? '' : JSON.stringify(list)
}

/** Signals of a type that is new were triaged before, at the default severity. */
function addedChange({ row: type, index }: Placed<IncidentType>, { before, after }: Matrices): Change {
  const opens = type.detection.length === 0 ? 'opened by people only' : `detected by ${listed(type.detection.map(describeRule))}`
  const effect = comparePaging(rowOf(before, before.defaultSeverity), rowOf(after, type.severity))
  return {
    code: 'type-added',
    effect: type.detection.length === 0 ? 'behaviour' : (effect ?? 'behaviour'),
    path: ['incident_types', index],
    side: 'after',
    sentence: `New incident type ${quoted(type.title)} is ${type.severity}, ${opens}`,
  }
}

function removedChange({ row: type, index }: Placed<IncidentType>, { before, after }: Matrices): Change {
  const effect = comparePaging(rowOf(before, type.severity), rowOf(after, after.defaultSeverity))
  const fate =
    type.detection.length === 0 ? '' : `; what no other type detects is triaged as ${after.defaultSeverity} now, before ${type.severity}`
  return {
    code: 'type-removed',
    effect: type.detection.length === 0 ? 'behaviour' : (effect ?? 'behaviour'),
    path: ['incident_types', index],
    side: 'before',
    sentence: `There is no incident type ${quoted(type.title)} any more${fate}`,
  }
}

function renamedChange({ before, after: now, afterIndex }: Pair<IncidentType>): Change {
  return {
    code: 'type-renamed',
    effect: 'behaviour',
    path: ['incident_types', afterIndex, 'id'],
    side: 'after',
    sentence: `Incident type ${before.id} is called ${now.id} now; incidents that are open under the old name take no new alerts of it`,
  }
}

/** The first type that a signal fits takes it, so order matters where two fit. */
function movedChange({ after: type, afterIndex }: Pair<IncidentType>, { incidentTypes }: Playbook): Change {
  const next = incidentTypes[afterIndex + 1]
  const place = next === undefined ? 'after all others' : `before ${quoted(next.title)}`
  return {
    code: 'type-moved',
    effect: 'pages-otherwise',
    path: ['incident_types', afterIndex],
    side: 'after',
    sentence: `${quoted(type.title)} is tried ${place} now: it matters for signals that both detect`,
  }
}

function diffType({ before, after: now, afterIndex }: Pair<IncidentType>, matrices: Matrices): readonly Change[] {
  const path = ['incident_types', afterIndex]
  const change = (code: ChangeCode, key: string, effect: Effect, sentence: string): Change => ({
    code,
    effect,
    path: [...path, key],
    side: 'after',
    sentence,
  })
  const title = quoted(now.title)
  return [
    ...(before.title === now.title
      ? []
      : [change('type-title', 'title', 'wording', `Incident type ${quoted(before.title)} is titled ${title} now`)]),
    ...diffSeverity(before, now, matrices).map(({ effect, sentence }) => change('type-severity', 'severity', effect, sentence)),
    ...diffDetection({ before, now, index: afterIndex }, matrices),
    ...diffMeasures(before, now, path),
    ...diffTeam(before, now).map(({ effect, sentence }) => change('team', 'team', effect, sentence)),
    ...diffGrouping(before, now).map(({ effect, sentence }) => change('grouping', 'group_by', effect, sentence)),
    ...(before.firstStep === now.firstStep
      ? []
      : [
          change(
            'first-step',
            'first_step',
            'wording',
            `${title}: what the page says to do first ${reads(before.firstStep, now.firstStep)}`,
          ),
        ]),
    ...diffMitigation(before, now).map(({ effect, sentence }) => change('mitigation', 'immediate_mitigation', effect, sentence)),
    ...diffFollowUp(before, now).map(({ effect, sentence }) => change('follow-up', 'follow_up', effect, sentence)),
    ...diffFields(before, now, { what: title, path, known: KNOWN }),
  ]
}

interface Meaning {
  readonly effect: Effect
  readonly sentence: string
}

function diffSeverity(before: IncidentType, now: IncidentType, { after }: Matrices): Meaning[] {
  if (before.severity === now.severity) return []
  const effect = comparePaging(rowOf(after, before.severity), rowOf(after, now.severity)) ?? 'behaviour'
  return [{ effect, sentence: `${quoted(now.title)} is ${now.severity} now, before ${before.severity}` }]
}

function diffTeam(before: IncidentType, now: IncidentType): Meaning[] {
  if (before.team === now.team) return []
  const [is, was] = [now.team, before.team].map((team) => (team === null ? 'the organisation' : `team ${quoted(team)}`))
  return [
    { effect: 'pages-otherwise', sentence: `${quoted(now.title)} is of ${is} now, before of ${was}: its roles resolve through the team` },
  ]
}

function diffGrouping(before: IncidentType, now: IncidentType): Meaning[] {
  if (sameList(before.groupBy, now.groupBy)) return []
  const { added, removed } = differenceOf(before.groupBy, now.groupBy)
  const effect =
    added.length === 0 ? (removed.length === 0 ? 'behaviour' : 'pages-less') : removed.length === 0 ? 'pages-more' : 'pages-otherwise'
  return [
    { effect, sentence: `Alerts of ${quoted(now.title)} are told apart ${byLabels(now.groupBy)} now, before ${byLabels(before.groupBy)}` },
  ]
}

function byLabels(labels: readonly string[]): string {
  return labels.length === 0 ? 'not at all: one incident takes them all' : `by ${listed(labels)}`
}

function writeStep({ title, action }: IncidentType['mitigation'][number]): string {
  return action === null ? title : `${title} (${action})`
}

function diffMitigation(before: IncidentType, now: IncidentType): Meaning[] {
  const [was, is] = [before.mitigation.map(writeStep), now.mitigation.map(writeStep)]
  if (sameList(was, is)) return []
  const { added, removed } = differenceOf(was, is)
  const effect = sameList(
    before.mitigation.map(({ action }) => action ?? ''),
    now.mitigation.map(({ action }) => action ?? ''),
  )
    ? 'wording'
    : 'behaviour'
  return [{ effect, sentence: `${quoted(now.title)}: ${listChange('the mitigation', { added, removed })}` }]
}

function diffFollowUp(before: IncidentType, now: IncidentType): Meaning[] {
  if (sameList(before.followUp, now.followUp)) return []
  const { added, removed } = differenceOf(before.followUp, now.followUp)
  const effect = added.length === removed.length ? 'wording' : added.length > removed.length ? 'owes-more' : 'owes-less'
  return [{ effect, sentence: `${quoted(now.title)}: ${listChange('the follow-up', { added, removed })}` }]
}
