/** Changes of the communication plan: who hears what, where, how often and of which incidents. */
import { formatDuration } from '../duration.ts'
import type { CommunicationRow } from '../playbook.ts'
import type { Change, ChangeCode, Effect } from './change.ts'
import { diffFields } from './fields.ts'
import { findMoved, type Pair, pairRows } from './pair.ts'
import { differenceOf, listed, reads, sameList, shown } from './words.ts'

const KNOWN = ['audience', 'channels', 'severities', 'everyMs', 'content']
type Rows = readonly CommunicationRow[]

export function diffCommunication(before: Rows, after: Rows): readonly Change[] {
  const { kept, renamed, removed, added } = pairRows(before, after, {
    keyOf: (row) => row.audience,
    featuresOf: (row) => [row.channels.join('\n'), row.severities.join('\n'), how(row), row.content],
  })
  const pairs = [...kept, ...renamed]
  return [
    ...added.map(({ row, index }): Change => {
      const sentence = `${shown(row.audience)} are kept informed ${how(row)} by ${listed(row.channels)}, at ${listed(row.severities, 'no severity')}`
      return { code: 'update-added', effect: 'owes-more', path: ['communication', index], side: 'after', sentence }
    }),
    ...removed.map(({ row, index }): Change => {
      const sentence = `${shown(row.audience)} are no longer kept informed, before ${how(row)} by ${listed(row.channels)}`
      return { code: 'update-removed', effect: 'owes-less', path: ['communication', index], side: 'before', sentence }
    }),
    ...renamed.map(({ before: was, after: now, afterIndex }): Change => {
      const sentence = `The audience ${shown(was.audience)} is called ${shown(now.audience)} now`
      return { code: 'update-renamed', effect: 'wording', path: ['communication', afterIndex, 'audience'], side: 'after', sentence }
    }),
    ...pairs.flatMap(diffRow),
    ...findMoved(pairs).map(({ after: now, afterIndex }): Change => {
      const sentence = `${shown(now.audience)} stand elsewhere in the communication plan`
      return { code: 'order', effect: 'wording', path: ['communication', afterIndex], side: 'after', sentence }
    }),
  ]
}

function how({ everyMs }: CommunicationRow): string {
  return everyMs === null ? 'on every change' : `every ${formatDuration(everyMs)}`
}

function diffRow({ before, after: now, afterIndex }: Pair<CommunicationRow>): readonly Change[] {
  const path = ['communication', afterIndex]
  const who = shown(now.audience)
  const change = (code: ChangeCode, key: string, effect: Effect, sentence: string): Change => ({
    code,
    effect,
    path: [...path, key],
    side: 'after',
    sentence,
  })
  const changes: Change[] = []
  if (before.everyMs !== now.everyMs) {
    const more = (now.everyMs ?? 0) < (before.everyMs ?? 0)
    changes.push(
      change('update-frequency', 'frequency', more ? 'owes-more' : 'owes-less', `${who} hear ${how(now)} now, before ${how(before)}`),
    )
  }
  if (!sameList(before.channels, now.channels)) {
    const sentence = `${who} are reached by ${listed(now.channels)} now, before by ${listed(before.channels)}`
    changes.push(change('update-channels', 'channels', effectOf(before.channels, now.channels, 'behaviour'), sentence))
  }
  if (!sameList(before.severities, now.severities)) {
    const { added, removed } = differenceOf(before.severities, now.severities)
    const gone = removed.length === 0 ? '' : `${added.length === 0 ? '' : ', and '}no longer of ${listed(removed)}`
    const words =
      added.length + removed.length === 0
        ? `${listed(now.severities)}, in another order`
        : `${added.length === 0 ? '' : `${listed(added)} too`}${gone}`
    const sentence = `${who} hear ${added.length === 0 && removed.length > 0 ? '' : 'of '}${words}`
    changes.push(change('update-severities', 'severities', effectOf(before.severities, now.severities, 'wording'), sentence))
  }
  if (before.content !== now.content) {
    changes.push(change('update-content', 'content', 'wording', `What ${who} hear of ${reads(before.content, now.content)}`))
  }
  return [...changes, ...diffFields(before, now, { what: who, path, known: KNOWN })]
}

function effectOf(before: readonly string[], now: readonly string[], otherwise: Effect): Effect {
  const { added, removed } = differenceOf(before, now)
  if (added.length > 0 && removed.length === 0) return 'owes-more'
  return removed.length > 0 && added.length === 0 ? 'owes-less' : otherwise
}
