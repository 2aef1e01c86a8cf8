/** "Why was I not paged?": the pages that were made for a person, else the duties that did not come to them, each with its evidence. */
import type { Page, PersonRef, WhyPerson, WhyStep } from '../../api/schema.ts'
import type { PersonId } from '../../core/id.ts'
import type { Duty, Incident } from '../../core/incident/incident.ts'
import type { Roster } from '../../core/oncall/roster.ts'
import type { Clauses } from '../../core/playbook/explain/clause.ts'
import { type Playbook, severityRow } from '../../core/playbook/playbook.ts'
import type { Instant } from '../../core/time.ts'
import { type DutyJudgement, judgeDuty } from '../../core/why/duty.ts'
import { type PersonVerdict, strongest } from '../../core/why/verdict.ts'
import type { OnCallItem } from '../oncall/rosters.ts'
import { judgePage } from './judge-page.ts'
import { eventStep, type KnownEvent, step } from './step.ts'
import type { Names } from '../../core/timeline/sentence.ts'

export interface PersonQuestion {
  readonly person: PersonRef
  readonly disabled: boolean
  readonly incident: Incident
  readonly incidentId: string
  readonly playbook: Playbook
  readonly clauses: Clauses
  readonly events: readonly KnownEvent[]
  readonly pages: readonly Page[]
  readonly names: Names
  /** By the schedules and people of now. */
  readonly rosterAt: (instant: Instant, team?: string | null) => Roster
  /** Who holds what by which schedule. */
  readonly itemsAt: (instant: Instant) => Promise<readonly OnCallItem[]>
  /** When the alert that is asked about came, where it joined an incident; null: the incident itself is asked about. */
  readonly alertAt: Instant | null
}

export async function whyPerson(question: PersonQuestion): Promise<WhyPerson> {
  const { person, pages, disabled, incident, names } = question
  const own = pages.filter((page) => page.person.id === person.id)
  if (own.length > 0) return answer(question, own.map(judgePage), inOrder([...own.flatMap(pageSteps), ...toldSteps(question)]))
  if (disabled) return plain(question, 'disabled', `The account of ${person.name} is disabled: nobody disabled is paged.`)
  if (incident.duties.length === 0) return pagesNobody(question)
  const judged: DutyJudgement[] = []
  const steps: WhyStep[] = []
  for (const duty of incident.duties) {
    const judgement = judge(question, duty)
    judged.push(judgement)
    steps.push(...(await dutySteps(question, duty, judgement)))
  }
  const known = withAlert(question, judged)
  const after = known.length === judged.length ? [] : [step('assumption', LATE_ALERT)]
  return answer(question, known, [...steps, ...after, ...acknowledgements(question, names)])
}

const LATE_ALERT = 'A new alert of an incident that somebody has acknowledged pages nobody anew, unless it raises the severity.'

/** An alert that joined after the acknowledgement could page nobody, whatever the duties were. */
function withAlert({ incident, alertAt, person, names }: PersonQuestion, judged: readonly DutyJudgement[]) {
  const { acknowledgedAt, duties } = incident
  if (alertAt === null || acknowledgedAt === null || alertAt <= acknowledgedAt) return judged
  const by = duties.find((duty) => duty.acknowledgedBy !== null)?.acknowledgedBy ?? null
  const who = by === null ? 'The source' : names.person(by)
  const sentence = `${who} had acknowledged the incident before this alert joined it, so ${person.name} was not paged for it.`
  return [...judged, { verdict: 'already-acknowledged' as const, at: acknowledgedAt, sentence, step: null }]
}

function answer(
  { person }: PersonQuestion,
  judged: readonly { readonly verdict: PersonVerdict; readonly sentence: string }[],
  steps: readonly WhyStep[],
): WhyPerson {
  const best = strongest(judged)
  return { person, verdict: best?.verdict ?? 'not-in-role', sentence: best?.sentence ?? '', steps: [...steps] }
}

function plain({ person }: PersonQuestion, verdict: PersonVerdict, sentence: string): WhyPerson {
  return { person, verdict, sentence, steps: [] }
}

function pagesNobody({ person, incident, playbook, clauses }: PersonQuestion): WhyPerson {
  const index = playbook.severities.findIndex((row) => row.id === incident.severity)
  const sentence = incident.chore
    ? 'A task of Tocsin’s own waits in the queue and pages nobody.'
    : `${incident.severity} pages nobody, so ${person.name} was not paged either.`
  const clause = clauses.find(['severities', index, 'roles_paged'], ['severities', index])
  return { person, verdict: 'pages-nobody', sentence, steps: incident.chore ? [] : [step('severity', sentence, { clause })] }
}

