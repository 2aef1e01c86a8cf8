/**
 * When a row of the matrix pages whom, if every page is handed over at once and nobody answers. Shares of the response
 * time, steps and rounds become instants, so that two policies are compared by what they do.
 */
import type { SeverityRow } from '../playbook.ts'
import type { Change, Effect } from './change.ts'
import type { Path } from '../finding.ts'
import { after as afterWords, listed, sameList, times } from './words.ts'

interface Paging {
  /** Instants in ms since the opening, in order, by target: a duty role, or one of the two below. */
  readonly targets: ReadonlyMap<string, readonly number[]>
  /** When the last wait is over. */
  readonly endMs: number
}

/** No duty role can be called so: names have no edges of space. */
const NEXT = ' next'
const OWNERS = ' owners'

const NOBODY: Paging = { targets: new Map(), endMs: 0 }

function pagingOf(row: SeverityRow): Paging {
  if (row.roles.length === 0) return NOBODY
  const targets = new Map<string, number[]>()
  const add = (target: string, at: number): void => {
    const known = targets.get(target)
    if (known === undefined) targets.set(target, [at])
    else if (known.at(-1) !== at) known.push(at)
  }
  let endMs = 0
  for (let round = 0; round < row.escalation.rounds; round += 1) {
    for (const { page, waitMs } of row.escalation.steps) {
      if (page === 'on-call') for (const role of row.roles) add(role, endMs)
      else add(page === 'next' ? NEXT : page === 'owners' ? OWNERS : page.role, endMs)
      endMs += waitMs
    }
  }
  return { targets, endMs }
}

/** What it means to the people of one row to be treated by the other: null when it is the same to all of them. */
export function comparePaging(before: SeverityRow | undefined, now: SeverityRow | undefined): Effect | null {
  const was = before === undefined ? NOBODY : pagingOf(before)
  const is = now === undefined ? NOBODY : pagingOf(now)
  return combine([...new Set([...was.targets.keys(), ...is.targets.keys()])].map((target) => compareTarget(was, is, target)))
}

function compareTarget(was: Paging, is: Paging, target: string): Effect | null {
  const [before, now] = [was.targets.get(target), is.targets.get(target)]
  if (before === undefined) return 'pages-more'
  if (now === undefined) return 'pages-less'
  return compareInstants(before, now)
}

function compareInstants(before: readonly number[], now: readonly number[]): Effect | null {
  if (before.length !== now.length) return now.length < before.length ? 'pages-less' : 'pages-more'
  const at = before.findIndex((instant, index) => instant !== now[index])
  if (at === -1) return null
  return (now[at] ?? 0) > (before[at] ?? 0) ? 'pages-less' : 'pages-more'
}

/** One direction, or neither. */
export function combine(effects: readonly (Effect | null)[]): Effect | null {
  const found = new Set(effects.filter((effect) => effect !== null))
  if (found.size === 0) return null
  return found.size === 1 ? ([...found][0] ?? null) : 'pages-otherwise'
}

/** All that changes between two rows that are the same row: who is paged first when, then again, then the end of it. */
export function diffPaging(before: SeverityRow, now: SeverityRow, path: Path): readonly Change[] {
  const was = pagingOf(before)
  const is = pagingOf(now)
  if (before.roles.length === 0 && now.roles.length === 0) return []
  const whole = (effect: Effect, sentence: string): Change[] => [
    { code: 'first-page', effect, path: [...path, 'roles_paged'], side: 'after', sentence },
  ]
  if (now.roles.length === 0) return whole('pages-less', `${now.id} pages nobody now and waits in the queue, before ${describe(was)}`)
  if (before.roles.length === 0) return whole('pages-more', `${now.id} pages ${describe(is)} now, before nobody`)
  const groups = groupTargets(was, is)
  const changes = groups.flatMap((group) => diffGroup(now.id, group, path))
  return changes.length > 0 || was.endMs === is.endMs ? changes : [endChange(now.id, was, is, path)]
}

interface Group {
  readonly names: readonly string[]
  readonly before: readonly number[] | undefined
  readonly now: readonly number[] | undefined
}

/** Targets that change alike are told together. */
function groupTargets(was: Paging, is: Paging): Group[] {
  const groups = new Map<string, { names: string[]; before: readonly number[] | undefined; now: readonly number[] | undefined }>()
  for (const target of new Set([...is.targets.keys(), ...was.targets.keys()])) {
    const before = was.targets.get(target)
    const now = is.targets.get(target)
    const key = JSON.stringify([before ?? null, now ?? null])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { names: [nameOf(target)], before, now })
    else group.names.push(nameOf(target))
  }
  return [...groups.values()]
}

function diffGroup(row: string, { names, before, now }: Group, path: Path): Change[] {
  const who = listed(names)
  const change = (code: Change['code'], effect: Effect, sentence: string, key = 'escalation'): Change[] => [
    { code, effect, path: [...path, key], side: 'after', sentence },
  ]
  const [first, was] = [now?.[0], before?.[0]]
  if (first === undefined) return change('first-page', 'pages-less', `${row} no longer pages ${who}, before ${when(was)}`, 'roles_paged')
  if (was === undefined)
    return change('first-page', 'pages-more', `${row} pages ${who} ${when(first)} now, before not at all`, 'roles_paged')
  if (first !== was) {
    const effect = first > was ? 'pages-less' : 'pages-more'
    return change('first-page', effect, `${row} now pages ${who} ${when(first)} instead of ${when(was)}`)
  }
  const effect = compareInstants(before ?? [], now ?? [])
  if (effect === null) return []
  const [many, few] = [now?.length ?? 0, before?.length ?? 0]
  if (many !== few) return change('repeated-pages', effect, `${row} pages ${who} ${times(many)} now, before ${times(few)}`)
  const at = (now ?? []).findIndex((instant, index) => instant !== before?.[index])
  return change('repeated-pages', effect, `${row} pages ${who} again ${when(now?.[at])} now, before ${when(before?.[at])}`)
}

function endChange(row: string, was: Paging, is: Paging, path: Path): Change {
  return {
    code: 'escalation-end',
    effect: is.endMs > was.endMs ? 'pages-less' : 'pages-more',
    path: [...path, 'escalation'],
    side: 'after',
    sentence: `When nobody answers, ${row} tells the owners that paging has ended ${when(is.endMs)} now, before ${when(was.endMs)}`,
  }
}

/** For rows that differ only in how they are written. */
export function isSamePolicy(before: SeverityRow, now: SeverityRow): boolean {
  return JSON.stringify(before.escalation) === JSON.stringify(now.escalation) && sameList(before.roles, now.roles)
}

/** `DevSecOps and CTO at once, who is next on call after 2 min`. */
export function describeRow(row: SeverityRow): string {
  return row.roles.length === 0 ? 'nobody' : describe(pagingOf(row))
}

const DESCRIBED_MAX = 4

function describe({ targets }: Paging): string {
  const byInstant = new Map<number, string[]>()
  for (const [target, [first = 0]] of targets) byInstant.set(first, [...(byInstant.get(first) ?? []), nameOf(target)])
  const parts = [...byInstant].sort(([one], [other]) => one - other).map(([instant, names]) => `${listed(names)} ${when(instant)}`)
  return [...parts.slice(0, DESCRIBED_MAX), ...(parts.length > DESCRIBED_MAX ? ['and others later'] : [])].join(', ')
}

function nameOf(target: string): string {
  return target === NEXT ? 'who is next on call' : target === OWNERS ? 'the owners' : target
}

function when(ms: number | undefined): string {
  return afterWords(ms ?? 0)
}
