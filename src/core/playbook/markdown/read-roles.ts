/** Roles within an incident, and whom a severity pages who may take each: a document seldom says the second. */
import type { PlaybookFile } from '../schema.ts'
import { normalizeName, toSlug } from '../text.ts'
import { type Desk, keep, leave, tell } from './desk.ts'
import { splitNames, splitSteps } from './phrase-list.ts'
import { normalizeTitle, oneOrMany } from './read-incident-types.ts'
import { type Cell, type Row, type Rows, sameName } from './row.ts'
import { simplify } from './vocabulary.ts'

type RoleFile = NonNullable<PlaybookFile['roles']>[number]

/** Roles that the engine knows by id, under the titles that people give them. */
const KNOWN: readonly (readonly [id: string, pattern: RegExp])[] = [
  [
    'incident-commander',
    /^(?:incident (?:command|commander|manager|lead(?:er)?|coordinator|owner|response lead)|ic|commander|major incident manager|im)$/,
  ],
  [
    'communications-lead',
    /^(?:(?:internal |external )?(?:communications?|comms)(?: (?:lead(?:er)?|manager|officer|liaison))?|liaison|(?:customer|internal|external) liaison|public information officer)$/,
  ],
  [
    'operations-lead',
    /^(?:(?:operations?|operational|ops|technical|tech) (?:lead(?:er)?|manager|work|section chief)|subject matter expert|sme|resolver)$/,
  ],
  [
    'security-lead',
    /^(?:(?:information )?security (?:lead(?:er)?|officer|manager)|ciso|privacy officer|hipaa (?:security|privacy) officer)$/,
  ],
  ['scribe', /^(?:scribe|note ?taker|recorder|documenter|documentation lead)$/],
]

export function knownRole(title: string): string | null {
  const simple = simplify(title)
  return KNOWN.find(([, pattern]) => pattern.test(simple))?.[0] ?? null
}

type Kind = 'engineering' | 'executive' | 'security' | 'people'

/** What kind of people a duty role is; the first that fits: DevSecOps are engineers. */
const KINDS: readonly (readonly [Kind, RegExp])[] = [
  [
    'engineering',
    /\b(?:dev ?(?:sec)? ?ops|sre|site reliability|engineer(?:s|ing)?|on ?call|ops|operations|platform|backend|frontend|infra\w*|develop\w*|technical|tech lead|dba|network|service desk|help ?desk|l[123]|tier [123]|duty|team)\b/,
  ],
  ['security', /\b(?:security|ciso|infosec|privacy|compliance|dpo|soc)\b/],
  ['executive', /\b(?:cto|ceo|cio|coo|vp|chief|head|director|manag\w*|exec\w*|founder|lead|leadership)\b/],
  ['people', /\b(?:product|support|customers?|success|comms|communications?|pr|marketing|legal|owner|po|pm)\b/],
]

function kindOf(dutyRole: string): Kind | null {
  const simple = simplify(dutyRole)
  return KINDS.find(([, pattern]) => pattern.test(simple))?.[0] ?? null
}

const TAKERS: Readonly<Record<string, readonly Kind[]>> = {
  'incident-commander': ['engineering', 'executive', 'people'],
  'communications-lead': ['people', 'executive'],
  'operations-lead': ['engineering'],
  'security-lead': ['security'],
  scribe: ['people', 'engineering'],
}

/** Of the duty roles that are paged, those that are likely to take it; all, where none is likelier. */
export function guessHolders(id: string, title: string, dutyRoles: readonly string[]): string[] {
  const name = simplify(title)
  const namesakes = dutyRoles.filter((role) => name !== '' && (simplify(role).includes(name) || name.includes(simplify(role))))
  if (namesakes.length > 0) return namesakes
  const wanted = TAKERS[id] ?? []
  const found = wanted.flatMap((kind) => dutyRoles.filter((role) => kindOf(role) === kind))
  return found.length > 0 ? found : [...dutyRoles]
}

