/** Changes of the playbook under a few headings, in the order in which people ask. Pure. */
import type { PlaybookChange } from '../../../src/api/schema.ts'

type ChangeCode = PlaybookChange['code']

export const GROUPS = ['paging', 'times', 'detection', 'response', 'communication', 'afterwards', 'roles', 'wording'] as const
export type Group = (typeof GROUPS)[number]

export const GROUP_TITLES: Readonly<Record<Group, string>> = {
  paging: 'Who is paged',
  times: 'Times and escalation',
  detection: 'Detection and severity',
  response: 'What to do',
  communication: 'Communication',
  afterwards: 'Afterwards',
  roles: 'Incident roles',
  wording: 'Wording and the rest',
}

const GROUP_OF: Readonly<Partial<Record<ChangeCode, Group>>> = {
  'first-page': 'paging',
  acknowledgement: 'paging',
  notify: 'paging',
  'duty-role-renamed': 'paging',
  'holder-changed': 'paging',
  'person-added': 'paging',
  'person-removed': 'paging',
  'person-channels': 'paging',
  'severity-added': 'paging',
  'severity-removed': 'paging',
  'response-time': 'times',
  'repeated-pages': 'times',
  'escalation-end': 'times',
  'escalation-idle': 'times',
  resolution: 'times',
  'type-added': 'detection',
  'type-removed': 'detection',
  'type-moved': 'detection',
  'type-severity': 'detection',
  'detection-added': 'detection',
  'detection-removed': 'detection',
  'detection-changed': 'detection',
  'default-severity': 'detection',
  'severity-moved': 'detection',
  grouping: 'detection',
  limits: 'detection',
  'first-step': 'response',
  mitigation: 'response',
  lifecycle: 'response',
  'update-added': 'communication',
  'update-removed': 'communication',
  'update-renamed': 'communication',
  'update-frequency': 'communication',
  'update-severities': 'communication',
  'update-channels': 'communication',
  'update-content': 'communication',
  'follow-up': 'afterwards',
  'post-mortem': 'afterwards',
  'post-mortem-template': 'afterwards',
  compliance: 'afterwards',
  'pass-criteria': 'afterwards',
  'incident-role-added': 'roles',
  'incident-role-removed': 'roles',
  'incident-role-renamed': 'roles',
  'incident-role-holders': 'roles',
}

/** Only headings under which something stands; within one the order stays, which is the gravest first. */
export function groupChanges(
  changes: readonly PlaybookChange[],
): readonly { readonly group: Group; readonly changes: readonly PlaybookChange[] }[] {
  const groups = Map.groupBy(changes, groupOf)
  return GROUPS.flatMap((group) => {
    const found = groups.get(group)
    return found === undefined ? [] : [{ group, changes: found }]
  })
}

/** A code that a newer server knows and this page does not still says whether it pages anybody. */
function groupOf(change: PlaybookChange): Group {
  if (change.effect === 'wording') return 'wording'
  return GROUP_OF[change.code] ?? (change.effect.startsWith('pages') ? 'paging' : 'wording')
}

/** `2 page less, 1 pages more`: the first thing to know about a change. Empty when it pages and owes the same. */
export function sumUp(changes: readonly PlaybookChange[]): string {
  const parts = [
    [count(changes, 'pages-less'), 'page people less'],
    [count(changes, 'pages-more'), 'page people more'],
    [count(changes, 'pages-otherwise'), 'page otherwise'],
    [count(changes, 'owes-less'), 'owe less'],
    [count(changes, 'owes-more'), 'owe more'],
  ] as const
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, words]) => `${amount} ${words}`)
    .join(', ')
}

function count(changes: readonly PlaybookChange[], effect: PlaybookChange['effect']): number {
  return changes.filter((change) => change.effect === effect).length
}
