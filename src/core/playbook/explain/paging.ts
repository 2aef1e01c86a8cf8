/** Who is paged when, in the words of the playbook: each page with the step of the escalation that asks for it. */
import type { PersonId } from '../../id.ts'
import type { NoticeAbout } from '../../incident/event.ts'
import type { Instant } from '../../time.ts'
import { shown, times } from '../diff/words.ts'
import { formatDuration } from '../duration.ts'
import type { Playbook, SeverityRow } from '../playbook.ts'
import type { Clause, Clauses } from './clause.ts'
import type { Simulated, SimulatedPage } from './simulate.ts'

interface Moment {
  readonly afterMs: number
  readonly at: Instant
}

interface Reached {
  readonly id: PersonId
  readonly name: string
  readonly channels: readonly string[]
}

export interface ExplainedPage extends Moment {
  readonly role: string
  readonly person: Reached
  /** Of the person's channels those that wait, unless somebody acknowledges before. */
  readonly later: readonly (Moment & { readonly channel: string })[]
  /** End of the quiet hours that hold it; null: none do. */
  readonly heldUntil: Instant | null
  /** From 1. */
  readonly step: number
  /** From 1. */
  readonly round: number
  readonly because: string
  readonly clause: Clause
}

export interface ExplainedNotice extends Moment {
  readonly about: NoticeAbout
  readonly people: readonly Reached[]
  readonly sentence: string
  readonly clause: Clause
}

/** What happens when nobody has answered. */
export interface ExplainedEnd extends Moment {
  readonly sentence: string
  readonly clause: Clause
}

export interface PagingAsked {
  readonly playbook: Playbook
  readonly clauses: Clauses
  readonly row: SeverityRow
  readonly at: Instant
  readonly simulated: Simulated
}

export interface ExplainedPaging {
  readonly pages: readonly ExplainedPage[]
  readonly pagesCut: boolean
  readonly notices: readonly ExplainedNotice[]
  readonly end: ExplainedEnd | null
}

export function explainPaging(asked: PagingAsked): ExplainedPaging {
  const { simulated, at } = asked
  const moment = (instant: Instant): Moment => ({ afterMs: instant - at, at: instant })
  return {
    pages: simulated.pages.map((page) => ({
      ...moment(page.at),
      ...explainPage(page, asked),
      later: Object.entries(page.later).map(([channel, dueAt]) => ({ channel, ...moment(dueAt) })),
      heldUntil: page.heldUntil,
    })),
    pagesCut: simulated.cut,
    notices: simulated.notices.map((notice) => ({
      ...moment(notice.at),
      about: notice.about,
      people: notice.people,
      ...explainNotice(notice.about, asked),
    })),
    end: simulated.exhaustedAt === null ? null : { ...moment(simulated.exhaustedAt), ...explainEnd(simulated.exhaustedAt, asked) },
  }
}

function explainPage(page: SimulatedPage, { row, clauses }: PagingAsked): Omit<ExplainedPage, keyof Moment | 'later' | 'heldUntil'> {
  const { role, personId, personName, channels, round, step, because } = page
  const place = row.escalation.steps.slice(0, step).filter((earlier) => earlier.waitMs > 0).length
  const steps = ['escalation', 'steps', place, 'page'] as const
  const first = step === 0 && round === 0
  const paged = ['severities', row.rank, 'roles_paged'] as const
  return {
    role,
    person: { id: personId, name: personName, channels },
    step: place + 1,
    round: round + 1,
    because: because === '' ? reasonOf(role, first) : because,
    clause: first
      ? clauses.find([...paged, row.roles.indexOf(role)], paged)
      : clauses.find(['severities', row.rank, ...steps], steps, ['escalation']),
  }
}

function reasonOf(role: string, first: boolean): string {
  return first ? `On call for ${shown(role)}.` : `On call for ${shown(role)}, who has not answered.`
}

function explainNotice(about: NoticeAbout, { row, clauses }: PagingAsked): { sentence: string; clause: Clause } {
  const path = ['severities', row.rank] as const
  if (about === 'queue-overdue') {
    const sentence = `Nobody has taken it within ${formatDuration(row.responseMs)}: they are told, not paged.`
    return { sentence, clause: clauses.find([...path, 'notify'], [...path, 'response_time']) }
  }
  if (about === 'exhausted') {
    const sentence = 'Paging has ended and nobody has answered: they are told so.'
    return { sentence, clause: escalationClause(clauses, row, 'rounds') }
  }
  return { sentence: `They are told: ${about}.`, clause: clauses.find(path) }
}

function escalationClause(clauses: Clauses, { rank }: SeverityRow, key: string): Clause {
  return clauses.find(['severities', rank, 'escalation', key], ['severities', rank, 'escalation'], ['escalation', key], ['escalation'])
}

function explainEnd(exhaustedAt: Instant, { row, clauses, at }: PagingAsked): { sentence: string; clause: Clause } {
  const { rounds } = row.escalation
  const sentence = `If nobody answers, the steps of ${shown(row.id)} have run ${times(rounds)} after ${formatDuration(exhaustedAt - at)}. Every owner is told, nobody is paged any more, and the incident stays open.`
  return { sentence, clause: escalationClause(clauses, row, 'rounds') }
}
