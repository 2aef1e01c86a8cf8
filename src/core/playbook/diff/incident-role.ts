/** Changes of the roles that people take in an incident. */
import type { IncidentRole } from '../playbook.ts'
import type { Change, ChangeCode, Effect } from './change.ts'
import { diffFields } from './fields.ts'
import { findMoved, type Pair, pairRows } from './pair.ts'
import { differenceOf, listChange, listed, reads, sameList, shown } from './words.ts'

const KNOWN = ['id', 'title', 'responsibility', 'checklist', 'heldBy']
type Rows = readonly IncidentRole[]

export function diffIncidentRoles(before: Rows, after: Rows): readonly Change[] {
  const { kept, renamed, removed, added } = pairRows(before, after, {
    keyOf: (role) => role.id,
    featuresOf: (role) => [role.title, role.responsibility, role.checklist.join('\n'), role.heldBy.join('\n')],
  })
  const pairs = [...kept, ...renamed]
  return [
    ...added.map(({ row, index }): Change => {
      const sentence = `New incident role ${shown(row.title)}, which ${holders(row)} may take`
      return { code: 'incident-role-added', effect: 'behaviour', path: ['roles', index], side: 'after', sentence }
    }),
    ...removed.map(({ row, index }): Change => {
      const sentence = `There is no incident role ${shown(row.title)} any more`
      return { code: 'incident-role-removed', effect: 'behaviour', path: ['roles', index], side: 'before', sentence }
    }),
    ...renamed.map(({ before: was, after: now, afterIndex }): Change => {
      const sentence = `Incident role ${was.id} is called ${now.id} now; who holds it in an open incident keeps it under the old name`
      return { code: 'incident-role-renamed', effect: 'behaviour', path: ['roles', afterIndex, 'id'], side: 'after', sentence }
    }),
    ...pairs.flatMap(diffRole),
    ...findMoved(pairs).map(({ after: now, afterIndex }): Change => {
      const sentence = `${shown(now.title)} stands elsewhere among the incident roles`
      return { code: 'order', effect: 'wording', path: ['roles', afterIndex], side: 'after', sentence }
    }),
  ]
}

function holders({ heldBy }: IncidentRole): string {
  return heldBy.length === 0 ? 'anybody' : `holders of ${listed(heldBy)}`
}

function diffRole({ before, after: now, afterIndex }: Pair<IncidentRole>): readonly Change[] {
  const path = ['roles', afterIndex]
  const title = shown(now.title)
  const change = (code: ChangeCode, key: string, effect: Effect, sentence: string): Change => ({
    code,
    effect,
    path: [...path, key],
    side: 'after',
    sentence,
  })
  const changes: Change[] = []
  if (before.title !== now.title) {
    changes.push(change('incident-role-text', 'title', 'wording', `Incident role ${shown(before.title)} is titled ${title} now`))
  }
  if (before.responsibility !== now.responsibility) {
    const sentence = `${title}: the responsibility ${reads(before.responsibility, now.responsibility)}`
    changes.push(change('incident-role-text', 'responsibility', 'wording', sentence))
  }
  if (!sameList(before.checklist, now.checklist)) {
    const sentence = `${title}: ${listChange('the checklist', differenceOf(before.checklist, now.checklist))}`
    changes.push(change('incident-role-text', 'checklist', 'wording', sentence))
  }
  if (!sameList(before.heldBy, now.heldBy)) {
    const sentence = `${title} may be taken by ${holders(now)} now, before by ${holders(before)}`
    changes.push(change('incident-role-holders', 'held_by', 'behaviour', sentence))
  }
  return [...changes, ...diffFields(before, now, { what: title, path, known: KNOWN })]
}
