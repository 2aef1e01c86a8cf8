/**
 * Names that changed wherever they stood. They are found first and put into the playbook of before, so that a role that
 * is called otherwise is told once and not as a role lost and a role gained in every row.
 */
import { findNearest } from '../text.ts'
import type { Path } from '../finding.ts'
import type { Playbook, SeverityRow } from '../playbook.ts'
import type { Change } from './change.ts'
import { type Pair, pairRows } from './pair.ts'

type Names = ReadonlyMap<string, string>

export interface Renamed {
  /** The playbook of before, with the names of now. */
  readonly playbook: Playbook
  /** Duty roles, by their name of before. */
  readonly dutyRoles: Names
  readonly changes: readonly Change[]
}

export function findRenames(before: Playbook, after: Playbook): Renamed {
  const severities = pairRows(before.severities, after.severities, { keyOf: (row) => row.id, featuresOf: severityFeatures }).renamed
  const named = renameSeverities(before, new Map(severities.map((pair) => [pair.before.id, pair.after.id])))
  const roles = findRoleRenames(named, after)
  const dutyRoles = new Map(roles.map(({ from, to }) => [from, to]))
  return {
    playbook: renameDutyRoles(named, dutyRoles),
    dutyRoles,
    changes: [...severities.map(severityChange), ...roles.map((rename) => roleChange(rename, after))],
  }
}

/** What the row says to people weighs as much as what it does: three of five keep it the same row. */
function severityFeatures(row: SeverityRow): readonly string[] {
  return [row.definition, row.example, String(row.responseMs), row.roles.join('\n'), row.notify.join('\n')]
}

function severityChange({ before, after: now, afterIndex }: Pair<SeverityRow>): Change {
  return {
    code: 'severity-renamed',
    effect: 'wording',
    path: ['severities', afterIndex, 'id'],
    side: 'after',
    sentence: `Severity ${before.id} is called ${now.id} now`,
  }
}

function renameSeverities(playbook: Playbook, names: Names): Playbook {
  if (names.size === 0) return playbook
  const name = (id: string): string => names.get(id) ?? id
  return {
    ...playbook,
    severities: playbook.severities.map((row) => ({ ...row, id: name(row.id) })),
    defaultSeverity: name(playbook.defaultSeverity),
    resolution: { ...playbook.resolution, automatic: playbook.resolution.automatic.map(name) },
    muting: {
      ...playbook.muting,
      reasonRequired: playbook.muting.reasonRequired.map(name),
      never: playbook.muting.never.map(name),
    },
    incidentTypes: playbook.incidentTypes.map((type) => ({ ...type, severity: name(type.severity) })),
    communication: playbook.communication.map((row) => ({ ...row, severities: row.severities.map(name) })),
    postMortem: { ...playbook.postMortem, severities: playbook.postMortem.severities.map(name) },
    slas: playbook.slas.map((sla) => ({
      ...sla,
      severities: sla.severities.map(name),
      responses: sla.responses.map((response) => ({ ...response, severity: name(response.severity) })),
    })),
  }
}

function renameDutyRoles(playbook: Playbook, names: Names): Playbook {
  if (names.size === 0) return playbook
  const name = (role: string): string => names.get(role) ?? role
  return {
    ...playbook,
    severities: playbook.severities.map((row) => ({
      ...row,
      roles: row.roles.map(name),
      notify: row.notify.map(name),
      escalation: {
        ...row.escalation,
        steps: row.escalation.steps.map((step) =>
          typeof step.page === 'object' ? { ...step, page: { role: name(step.page.role) } } : step,
        ),
      },
    })),
    roles: playbook.roles.map((role) => ({ ...role, heldBy: role.heldBy.map(name) })),
  }
}

interface RoleRename {
  readonly from: string
  readonly to: string
  /** It stands exactly where the old name stood. */
  readonly everywhere: boolean
}

/** The new name stands at least in so great a share of the places in which either stands. */
const SHARED_MIN = 0.6

function findRoleRenames(before: Playbook, after: Playbook): RoleRename[] {
  const [was, is] = [placesOf(before), placesOf(after)]
  const lost = [...was].filter(([role]) => !is.has(role))
  const fresh = [...is].filter(([role]) => !was.has(role))
  const candidates = lost
    .flatMap(([from, left]) => fresh.map(([to, right]) => ({ from, to, alike: areNear(from, to), ...compare(left, right) })))
    .filter(({ share, common, alike }) => share >= SHARED_MIN && (common > 1 || alike))
    .sort((one, other) => other.share - one.share || Number(other.alike) - Number(one.alike) || other.exact - one.exact)
  const taken = new Set<string>()
  return candidates.flatMap(({ from, to, share }) => {
    if (taken.has(`-${from}`) || taken.has(`+${to}`)) return []
    taken.add(`-${from}`).add(`+${to}`)
    return [{ from, to, everywhere: share === 1 }]
  })
}

interface Places {
  /** The lists in which a role stands. */
  readonly lists: Set<string>
  /** The same with its place in the list: of two roles that are paged by the same rows, this tells which is which. */
  readonly exact: Set<string>
}

function placesOf(playbook: Playbook): Map<string, Places> {
  const found = new Map<string, Places>()
  const add = (role: string, list: string, index: number): void => {
    const places = found.get(role) ?? { lists: new Set<string>(), exact: new Set<string>() }
    places.lists.add(list)
    places.exact.add(`${list} ${index}`)
    found.set(role, places)
  }
  for (const { id, roles, notify, escalation } of playbook.severities) {
    for (const [index, role] of roles.entries()) add(role, `paged ${id}`, index)
    for (const [index, role] of notify.entries()) add(role, `told ${id}`, index)
    for (const [index, { page }] of escalation.steps.entries()) if (typeof page === 'object') add(page.role, `step ${id}`, index)
  }
  for (const { id, heldBy } of playbook.roles) for (const [index, role] of heldBy.entries()) add(role, `held ${id}`, index)
  return found
}

function compare(left: Places, right: Places): { share: number; common: number; exact: number } {
  const common = countCommon(left.lists, right.lists)
  return { share: common / (left.lists.size + right.lists.size - common), common, exact: countCommon(left.exact, right.exact) }
}

function countCommon(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let common = 0
  for (const place of left) if (right.has(place)) common += 1
  return common
}

function areNear(from: string, to: string): boolean {
  const [left, right] = [from.toLowerCase(), to.toLowerCase()]
  return left.includes(right) || right.includes(left) || findNearest(from, [to]) !== null
}

function roleChange({ from, to, everywhere }: RoleRename, after: Playbook): Change {
  const where = everywhere ? ' (renamed everywhere)' : ''
  return {
    code: 'duty-role-renamed',
    effect: 'behaviour',
    path: firstPlace(to, after),
    side: 'after',
    sentence: `Duty role ${from} is called ${to} now${where}; who holds it is looked up in oncall.yaml by the new name`,
  }
}

function firstPlace(role: string, { severities, roles }: Playbook): Path {
  for (const [key, list] of [['roles_paged', 'roles'] as const, ['notify', 'notify'] as const]) {
    const row = severities.findIndex((candidate) => candidate[list].includes(role))
    if (row !== -1) return ['severities', row, key]
  }
  const held = roles.findIndex((candidate) => candidate.heldBy.includes(role))
  if (held !== -1) return ['roles', held, 'held_by']
  const pages = severities.findIndex(({ escalation }) =>
    escalation.steps.some(({ page }) => typeof page === 'object' && page.role === role),
  )
  return ['severities', Math.max(0, pages), 'escalation']
}