export function readRoles(groups: readonly Rows[], dutyRoles: readonly string[], desk: Desk): RoleFile[] {
  const roles: RoleFile[] = []
  for (const group of groups) {
    const before = roles.length
    for (const row of group.rows) addRow(row, roles, dutyRoles, desk)
    tell(
      desk,
      'read',
      group.place,
      'roles',
      '',
      `Roles: ${
        roles
          .slice(before)
          .map((role) => role.title)
          .join(', ') || 'nothing new'
      }.`,
    )
  }
  return roles
}

function addRow(row: Row, roles: RoleFile[], dutyRoles: readonly string[], desk: Desk): void {
  const title = normalizeTitle(normalizeName(row.key.text))
  const said = row.cells.get('responsibility')
  const known = roles.find((role) => sameName(role.title, title))
  const slug = toSlug(title)
  const keepAll = (key: Cell): void => {
    for (const cell of [...row.cells.values(), ...row.strange]) keep(desk, 'roles', key, named(cell))
  }
  if (title === '' || title.length > 100 || slug === '') {
    tell(desk, 'cell-missing', row.key.place, 'roles', row.key.text, 'The row names no role; its cells are kept as prose.')
    return keepAll({ ...row.key, text: title === '' ? '—' : row.key.text })
  }
  if (known !== undefined) {
    if (said !== undefined && said.text.replaceAll('\n', '; ') !== known.responsibility) {
      tell(desk, 'contradiction', row.key.place, `roles.${title}`, said.text, `${title} is described already; the first one stands.`)
      return keepAll(row.key)
    }
    for (const cell of row.strange) leave(desk, 'roles', row.key, cell, 'column-unknown', `roles.${title}`, noKey(cell))
    return
  }
  if (said === undefined || said.text === '') {
    tell(desk, 'cell-missing', row.key.place, `roles.${title}.responsibility`, '', `What ${title} does is not said.`)
  }
  const id = idFor(title, slug, row.key, roles, desk)
  const checklist = row.cells.get('checklist')
  const heldBy = holdersOf(row, id ?? slug, title, dutyRoles, desk)
  for (const cell of row.strange) leave(desk, 'roles', row.key, cell, 'column-unknown', `roles.${title}`, noKey(cell))
  roles.push({
    ...(id === null ? {} : { id }),
    title,
    responsibility: said === undefined || said.text === '' ? title : said.text.replaceAll('\n', '; '),
    ...(checklist === undefined || checklist.text === '' ? {} : { checklist: splitSteps(checklist.text) }),
    ...(heldBy.length === 0 ? {} : { held_by: oneOrMany(heldBy) }),
  })
}

function noKey(cell: Cell): string {
  return `The language has no key for "${cell.title}"; it is kept as prose.`
}

function named(cell: Cell): Cell {
  return cell.title === '' ? { ...cell, title: 'Responsibility' } : cell
}

/** Null: the one that is drawn from the title. */
function idFor(title: string, slug: string, key: Cell, roles: readonly RoleFile[], desk: Desk): string | null {
  const id = knownRole(title)
  if (id === null || id === slug || roles.some((role) => (role.id ?? toSlug(role.title)) === id)) return null
  tell(desk, 'read-so', key.place, `roles.${title}.id`, title, `Taken for what the engine calls ${id}.`)
  return id
}

function holdersOf(row: Row, id: string, title: string, dutyRoles: readonly string[], desk: Desk): readonly string[] {
  const cell = row.cells.get('held_by')
  const path = `roles.${title}.held_by`
  if (cell !== undefined && cell.text !== '') {
    const names = splitNames(cell.text)
    const known = names.map((name) => dutyRoles.find((role) => sameName(role, name)))
    const held = known.filter((role) => role !== undefined)
    if (held.length === names.length && held.length > 0) return held
    const message = `${cell.text}: no severity pages that by name; schedules of people belong to oncall.yaml.`
    leave(desk, 'roles', row.key, cell, 'not-runnable', path, message)
    if (held.length > 0) return held
  }
  const guess = guessHolders(id, title, dutyRoles)
  if (guess.length > 0) tell(desk, 'not-said', row.key.place, path, '', `Who may take ${title} is not said; ${guess.join(', ')} may.`)
  return guess
}
