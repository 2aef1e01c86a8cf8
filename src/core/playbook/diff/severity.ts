/** Changes of the severity matrix, told by what they mean for whoever is paged and whoever must answer. */
import { formatDuration } from '../duration.ts'
import type { Playbook, SeverityRow } from '../playbook.ts'
import type { Change } from './change.ts'
import { diffFields } from './fields.ts'
import { diffThresholds } from './impact.ts'
import { findMoved, type Pair, pairRows, type Placed } from './pair.ts'
import { comparePaging, describeRow, diffPaging, isSamePolicy } from './paging.ts'
import { differenceOf, listed, reads } from './words.ts'

type Rows = Playbook['severities']

const KNOWN = [
  'id',
  'rank',
  'definition',
  'example',
  'thresholds',
  'responseMs',
  'roles',
  'acknowledgement',
  'escalation',
  'notify',
  'urgency',
  'quietHours',
  'firstPage',
]

/** Rows of before under the names of now: renames are told elsewhere. */
export function diffSeverities(before: Playbook, after: Playbook): readonly Change[] {
  const { kept, renamed, removed, added } = pairRows(before.severities, after.severities, {
    keyOf: (row) => row.id,
    featuresOf: () => [],
  })
  const pairs = [...kept, ...renamed]
  return [
    ...added.map((placed) => addedChange(placed, after.severities)),
    ...removed.map(removedChange),
    ...pairs.flatMap(diffRow),
    ...idleChanges(pairs),
    ...findMoved(pairs).map((pair) => movedChange(pair, after.severities)),
    ...diffDefault(before, after),
  ]
}

function addedChange({ row, index }: Placed<SeverityRow>, rows: Rows): Change {
  const below = rows[index + 1]
  const place = below === undefined ? 'below all others' : `above ${below.id}`
  const answer = `to be answered within ${formatDuration(row.responseMs)}`
  return {
    code: 'severity-added',
    effect: row.roles.length > 0 ? 'pages-more' : 'behaviour',
    path: ['severities', index],
    side: 'after',
    sentence: `New severity ${row.id} ${place} pages ${describeRow(row)}, ${answer}`,
  }
}

function removedChange({ row, index }: Placed<SeverityRow>): Change {
  return {
    code: 'severity-removed',
    effect: row.roles.length > 0 ? 'pages-less' : 'behaviour',
    path: ['severities', index],
    side: 'before',
    sentence: `There is no severity ${row.id} any more; it paged ${describeRow(row)}`,
  }
}

function movedChange({ after: row, afterIndex }: Pair<SeverityRow>, rows: Rows): Change {
  const [above, below] = [rows[afterIndex - 1], rows[afterIndex + 1]]
  const place = below === undefined ? `below ${above?.id ?? 'nothing'}` : `above ${below.id}`
  return {
    code: 'severity-moved',
    effect: 'behaviour',
    path: ['severities', afterIndex],
    side: 'after',
    sentence: `${row.id} stands ${place} in the order of severity now`,
  }
}

function diffRow({ before, after: now, afterIndex }: Pair<SeverityRow>): readonly Change[] {
  const path = ['severities', afterIndex]
  return [
    ...diffResponse(before, now, path),
    ...diffPaging(before, now, path),
    ...diffThresholds(before, now, path),
    ...diffAcknowledgement(before, now, path),
    ...diffNotify(before, now, path),
    ...diffReach(before, now, path),
    ...(['definition', 'example'] as const).flatMap((key): Change[] => {
      if (before[key] === now[key]) return []
      const sentence = `${now.id}: the ${key} ${reads(before[key], now[key])}`
      return [{ code: 'severity-text', effect: 'wording', path: [...path, key], side: 'after', sentence }]
    }),
    ...diffFields(before, now, { what: now.id, path, known: KNOWN }),
  ]
}

type At = readonly (string | number)[]

function diffResponse(before: SeverityRow, now: SeverityRow, path: At): Change[] {
  if (before.responseMs === now.responseMs) return []
  const [is, was] = [formatDuration(now.responseMs), formatDuration(before.responseMs)]
  const sentence =
    now.roles.length > 0
      ? `${now.id} must be answered within ${is}, before ${was}`
      : `${now.id} may wait ${is} in the queue until somebody is told, before ${was}`
  const effect = now.responseMs > before.responseMs ? 'owes-less' : 'owes-more'
  return [{ code: 'response-time', effect, path: [...path, 'response_time'], side: 'after', sentence }]
}

