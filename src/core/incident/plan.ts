/**
 * What should have been done by now, and when to look again: a fold over facts. Asked twice with the same facts it
 * answers the same, so a lost timer, a crash or a week of downtime loses no step.
 */
import { asId, type DutyId, type PageKey, type PersonId } from '../id.ts'
import type { Roster } from '../oncall/roster.ts'
import type { ImpactMet } from '../playbook/impact.ts'
import { type EscalationStep, type Playbook, type SeverityRow, severityRow } from '../playbook/playbook.ts'
import { earliest, type Instant, SECOND_MS } from '../time.ts'
import { type Clock, clocksOf } from './clock.ts'
import { COMMANDER_ROLE } from './decide.ts'
import type { NoticeAbout, Summoned } from './event.ts'
import { flappingOf } from './flapping.ts'
import { type Duty, type Incident, isOpen, type PageState } from './incident.ts'
import { lookAtSeverity } from './severity.ts'
import { endOf, quietAt } from './quiet.ts'
import { wantedAt } from './snooze.ts'

/** While a page is with the outbox and nothing has been heard of it, look again this often. */
export const LOOK_AGAIN_MS = 30 * SECOND_MS

export type PlannedStep =
  | {
      readonly kind: 'page'
      readonly duty: DutyId
      readonly role: string
      readonly round: number
      readonly step: number
      readonly people: readonly PlannedPage[]
      /** Nobody is awake: even the console lists it only when quiet hours end, and the wait of the step runs from there. */
      readonly allHeld?: true
    }
  | { readonly kind: 'exhaust'; readonly duty: DutyId; readonly role: string }
  | { readonly kind: 'breach'; readonly severity: string; readonly dueAt: Instant }
  | { readonly kind: 'notify'; readonly key: string; readonly about: NoticeAbout; readonly people: readonly PersonId[] }
  | { readonly kind: 'resolve'; readonly reason: string }
  /** A snooze is over. */
  | { readonly kind: 'wake-up'; readonly wanted: readonly Summoned[] }
  /** Its resolution, to whoever leads it. */
  | {
      readonly kind: 'propose'
      readonly key: string
      readonly since: Instant
      readonly reason: string
      readonly people: readonly PersonId[]
    }
  /** What is measured makes it another row: comes alone, since it changes who is to be paged. */
  | { readonly kind: 'severity'; readonly met: ImpactMet }

export interface PlannedPage {
  readonly key: PageKey
  readonly personId: PersonId
  readonly because: string
  /** End of their quiet hours, for which it waits; left out: it waits for none. */
  readonly heldUntil?: Instant
}

export interface Plan {
  readonly steps: readonly PlannedStep[]
  readonly clocks: readonly Clock[]
  /** When to ask again though nothing happened; null: only an event can change the answer. */
  readonly wakeAt: Instant | null
}

interface Look {
  readonly steps: readonly PlannedStep[]
  readonly wakeAt: Instant | null
}

const NOTHING: Look = { steps: [], wakeAt: null }

export function plan(incident: Incident, playbook: Playbook, roster: Roster, now: Instant): Plan {
  const clocks = incident.id === null ? [] : clocksOf(incident, playbook, now)
  const clocksEnd = earliest(clocks.map((clock) => (clock.state === 'running' && clock.dueAt !== null ? clock.dueAt : null)))
  if (!isOpen(incident) || incident.id === null) return { steps: [], clocks, wakeAt: clocksEnd }
  const severity = lookAtSeverity(incident, playbook, now)
  if (severity.change !== null) return { steps: [{ kind: 'severity', met: severity.change }], clocks, wakeAt: null }
  const row = severityRow(playbook, incident.severity)
  const looks = [
    ...incident.duties.map((duty) => (duty.state === 'open' ? lookAtDuty(incident, duty, row, roster, now) : NOTHING)),
    lookAtExhausted(incident, roster),
    lookAtResponse(incident, row, roster, now),
    lookAtGreen(incident, playbook, roster, now),
    lookAtSnooze(incident, now),
  ]
  const wakeAt = earliest([clocksEnd, severity.wakeAt, ...looks.map((look) => look.wakeAt)])
  return { steps: looks.flatMap((look) => look.steps), clocks, wakeAt }
}

