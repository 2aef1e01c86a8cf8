/**
 * The timeline in words: one plain sentence an event, from what the event itself carries, so that what people read and
 * what is kept cannot differ. What strangers sent is quoted as it is; whoever shows it escapes it.
 */
import type { EventOf, IncidentEvent, NoticeAbout, PagedPerson } from '../incident/event.ts'
import { titleOfMeasure } from '../playbook/measure.ts'
import { formatQuantity } from '../playbook/quantity.ts'
import { asId, type DutyId, type PageKey, type PersonId } from '../id.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS, toRfc3339 } from '../time.ts'

/** Names that events hold only by id. */
export interface Names {
  readonly person: (id: PersonId) => string
  /** Title of an incident role, such as `Incident commander` for `incident-commander`. */
  readonly role: (id: string) => string
  /** Title of an incident type. */
  readonly type: (id: string) => string
}

const SAMPLE_MAX = 3

/** One sentence, without the time and without markup. */
export function sentenceOf(event: IncidentEvent, names: Names): string {
  switch (event.type) {
    case 'incident.opened':
      return `${event.by.name} opened it as ${event.severity}${because(event.severityReason)}.`
    case 'incident.alerts-changed':
      return alertsChanged(event)
    case 'incident.turned-green':
      return 'All alerts are clear.'
    case 'incident.turned-red':
      return 'Alerts fire again.'
    case 'incident.resolution-proposed':
      return `Resolving it was proposed to ${listed(event.people.map(names.person))}: ${event.reason.replace(/\.$/, '')}.`
    case 'incident.resolution-declined':
      return `${event.by.name} keeps it open though all alerts are clear${because(event.reason)}.`
    case 'incident.merged':
      return `${event.by.name} merged it into incident ${event.into.number}, which goes on in its place${because(event.reason)}.`
    case 'incident.unmerged':
      return `${event.by.name} took it out of incident ${event.from.number} again${because(event.reason)}.`
    case 'incident.took-in':
      return `${event.by.name} merged incident ${event.from.number} into this one${because(event.reason)}.`
    case 'incident.gave-back':
      return `${event.by.name} took incident ${event.to.number} out of this one again${because(event.reason)}.`
    case 'incident.linked':
      return `${event.by.name} linked it with incident ${event.other.number}${because(event.reason)}.`
    case 'incident.unlinked':
      return `${event.by.name} ended the link with incident ${event.other.number}${because(event.reason)}.`
    case 'incident.paged':
      return `Paged ${listed(event.pages.map((page) => paged(page, event.held)))}.`
    case 'incident.page-handed-over':
      return `Page to ${people(event.pages, names)} handed to ${event.channel}.`
    case 'incident.page-failed':
      return `Page to ${people(event.pages, names)} by ${event.channel} failed${event.final ? ' for good' : ', will be tried again'}: ${event.reason}.`
    case 'incident.acknowledged':
      return `${event.by.name} acknowledged${forDuties(event.duties)} by ${event.via}${withOthers(event.others ?? 0)}.`
    case 'incident.page-declined':
      return `${event.by.name} cannot take it${forDuties(event.duties)}: the next person is paged now.`
    case 'incident.summoned':
      return `${event.by.name} called in ${event.wanted.kind === 'role' ? event.wanted.role : event.wanted.personName}${because(event.reason)}.`
    case 'incident.duties-released':
      return `${event.by.name} released ${listed(event.duties.map(roleOfDuty))}${because(event.reason)}.`
    case 'incident.escalation-exhausted':
      return `Nobody of ${event.role} answered: every step of the escalation has been used.`
    case 'incident.response-breached':
      return `Nobody acknowledged in time for ${event.severity}: it was due at ${toRfc3339(event.dueAt)}.`
    case 'incident.notified':
      return `Told ${listed(event.people.map(names.person))}: ${NOTICES[event.about]}.`
    case 'incident.triaged':
      return `${event.by.name} triaged it${event.incidentType === null ? '' : ` as ${names.type(event.incidentType)}`}.`
    case 'incident.severity-changed':
      return `${event.by.name} ${event.raised ? 'raised' : 'lowered'} the severity from ${event.from} to ${event.to}${because(event.reason)}.`
    case 'incident.impact-measured':
      return `${event.by.name} measured ${titleOfMeasure(event.measure).toLowerCase()}: ${formatQuantity(event)}${because(event.reason)}.`
    case 'incident.mitigation-started':
      return `${event.by.name} started mitigation.`
    case 'incident.resolved':
      return `${event.by.name} ${event.attested === true ? 'attested that it is over and ' : ''}resolved it${stillFiring(event.firing ?? 0)}${because(event.reason)}.`
    case 'incident.service-named':
      return `${event.by.name} said ${event.service === null ? 'that no service is known to be hit' : `that ${event.service} is hit`}${because(event.reason)}.`
    case 'incident.playbook-moved':
      return `${event.by.name} moved it to another version of the playbook${because(event.reason)}.`
    case 'incident.snoozed':
      return `${event.by.name} has it, and is paged again at ${toRfc3339(event.until)}${because(event.reason)}.`
    case 'incident.woken':
      return event.by.kind === 'system' ? 'The snooze is over.' : `${event.by.name} ended the snooze.`
    case 'incident.went-back':
      return `${event.by.name} went back from ${event.from} to ${event.to}${because(event.reason)}.`
    case 'incident.reopened':
      return `${event.by.name} reopened it${because(event.reason)}.`
    case 'incident.reviewed':
      return `${event.by.name} finished the review.`
    case 'incident.closed':
      return `${event.by.name} closed it${because(event.reason)}.`
    case 'incident.noted':
      return `${event.by.name}: ${event.text}`
    case 'incident.fact-recorded':
      return `${event.by.name} recorded ${event.fact.replaceAll('_', ' ')} as of ${toRfc3339(event.factAt)}${because(event.reason)}.`
    case 'incident.role-assigned':
      return roleAssigned(event, names)
  }
}