function diffAcknowledgement(before: SeverityRow, now: SeverityRow, path: At): Change[] {
  if (before.acknowledgement === now.acknowledgement) return []
  const [effect, sentence] =
    now.acknowledgement === 'any'
      ? (['pages-less', `The first acknowledgement of a ${now.id} ends the pages of all its roles now, before each role its own`] as const)
      : (['pages-more', `Each role that a ${now.id} pages must acknowledge now, before the first one ended all`] as const)
  return [{ code: 'acknowledgement', effect, path: [...path, 'acknowledgement'], side: 'after', sentence }]
}

/** By how many channels, how urgent, and whether people may sleep. */
function diffReach(before: SeverityRow, now: SeverityRow, path: At): Change[] {
  const tell = (key: string, isMore: boolean, sentence: string): Change => ({
    code: 'reach',
    effect: isMore ? 'pages-more' : 'pages-less',
    path: [...path, key],
    side: 'after',
    sentence,
  })
  const two = now.firstPage === 'two-channels'
  const low = now.urgency === 'low'
  const held = now.quietHours === 'respected'
  const [by, urgent, quiet] = [
    two ? 'goes by two channels at once now' : 'goes by each person’s own order now, before by two channels at once',
    low ? 'is of low urgency now: people may keep other channels for it' : 'is of high urgency now, before of low',
    held ? 'waits for the end of quiet hours now, as long as somebody is reached in time' : 'waits for no quiet hours any more',
  ]
  return [
    ...(before.firstPage === now.firstPage ? [] : [tell('first_page', two, `The first page of a ${now.id} ${by}`)]),
    ...(before.urgency === now.urgency ? [] : [tell('urgency', !low, `A ${now.id} ${urgent}`)]),
    ...(before.quietHours === now.quietHours ? [] : [tell('quiet_hours', !held, `A page of a ${now.id} ${quiet}`)]),
  ]
}

function diffNotify(before: SeverityRow, now: SeverityRow, path: At): Change[] {
  const { added, removed } = differenceOf(before.notify, now.notify)
  if (added.length + removed.length === 0) return []
  const sentence = `When nobody has taken a ${now.id} in time, ${listed(now.notify, 'every owner')} hears of it now, before ${listed(before.notify, 'every owner')}`
  const effect = added.length === 0 ? 'pages-less' : removed.length === 0 ? 'pages-more' : 'pages-otherwise'
  return [{ code: 'notify', effect, path: [...path, 'notify'], side: 'after', sentence }]
}

/**
 * Told only where no row that pages is concerned: else one edit of the common escalation would be told for rows it never
 * reaches. Waits that are shares move with the response time, which is told by itself.
 */
function idleChanges(pairs: readonly Pair<SeverityRow>[]): Change[] {
  const written = pairs.filter(({ before, after: now }) => !isSamePolicy(before, now))
  if (written.some(({ before, after: now }) => comparePaging(before, now) !== null)) return []
  return written
    .filter(({ before, after: now }) => before.responseMs === now.responseMs && diffPaging(before, now, []).length === 0)
    .map(({ after: now, afterIndex }): Change => {
      const why = now.roles.length === 0 ? 'never runs because the row pages nobody' : 'pages the same people at the same times'
      const sentence = `${now.id}: its escalation is written otherwise, and ${why}`
      return { code: 'escalation-idle', effect: 'wording', path: ['severities', afterIndex, 'escalation'], side: 'after', sentence }
    })
}

function diffDefault(before: Playbook, after: Playbook): Change[] {
  if (before.defaultSeverity === after.defaultSeverity) return []
  const rowOf = (id: string): SeverityRow | undefined => after.severities.find((row) => row.id === id)
  const sentence = `What no incident type knows is ${after.defaultSeverity} now, before ${before.defaultSeverity}`
  const effect = comparePaging(rowOf(before.defaultSeverity), rowOf(after.defaultSeverity)) ?? 'behaviour'
  return [{ code: 'default-severity', effect, path: ['default_severity'], side: 'after', sentence }]
}