/** Where an escalation stands: begun at once, then each step waits from the hand-over of the one before. */
function lookAtDuty(incident: Incident, duty: Duty, row: SeverityRow, roster: Roster, now: Instant): Look {
  const due = nextStepDue(incident, duty, row, now)
  if (due.at === null || due.at > now) return { steps: [], wakeAt: due.at ?? due.lookAgainAt }
  return { steps: nextSteps(incident, duty, row, roster, now), wakeAt: null }
}

function nextStepDue(incident: Incident, duty: Duty, row: SeverityRow, now: Instant): { at: Instant | null; lookAgainAt: Instant | null } {
  if (duty.step === -1 || duty.hurried) return { at: now, lookAgainAt: null }
  const pages = incident.pages.filter((page) => page.duty === duty.id && page.round === duty.round && page.step === duty.step)
  const waitMs = row.escalation.steps[duty.step]?.waitMs ?? 0
  const anchor = earliest(pages.map((page) => page.handedOverAt))
  if (anchor !== null) return { at: anchor + waitMs, lookAgainAt: null }
  if (pages.every(isDead)) return { at: now, lookAgainAt: null }
  const trouble = earliest(pages.map((page) => page.troubleAt))
  if (trouble !== null) return { at: trouble + waitMs, lookAgainAt: null }
  // Held to the last, it is looked at when the first of them is sent.
  const heldUntil = earliest(pages.map((page) => page.heldUntil ?? now)) ?? now
  return { at: null, lookAgainAt: Math.max(now + LOOK_AGAIN_MS, heldUntil) }
}

function isDead(page: PageState): boolean {
  return page.channels.every((channel) => page.deadChannels.includes(channel))
}

/** The next step that reaches somebody, else the end of the policy; with those after it that quiet hours must not wait for. */
function nextSteps(incident: Incident, duty: Duty, row: SeverityRow, roster: Roster, now: Instant): readonly PlannedStep[] {
  const { steps, rounds } = row.escalation
  const scene = { incident, duty, row, roster, now, reach: (step: EscalationStep) => peopleOf(step, duty, roster) }
  const found: PlannedStep[] = []
  for (let round = duty.round, step = duty.step + 1; round < rounds; round += 1, step = 0) {
    for (; step < steps.length; step += 1) {
      const policyStep = steps[step]
      if (policyStep === undefined) break
      const quiet = quietAt(scene, step)
      const people = scene.reach(policyStep).map(({ personId, because }): PlannedPage => {
        const heldUntil = quiet === 'void' ? null : endOf(scene, personId)
        const key = asId<PageKey>(`${duty.id}/${round}.${step}/${personId}`)
        return { key, personId, because, ...(heldUntil === null ? {} : { heldUntil }) }
      })
      if (people.length === 0) continue
      const held = quiet === 'all-held' ? { allHeld: true as const } : {}
      found.push({ kind: 'page', duty: duty.id, role: duty.role, round, step, people, ...held })
      if (quiet !== 'later-awake') return found
    }
  }
  return found.length > 0 ? found : [{ kind: 'exhaust', duty: duty.id, role: duty.role }]
}

/** Whom a step of the escalation reaches for that duty, by that roster, and why where it is not simply who holds the role. */
export function peopleOf(
  step: EscalationStep,
  { role, personId: wanted }: Duty,
  roster: Roster,
): { personId: PersonId; because: string }[] {
  if (step.page === 'on-call' && wanted !== undefined) return [{ personId: wanted, because: '' }]
  if (step.page === 'owners') return owners(roster, 'Nobody answered before, so every owner is paged.')
  if (step.page === 'next') {
    return (roster.roles[role]?.next ?? []).map((personId) => ({ personId, because: `Next on call for ${role}.` }))
  }
  const held = step.page === 'on-call' ? role : step.page.role
  const current = roster.roles[held]?.current ?? []
  const because = held === role ? '' : `${role} did not answer, so ${held} is paged.`
  if (current.length === 0) return owners(roster, `Nobody is on call for ${held}, so every owner is paged.`)
  return current.map((personId) => ({ personId, because }))
}

