/** Why a duty of an incident did not come to a person: who held the role, who answered first, how far the escalation went. */
import type { PersonId } from '../id.ts'
import type { Duty, PageState } from '../incident/incident.ts'
import { peopleOf } from '../incident/plan.ts'
import type { Roster } from '../oncall/roster.ts'
import type { SeverityRow } from '../playbook/playbook.ts'
import type { Instant } from '../time.ts'
import type { PersonVerdict } from './verdict.ts'

export interface DutyJudgement {
  readonly verdict: PersonVerdict
  readonly at: Instant
  /** Whole sentences, without the time. */
  readonly sentence: string
  /** Step of the escalation that would reach them, from 0; null: none does. */
  readonly step: number | null
}

export interface DutyQuestion {
  readonly duty: Duty
  /** When it was over, by its incident's events; null: it is not, or nobody knows. */
  readonly endedAt: Instant | null
  /** Pages that were made for it. */
  readonly pages: readonly PageState[]
  readonly row: SeverityRow
  /** As of the beginning of the duty, of the team that held it. */
  readonly roster: Roster
  readonly person: { readonly id: PersonId; readonly name: string }
  readonly nameOf: (id: PersonId) => string
}

/** For somebody who has no page of this duty. */
export function judgeDuty(question: DutyQuestion): DutyJudgement {
  const { duty, row, roster, person } = question
  if (duty.personId !== undefined && duty.personId !== person.id) {
    return { verdict: 'not-called-in', at: duty.since, step: null, sentence: `${duty.role} was called in by name, ${person.name} was not.` }
  }
  const step = row.escalation.steps.findIndex((one) => peopleOf(one, duty, roster).some(({ personId }) => personId === person.id))
  if (step === -1) return { verdict: 'not-in-role', at: duty.since, step: null, sentence: holders(question) }
  return beforeStep(question, step)
}

function holders({ duty, roster, person, nameOf, pages }: DutyQuestion): string {
  const held = roster.roles[duty.role]
  const names = (held?.current ?? []).map(nameOf)
  const next = (held?.next ?? []).map(nameOf)
  const who = names.length === 0 ? 'nobody, so the owners are paged' : listed(names)
  const then = next.length === 0 ? '' : ` Next was ${listed(next)}.`
  const paged = pages.length === 0 ? '' : ` Paged for it: ${listed(pages.map((page) => nameOf(page.personId)))}.`
  return `${person.name} did not hold ${duty.role} then: ${who} did.${then}${paged} No later step of the escalation reaches ${person.name}.`
}

function beforeStep({ duty, endedAt, pages, person, nameOf }: DutyQuestion, step: number): DutyJudgement {
  const reach =
    step === 0
      ? `${person.name} holds ${duty.role} then by the schedule of now`
      : `Step ${step + 1} of the escalation reaches ${person.name}`
  const first = pages.filter((page) => page.step === step && page.round === 0)
  // Their step was taken, and others were paged by it.
  if (first.length > 0) {
    const sentence = `${reach}, yet the page went to ${listed(first.map((page) => nameOf(page.personId)))}: the schedule, an override or the people have changed since.`
    return { verdict: 'schedule-changed', at: first[0]?.at ?? duty.since, step, sentence }
  }
  switch (duty.state) {
    case 'acknowledged': {
      const by = duty.acknowledgedBy === null ? 'The source' : nameOf(duty.acknowledgedBy)
      const sentence = `${by} acknowledged for ${duty.role} before. ${reach}: it was not needed.`
      return { verdict: 'already-acknowledged', at: duty.acknowledgedAt ?? duty.since, step, sentence }
    }
    case 'released':
      return { verdict: 'released', at: endedAt ?? duty.since, step, sentence: `The duty of ${duty.role} was released before. ${reach}.` }
    case 'open':
    case 'exhausted':
      return { verdict: 'not-yet', at: duty.since, step, sentence: `${reach}, which has not come yet.` }
    case 'ended':
      return { verdict: 'duty-ended', at: endedAt ?? duty.since, step, sentence: `The duty of ${duty.role} ended before. ${reach}.` }
  }
}

export function listed(words: readonly string[]): string {
  const unique = [...new Set(words)]
  return unique.length < 2 ? unique.join('') : `${unique.slice(0, -1).join(', ')} and ${unique.at(-1)}`
}
