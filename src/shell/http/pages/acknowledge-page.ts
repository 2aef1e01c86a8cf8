/** The page behind a link that acknowledges: what broke, how bad, what first, who knows, and two buttons. */
import type { Page } from '../../../api/schema.ts'
import { isOpen } from '../../../core/incident/incident.ts'
import type { Done } from './acknowledge-act.ts'
import { FORM_ID, incidentList, shapeOf, waitingOf } from './acknowledge-list.ts'
import type { AcknowledgeView } from './acknowledge-view.ts'
import { type Html, html } from './html.ts'
import type { PageParts } from './layout.ts'
import { ago, clockTime, countdown, shortTime } from './time-words.ts'

const SUMMARY_CHARS_MAX = 600
const PEOPLE_MAX = 12

/** What this very request did; null: it only looked, or nothing was left to do. */
export type Outcome = Done | 'nothing-ticked' | null

export function acknowledgePage(view: AcknowledgeView, outcome: Outcome): PageParts {
  const { linked, number } = view
  const done = outcome === 'nothing-ticked' ? null : outcome
  const waiting = waitingOf(linked)
  const canAct = done === null && view.link.usable && waiting.length > 0
  const what = linked.length > 1 ? `${linked.length} incidents` : `incident ${number}`
  return {
    title: `${waiting.length === 0 && linked.some((one) => one.acknowledged) ? 'Acknowledged' : 'Acknowledge'} ${what}`,
    body: html`${outcome === 'nothing-ticked' && box('soon', 'Nothing was ticked', 'Nothing was acknowledged; the buttons still work.')}${linked.length > 1 && done !== null && standingOfMany(view, done)}${head(view)}${standing(view, done)}${incidentList(linked, canAct)}${firstStep(view)}${whoKnows(view)}`,
    ...(canAct ? { form: buttons(view) } : { form: openLink(view) }),
  }
}

/** "You have all 38", or what is left. */
function standingOfMany({ linked }: AcknowledgeView, { wish, count }: Done): Html {
  if (wish === 'decline') return box('soon', `You said that you cannot, of ${count} incidents`, 'the next people are being paged')
  const waiting = waitingOf(linked).length
  if (waiting === 0) return box('good', `You have all ${linked.length} incidents of this message`, '')
  return box(
    'soon',
    `You have ${count} of ${linked.length} incidents`,
    `${waiting} still ${waiting === 1 ? 'waits' : 'wait'} for an answer, and page you on`,
  )
}

function head(view: AcknowledgeView): Html {
  const { incident, now, you } = view
  const shape = shapeOf(view.severityRank)
  const since = `Since ${clockTime(incident.openedAt, you.zone, now)}, ${ago(now - incident.openedAt)}.`
  // What a private incident is about is read after signing in: links travel in mail.
  const title = incident.private ? `Private incident ${view.number}` : incident.title
  const summary = incident.private ? 'Sign in to read it.' : shorten(incident.summary)
  return html`<span class="chip r${view.severityRank}">${shape} ${incident.severity}</span><span class="num">Incident ${view.number}</span>
<h1 dir="auto">${title}</h1>${summary !== '' && html`<p class="sum" dir="auto">${summary}</p>`}<p class="sub">${since}</p>`
}

function standing(view: AcknowledgeView, done: Done | null): Html {
  const { incident, link, now, you } = view
  if (!isOpen(incident)) {
    const at = incident.closedAt ?? incident.resolvedAt
    return box('good', 'It is resolved: nothing is left to do', at === null ? '' : clockTime(at, you.zone, now))
  }
  if (view.acknowledged) return box('good', done === null ? 'You have acknowledged it' : 'You have it', othersWhoAcknowledged(view))
  if (view.declined) return box('soon', 'You said that you cannot', view.pages.some(isPaging) ? 'others are being paged' : '')
  const used = link.usedAt === null ? null : `This link was used ${clockTime(link.usedAt, you.zone, now)}`
  if (used !== null) return box('', used, 'open the incident to act')
  if (view.pagedRoles.length === 0) return box('', othersWhoAcknowledged(view) || 'You are not being paged right now', '')
  return nextBox(view)
}