function owners(roster: Roster, because: string): { personId: PersonId; because: string }[] {
  return roster.owners.map((personId) => ({ personId, because }))
}

/** A duty whose policy ran out says so to every owner, once. */
function lookAtExhausted(incident: Incident, roster: Roster): Look {
  const steps = incident.duties
    .filter((duty) => duty.state === 'exhausted')
    .map((duty): PlannedStep => ({ kind: 'notify', key: `${duty.id}/exhausted`, about: 'exhausted', people: roster.owners }))
  return { steps: steps.filter((step) => !isGiven(incident, step)), wakeAt: null }
}

/** The response clock that runs out is a fact of its own; a row that pages nobody then tells somebody. */
function lookAtResponse(incident: Incident, row: SeverityRow, roster: Roster, now: Instant): Look {
  const response = incident.responses.at(-1)
  if (response === undefined || response.metAt !== null || response.waivedAt !== null || response.breachedAt !== null) return NOTHING
  if (response.dueAt > now) return { steps: [], wakeAt: response.dueAt }
  const breach: PlannedStep = { kind: 'breach', severity: response.severity, dueAt: response.dueAt }
  if (row.roles.length > 0) return { steps: [breach], wakeAt: null }
  const held = row.notify.flatMap((role) => roster.roles[role]?.current ?? [])
  const people = held.length > 0 ? [...new Set(held)] : roster.owners
  const key = `${incident.id}/queue/${incident.responses.length}`
  return { steps: [breach, { kind: 'notify', key, about: 'queue-overdue', people }], wakeAt: null }
}

/**
 * Green for the playbook's quiet time, and steady: resolves where the playbook says so, else is proposed to the commander.
 * What no monitor watches is never resolved by itself: that people closed a ticket is not that the service is restored.
 * Whoever has said that it is not over is not asked again before an alert has fired.
 */
function lookAtGreen(incident: Incident, playbook: Playbook, roster: Roster, now: Instant): Look {
  if (incident.greenSince === null || incident.keptOpen?.since === incident.greenSince) return NOTHING
  if (incident.chore) return { steps: [{ kind: 'resolve', reason: 'What it was about is done.' }], wakeAt: null }
  const greenAt = Math.max(incident.greenSince + playbook.resolution.quietMs, flappingOf(incident, playbook.resolution, now)?.until ?? 0)
  if (greenAt > now) return { steps: [], wakeAt: greenAt }
  if (incident.monitored && playbook.resolution.automatic.includes(incident.severity)) {
    return { steps: [{ kind: 'resolve', reason: 'Every alert has been clear for the playbook’s quiet time.' }], wakeAt: null }
  }
  const commander = incident.roles[COMMANDER_ROLE]?.personId
  const people = commander === undefined ? roster.owners : [commander]
  const reason = incident.monitored
    ? 'Every alert has been clear for the playbook’s quiet time.'
    : 'Whoever reported it says that it is over. Nothing monitors it: a person must attest that the service is restored.'
  const step: PlannedStep = {
    kind: 'propose',
    key: `${incident.id}/green/${incident.greenSince}`,
    since: incident.greenSince,
    reason,
    people,
  }
  return { steps: isGiven(incident, step) ? [] : [step], wakeAt: null }
}

function lookAtSnooze(incident: Incident, now: Instant): Look {
  const { snooze } = incident
  if (snooze === null) return NOTHING
  return snooze.until > now
    ? { steps: [], wakeAt: snooze.until }
    : { steps: [{ kind: 'wake-up', wanted: wantedAt(incident, snooze) }], wakeAt: null }
}

function isGiven(incident: Incident, step: PlannedStep): boolean {
  return (step.kind === 'notify' || step.kind === 'propose') && incident.notices.some((notice) => notice.key === step.key)
}