function judge({ incident, playbook, events, rosterAt, person, names }: PersonQuestion, duty: Duty): DutyJudgement {
  const roster = rosterAt(duty.since, incident.team)
  return judgeDuty({
    duty,
    endedAt: endOf(duty, events),
    pages: incident.pages.filter((page) => page.duty === duty.id),
    row: severityRow(playbook, duty.severity),
    roster,
    person: { id: person.id as PersonId, name: person.name },
    nameOf: (id) => roster.people[id]?.name ?? names.person(id),
  })
}

const ENDING: ReadonlySet<string> = new Set([
  'incident.severity-changed',
  'incident.resolved',
  'incident.closed',
  'incident.service-named',
  'incident.triaged',
  'incident.playbook-moved',
])

function endOf(duty: Duty, events: readonly KnownEvent[]): Instant | null {
  const ended = events.find(({ event }) =>
    event.type === 'incident.duties-released'
      ? event.duties.includes(duty.id)
      : duty.state === 'ended' && event.at > duty.since && ENDING.has(event.type),
  )
  return ended?.event.at ?? null
}

async function dutySteps(question: PersonQuestion, duty: Duty, judgement: DutyJudgement): Promise<WhyStep[]> {
  const { playbook, clauses, incident, itemsAt } = question
  const index = playbook.severities.findIndex((row) => row.id === duty.severity)
  const role = playbook.severities[index]?.roles.indexOf(duty.role) ?? -1
  const began = `A duty of ${duty.role} began at ${duty.severity}.`
  const held = (await itemsAt(duty.since)).find((item) => item.kind === 'duty' && item.role === duty.role && item.team === incident.team)
  const escalation =
    judgement.step === null
      ? []
      : [
          step('duty', judgement.sentence, {
            at: judgement.at,
            clause: clauses.find(
              ['severities', index, 'escalation', 'steps', judgement.step],
              ['severities', index, 'escalation'],
              ['escalation'],
            ),
          }),
        ]
  return [
    step('duty', began, {
      at: duty.since,
      clause: clauses.find(
        ['severities', index, 'roles_paged', Math.max(role, 0)],
        ['severities', index, 'roles_paged'],
        ['severities', index],
      ),
    }),
    ...(held === undefined ? [] : [step('duty', heldSentence(held), { at: duty.since })]),
    ...(judgement.step === null ? [step('duty', judgement.sentence, { at: judgement.at })] : escalation),
  ]
}

function heldSentence({ role, people, schedule, next }: OnCallItem): string {
  const who = people.length === 0 ? 'nobody' : people.map((person) => person.name).join(', ')
  const by = schedule === null ? 'no schedule says who holds it, so the owners do' : `schedule ${schedule}`
  const then = next === null ? '' : `, next ${next.name}`
  return `${role} was held by ${who}${then} (${by}, as it is written now).`
}

/** Each page with what became of it on each channel. */
function pageSteps(page: Page): WhyStep[] {
  const because = page.because === '' ? '' : ` ${page.because}`
  const made = step('page', `A page was made for ${page.role}.${because}`, { at: Date.parse(page.created_at) })
  const deliveries = page.deliveries.map((delivery) => {
    const at = delivery.seen_at ?? delivery.delivered_at ?? delivery.sent_at ?? delivery.queued_at
    const said = [`As ${page.role} by ${delivery.channel}: ${delivery.state}`, delivery.evidence, delivery.reason ?? '']
    const sentences = said.filter((text) => text !== '').map((text) => text.replace(/[.\s]+$/, ''))
    return step('page', `${sentences.join('. ')}.`, { at: Date.parse(at) })
  })
  return [made, ...deliveries]
}

/** What the timeline says of their pages. */
function toldSteps({ events, incidentId, names, person }: PersonQuestion): WhyStep[] {
  const told = events.filter(
    ({ event }) =>
      (event.type === 'incident.paged' && event.pages.some((paged) => paged.personId === person.id)) ||
      ((event.type === 'incident.acknowledged' || event.type === 'incident.page-declined') && event.personId === person.id),
  )
  return told.map((known) => eventStep('paging', incidentId, known, names))
}

/** In the order in which it happened; what has no time stays behind what it follows. */
function inOrder(steps: readonly WhyStep[]): WhyStep[] {
  let last = ''
  return steps
    .map((one) => ({ one, at: (last = one.at ?? last) }))
    .toSorted((a, b) => a.at.localeCompare(b.at))
    .map(({ one }) => one)
}

function acknowledgements({ events, incidentId }: PersonQuestion, names: Names): WhyStep[] {
  return events
    .filter(({ event }) => event.type === 'incident.acknowledged' || event.type === 'incident.duties-released')
    .map((known) => eventStep('paging', incidentId, known, names))
}
