/** What the acknowledge page shows, gathered in one transaction. */
import type { Page } from '../../../api/schema.ts'
import type { PersonId } from '../../../core/id.ts'
import { type Incident, isOpen } from '../../../core/incident/incident.ts'
import { severityRow } from '../../../core/playbook/playbook.ts'
import type { Instant } from '../../../core/time.ts'
import { type NextPage, nextPageOf } from '../../../core/timeline/next-page.ts'
import type { Tx } from '../../database/database.ts'
import { findIncident } from '../../incident/store.ts'
import { listPages } from '../../page/ledger-store.ts'
import { type AcknowledgeLink, type LinkedIncident, listLinked } from '../../page/link-store.ts'
import { findPerson } from '../../person/person-store.ts'
import type { Ports } from '../../ports.ts'

export interface AcknowledgeView {
  readonly now: Instant
  readonly link: AcknowledgeLink
  readonly number: number
  readonly incident: Incident
  readonly severityRank: number
  readonly you: { readonly id: PersonId; readonly name: string; readonly zone: string }
  /** Roles that this person is paged for right now. */
  readonly pagedRoles: readonly string[]
  readonly acknowledged: boolean
  readonly declined: boolean
  readonly next: (NextPage & { readonly names: readonly string[] }) | null
  readonly pages: readonly Page[]
  readonly incidentUrl: string
  /** All that the message told of, this one first. */
  readonly linked: readonly LinkedIncident[]
}

/** Undefined when the incident or the person is gone. */
export async function loadAcknowledgeView(ports: Ports, tx: Tx, link: AcknowledgeLink): Promise<AcknowledgeView | undefined> {
  const loaded = await findIncident(tx, link.incidentId, { lock: false })
  const person = await findPerson(tx, link.personId)
  if (loaded === undefined || person === undefined) return undefined
  const incident = loaded.state
  const playbook = await ports.playbooks.load(tx, loaded.playbook)
  const roster = await ports.rosters.at(tx, tx.now, incident.team)
  const own = incident.pages.filter((page) => page.personId === person.id)
  const paging = own.filter((page) => page.state === 'paging')
  const duties = paging.map((page) => page.duty)
  const next = isOpen(incident) && duties.length > 0 ? nextPageOf(incident, duties, { playbook, roster }, tx.now) : null
  return {
    now: tx.now,
    link,
    number: loaded.number,
    incident,
    severityRank: severityRow(playbook, incident.severity).rank,
    you: { id: person.id, name: person.name, zone: person.zone },
    pagedRoles: [...new Set(paging.map((page) => page.role))],
    acknowledged: paging.length === 0 && own.some((page) => page.state === 'acknowledged'),
    declined: paging.length === 0 && own.some((page) => page.state === 'declined'),
    next: next && { ...next, names: next.people.map((id) => roster.people[id]?.name ?? 'somebody') },
    pages: await listPages(tx, link.incidentId),
    incidentUrl: `${ports.config.url}/incidents/${loaded.number}`,
    linked: await listLinked(tx, link.personId, [link.incidentId, ...link.others]),
  }
}