/** A span as people say it: `3 min 41 s`, `48 h`; the two largest units, rounded down. */
export function spanOf(ms: number): string {
  const hours = Math.floor(ms / HOUR_MS)
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS)
  const seconds = Math.floor((ms % MINUTE_MS) / SECOND_MS)
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`
  if (minutes > 0) return seconds > 0 ? `${minutes} min ${seconds} s` : `${minutes} min`
  return `${seconds} s`
}

const NOTICES: Readonly<Record<NoticeAbout, string>> = {
  'queue-overdue': 'it waits in the queue past its time',
  green: 'all alerts are clear, it can be resolved',
  exhausted: 'nobody answered',
}

function alertsChanged(event: IncidentEvent & { type: 'incident.alerts-changed' }): string {
  const changes = [
    ...(event.opened > 0 ? [`${count(event.opened, 'alert')} began to fire`] : []),
    ...(event.resolved > 0 ? [`${count(event.resolved, 'alert')} cleared`] : []),
  ]
  const sample = event.sample.length > 0 ? `: ${event.sample.slice(0, SAMPLE_MAX).join('; ')}` : ''
  const what = changes.length > 0 ? changes.join(', ') : 'Alerts changed'
  return `${what}${sample} (${event.firing} of ${event.total} firing).`
}

function roleAssigned(event: IncidentEvent & { type: 'incident.role-assigned' }, names: Names): string {
  const took = event.by.kind === 'person' && event.by.id === event.personId
  return took
    ? `${event.personName} took the role ${names.role(event.role)}.`
    : `${event.by.name} gave the role ${names.role(event.role)} to ${event.personName}.`
}

function paged(page: PagedPerson, held: EventOf<'incident.paged'>['held']): string {
  const why = page.because === '' ? '' : `; ${page.because.replace(/\.$/, '')}`
  return `${page.personName} (${page.role}${why}${held?.[page.personId] === undefined ? '' : '; held by quiet hours'})`
}

function forDuties(duties: readonly DutyId[]): string {
  return duties.length === 0 ? '' : ` for ${listed(duties.map(roleOfDuty))}`
}

/** `<incident id>/<severity>.<n>/<role>`; a role's own name may hold slashes. */
function roleOfDuty(duty: DutyId): string {
  return duty.split('/').slice(2).join('/')
}

function people(pages: readonly PageKey[], names: Names): string {
  const ids = new Set(pages.map((page) => page.slice(page.lastIndexOf('/') + 1)))
  return listed([...ids].map((id) => names.person(asId<PersonId>(id))))
}

function withOthers(others: number): string {
  return others === 0 ? '' : `, with ${count(others, 'more incident')} of the same message`
}

function stillFiring(firing: number): string {
  return firing === 0 ? '' : ` while ${count(firing, 'alert')} still ${firing === 1 ? 'fires' : 'fire'}`
}

function because(reason: string): string {
  return reason === '' ? '' : `: ${reason.replace(/\.$/, '')}`
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}

/** `a`, `a and b`, `a, b and c`. */
function listed(words: readonly string[]): string {
  const unique = [...new Set(words)]
  return unique.length < 2 ? unique.join('') : `${unique.slice(0, -1).join(', ')} and ${unique.at(-1)}`
}
