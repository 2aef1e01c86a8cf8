/** What an incident owes: the first answer, the post-mortem, and updates to each audience of the communication plan. */
import type { Clock } from '../../incident/clock.ts'
import type { Instant } from '../../time.ts'
import { listed, shown } from '../diff/words.ts'
import { formatDuration } from '../duration.ts'
import type { CommunicationRow, SeverityRow } from '../playbook.ts'
import type { Clause, Clauses } from './clause.ts'
import type { PagingAsked } from './paging.ts'

export interface ExplainedClock {
  readonly kind: string
  /** Null: it starts with something that has not happened. */
  readonly dueAt: Instant | null
  readonly dueAfterMs: number | null
  readonly sentence: string
  readonly clause: Clause
}

export interface ExplainedUpdate {
  readonly audience: string
  readonly channels: readonly string[]
  readonly content: string
  /** Null: on every change. */
  readonly everyMs: number | null
  readonly firstDueAt: Instant
  readonly sentence: string
  readonly clause: Clause
}

export interface ExplainedOwed {
  readonly clocks: readonly ExplainedClock[]
  readonly updates: readonly ExplainedUpdate[]
}

export function explainOwed(asked: PagingAsked): ExplainedOwed {
  const { playbook, row, at, clauses, simulated } = asked
  return {
    clocks: simulated.clocks.map((clock) => explainClock(clock, asked)),
    updates: playbook.communication.flatMap((update, index) =>
      update.severities.includes(row.id) ? [explainUpdate(update, at, clauses.find(['communication', index]))] : [],
    ),
  }
}

function explainClock(clock: Clock, { playbook, row, at, clauses }: PagingAsked): ExplainedClock {
  const { kind, clause, dueAt }: Pick<Clock, 'clause' | 'dueAt'> & { readonly kind: string } = clock
  const due = { kind, dueAt, dueAfterMs: dueAt === null ? null : dueAt - at }
  if (kind === 'response') return { ...due, sentence: responseSentence(row), clause: responseClause(clauses, row) }
  if (kind === 'post-mortem') {
    const sentence = `A post-mortem is due ${formatDuration(playbook.postMortem.withinMs)} after the resolution.`
    return { ...due, sentence, clause: clauses.find(['post_mortem', 'within'], ['post_mortem']) }
  }
  return { ...due, sentence: `${clause}.`, clause: clauses.find([kind]) }
}

function responseSentence({ id, responseMs, roles }: SeverityRow): string {
  const within = formatDuration(responseMs)
  return roles.length === 0
    ? `${shown(id)} pages nobody: it waits in the queue, and must be taken within ${within}.`
    : `${shown(id)} must be acknowledged within ${within}.`
}

function responseClause(clauses: Clauses, { rank }: SeverityRow): Clause {
  return clauses.find(['severities', rank, 'response_time'])
}

function explainUpdate({ audience, channels, content, everyMs }: CommunicationRow, at: Instant, clause: Clause): ExplainedUpdate {
  const often = everyMs === null ? 'on every change' : `every ${formatDuration(everyMs)} while it is open`
  const sentence = `${shown(audience)} hear by ${listed(channels)}, ${often}.`
  return { audience, channels, content, everyMs, firstDueAt: everyMs === null ? at : at + everyMs, sentence, clause }
}
