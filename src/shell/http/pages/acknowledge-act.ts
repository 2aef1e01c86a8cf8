/** What pressing a button of the acknowledge page does: all of its incidents, or those that were ticked, in one transaction. */
import type { IncidentId, PersonId } from '../../../core/id.ts'
import type { IncidentCommand } from '../../../core/incident/command.ts'
import type { Via } from '../../../core/incident/event.ts'
import type { Tx } from '../../database/database.ts'
import { changeInTransaction } from '../../incident/change.ts'
import { observeAcknowledgement } from '../../incident/observe.ts'
import { type AcknowledgeLink, findAcknowledgeLink, listLinked, useAcknowledgeLink } from '../../page/link-store.ts'
import { findPerson } from '../../person/person-store.ts'
import type { Ports } from '../../ports.ts'

export type Wish = 'acknowledge' | 'decline'

/** What this very request did. */
export interface Done {
  readonly wish: Wish
  /** How many incidents took it; those that had moved on meanwhile did not. */
  readonly count: number
}

export interface Pressed {
  readonly wish: Wish
  /** Numbers of the incidents that were ticked; null: all of them. */
  readonly only: readonly number[] | null
}

/** `do` is the button, `incident` each box that was ticked; anything else acknowledges all. */
export function readPress(form: URLSearchParams | undefined): Pressed {
  const button = form?.get('do') ?? 'acknowledge'
  if (button === 'decline' || button === 'help') return { wish: 'decline', only: null }
  return { wish: 'acknowledge', only: button === 'some' ? (form?.getAll('incident') ?? []).map(Number) : null }
}

export type PressResult =
  | { readonly kind: 'done'; readonly link: AcknowledgeLink; readonly done: Done | null }
  /** Nothing was ticked: the link is still good. */
  | { readonly kind: 'nothing-ticked'; readonly link: AcknowledgeLink }
  /** Unknown, spent or expired: nothing was done. */
  | { readonly kind: 'unusable'; readonly link: AcknowledgeLink | undefined }

export async function press(ports: Ports, tx: Tx, token: string, { wish, only }: Pressed, via: Via = 'link'): Promise<PressResult> {
  const found = await findAcknowledgeLink(tx, token)
  if (found === undefined || !found.usable) return { kind: 'unusable', link: found }
  const listed = await listLinked(tx, found.personId, [found.incidentId, ...found.others])
  const chosen = only === null ? listed : listed.filter(({ number }) => only.includes(number))
  if (chosen.length === 0 && only !== null) return { kind: 'nothing-ticked', link: found }
  const link = await useAcknowledgeLink(tx, token)
  if (link === undefined) return { kind: 'unusable', link: await findAcknowledgeLink(tx, token) }
  const open = chosen.filter((incident) => incident.open).map(({ id }) => id)
  const ids = open.length === 0 ? chosen.map(({ id }) => id) : open
  return { kind: 'done', link, done: await carryOut(ports, tx, link.personId, { wish, ids, via }) }
}

/** In the order of ids, in which everybody locks incidents. Null when none of them took it. */
export async function carryOut(
  ports: Ports,
  tx: Tx,
  personId: PersonId,
  { wish, ids, via }: { readonly wish: Wish; readonly ids: readonly IncidentId[]; readonly via: Via },
): Promise<Done | null> {
  const person = await findPerson(tx, personId)
  if (person === undefined) return null
  const by = { kind: 'person', id: person.id, name: person.name } as const
  const command: IncidentCommand =
    wish === 'decline'
      ? { type: 'decline', by, personId: person.id }
      : { type: 'acknowledge', by, personId: person.id, via, others: ids.length - 1 }
  let count = 0
  for (const id of ids.toSorted()) {
    const result = await changeInTransaction(ports, tx, id, command)
    tx.afterCommit(() => observeAcknowledgement(result))
    if (result.kind === 'accepted') count += 1
  }
  return count === 0 ? null : { wish, count }
}