function nextBox({ next, now, you }: AcknowledgeView): Html {
  if (next === null) return html``
  const who = next.names.length > 3 ? `${next.names.slice(0, 2).join(', ')} and ${next.names.length - 2} more` : next.names.join(', ')
  const [verb, left] = [next.names.length > 1 ? 'are' : 'is', next.at - now]
  return html`<div class="box soon"><span>Else ${who} ${verb} paged<small>for ${next.role}, at ${clockTime(next.at, you.zone, now)}</small></span><span class="left">${countdown(left)} left</span></div>`
}

function box(kind: string, text: string, more: string): Html {
  return html`<div class="box ${kind}" role="status"><span>${text}${more !== '' && html`<small>${more}</small>`}</span></div>`
}

/** "Ravi Patel acknowledged too" or who did instead; empty when nobody did. */
function othersWhoAcknowledged(view: AcknowledgeView): string {
  const others = view.pages.filter((page) => page.state === 'acknowledged' && page.person.id !== view.you.id)
  const names = [...new Set(others.map((page) => page.person.name))]
  if (names.length === 0) return view.acknowledged ? 'Nobody else has acknowledged yet.' : ''
  return `${names.join(', ')} acknowledged${view.acknowledged ? ' as well' : ''}.`
}

function firstStep({ incident }: AcknowledgeView): Html {
  if (incident.firstStep === '' || incident.private || !isOpen(incident)) return html``
  return html`<h2>First step</h2><p class="first" dir="auto">${incident.firstStep}</p>`
}

function whoKnows(view: AcknowledgeView): Html {
  const people = new Map<string, Page[]>()
  for (const page of view.pages) people.set(page.person.id, [...(people.get(page.person.id) ?? []), page])
  if (people.size === 0) return html``
  const rows = [...people.values()].sort((one) => (one[0]?.person.id === view.you.id ? -1 : 0)).slice(0, PEOPLE_MAX)
  const more = people.size - rows.length
  return html`<h2>Who knows</h2><ul>${rows.map((pages) => personRow(view, pages))}</ul>${more > 0 && html`<p class="note">and ${more} more</p>`}`
}

function personRow(view: AcknowledgeView, pages: readonly Page[]): Html {
  const [page] = pages
  if (page === undefined) return html``
  const name = page.person.id === view.you.id ? 'You' : page.person.name
  const roles = [...new Set(pages.map((each) => each.role))].join(', ')
  return html`<li><b dir="auto">${name} (${roles})</b><span>${stateOf(view, pages)}</span></li>`
}

/** The strongest thing known, and no more than that. */
function stateOf(view: AcknowledgeView, pages: readonly Page[]): string {
  const acknowledged = pages.find((page) => page.state === 'acknowledged')
  if (acknowledged !== undefined) {
    const at = acknowledged.acknowledged_at
    return at === null ? 'acknowledged' : `acknowledged ${shortTime(Date.parse(at), view.you.zone)}`
  }
  if (pages.every((page) => page.state === 'declined')) return 'cannot'
  if (!pages.some(isPaging)) return 'not needed any more'
  const latest = new Map(pages.flatMap((page) => page.deliveries.map((delivery) => [delivery.channel, delivery.state] as const)))
  const byState = Map.groupBy(latest, ([, state]) => state)
  const words = [...byState].map(([state, channels]) => `${channels.map(([channel]) => channel.split(':', 1)[0]).join(', ')} ${state}`)
  return words.length === 0 ? 'being paged' : words.join(', ')
}

function isPaging(page: Page): boolean {
  return page.state === 'paging'
}

function buttons(view: AcknowledgeView): Html {
  const { linked } = view
  const many = linked.length > 1
  const canDecline = view.pagedRoles.length > 0 || (many && linked.some((incident) => incident.paging))
  const some = many && html`<button name="do" value="some">Acknowledge only those that are ticked</button>`
  return html`<form method="post" id="${FORM_ID}"><button class="main" name="do" value="acknowledge">Acknowledge${many && ` all ${linked.length}`}</button>${some}${canDecline && html`<button name="do" value="decline">I can't: page the next person now</button>`}</form>`
}

function openLink(view: AcknowledgeView): Html {
  return html`<div class="bar"><a class="go" href="${view.incidentUrl}">Open the incident</a></div>`
}

function shorten(text: string): string {
  return text.length > SUMMARY_CHARS_MAX ? `${text.slice(0, SUMMARY_CHARS_MAX).toWellFormed()}…` : text
}
