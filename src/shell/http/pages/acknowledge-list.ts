/** The incidents that one message told of, on the page behind its link: which they are, how each stands, a box to tick for some of them. */
import type { LinkedIncident } from '../../page/link-store.ts'
import { type Html, html } from './html.ts'

/** Severity is shape, word and colour: most severe first, the last shape stands for all below. */
const SHAPES = ['▲', '◆', '●', '■'] as const
/** More are acknowledged with all and not listed: the page stays light, and nobody reads further at night. */
export const LISTED_MAX = 20
const TITLE_CHARS_MAX = 90
/** Ties the boxes to the buttons at the bottom of the screen. */
export const FORM_ID = 'answer'

export function shapeOf(rank: number): string {
  return SHAPES[Math.min(rank, SHAPES.length - 1)] ?? ''
}

/** Those that wait for this person. */
export function waitingOf(linked: readonly LinkedIncident[]): readonly LinkedIncident[] {
  return linked.filter((incident) => incident.open && !incident.acknowledged)
}

/** Empty where the message told of one alone. @param canTick the link can still be used */
export function incidentList(linked: readonly LinkedIncident[], canTick: boolean): Html {
  if (linked.length < 2) return html``
  const shown = linked.slice(0, LISTED_MAX)
  const more = linked.length - shown.length
  return html`<h2>${linked.length} incidents in this message</h2><ul>${shown.map((incident) => row(incident, canTick))}</ul>${more > 0 && html`<p class="note">and ${more} more, which acknowledging all of them includes</p>`}`
}

function row(incident: LinkedIncident, canTick: boolean): Html {
  const { number, severity, severityRank } = incident
  const title = incident.private ? 'Private incident' : shorten(incident.title)
  const box = canTick && incident.open && !incident.acknowledged
  const tick = box && html`<input type="checkbox" name="incident" value="${number}" form="${FORM_ID}"> `
  return html`<li><label dir="auto">${tick}${shapeOf(severityRank)} ${severity} #${number} ${title}</label><span>${stateOf(incident)}</span></li>`
}

function stateOf({ open, acknowledged, paging }: LinkedIncident): string {
  if (!open) return 'over'
  if (acknowledged) return 'you have it'
  return paging ? 'waits for you' : 'others have it'
}

function shorten(text: string): string {
  return text.length > TITLE_CHARS_MAX ? `${text.slice(0, TITLE_CHARS_MAX).toWellFormed()}…` : text
}
